//! Pact's generators: values that are made for each message, in place of the example's.
//!
//! Those for provider states take what the state handler returned, and are applied when a provider is verified. All others
//! need a clock or chance, which the caller provides.

use serde_json::{Map, Value, json};

use super::data_type::typed;
use super::expressions;
use super::java_time::{JavaPattern, TimeKind};
use super::media_type::{MediaKind, MediaType};
use super::path::PactPath;
use super::places::{in_body, in_texts};
use super::sample::sample;
use super::text::{encoded_path, text_of};
use crate::interaction::template::{fill, inserted};
use crate::interaction::{Body, Headers, Moment, Request, Response, Status};
use crate::source::json_value;

/// The generators of one message, by the parts of the message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generators {
    pub path: Option<Generator>,
    pub status: Option<Generator>,
    pub query: Vec<(String, Generator)>,
    /// By the header's name in lower case.
    pub headers: Vec<(String, Generator)>,
    /// Those closer to the root come first, because they may make the places of the others.
    pub body: Vec<(PactPath, Generator)>,
    /// The kind of the body, if it has generators.
    pub kind: Option<MediaKind>,
}

/// How one value is made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Generator {
    Integer {
        min: i64,
        max: i64,
    },
    Uuid(UuidForm),
    Decimal(usize),
    Hexadecimal(usize),
    Text(usize),
    Boolean,
    /// A text that matches the expression.
    Regex(String),
    Time {
        kind: TimeKind,
        format: JavaPattern,
        expression: String,
    },
    /// A value that the state handler returned: `${id}` in a text, or a name, whose value keeps its type.
    ProviderState {
        expression: String,
        data_type: Option<String>,
    },
    /// The mock's address, followed by the part of the example that the expression captures.
    MockServerUrl {
        example: String,
        regex: String,
    },
}

/// The spellings of a UUID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UuidForm {
    Simple,
    #[default]
    Lower,
    Upper,
    Urn,
}

impl Moment {
    /// The function that makes the values, which are the same at the same moment.
    pub(crate) fn maker(&self) -> impl FnMut(&Generator, &Value) -> Option<Value> {
        let mut chance = fastrand::Rng::with_seed(self.seed);
        move |generator, example| generator.from_moment(example, self, &mut chance)
    }
}

/// The longest generated text, in characters.
const LONGEST: usize = 10_000;

impl Generators {
    /// Reads `generators`. Like Pact, it leaves unknown ones out, and adds the reasons to `unknown`.
    pub(super) fn read(value: &Map<String, Value>, unknown: &mut Vec<String>) -> Self {
        let mut read = Self::default();
        for (part, generators) in value {
            let Value::Object(generators) = generators else { continue };
            // A part with a single value has the generator itself, or has it below an empty name.
            let one = generators
                .get("")
                .and_then(Value::as_object)
                .or_else(|| generators.contains_key("type").then_some(generators));
            let mut each = |keep: &mut dyn FnMut(&str, Generator)| {
                for (key, value) in generators {
                    if let Some(generator) = value.as_object().and_then(|value| Generator::read(value, unknown)) {
                        keep(key, generator);
                    }
                }
            };
            match part.as_str() {
                "query" => each(&mut |key, generator| read.query.push((name_of(key), generator))),
                "header" | "headers" => {
                    each(&mut |key, generator| read.headers.push((name_of(key).to_ascii_lowercase(), generator)));
                }
                "body" => {
                    let mut bad = Vec::new();
                    each(&mut |key, generator| match PactPath::parse(key) {
                        Ok(path) => read.body.push((path, generator)),
                        Err(why) => bad.push(format!("a generator's path `{key}` can't be used: {why}")),
                    });
                    unknown.extend(bad);
                }
                "path" => read.path = one.and_then(|one| Generator::read(one, unknown)),
                "status" => read.status = one.and_then(|one| Generator::read(one, unknown)),
                _ => {}
            }
        }
        read.body.sort_by_key(|(path, _)| path.0.len());
        read
    }

    /// Remembers the kind of the example's body, and adds to `unknown` why generators have no effect in it, as in Pact's
    /// verifier.
    pub(super) fn take_body(&mut self, body: Option<&Body>, media_type: Option<&MediaType>, unknown: &mut Vec<String>) {
        if self.body.is_empty() {
            return;
        }
        self.kind = media_type.map(MediaType::kind);
        let Some((mut body, kind)) = body.cloned().zip(self.kind) else { return };
        if !matches!(kind, MediaKind::Json | MediaKind::Xml | MediaKind::Form) {
            let why = "the body's generators have no effect: only JSON, XML and forms can have generators";
            unknown.push(why.to_owned());
            return;
        }
        for (path, _) in &self.body {
            if in_body(&mut body, kind, path, &mut |_| None) == 0 {
                let place = if kind == MediaKind::Xml { "no text or attribute" } else { "nothing" };
                let why = format!("`{path}` leads to {place} in the example, so its generator has no effect");
                unknown.push(why);
            }
        }
    }

