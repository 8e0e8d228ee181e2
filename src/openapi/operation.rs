//! Operations: the one that a request asks for, its parameters, bodies, responses and security.

use serde_json::{Map, Value};

use super::codes::WRONG_TYPE;
use super::document::{Document, below};
use super::entry::Entry;
use super::template::Template;
use super::version::Version;
use crate::source::{Finding, Findings};
use crate::words::nearest;

/// The methods that an operation can have; `query` is new in 3.2.
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// An operation that a request asks for.
#[derive(Debug)]
pub struct Operation<'d> {
    document: &'d Document,
    /// In capitals.
    pub method: &'d str,
    /// As the document has it: `/orders/{id}`.
    pub path: &'d str,
    /// The parts of the request's path that are parameters, decoded.
    pub captured: Vec<(&'d str, String)>,
    /// Where it is, as a JSON Pointer.
    pub at: &'d str,
    item: &'d str,
}

/// Why a request has no operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoOperation {
    /// No path of the document fits.
    Path,
    /// A path fits, and has other methods only.
    Method { path: String, methods: Vec<String>, at: String },
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

/// A parameter, or a header of a response.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub location: Location,
    pub required: bool,
    /// Where its schema is, as a JSON Pointer. In Swagger 2 it is the parameter itself.
    pub schema: Option<String>,
    /// Whether its values are written as several texts (`explode`), and else by what they are separated.
    pub separator: Option<char>,
    pub at: String,
}

/// One representation of a body.
#[derive(Clone, Debug)]
pub struct Media {
    /// A media type or a range, in lower case, without parameters.
    pub range: String,
    pub schema: Option<String>,
    pub at: String,
}

/// What a response is declared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusKey {
    Code(u16),
    Class(u8),
    Default,
}

/// The declared responses, each with its place.
pub type Responses = Vec<(StatusKey, String)>;

/// Every operation of a document.
pub(super) fn entries(document: &Document, findings: &mut Findings) -> Vec<Entry> {
    let Some(paths) = document.value("/paths") else { return Vec::new() };
    let Some(paths) = paths.as_object() else {
        findings.push(document.wrong_type("/paths", "a mapping of paths"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in paths.keys().filter(|path| path.starts_with('/')) {
        let at = below("/paths", path);
        let Some((item, object)) = document.object(at.clone()) else {
            findings.push(document.wrong_type(&at, "the operations of a path"));
            continue;
        };
        for (key, operation) in object.iter().filter(|(key, _)| METHODS.contains(&key.as_str())) {
            let at = below(&item, key);
            match operation.as_object().map(|operation| operation.get("responses")) {
                Some(None | Some(Value::Object(_))) => {}
                Some(Some(_)) => findings.push(document.wrong_type(&below(&at, "responses"), "a mapping of responses")),
                None => {
                    let message = format!("expected the description of `{key} {path}` here");
                    findings.push(Finding::error(WRONG_TYPE, &document.source.name, document.place(&at), message));
                    continue;
                }
            }
            let (method, template) = (key.to_ascii_uppercase(), Template::new(path));
            found.push(Entry { method, path: path.clone(), template, item: item.clone(), at });
        }
    }
    found
}

impl Document {
    /// How many operations it has.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.entries.len()
    }

    /// The operation that a request asks for: the path below one of the servers' base paths, or the path itself, and the
    /// most concrete template that it fits.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn operation(&self, method: &str, path: &str) -> Result<Operation<'_>, NoOperation> {
        let mut other: Option<&Entry> = None;
        for base in self.base_paths() {
            let Some(rest) = path.strip_prefix(base.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))
            else {
                continue;
            };
            let rest = if rest.is_empty() { "/" } else { rest };
            let mut fitting: Vec<_> =
                self.entries.iter().filter_map(|entry| Some((entry, entry.template.matched(rest)?))).collect();
            fitting.sort_by(|(a, _), (b, _)| a.template.concreteness(&b.template));
            let best = fitting.first().map(|(entry, _)| &entry.path);
            let chosen = fitting.iter().position(|(entry, _)| entry.method == method && Some(&entry.path) == best);
            // A document may describe the methods of one address under several templates.
            let chosen = chosen.or_else(|| fitting.iter().position(|(entry, _)| entry.method == method));
            if let Some(index) = chosen {
                let (entry, captured) = fitting.swap_remove(index);
                let Entry { method, path, item, at, .. } = entry;
                return Ok(Operation { document: self, method, path, captured, at, item });
            }
            other = other.or_else(|| fitting.first().map(|(entry, _)| *entry));
        }
        let Some(entry) = other else { return Err(NoOperation::Path) };
        let same = self.entries.iter().filter(|it| it.path == entry.path).map(|it| it.method.clone());
        Err(NoOperation::Method { path: entry.path.clone(), methods: same.collect(), at: entry.item.clone() })
    }

    /// The path that is most like another one.
    #[must_use]
    pub fn near(&self, path: &str) -> Option<String> {
        nearest(path, self.entries.iter().map(|entry| entry.path.as_str())).map(str::to_owned)
    }

    /// The paths of the servers' addresses, and the empty one last: consumers' addresses may contain the base path.
    fn base_paths(&self) -> Vec<String> {
        let mut found: Vec<String> = match self.version {
            Version::Swagger2 => {
                self.root().get("basePath").and_then(Value::as_str).map(str::to_owned).into_iter().collect()
            }
            Version::V30 | Version::V31 => {
                let servers = self.root().get("servers").and_then(Value::as_array).into_iter().flatten();
                servers.filter_map(base_path).collect()
            }
        };
        for base in &mut found {
            base.truncate(base.trim_end_matches('/').len());
        }
        found.push(String::new());
        found.dedup();
        found
    }
}

