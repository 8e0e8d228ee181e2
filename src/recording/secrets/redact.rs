//! Removes the secrets from exchanges before anything else looks at them.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::body::{Form, Searchable};
use super::editor::{Certainty, Editor, Places};
use super::guard::{FoundSecret, Guard};
use super::names::{Named, is_secret_name, named};
use super::path::clean_path;
use super::tree::At;
use super::values::{REDACTED, is_fake, is_hexadecimal_id, is_opaque};
use crate::interaction::{Part, urlencoded};
use crate::recording::exchange::{Capture, Exchange};
use crate::recording::place::{Place, Side};

/// Parameters of credentials that aren't secret: they are in the request anyway, or in the challenge (RFC 7616, section
/// 3.4; the last one is AWS's).
const PUBLIC_CREDENTIALS: [&str; 9] =
    ["username", "realm", "uri", "qop", "nc", "algorithm", "userhash", "charset", "SignedHeaders"];

/// Words in paths of requests whose `code` is a secret: they are a step of a login.
const LOGIN: [&str; 14] = [
    "callback",
    "cb",
    "oauth",
    "oauth2",
    "token",
    "verify",
    "verification",
    "otp",
    "mfa",
    "2fa",
    "login",
    "auth",
    "sso",
    "confirm",
];

/// Exchanges without secrets.
#[derive(Debug)]
pub struct Redaction {
    pub exchanges: Vec<Exchange>,
    /// The secrets that were replaced.
    pub found: Vec<FoundSecret>,
    /// Secrets that can't be replaced, such as those in keys. If there is one, nothing of the recording may be written.
    pub unplaced: Vec<FoundSecret>,
    pub guard: Guard,
}

/// Removes the secrets from a recording. `kept_headers` are headers that may be written in addition to the usual ones.
#[must_use]
pub fn redact(exchanges: &[Exchange], kept_headers: &[String]) -> Redaction {
    let nothing = Guard::default();
    let mut collector = Editor::new(&nothing);
    for (number, exchange) in exchanges.iter().enumerate() {
        collector.edit_exchange(number, exchange.clone(), kept_headers);
    }
    let mut known = collector.known;
    let public = public_texts(exchanges);
    known.words.retain(|word, _| !public.contains(word));
    known.codes.retain(|(_, code)| !public.contains(code));
    known.anywhere.retain(|secret, found| !(found.is_doubtful && public.contains(secret)));
    let mut guard = Guard::new(&known);
    let mut editor = Editor::new(&guard);
    let (exchanges, lines): (Vec<Exchange>, Vec<String>) = exchanges
        .iter()
        .enumerate()
        .map(|(number, exchange)| {
            let edited = editor.edit_exchange(number, exchange.clone(), kept_headers);
            (edited, editor.request.clone())
        })
        .unzip();
    let listed = |places: Places| {
        let secret = |((place, request, kind), times)| FoundSecret { kind, place, request, times };
        places.into_iter().map(secret).collect()
    };
    let (found, unplaced) = (listed(editor.found), listed(editor.unplaced));
    guard.name_requests(&lines);
    Redaction { exchanges, found, unplaced, guard }
}

/// The public texts of a recording: the paths of its requests, their segments, and parameters of queries.
fn public_texts(exchanges: &[Exchange]) -> BTreeSet<String> {
    let mut public = BTreeSet::new();
    for request in exchanges.iter().map(|exchange| &exchange.request) {
        public.insert(request.path.clone());
        public.extend(request.path.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()));
        for (name, values) in urlencoded::read(request.query.as_deref().unwrap_or_default()) {
            if named(&name) == Named::Plain {
                public.extend(values);
            }
        }
    }
    public
}