    /// Whether there are no generators.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether one of them uses a value that a state handler returned.
    #[must_use]
    pub fn need_states(&self) -> bool {
        let all = self.path.iter().chain(&self.status).chain(self.query.iter().map(|(_, one)| one));
        let all = all.chain(self.headers.iter().map(|(_, one)| one)).chain(self.body.iter().map(|(_, one)| one));
        all.into_iter().any(Generator::needs_states)
    }

    /// Replaces the example's values in a request by generated ones.
    pub(crate) fn request(&self, request: &mut Request, make: &mut dyn FnMut(&Generator, &Value) -> Option<Value>) {
        // A provider state's values are parts of a path, each with its own encoding.
        let path = self.path.as_ref().filter(|one| !matches!(one, Generator::ProviderState { .. }));
        if let Some(made) = path.and_then(|one| make(one, &Value::String(request.path.clone()))) {
            request.path = encoded_path(&text_of(&made));
        }
        for (name, generator) in &self.query {
            in_texts(&mut request.query, name, &mut |example| make(generator, example));
        }
        self.message(&mut request.headers, &mut request.body, make);
    }

    /// Replaces the example's values in a response by generated ones.
    pub(crate) fn response(&self, response: &mut Response, make: &mut dyn FnMut(&Generator, &Value) -> Option<Value>) {
        if let (Some(generator), Status::Code(code)) = (&self.status, response.status)
            && let Some(made) = make(generator, &json!(code))
            && let Ok(code) = text_of(&made).parse()
        {
            response.status = Status::Code(code);
        }
        self.message(&mut response.headers, &mut response.body, make);
    }

    fn message(
        &self,
        headers: &mut Headers,
        body: &mut Option<Body>,
        make: &mut dyn FnMut(&Generator, &Value) -> Option<Value>,
    ) {
        for (name, generator) in &self.headers {
            in_texts(headers, name, &mut |example| make(generator, example));
        }
        let (Some(body), Some(kind)) = (body, self.kind) else { return };
        for (path, generator) in &self.body {
            in_body(body, kind, path, &mut |example| make(generator, example));
        }
    }
}

impl Generator {
    /// Whether it uses what a state handler returned.
    #[must_use]
    pub const fn needs_states(&self) -> bool {
        matches!(self, Self::ProviderState { .. })
    }

    fn read(keys: &Map<String, Value>, unknown: &mut Vec<String>) -> Option<Self> {
        let kind = keys.get("type").and_then(Value::as_str)?;
        let text = |key: &str| keys.get(key).and_then(Value::as_str).map(str::to_owned);
        let whole = |key: &str, default: i64| keys.get(key).and_then(Value::as_i64).unwrap_or(default);
        let length = |key: &str| usize::try_from(whole(key, 10)).unwrap_or(10).min(LONGEST);
        let mut time = |kind: TimeKind| {
            let format = text("format").unwrap_or_else(|| kind.generated_format().to_owned());
            match JavaPattern::new(&format) {
                Ok(format) => Some(Self::Time { kind, format, expression: text("expression").unwrap_or_default() }),
                Err(why) => {
                    unknown.push(format!("a generator's format `{format}` can't be used: {why}"));
                    None
                }
            }
        };
        Some(match kind {
            "RandomInt" => Self::Integer { min: whole("min", 0), max: whole("max", 10) },
            "Uuid" => Self::Uuid(match text("format").as_deref() {
                Some("simple") => UuidForm::Simple,
                Some("upper-case-hyphenated") => UuidForm::Upper,
                Some("URN") => UuidForm::Urn,
                _ => UuidForm::Lower,
            }),
            "RandomDecimal" => Self::Decimal(length("digits")),
            "RandomHexadecimal" => Self::Hexadecimal(length("digits")),
            "RandomString" => Self::Text(length("size")),
            "RandomBoolean" => Self::Boolean,
            "Regex" => Self::Regex(text("regex")?),
            "Date" => return time(TimeKind::Date),
            "Time" => return time(TimeKind::Time),
            "DateTime" => return time(TimeKind::DateTime),
            "ProviderState" => Self::ProviderState { expression: text("expression")?, data_type: text("dataType") },
            "MockServerURL" => Self::MockServerUrl { example: text("example")?, regex: text("regex")? },
            other => {
                unknown.push(format!("the generator `{other}` is unknown; the example's value is used"));
                return None;
            }
        })
    }

