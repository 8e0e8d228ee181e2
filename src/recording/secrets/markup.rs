//! Recognizes secrets in XML and HTML: in elements, attributes and CDATA sections with the name of a secret, and where an
//! element only says the name of the next value, as in forms and settings.
//!
//! The tags are read one by one, because most HTML and half of a log isn't well-formed.

use std::ops::Range;

use super::names::{Named, named};
use super::shapes::Sighting;
use super::values::is_about_secret;

/// Elements of HTML without an end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Attributes that name a value, and those that have it.
const NAME_ATTRIBUTES: &[&str] =
    &["name", "id", "key", "property", "http-equiv", "itemprop", "field", "formcontrolname"];
const VALUE_ATTRIBUTES: &[&str] = &["value", "content", "data-value", "val"];
/// Elements whose text names the value in the next one.
const NAME_ELEMENTS: &[&str] = &["key", "name", "field", "fieldname", "id", "param-name"];

/// The most elements inside of each other whose names are known.
const DEEPEST: usize = 500;

/// A tag: `<name attributes>`.
struct Tag<'t> {
    name: &'t str,
    /// The attributes that have values, with the places of these.
    attributes: Vec<(&'t str, Range<usize>)>,
    is_end: bool,
    is_empty: bool,
    /// Its place, with the angle brackets.
    at: Range<usize>,
}

/// The secrets in elements and attributes. `is_sent` says that the text is in a request.
pub(super) fn marked_up(text: &str, is_sent: bool) -> Vec<Sighting> {
    let mut found = Vec::new();
    let mut note = |named: Named, at: Range<usize>| {
        let value = &text[at.clone()];
        let inner = value.trim();
        if named.is_secret(inner, is_sent) && !is_about_secret(inner) {
            let start = at.start + value.len() - value.trim_start().len();
            found.push(Sighting { kind: named.kind(), at: start..start + inner.len() });
        }
    };
    let mut open: Vec<(&str, Named)> = Vec::new();
    // The meaning of the last name element for the next value.
    let mut next = Named::Plain;
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let current = open.last().map_or(Named::Plain, |(_, named)| *named);
        if text[start..].starts_with("<![CDATA[") {
            let content = start + 9;
            let end = text[content..].find("]]>").map_or(text.len(), |at| content + at);
            note(if current == Named::Plain { next } else { current }, content..end);
            from = end;
            continue;
        }
        let Some(tag) = read_tag(text, start) else {
            from = start + 1;
            continue;
        };
        from = tag.at.end;
        if tag.is_end {
            if let Some(at) = open.iter().rposition(|(name, _)| *name == tag.name) {
                open.truncate(at);
            }
            continue;
        }
        let value = |names: &[&str]| {
            let found =
                tag.attributes.iter().find(|(name, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
            found.map(|(_, at)| at.clone())
        };
        let said = value(NAME_ATTRIBUTES).map_or(Named::Plain, |at| named(&text[at]));
        let is_password = tag.attributes.iter().any(|(name, at)| *name == "type" && &text[at.clone()] == "password");
        let said = if is_password { Named::Password } else { said };
        if let Some(at) = value(VALUE_ATTRIBUTES) {
            note(if said == Named::Plain { next } else { said }, at);
        }
        let local = tag.name.rsplit(':').next().unwrap_or_default();
        let named = match said {
            Named::Plain => current.inside(local),
            said => said,
        };
        let content = tag.at.end..text[tag.at.end..].find('<').map_or(text.len(), |at| tag.at.end + at);
        let is_name = NAME_ELEMENTS.iter().any(|name| name.eq_ignore_ascii_case(local));
        if tag.is_empty || VOID.contains(&local.to_ascii_lowercase().as_str()) {
            continue;
        }
        if is_name && matches!(named, Named::Plain | Named::Opaque) {
            next = super::names::named(text[content].trim());
        } else {
            let has_text = !text[content.clone()].trim().is_empty();
            note(if named == Named::Plain { next } else { named }, content);
            if has_text {
                next = Named::Plain;
            }
        }
        if open.len() < DEEPEST {
            open.push((tag.name, named));
        }
    }
    found
}

/// The tag that begins in byte `start`.
fn read_tag(text: &str, start: usize) -> Option<Tag<'_>> {
    let is_end = text[start + 1..].starts_with('/');
    let from = start + 1 + usize::from(is_end);
    let is_name = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
    let rest = text.get(from..)?;
    let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let name = rest.get(..length).filter(|name| name.starts_with(char::is_alphabetic))?;
    let mut attributes = Vec::new();
    let mut at = from + length;
    loop {
        let rest = text.get(at..)?;
        let c = rest.chars().next()?;
        if c == '>' {
            let is_empty = text[..at].ends_with('/');
            return Some(Tag { name, attributes, is_end, is_empty, at: start..at + 1 });
        }
        // Not a tag after all.
        if c == '<' {
            return None;
        }
        if !is_name(c) && c != '@' {
            at += c.len_utf8();
            continue;
        }
        let length = rest.find(|c| !is_name(c) && c != '@').unwrap_or(rest.len());
        let attribute = &rest[..length];
        at += length;
        let after = text[at..].trim_start();
        let Some(value) = after.strip_prefix('=') else { continue };
        let value = value.trim_start();
        let begin = text.len() - value.len();
        let (place, end) = if let Some(quote @ ('"' | '\'')) = value.chars().next() {
            let length = value[1..].find(quote)?;
            (begin + 1..begin + 1 + length, begin + length + 2)
        } else {
            let length = value.find(|c: char| c.is_whitespace() || matches!(c, '>' | '<')).unwrap_or(value.len());
            (begin..begin + length, begin + length)
        };
        attributes.push((attribute, place));
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_elements_and_attributes_are_found() {
        for (text, expected) in [
            ("<login><w:Password Type=\"text\"> sunflower </w:Password></login>", &["sunflower"][..]),
            ("<password><![CDATA[sun<flower]]></password>", &["sun<flower"]),
            ("<a:credentials><user>ada</user><x>sunflower</x></a:credentials>", &["sunflower"]),
            ("<input type=\"hidden\" name=\"csrf_token\" value=\"ab12\">", &["ab12"]),
            ("<input value='ab12' name='csrf_token' type=hidden />", &["ab12"]),
            ("<input type=password name=x value=ab12>", &["ab12"]),
            ("<meta name=\"csrf-token\" content=\"ab12\">", &["ab12"]),
            ("<add key=\"ApiKey\" value=\"ab12\"/>", &["ab12"]),
            ("<property name=\"password\">ab12</property>", &["ab12"]),
            ("<dict><key>password</key><string>ab12</string><key>user</key><string>ada</string></dict>", &["ab12"]),
            ("<member><name>password</name><value><string>ab12</string></value></member>", &["ab12"]),
        ] {
            let found: Vec<&str> = marked_up(text, true).into_iter().map(|sighting| &text[sighting.at]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn other_values_are_left_alone() {
        for text in [
            "<token/><tokens>12</tokens><password></password><a>password</a>",
            "<b>1 < 2</b> <",
            "<label for=\"password\">Your password</label>",
            "<p class=\"token\">hello</p><error field=\"password\">must be longer</error>",
            "<!-- a --><html><br><p>text</p>",
        ] {
            assert_eq!(marked_up(text, true), [], "{text}");
        }
    }
}