/// The path of a server's address, with the defaults of its variables.
fn base_path(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    let after = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let path = after.split(['?', '#']).next().unwrap_or_default();
    path.starts_with('/').then(|| path.to_owned())
}

impl<'d> Operation<'d> {
    /// Method and path template.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn object(&self) -> Option<&'d Map<String, Value>> {
        self.document.value(self.at)?.as_object()
    }

    /// Its parameters, those of its path included.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut found: Vec<Parameter> = Vec::new();
        // The operation's own ones win.
        for owner in [self.at, self.item] {
            let list = below(owner, "parameters");
            let length = self.document.value(&list).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..length {
                let read = self.parameter(format!("{list}/{index}"));
                found.extend(read.filter(|it| !found.iter().any(|known| known.same_as(it))));
            }
        }
        found
    }

    fn parameter(&self, at: String) -> Option<Parameter> {
        let (at, object) = self.document.object(at)?;
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let name = text("name")?.to_owned();
        let location = match text("in")? {
            "path" => Location::Path,
            "query" => Location::Query,
            "header" => Location::Header,
            "cookie" => Location::Cookie,
            // A body or a form, in Swagger 2; 3.2's `querystring` is one text and isn't looked into.
            _ => return None,
        };
        // They are part of the content or of the security (OpenAPI 3.1, section 4.8.12.2.1).
        let ignored = matches!(name.to_ascii_lowercase().as_str(), "accept" | "content-type" | "authorization");
        if location == Location::Header && ignored {
            return None;
        }
        let required = object.get("required").is_some_and(|it| *it == true) || location == Location::Path;
        Some(Parameter {
            name,
            location,
            required,
            schema: self.schema_of(&at, object),
            separator: separator(object, location, self.document.version),
            at,
        })
    }

    /// Where the schema of a parameter or of a header is.
    fn schema_of(&self, at: &str, object: &Map<String, Value>) -> Option<String> {
        match self.document.version {
            Version::Swagger2 => Some(at.to_owned()),
            Version::V30 | Version::V31 => object.contains_key("schema").then(|| below(at, "schema")),
        }
    }

    /// The representations of the request's body, and whether one is required; `None` if there is no body.
    #[must_use]
    pub fn request_body(&self) -> Option<(Vec<Media>, bool, String)> {
        if self.document.version == Version::Swagger2 {
            return self.swagger_body();
        }
        let (at, object) = self.document.object(below(self.at, "requestBody"))?;
        let required = object.get("required").is_some_and(|it| *it == true);
        Some((self.media(&at), required, at))
    }

    fn swagger_body(&self) -> Option<(Vec<Media>, bool, String)> {
        for owner in [self.at, self.item] {
            let list = below(owner, "parameters");
            let length = self.document.value(&list).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..length {
                let Some((at, object)) = self.document.object(format!("{list}/{index}")) else { continue };
                if object.get("in").is_some_and(|it| it == "body") {
                    let required = object.get("required").is_some_and(|it| *it == true);
                    let schema = object.contains_key("schema").then(|| below(&at, "schema"));
                    return Some((self.swagger_media("consumes", schema.as_ref(), &at), required, at));
                }
            }
        }
        None
    }

    fn swagger_media(&self, key: &str, schema: Option<&String>, at: &str) -> Vec<Media> {
        let own = self.object().and_then(|object| object.get(key));
        let list = own.or_else(|| self.document.root().get(key)).and_then(Value::as_array);
        let mut types: Vec<&str> = list.into_iter().flatten().filter_map(Value::as_str).collect();
        if types.is_empty() {
            types.push("application/json");
        }
        let media = |range: &&str| Media { range: essence(range), schema: schema.cloned(), at: at.to_owned() };
        types.iter().map(media).collect()
    }

    /// The representations below `content`.
    fn media(&self, at: &str) -> Vec<Media> {
        let at = below(at, "content");
        let Some(content) = self.document.value(&at).and_then(Value::as_object) else { return Vec::new() };
        let media = content.keys().filter_map(|range| {
            let (at, object) = self.document.object(below(&at, range))?;
            let schema = object.contains_key("schema").then(|| below(&at, "schema"));
            Some(Media { range: essence(range), schema, at })
        });
        media.collect()
    }

    /// The declared responses.
    #[must_use]
    pub fn responses(&self) -> Responses {
        let at = below(self.at, "responses");
        let Some(responses) = self.document.value(&at).and_then(Value::as_object) else { return Vec::new() };
        responses.keys().filter_map(|key| Some((StatusKey::read(key)?, below(&at, key)))).collect()
    }

    /// The representations of a response; `at` is its place.
    #[must_use]
    pub fn response_body(&self, at: &str) -> Vec<Media> {
        let Some((at, object)) = self.document.object(at.to_owned()) else { return Vec::new() };
        match self.document.version {
            Version::Swagger2 if object.contains_key("schema") => {
                self.swagger_media("produces", Some(&below(&at, "schema")), &at)
            }
            Version::Swagger2 => Vec::new(),
            Version::V30 | Version::V31 => self.media(&at),
        }
    }

    /// The headers of a response; `at` is its place.
    #[must_use]
    pub fn response_headers(&self, at: &str) -> Vec<Parameter> {
        let Some((at, object)) = self.document.object(at.to_owned()) else { return Vec::new() };
        let list = below(&at, "headers");
        let names = object.get("headers").and_then(Value::as_object).map(Map::keys).into_iter().flatten();
        let header = names.filter_map(|name| {
            let (at, object) = self.document.object(below(&list, name))?;
            Some(Parameter {
                name: name.to_ascii_lowercase(),
                location: Location::Header,
                // Swagger 2 can't say that a header is always there.
                required: object.get("required").is_some_and(|it| *it == true),
                schema: self.schema_of(&at, object),
                separator: Some(','),
                at,
            })
        });
        header.collect()
    }

    /// The security requirements: one of the lists must be met, each with all of its schemes. Empty if none is needed.
    #[must_use]
    pub fn security(&self) -> Vec<Vec<Scheme>> {
        let own = self.object().and_then(|object| object.get("security"));
        let list = own.or_else(|| self.document.root().get("security")).and_then(Value::as_array);
        let requirements: Vec<&Map<String, Value>> = list.into_iter().flatten().filter_map(Value::as_object).collect();
        // An empty requirement makes all of them optional.
        if requirements.iter().any(|requirement| requirement.is_empty()) {
            return Vec::new();
        }
        let of = |requirement: &Map<String, Value>| requirement.keys().map(|name| self.scheme(name)).collect();
        requirements.into_iter().map(of).collect()
    }

    fn scheme(&self, name: &str) -> Scheme {
        let schemes = match self.document.version {
            Version::Swagger2 => "/securityDefinitions",
            Version::V30 | Version::V31 => "/components/securitySchemes",
        };
        let object = self.document.object(below(schemes, name)).map(|(_, object)| object);
        let text = |key: &str| object.and_then(|object| object.get(key)).and_then(Value::as_str);
        match (text("type"), text("in"), text("name")) {
            (Some("apiKey"), Some("query"), Some(key)) => Scheme::Key(Location::Query, key.to_owned()),
            (Some("apiKey"), Some("cookie"), Some(key)) => Scheme::Key(Location::Cookie, key.to_owned()),
            (Some("apiKey"), _, Some(key)) => Scheme::Key(Location::Header, key.to_ascii_lowercase()),
            (Some("mutualTLS"), ..) => Scheme::Connection,
            _ => Scheme::Key(Location::Header, String::from("authorization")),
        }
    }
}

