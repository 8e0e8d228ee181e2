//! A recorded interaction as the text of a contract, with its suggestions as comments next to it.

use super::draft::Draft;
use super::remark::Conclusion;
use crate::contract::{write_interaction, write_rules};

/// Begins the comment with a suggestion.
pub(super) const SUGGEST: &str = "# suggest: ";

/// The interaction as an element of the list of interactions, with its dash indented by so many spaces.
///
/// A suggested rule comes after the rules of the response, so removing [`SUGGEST`] is enough to accept it; if the response
/// has no rules, from the line with the key `match`, too.
pub(super) fn write_draft(draft: &Draft, indent: usize) -> String {
    let mut lines: Vec<String> = write_interaction(&draft.interaction(), indent).lines().map(str::to_owned).collect();
    let (mut rules, mut others) = (Vec::new(), Vec::new());
    for remark in &draft.remarks {
        match &remark.conclusion {
            Conclusion::SuggestedRule(path, rule) => rules.push((path.clone(), rule.clone())),
            Conclusion::Suggested(suggestion) => others.push(suggestion),
            Conclusion::Written(_) | Conclusion::Warning => {}
        }
    }
    let part = " ".repeat(indent + 4);
    let response = lines.iter().position(|line| *line == format!("{}response:", " ".repeat(indent + 2)));
    let has_match = response.and_then(|response| {
        let found = lines.iter().skip(response).position(|line| *line == format!("{part}match:"))?;
        Some(response + found)
    });
    match has_match {
        Some(at) => {
            let deeper = |line: &&String| line.starts_with(&format!("{part}  ")) || line.is_empty();
            let end = at + 1 + lines.iter().skip(at + 1).take_while(deeper).count();
            let comments =
                rules.iter().map(|(path, rule)| format!("{part}  {SUGGEST}{}", write_rules([(path, rule)], true)));
            lines.splice(end..end, comments.collect::<Vec<_>>());
        }
        None if rules.len() > 1 => {
            // One line for each, so that some can be accepted and others not.
            lines.push(format!("{part}{SUGGEST}match:"));
            let each = rules.iter().map(|(path, rule)| write_rules([(path, rule)], true));
            lines.extend(each.map(|rule| format!("{part}{SUGGEST}  {rule}")));
        }
        None if !rules.is_empty() => {
            let rules = write_rules(rules.iter().map(|(path, rule)| (path, rule)), false);
            lines.push(format!("{part}{SUGGEST}match: {rules}"));
        }
        None => {}
    }
    let others = others
        .into_iter()
        .map(|suggestion| format!("{}{SUGGEST}{}", " ".repeat(indent + 2), one_line(&suggestion.to_string())));
    lines.splice(1..1, others.collect::<Vec<_>>());
    lines.into_iter().map(|line| line + "\n").collect()
}

/// A comment is one line, whatever it quotes.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
