//! Recognizes secrets in tables as text (CSV, TSV), by the names of their columns.

use super::names::{Named, named};
use super::shapes::Sighting;

/// The secrets in columns with the name of one. `is_sent` says that the text is in a request.
pub(super) fn columns(text: &str, is_sent: bool) -> Vec<Sighting> {
    let mut lines = text.split_inclusive('\n');
    let head = lines.next().unwrap_or_default();
    let is_title = |cell: &str| !cell.is_empty() && cell.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c));
    let titles = |separator: char| -> Option<Vec<Named>> {
        let cells: Vec<&str> = head.trim_end().split(separator).map(|cell| cell.trim().trim_matches('"')).collect();
        let are_titles = cells.len() > 1 && cells.iter().all(|cell| is_title(cell));
        are_titles.then(|| cells.into_iter().map(named).collect())
    };
    let found = [',', ';', '\t', '|'].into_iter().find_map(|separator| Some((separator, titles(separator)?)));
    let Some((separator, titles)) = found.filter(|(_, titles)| titles.iter().any(|named| *named != Named::Plain))
    else {
        return Vec::new();
    };
    let mut sightings = Vec::new();
    let mut line_at = head.len();
    for line in lines {
        let mut at = line_at;
        line_at += line.len();
        let cells: Vec<&str> = line.split(separator).collect();
        if cells.len() != titles.len() {
            continue;
        }
        for (cell, named) in cells.into_iter().zip(&titles) {
            let bare = cell.trim().trim_matches('"');
            let start = at + cell.find(bare).unwrap_or(0);
            if named.is_secret(bare, is_sent) {
                sightings.push(Sighting { kind: named.kind(), at: start..start + bare.len() });
            }
            at += cell.len() + separator.len_utf8();
        }
    }
    sightings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_below_the_name_of_a_secret_are_found() {
        let text = "user,password,role\nada,sunflower,admin\neve,\"x1\",admin\n";
        let found: Vec<&str> = columns(text, true).into_iter().map(|sighting| &text[sighting.at]).collect();
        assert_eq!(found, ["sunflower", "x1"]);
        for text in ["user,role\nada,admin\n", "Dear Ada,\nyour password\n", "a\nb\n"] {
            assert_eq!(columns(text, true), [], "{text}");
        }
    }
}
