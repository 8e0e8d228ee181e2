//! Places of XML bodies: `$.order['@id']` is an attribute, `$.order.note['#text']` the text of an element. Names are spelled
//! as in the body, with their prefixes. Everything but the filled places keeps its spelling.

use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};

use super::texts::{Make, made};
use crate::pact::path::{PactPath, PactStep};
use crate::source::Step;

/// How many elements, attributes and texts a body may have.
const MOST_NODES: u32 = 1_000_000;

/// Fills the places that a path leads to, and returns their number. A body that isn't XML has none.
pub(super) fn in_xml(text: &mut String, path: &PactPath, make: Make<'_>) -> usize {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(text, options) else { return 0 };
    let mut places = Places { source: text, make, count: 0, edits: Vec::new() };
    places.element(document.root_element(), &path.0);
    let Places { count, edits, .. } = places;
    let mut written = text.clone();
    for (range, new) in edits.into_iter().rev() {
        written.replace_range(range, &new);
    }
    *text = written;
    count
}

struct Places<'s, 'm> {
    source: &'s str,
    make: Make<'m>,
    count: usize,
    /// The replacements, in the order of the text.
    edits: Vec<(Range<usize>, String)>,
}

impl Places<'_, '_> {
    fn element(&mut self, element: Node<'_, '_>, steps: &[PactStep]) {
        let Some((step, rest)) = steps.split_first() else { return };
        if !fits(step, self.name(element)) {
            return;
        }
        match rest {
            [] => {}
            [PactStep::Key(key)] if key.starts_with('@') => self.attribute(element, &key[1..]),
            [last] if fits(last, "#text") => self.texts(element),
            _ => {
                for child in element.children().filter(Node::is_element) {
                    self.element(child, rest);
                }
            }
        }
    }

    /// The name of an element as it is spelled.
    fn name(&self, element: Node<'_, '_>) -> &str {
        let tag = self.source.get(element.range().start + 1..).unwrap_or_default();
        tag.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next().unwrap_or_default()
    }

    fn attribute(&mut self, element: Node<'_, '_>, name: &str) {
        let is_named = |range: Range<usize>| self.source.get(range) == Some(name);
        let Some(found) = element.attributes().find(|attribute| is_named(attribute.range_qname())) else { return };
        self.count += 1;
        if let Some(made) = made(found.value(), self.make) {
            self.edits.push((found.range_value(), escaped(&made)));
        }
    }

    /// Each text between the tags and comments of an element, or one at its end if there is none.
    fn texts(&mut self, element: Node<'_, '_>) {
        let Range { start, end } = element.range();
        let whole = self.source.get(start..end).unwrap_or_default();
        let inside = start + end_of_tag(whole)..start + whole.rfind("</").unwrap_or(whole.len());
        let texts: Vec<Node<'_, '_>> = element.children().filter(Node::is_text).collect();
        for text in &texts {
            self.count += 1;
            if let Some(made) = made(text.text().unwrap_or_default(), self.make) {
                let from = text.prev_sibling().map_or(inside.start, |before| before.range().end);
                let to = text.next_sibling().map_or(inside.end, |behind| behind.range().start);
                self.edits.push((from..to, escaped(&made)));
            }
        }
        if !texts.is_empty() {
            return;
        }
        self.count += 1;
        let Some(made) = made("", self.make).map(|made| escaped(&made)) else { return };
        if whole.ends_with("/>") {
            let name = self.name(element).to_owned();
            self.edits.push((end - 2..end, format!(">{made}</{name}>")));
        } else {
            self.edits.push((inside.end..inside.end, made));
        }
    }
}

fn fits(step: &PactStep, name: &str) -> bool {
    match step {
        PactStep::Any => true,
        step => step.weight(&Step::Key(name.to_owned())) > 0,
    }
}

