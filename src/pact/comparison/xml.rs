//! XML bodies, by Pact's rules: `$.orders.order['@id']` is an attribute, `$.orders.order['#text']` the text in an element.
//! Names are compared with their namespaces, whatever the prefixes (Namespaces in XML 1.0). The order of elements with
//! different names makes no difference.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::value::{Unmet, check_text, unmet_rule};
use super::walk::{Comparison, combine};
use crate::interaction::mismatch::{BODY_KIND, MISSING, PATTERN, SIZE, TOO_DEEP, TYPE, UNEXPECTED, VALUE};
use crate::interaction::{
    Actual, Expected, ExpectedBody, Misplaced, Missing, NonEmpty, Nothing, RuleSummary, Unit, work,
};
use crate::pact::chosen::Chosen;
use crate::pact::matcher::{PactMatcher, PlacedRule, PlacedRules};
use crate::pact::path::PactStep;
use crate::source::Step;
use crate::words::did_you_mean;

/// How many elements, attributes and texts a body may have.
const MOST_NODES: u32 = 1_000_000;
/// How deep elements may be nested.
const DEEPEST: usize = 128;

impl Comparison<'_> {
    /// Compares a body with its example.
    pub(super) fn xml(&mut self, example: &str, actual: &str, rules: &PlacedRules) {
        if !work::spend(parsing_steps(example)) || !work::spend(parsing_steps(actual)) {
            return;
        }
        let options = || ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        let asked = match Document::parse_with_options(example, options()) {
            Ok(document) => document,
            Err(error) => {
                let expected = Expected::Body(ExpectedBody::BadExample { error: error.to_string() });
                return self.note(BODY_KIND, None, expected, shown(actual));
            }
        };
        let came = match Document::parse_with_options(actual, options()) {
            Ok(document) => document,
            Err(error) => {
                let expected = Expected::Body(ExpectedBody::Unread { error: error.to_string() });
                return self.note(BODY_KIND, None, expected, shown(actual));
            }
        };
        let step = Step::Key(name(asked.root_element()));
        let rules = without_indexes(rules);
        let chosen = Chosen::new(&rules).below(&step);
        self.down(step, |comparison| comparison.element(asked.root_element(), came.root_element(), &chosen));
    }

    fn element(&mut self, asked: Node<'_, '_>, came: Node<'_, '_>, chosen: &Chosen<'_>) {
        if self.is_over() {
            return;
        }
        if self.at.len() > DEEPEST {
            return self.note(TOO_DEEP, None, Expected::NestedAtMost(DEEPEST), Actual::TooDeep);
        }
        let result = match chosen.speaking() {
            Some(speaking) => {
                let matchers = speaking.list.matchers.iter();
                let results = matchers.map(|matcher| check_element(matcher, asked, came, speaking.cascaded)).collect();
                combine(speaking.list.any, results)
            }
            None => check_element(&PactMatcher::Equality, asked, came, false),
        };
        if let Err(unmet) = result {
            let rule = chosen.speaking().map(|speaking| speaking.list);
            return self.unmet(unmet, rule, Actual::Element { name: name(came), times: None });
        }
        self.attributes(asked, came, chosen);
        self.children(asked, came, chosen);
        let step = Step::Key(String::from("#text"));
        let below = chosen.below(&step);
        self.down(step, |comparison| comparison.text(&text(asked), &text(came), &below));
    }

    fn attributes(&mut self, asked: Node<'_, '_>, came: Node<'_, '_>, chosen: &Chosen<'_>) {
        let (asked, came) = (attributes(asked), attributes(came));
        for (name, value) in &asked {
            let step = Step::Key(name.clone());
            let below = chosen.below(&step);
            self.down(step, |comparison| match came.get(name) {
                Some(came) => comparison.text(value, came, &below),
                None => {
                    comparison.note(
                        MISSING,
                        None,
                        Expected::texts([value.as_str()]),
                        Actual::Missing(Missing::Attribute),
                    );
                }
            });
        }
        if self.closed {
            for (name, value) in came.iter().filter(|(name, _)| !asked.contains_key(*name)) {
                let hint = did_you_mean(name, asked.keys().map(String::as_str));
                self.down(Step::Key(name.clone()), |comparison| {
                    comparison.note(UNEXPECTED, None, Expected::Nothing(Nothing::Attribute), shown(value));
                });
                if let Some(last) = self.found.last_mut() {
                    last.hint = hint;
                }
            }
        }
    }

    fn children(&mut self, asked: Node<'_, '_>, came: Node<'_, '_>, chosen: &Chosen<'_>) {
        let (asked, came) = (by_name(asked), by_name(came));
        for (name, wanted) in &asked {
            let step = Step::Key(name.clone());
            let below = chosen.below(&step);
            let elements = came.get(name).map_or(&[][..], Vec::as_slice);
            self.down(step, |comparison| {
                if elements.is_empty() {
                    let expected = Expected::Element { name: name.clone(), times: None };
                    return comparison.note(MISSING, None, expected, Actual::Missing(Missing::XmlElement));
                }
                if below.is_typed() {
                    for came in elements {
                        comparison.element(wanted[0], *came, &below);
                    }
                    return;
                }
                wanted.iter().zip(elements).for_each(|(asked, came)| comparison.element(*asked, *came, &below));
                if wanted.len() > elements.len() || comparison.closed && elements.len() > wanted.len() {
                    let expected = Expected::Element { name: name.clone(), times: Some(wanted.len()) };
                    comparison.note(SIZE, None, expected, Actual::Extra { count: elements.len(), one: None });
                }
            });
        }
        for (name, elements) in came.iter().filter(|(name, _)| !asked.contains_key(*name)) {
            let step = Step::Key(name.clone());
            let refused = self.closed || chosen.below(&step).is_typed();
            if refused {
                let came = Actual::Element { name: name.clone(), times: Some(elements.len()) };
                self.down(step, |comparison| {
                    comparison.note(UNEXPECTED, None, Expected::Nothing(Nothing::Element), came);
                });
            }
        }
    }

    fn text(&mut self, asked: &str, came: &str, chosen: &Chosen<'_>) {
        let rule = chosen.speaking().map(|speaking| speaking.list);
        let result = match rule {
            Some(list) => {
                let results = list.matchers.iter().map(|matcher| check_text(matcher, asked, came)).collect();
                combine(list.any, results)
            }
            None => check_text(&PactMatcher::Equality, asked, came),
        };
        if let Err(unmet) = result {
            self.unmet(unmet, rule, shown(came));
        }
    }
}