impl Editor<'_> {
    fn edit_exchange(&mut self, number: usize, mut exchange: Exchange, kept_headers: &[String]) -> Exchange {
        self.exchange = number;
        let words = || exchange.request.path.split(['/', '-', '_', '.']).map(str::to_ascii_lowercase);
        self.is_login = words().any(|word| LOGIN.contains(&word.as_str()));
        let in_path = self.edit_path(&mut exchange.request.path);
        self.request = format!("{} {}", exchange.request.method, exchange.request.path);
        if let Some(kind) = in_path {
            self.note_found(Place::of_part(Side::Request, Part::Path), kind);
        }
        let kept = |name: &str| kept_headers.iter().any(|kept| kept.eq_ignore_ascii_case(name));
        self.edit_headers(&mut exchange.request.headers, Side::Request, kept);
        self.edit_headers(&mut exchange.response.headers, Side::Response, kept);
        if let Some(query) = &mut exchange.request.query
            && let Some(clean) = self.edit_pairs(query, Side::Request, Part::Query)
        {
            *query = clean;
        }
        let Exchange { request, response, request_body, response_body } = &mut exchange;
        self.edit_body(&mut request.body, request_body, &request.headers, Side::Request);
        self.edit_body(&mut response.body, response_body, &response.headers, Side::Response);
        exchange
    }

    /// Replaces the secrets of a path, and returns the kind of the last one.
    fn edit_path(&mut self, path: &mut String) -> Option<&'static str> {
        let place = Place::of_part(Side::Request, Part::Path);
        let mut secrets = Vec::new();
        let guard = self.guard;
        let mut known = |text: &str| guard.replace(text).map(|(_, kind)| kind);
        let clean = clean_path(path, &mut known, &mut |secret, kind| secrets.push((secret.to_owned(), kind)));
        *path = clean?;
        for (secret, kind) in &secrets {
            self.know(secret, kind, &place, Certainty::Sure);
        }
        secrets.last().map(|(_, kind)| *kind)
    }

    /// Credentials are noted without their request, unless their header might be written.
    fn edit_headers(&mut self, headers: &mut [(String, String)], side: Side, kept: impl Fn(&str) -> bool) {
        for (name, value) in headers {
            let lower = name.to_ascii_lowercase();
            let place = Place::new(side, Part::Header, &*lower);
            if is_secret_name(&lower) {
                if is_fake(value) {
                    continue;
                }
                match lower.as_str() {
                    "cookie" => value.split(';').for_each(|pair| self.know_cookie(pair, &place)),
                    "set-cookie" => self.know_cookie(value.split(';').next().unwrap_or_default(), &place),
                    "authorization" | "proxy-authorization" => self.know_credentials(value, &place),
                    _ => self.know(value, "secret", &place, Certainty::Sure),
                }
                let request = kept(&lower).then(|| self.request.clone());
                let kind = if lower.ends_with("cookie") { "cookie" } else { "credential" };
                *self.found.entry((place, request, kind)).or_default() += 1;
                REDACTED.clone_into(value);
            } else if let Some((clean, kind)) = self.clean(value, &place) {
                self.note_found(place, kind);
                *value = clean;
            }
        }
    }

    /// A cookie is a secret wherever it occurs if its name says so. If it only looks like one, it must not be in the
    /// address of a request, where everybody sees it.
    fn know_cookie(&mut self, pair: &str, place: &Place) {
        let Some((name, value)) = pair.trim().split_once('=') else { return };
        let name = name.trim();
        let place = Place { inside: format!("{} {name}", place.inside), ..place.clone() };
        let value = value.trim_matches('"');
        let decoded = percent_decode_str(value).decode_utf8_lossy().into_owned();
        let is_login =
            ["auth", "sess", "sid", "remember", "login"].iter().any(|word| name.to_ascii_lowercase().contains(word));
        if is_login || named(name) != Named::Plain {
            self.know(value, "cookie", &place, Certainty::Sure);
            self.know(&decoded, "cookie", &place, Certainty::Sure);
        } else if is_opaque(value) || is_hexadecimal_id(value) {
            self.know(value, "cookie", &place, Certainty::Doubtful);
        }
        // This remembers the secrets in it.
        self.clean(&decoded, &place);
    }

    fn know_credentials(&mut self, value: &str, place: &Place) {
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or(("", value));
        let kind = if scheme.eq_ignore_ascii_case("bearer") { "bearer token" } else { "credential" };
        self.know(rest, kind, place, Certainty::Sure);
        for (name, value) in rest.split([',', ' ']).filter_map(|part| part.split_once('=')) {
            if !PUBLIC_CREDENTIALS.iter().any(|public| public.eq_ignore_ascii_case(name)) {
                self.know(value.trim_matches('"'), "credential", place, Certainty::Sure);
            }
        }
    }

    /// The pairs of a query or a form without secrets; `None` if they contain no secret.
    fn edit_pairs(&mut self, text: &str, side: Side, part: Part) -> Option<String> {
        let mut fields = urlencoded::read(text);
        let is_login =
            self.is_login || ["state", "grant_type", "redirect_uri"].iter().any(|name| fields.contains_key(*name));
        let mut changed = false;
        for (name, values) in &mut fields {
            let place = Place::new(side, part, &**name);
            if let Some((_, kind)) = self.clean(name, &Place::of_part(side, part)) {
                self.note_unplaced(Place::of_part(side, part), kind);
                continue;
            }
            let meaning = match named(name) {
                Named::Code if is_login && side == Side::Request => Named::Secret,
                other => other,
            };
            for value in values {
                let decoded = percent_decode_str(value).decode_utf8_lossy().into_owned();
                let is_hexadecimal_key = meaning == Named::Opaque && !value.contains('-') && is_hexadecimal_id(value);
                let clean = if meaning.is_secret(value, side == Side::Request) || is_hexadecimal_key {
                    self.know(value, meaning.kind(), &place, Certainty::Sure);
                    Some((REDACTED.to_owned(), meaning.kind()))
                } else {
                    self.clean(value, &place).or_else(|| self.clean(&decoded, &place))
                };
                if let Some((clean, kind)) = clean {
                    self.note_found(place.clone(), kind);
                    *value = clean;
                    changed = true;
                }
            }
        }
        changed.then(|| urlencoded::write(&fields))
    }

    fn edit_body(&mut self, body: &mut Vec<u8>, capture: &mut Capture, headers: &[(String, String)], side: Side) {
        let Some(mut searchable) = Searchable::read(body, headers) else {
            // A response that isn't text is never written, and its report says so.
            if side == Side::Request || std::str::from_utf8(body).is_ok() {
                *capture = Capture::Unsearchable { bytes: body.len() };
                body.clear();
            }
            return;
        };
        let place = Place::of_part(side, Part::Body);
        let clean = match &mut searchable.form {
            Form::Json(value) => {
                let changed = self.edit_value(value, &At::body(side));
                changed.then(|| value.to_string())
            }
            Form::Pairs(text) => self.edit_pairs(text, side, Part::Body),
            Form::Text(text) => self.clean(text, &place).map(|(clean, kind)| {
                self.note_found(place, kind);
                clean
            }),
        };
        if let Some(clean) = clean {
            *body = searchable.write(&clean, body);
        }
    }
}