/// The end of the tag that a text begins with, behind its `>`. (Attributes may also contain one.)
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// A text escaped for an element or an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // Otherwise they would be read as spaces or as the end of a line.
            '\n' | '\r' | '\t' => escaped.push_str(&format!("&#{};", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ORDER: &str = concat!(
        "<?xml version=\"1.0\"?>\n<o x=\"1\" n:y = '>' xmlns:n=\"http://n\"><b>one</b><b>two</b><n:c q=\"z\">t<d/>u</n:c>",
        "<e a='/>' /><f></f ><g><![CDATA[<cd>]]>&amp;</g><h><!-- > --></h></o>"
    );

    #[test]
    fn a_path_leads_to_attributes_and_texts_by_their_names_as_they_are_spelled() {
        let order = |from: &str, to: &str| ORDER.replace(from, to);
        for (path, expected, places) in [
            ("$.o.b.#text", order(">one<", ">4&lt;2<").replace(">two<", ">4&lt;2<"), 2),
            ("$.o['@x']", order("x=\"1\"", "x=\"4&lt;2\""), 1),
            ("$.o.@n:y", order("'>' x", "'4&lt;2' x"), 1),
            ("$['o']['n:c']['#text']", order(">t<d/>u<", ">4&lt;2<d/>4&lt;2<"), 2),
            ("$.o.*.@q", order("q=\"z\"", "q=\"4&lt;2\""), 1),
            ("$.o.n:c.d.#text", order("<d/>", "<d>4&lt;2</d>"), 1),
            ("$.o.e.#text", order(" />", " >4&lt;2</e>"), 1),
            ("$.*.f.#text", order("<f></f >", "<f>4&lt;2</f >"), 1),
            ("$.o.g.#text", order("<![CDATA[<cd>]]>&amp;", "4&lt;2"), 1),
            ("$.o.h.#text", order("--></h>", "-->4&lt;2</h>"), 1),
            ("$.o.#text", order("</o>", "4&lt;2</o>"), 1),
            // A star at the end is the text, as in Pact's verifier.
            ("$.o.f.*", order("<f></f >", "<f>4&lt;2</f >"), 1),
            ("$.o.b", ORDER.to_owned(), 0),
            ("$.o.b[0].#text", ORDER.to_owned(), 0),
            ("$.o.b[*].#text", ORDER.to_owned(), 0),
            ("$.o.c.#text", ORDER.to_owned(), 0),
            ("$.o.b.@new", ORDER.to_owned(), 0),
            ("$.o.@xmlns:n", ORDER.to_owned(), 0),
            ("$.b.#text", ORDER.to_owned(), 0),
            ("$", ORDER.to_owned(), 0),
        ] {
            let mut text = ORDER.to_owned();
            let count = in_xml(&mut text, &PactPath::parse(path).unwrap(), &mut |_| Some(json!("4<2")));
            assert_eq!((text, count), (expected, places), "{path}");
        }
    }

    #[test]
    fn a_generated_value_is_read_back_as_itself() {
        for value in ["", " a\n\tb ", "<&>\"'", "]]>", "é"] {
            for path in ["$.a.@b", "$.a.#text"] {
                let mut text = String::from("<a b='x'>y</a>");
                in_xml(&mut text, &PactPath::parse(path).unwrap(), &mut |_| Some(json!(value)));
                let document = Document::parse(&text).unwrap();
                let root = document.root_element();
                let read = if path.ends_with("@b") { root.attribute("b") } else { root.text() };
                assert_eq!(read.unwrap_or_default(), value, "{text}");
            }
        }
    }

    #[test]
    fn a_body_that_is_not_xml_is_left_alone() {
        for broken in ["", "<a>", "a", "<!DOCTYPE a><a>x</a>"] {
            let mut text = broken.to_owned();
            assert_eq!(in_xml(&mut text, &PactPath::parse("$.a.#text").unwrap(), &mut |_| Some(json!(1))), 0);
            assert_eq!(text, broken);
        }
    }
}