/// The rules that lead to nothing in an XML example: those with a prefix, for instance, where a name has its namespace. None
/// if the text isn't XML. `steps` is how many places may still be tried.
pub(in crate::pact) fn unused_in_xml<'r>(
    example: &str,
    rules: &'r PlacedRules,
    steps: &mut usize,
) -> Vec<&'r PlacedRule> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(example, options) else { return Vec::new() };
    let root = document.root_element();
    let is_used = |rule: &PlacedRule, steps: &mut usize| {
        let path: Vec<&PactStep> = rule.path.0.iter().filter(|step| **step != PactStep::AnyIndex).collect();
        path.split_first().is_none_or(|(first, rest)| selects(first, &name(root)) && leads_into(rest, root, 0, steps))
    };
    rules.0.iter().filter(|rule| !is_used(rule, steps)).collect()
}

fn selects(step: &PactStep, name: &str) -> bool {
    step.weight(&Step::Key(name.to_owned())) > 0
}

fn leads_into(path: &[&PactStep], node: Node<'_, '_>, depth: usize, steps: &mut usize) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    *steps = steps.saturating_sub(1);
    // The index of an element among others of its name makes no difference here.
    if *steps == 0 || depth > DEEPEST || matches!(step, PactStep::Index(_)) && rest.is_empty() {
        return true;
    }
    if matches!(step, PactStep::Index(_)) {
        return leads_into(rest, node, depth + 1, steps);
    }
    let is_end = rest.is_empty();
    is_end && (selects(step, "#text") || attributes(node).keys().any(|name| selects(step, name)))
        || node
            .children()
            .filter(Node::is_element)
            .any(|child| selects(step, &name(child)) && leads_into(rest, child, depth + 1, steps))
}

/// The attributes of an element by their names, each with an `@` and its namespace.
fn attributes(node: Node<'_, '_>) -> BTreeMap<String, String> {
    let named = |name: &str, namespace: Option<&str>| match namespace {
        Some(namespace) => format!("@{namespace}:{name}"),
        None => format!("@{name}"),
    };
    node.attributes().map(|it| (named(it.name(), it.namespace()), it.value().to_owned())).collect()
}

