//! Path templates: `/orders/{id}.json` (OpenAPI 3.1, section 4.8.8).

use std::cmp::Ordering;

use percent_encoding::percent_decode_str;

/// A path with parameters, by its segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    segments: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Parameter(String),
}

impl Template {
    /// Reads a template; a brace without its counterpart is an ordinary character.
    pub(super) fn new(text: &str) -> Self {
        Self { segments: text.split('/').map(pieces).collect() }
    }

    /// The values of the parameters, decoded, if a path is one of this template.
    pub(super) fn matched(&self, path: &str) -> Option<Vec<(&str, String)>> {
        let segments: Vec<&str> = path.split('/').collect();
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut found = Vec::new();
        for (pieces, segment) in self.segments.iter().zip(segments) {
            let segment = percent_decode_str(segment).decode_utf8_lossy();
            fit(pieces, &segment, &mut found).then_some(())?;
        }
        Some(found)
    }

    /// Which of two templates that both match a path is more concrete: the one that has the longer literal in the first
    /// segment in which they differ. The more concrete one is less.
    pub(super) fn concreteness(&self, other: &Self) -> Ordering {
        let literal = |pieces: &Vec<Piece>| -> (bool, usize) {
            let length = pieces.iter().map(|piece| match piece {
                Piece::Literal(text) => text.len(),
                Piece::Parameter(_) => 0,
            });
            (pieces.iter().all(|piece| matches!(piece, Piece::Literal(_))), length.sum())
        };
        let by_segment = self.segments.iter().zip(&other.segments).map(|(a, b)| literal(b).cmp(&literal(a)));
        by_segment.fold(Ordering::Equal, Ordering::then)
    }
}

fn pieces(segment: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = segment;
    while let Some((before, from)) = rest.split_once('{') {
        let Some((name, after)) = from.split_once('}') else { break };
        if !before.is_empty() {
            found.push(literal(before));
        }
        found.push(Piece::Parameter(name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() || found.is_empty() {
        found.push(literal(rest));
    }
    found
}

fn literal(text: &str) -> Piece {
    Piece::Literal(percent_decode_str(text).decode_utf8_lossy().into_owned())
}

/// Whether a segment fits the pieces; each parameter takes as little as it can, and at least one character.
fn fit<'t>(pieces: &'t [Piece], segment: &str, found: &mut Vec<(&'t str, String)>) -> bool {
    match pieces {
        [] => segment.is_empty(),
        [Piece::Literal(text), rest @ ..] => {
            segment.strip_prefix(text.as_str()).is_some_and(|after| fit(rest, after, found))
        }
        [Piece::Parameter(name), rest @ ..] => {
            let ends = segment.char_indices().map(|(at, _)| at).skip(1).chain([segment.len()]).filter(|end| *end > 0);
            let mut possible = match rest {
                [] => vec![segment.len()],
                [Piece::Literal(next), ..] => ends.filter(|end| segment[*end..].starts_with(next.as_str())).collect(),
                [Piece::Parameter(_), ..] => ends.collect(),
            };
            // More ways than this are no template that a person wrote.
            possible.truncate(20);
            let before = found.len();
            possible.into_iter().filter(|_| !segment.is_empty()).any(|end| {
                found.truncate(before);
                found.push((name, segment[..end].to_owned()));
                fit(rest, &segment[end..], found)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_its_template_segment_by_segment() {
        for (template, path, parameters) in [
            ("/orders", "/orders", Some("")),
            ("/orders", "/orders/", None),
            ("/orders/", "/orders", None),
            ("/orders/{id}", "/orders/42", Some("id=42")),
            ("/orders/{id}", "/orders/", None),
            ("/orders/{id}", "/orders/a%20b", Some("id=a b")),
            ("/orders/{id}", "/orders/a%2Fb", Some("id=a/b")),
            ("/a b", "/a%20b", Some("")),
            ("/{id}.json", "/42.json", Some("id=42")),
            ("/{a}-{b}", "/1-2-3", Some("a=1 b=2-3")),
            ("/{a}{b}", "/12", Some("a=1 b=2")),
            ("/{a", "/{a", Some("")),
        ] {
            let template = Template::new(template);
            let found = template.matched(path).map(|found| {
                let found: Vec<String> = found.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
                found.join(" ")
            });
            assert_eq!(found.as_deref(), parameters, "{template:?} {path}");
        }
    }

    #[test]
    fn the_more_concrete_template_comes_first() {
        let less = |a: &str, b: &str| Template::new(a).concreteness(&Template::new(b)) == Ordering::Less;
        assert!(less("/orders/mine", "/orders/{id}"));
        assert!(less("/orders/{id}.json", "/orders/{id}"));
        assert!(less("/a/{x}", "/{y}/b"));
        assert!(!less("/{x}", "/{y}"));
    }
}