/// How a request shows who it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the parameter of this name; headers in lower case.
    Key(Location, String),
    /// By the connection, so that no request shows it.
    Connection,
}

impl Parameter {
    fn same_as(&self, other: &Self) -> bool {
        self.location == other.location && self.name == other.name
    }
}

impl StatusKey {
    fn read(key: &str) -> Option<Self> {
        match key.as_bytes() {
            b"default" => Some(Self::Default),
            [digit @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(Self::Class(digit - b'0')),
            _ => key.parse().ok().map(Self::Code),
        }
    }
}

/// By what the values of a parameter are separated, if they are one text (OpenAPI 3.1, section 4.8.12.3).
fn separator(object: &Map<String, Value>, location: Location, version: Version) -> Option<char> {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    if version == Version::Swagger2 {
        return match text("collectionFormat") {
            Some("multi") => None,
            Some("ssv") => Some(' '),
            Some("tsv") => Some('\t'),
            Some("pipes") => Some('|'),
            _ => Some(','),
        };
    }
    let style =
        text("style").unwrap_or(if matches!(location, Location::Query | Location::Cookie) { "form" } else { "simple" });
    let explode = object.get("explode").map_or(style == "form", |it| *it == true);
    match style {
        _ if explode && location == Location::Query => None,
        "spaceDelimited" => Some(' '),
        "pipeDelimited" => Some('|'),
        _ => Some(','),
    }
}

/// A media type without its parameters.
fn essence(range: &str) -> String {
    range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