/// How many steps it takes to read a document. The reader compares each attribute of an element with all others of it, and
/// looks for a prefix among all that are declared.
fn parsing_steps(text: &str) -> usize {
    let (mut steps, mut attributes) = (text.len() / 64, 0usize);
    let (mut elements, mut quote, mut is_tag) = (0usize, None, false);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'<', None)
                if bytes.peek().is_some_and(|next| next.is_ascii_alphabetic() || *next >= 0x80 || *next == b'_') =>
            {
                is_tag = true;
                attributes = 0;
                elements += 1;
            }
            (b'>', None) if is_tag => {
                is_tag = false;
                steps = steps.saturating_add(attributes.saturating_mul(attributes) / 8);
            }
            (b'"' | b'\'', None) if is_tag => {
                quote = Some(byte);
                attributes += 1;
            }
            (_, Some(open)) if open == byte => quote = None,
            _ => {}
        }
    }
    let declared = text.matches("xmlns").count();
    steps
        .saturating_add(attributes.saturating_mul(attributes) / 8)
        .saturating_add(declared.saturating_mul(elements) / 64)
}

/// The rules with `order[*]` written as `order`: elements of one name are a list, whether a path says so or not.
fn without_indexes(rules: &PlacedRules) -> PlacedRules {
    let mut rules = rules.clone();
    for rule in &mut rules.0 {
        rule.path.0.retain(|step| *step != PactStep::AnyIndex);
    }
    rules
}

/// Checks an element itself: its name, the number of its children, or its text if the rule is for texts.
fn check_element(matcher: &PactMatcher, asked: Node<'_, '_>, came: Node<'_, '_>, cascaded: bool) -> Result<(), Unmet> {
    let children = || came.children().filter(|child| child.is_element() || child.is_text()).count();
    let wrong = |code, expected: Expected| Err(Unmet { code, expected });
    match matcher {
        PactMatcher::Regex(regex) if regex.matches(came.tag_name().name()) || regex.matches(&text(came)) => Ok(()),
        PactMatcher::Regex(regex) => unmet_rule(PATTERN, RuleSummary::Pattern(regex.as_str().to_owned())),
        PactMatcher::Type { min, max } if min.is_some() || max.is_some() => {
            let length = u64::try_from(children()).unwrap_or(u64::MAX);
            if cascaded || min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max) {
                Ok(())
            } else {
                wrong(SIZE, Expected::Size { min: min.unwrap_or(0), max: *max, unit: Unit::Element })
            }
        }
        PactMatcher::Type { .. } | PactMatcher::Equality => {
            if name(asked) == name(came) {
                Ok(())
            } else {
                wrong(VALUE, Expected::Element { name: name(asked), times: None })
            }
        }
        PactMatcher::NotEmpty if children() == 0 => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::Element)),
        PactMatcher::Null | PactMatcher::Status(_) => unmet_rule(TYPE, RuleSummary::Misplaced(Misplaced::Element)),
        // These are checked at the place that they cascade to: the element's text.
        PactMatcher::Include(_)
        | PactMatcher::Number
        | PactMatcher::Integer
        | PactMatcher::Decimal
        | PactMatcher::Boolean
        | PactMatcher::Time(..)
        | PactMatcher::Values
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::ArrayContains(_)
        | PactMatcher::NotEmpty
        | PactMatcher::Semver
        | PactMatcher::ContentType(_)
        | PactMatcher::Unusable(_) => Ok(()),
    }
}

/// The name of an element, with its namespace before it.
fn name(node: Node<'_, '_>) -> String {
    match node.tag_name().namespace() {
        Some(namespace) => format!("{namespace}:{}", node.tag_name().name()),
        None => node.tag_name().name().to_owned(),
    }
}

fn by_name<'a, 'd>(node: Node<'a, 'd>) -> BTreeMap<String, Vec<Node<'a, 'd>>> {
    let mut named: BTreeMap<String, Vec<Node<'a, 'd>>> = BTreeMap::new();
    for child in node.children().filter(Node::is_element) {
        named.entry(name(child)).or_default().push(child);
    }
    named
}

/// The text in an element, without the white space around each piece of it.
fn text(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|child| child.text()).map(str::trim).collect()
}

fn shown(text: &str) -> Actual {
    Actual::texts([text])
}
