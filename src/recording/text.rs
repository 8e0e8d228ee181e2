//! A recorded interaction as the text of a contract, with its suggestions as comments beside it.

use super::draft::Draft;
use super::remark::What;
use crate::contract::{write_interaction, write_rules};

/// The interaction as an element of the list of interactions, whose dash is indented by so many spaces.
///
/// A suggested rule stands behind the rules of the response, so that taking away `# suggest: ` is all it takes to
/// accept it.
pub(super) fn interaction(draft: &Draft, indent: usize) -> String {
    let mut lines: Vec<String> = write_interaction(&draft.interaction(), indent).lines().map(str::to_owned).collect();
    let (mut rules, mut others) = (Vec::new(), Vec::new());
    for remark in &draft.remarks {
        match &remark.what {
            What::SuggestedRule(path, rule) => rules.push((path.clone(), rule.clone())),
            What::Suggested(text) => others.push(text.clone()),
            What::Written(_) | What::Warned => {}
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
                rules.iter().map(|(path, rule)| format!("{part}  # suggest: {}", write_rules([(path, rule)], true)));
            lines.splice(end..end, comments.collect::<Vec<_>>());
        }
        None if !rules.is_empty() => {
            let rules = write_rules(rules.iter().map(|(path, rule)| (path, rule)), false);
            lines.push(format!("{part}# suggest: match: {rules}"));
        }
        None => {}
    }
    let others = others.into_iter().map(|text| format!("{}# suggest: {}", " ".repeat(indent + 2), one_line(&text)));
    lines.splice(1..1, others.collect::<Vec<_>>());
    lines.into_iter().map(|line| line + "\n").collect()
}

/// A comment is one line, whatever it quotes.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