    /// The value from those that a state handler returned; `None` if they aren't used, or lack it.
    #[must_use]
    pub fn from_states(&self, values: &Map<String, Value>) -> Option<Value> {
        let Self::ProviderState { expression, data_type } = self else { return None };
        let whole = expression.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(expression);
        let value = match whole {
            name if !name.contains("${") => values.get(name)?.clone(),
            _ => {
                // In a text, null is empty.
                let texts = values.iter().map(|(name, value)| match value {
                    Value::Null => (name.clone(), json!("")),
                    other => (name.clone(), other.clone()),
                });
                let filled = fill(expression, &texts.collect());
                // If one is missing, the example is used.
                (!filled.contains("${")).then_some(Value::String(filled))?
            }
        };
        typed(value, data_type.as_deref().unwrap_or_default())
    }

    /// How much memory its value from what a state handler returned takes, in bytes.
    pub(crate) fn inserted(&self, values: &Map<String, Value>) -> usize {
        match self {
            // A name may stand alone, too.
            Self::ProviderState { expression, .. } if !expression.contains("${") => {
                inserted(&format!("${{{expression}}}"), values)
            }
            Self::ProviderState { expression, .. } => expression.len().saturating_add(inserted(expression, values)),
            _ => 0,
        }
    }

    /// The value that depends on time and chance; `None` for other generators.
    #[must_use]
    pub fn from_moment(&self, example: &Value, moment: &Moment, chance: &mut fastrand::Rng) -> Option<Value> {
        // A number that is a string in the example stays a string.
        let like_example = |value: Value| if example.is_string() { Value::String(text_of(&value)) } else { value };
        Some(match self {
            Self::ProviderState { .. } => return None,
            // Without look-arounds it can always be made; otherwise the example is used.
            Self::Regex(regex) => Value::String(sample(regex, chance)?),
            Self::Integer { min, max } => like_example(json!(chance.i64(*min..=(*max).max(*min)))),
            Self::Uuid(form) => {
                let id = uuid::Builder::from_random_bytes(chance.u128(..).to_be_bytes()).into_uuid();
                Value::String(match form {
                    UuidForm::Simple => id.simple().to_string(),
                    UuidForm::Lower => id.hyphenated().to_string(),
                    UuidForm::Upper => id.hyphenated().to_string().to_uppercase(),
                    UuidForm::Urn => id.urn().to_string(),
                })
            }
            Self::Decimal(digits) => {
                let mut text: String = (0..(*digits).max(2)).map(|_| chance.digit(10)).collect();
                text.replace_range(0..1, &chance.u8(1..=9).to_string());
                text.insert(text.len() / 2, '.');
                match example {
                    Value::Number(_) => json_value::read(text.as_bytes()).unwrap_or(Value::String(text)),
                    _ => Value::String(text),
                }
            }
            Self::Hexadecimal(digits) => {
                Value::String((0..*digits).map(|_| chance.digit(16)).collect::<String>().to_uppercase())
            }
            Self::Text(size) => Value::String((0..*size).map(|_| chance.alphanumeric()).collect()),
            Self::Boolean => Value::Bool(chance.bool()),
            Self::Time { kind, format, expression } => {
                let at = match kind {
                    TimeKind::Date => expressions::date(&moment.now, expression),
                    TimeKind::Time => expressions::time(&moment.now, expression),
                    TimeKind::DateTime => expressions::date_time(&moment.now, expression),
                };
                Value::String(format.format(&at.ok()?))
            }
            Self::MockServerUrl { example, regex } => {
                let base = moment.mock.as_ref()?;
                // The expression captures the part behind the address.
                let captured = fancy_regex::Regex::new(regex).ok()?.captures(example).ok()??;
                let path = captured.get(1)?.as_str();
                Value::String(format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/')))
            }
        })
    }
}

/// The name in a generator's key: `$.name`, `$['name']` or the name itself.
fn name_of(key: &str) -> String {
    let path = key.starts_with('$').then(|| PactPath::parse(key).ok()).flatten();
    path.and_then(|path| path.first_key().map(str::to_owned)).unwrap_or_else(|| key.to_owned())
}
