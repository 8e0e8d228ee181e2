//! Which file of `src` uses which names of which other file: read from the text, with re-exports followed to the file
//! that defines the name. It sees `use` lines, and paths in code whose first word is `crate`, `self`, `super`, a child
//! module or an imported name. Methods are not seen: their type is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// One file's use of one name of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The file that uses the name, below the crate: `src/http/mock.rs`.
    pub from: String,
    /// The file that defines it.
    pub to: String,
    pub name: String,
    /// Whether only a test uses it.
    pub in_test: bool,
}

/// Every text below `src` with its path below the crate, in order of path.
pub fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join("src")];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().components();
                let name: Vec<_> = name.map(|part| part.as_os_str().to_string_lossy()).collect();
                files.push((name.join("/"), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The imports of these files from each other.
pub fn imports(sources: &[(String, String)]) -> BTreeSet<Import> {
    let mut house = House::default();
    for (file, text) in sources {
        let Some(path) = module_path(file) else { continue };
        let in_test = path.iter().any(|name| name == "tests");
        Reader { tokens: &tokens(text), next: 0, house: &mut house, file }.module(path, in_test);
    }
    house.imports()
}

/// `src/a/mod.rs` and `src/a.rs` are `a`, `src/lib.rs` is the crate itself, and `src/main.rs` is a crate of its own.
fn module_path(file: &str) -> Option<Vec<String>> {
    let path = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    match path {
        "main" => None,
        "lib" => Some(Vec::new()),
        path => Some(path.strip_suffix("/mod").unwrap_or(path).split('/').map(str::to_owned).collect()),
    }
}

type Module = Vec<String>;

#[derive(Debug, Default)]
struct Contents {
    file: String,
    in_test: bool,
    /// The path of each import, by its name here.
    bindings: BTreeMap<String, Binding>,
    globs: Vec<Vec<String>>,
    /// Paths in code, bare names included.
    paths: BTreeSet<Vec<String>>,
}

#[derive(Debug)]
struct Binding {
    path: Vec<String>,
    /// A re-export is no use by itself: a module passes on what its parts define.
    reexport: bool,
}

#[derive(Debug, Default)]
struct House {
    modules: BTreeMap<Module, Contents>,
}

impl House {
    fn imports(&self) -> BTreeSet<Import> {
        let mut found = BTreeSet::new();
        for (module, contents) in &self.modules {
            let own = contents.bindings.values().filter(|binding| !binding.reexport).map(|binding| &binding.path);
            for path in own.chain(&contents.globs).chain(&contents.paths) {
                let Some((to, name)) = self.resolve(module, path, 0) else { continue };
                if to != contents.file {
                    let (from, in_test) = (contents.file.clone(), contents.in_test);
                    found.insert(Import { from, to, name, in_test });
                }
            }
        }
        found
    }

    /// The file that defines the item at `path` in `module`, and the item's name there. `None` for other crates' names,
    /// for local ones, and for a module that is only named: the items used from it have paths of their own.
    fn resolve(&self, module: &[String], path: &[String], depth: u8) -> Option<(String, String)> {
        // Imports can name each other in a ring only by globs, which give up here.
        if depth > 16 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(&[], rest, depth),
            "self" => self.walk(module, rest, depth),
            "super" => self.walk(&module[..module.len().checked_sub(1)?], rest, depth),
            _ if self.child(module, first).is_some() => self.walk(module, path, depth),
            _ => {
                let contents = self.modules.get(module)?;
                if let Some(binding) = contents.bindings.get(first) {
                    let whole: Vec<String> = binding.path.iter().chain(rest).cloned().collect();
                    return (whole != path).then(|| self.resolve(module, &whole, depth + 1))?;
                }
                None
            }
        }
    }

    /// As [`Self::resolve`], of a path that starts in `module`.
    fn walk(&self, module: &[String], path: &[String], depth: u8) -> Option<(String, String)> {
        let (first, rest) = path.split_first()?;
        if first == "super" {
            return self.walk(&module[..module.len().checked_sub(1)?], rest, depth);
        }
        if first == "self" {
            return self.walk(module, rest, depth);
        }
        if let Some(child) = self.child(module, first) {
            return self.walk(&child, rest, depth);
        }
        let contents = self.modules.get(module)?;
        if contents.bindings.contains_key(first) {
            return self.resolve(module, path, depth + 1);
        }
        let defined = |file: &str| Some((file.to_owned(), first.clone()));
        let handed_on = contents.globs.iter().find_map(|glob| {
            let whole: Vec<String> = glob.iter().chain(path).cloned().collect();
            self.resolve(module, &whole, depth + 1)
        });
        handed_on.or_else(|| defined(&contents.file))
    }

    fn child(&self, module: &[String], name: &str) -> Option<Module> {
        let child: Module = module.iter().cloned().chain([name.to_owned()]).collect();
        self.modules.contains_key(&child).then_some(child)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Path,
    Mark(char),
}

impl Token {
    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// A text without comments, texts, characters, lifetimes and numbers.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = raw_text(rest) {
            raw
        } else if first == '"' || rest.starts_with("b\"") {
            let open = rest.find('"').unwrap() + 1;
            open + quoted(&rest[open..], '"')
        } else if first == '\'' {
            // A character, or a lifetime: a character ends within two signs or is escaped.
            let mut signs = rest.chars().skip(1);
            match (signs.next(), signs.next()) {
                (Some('\\'), _) => 1 + quoted(&rest[1..], '\''),
                (Some(sign), Some('\'')) => 2 + sign.len_utf8(),
                _ => 1 + rest[1..].find(|c| !is_word(c)).unwrap_or(rest.len() - 1),
            }
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if !first.is_numeric() {
                found.push(Token::Word(rest[..length].to_owned()));
            }
            length
        } else if rest.starts_with("::") {
            found.push(Token::Path);
            2
        } else {
            if !first.is_whitespace() {
                found.push(Token::Mark(first));
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// The length of a raw text that begins here.
fn raw_text(rest: &str) -> Option<usize> {
    let open = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = open.len() - open.trim_start_matches('#').len();
    let inside = open[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest.len() - inside.len() + inside.find(&end)? + end.len())
}

/// The length up to and with the closing quote.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            sign if sign == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

struct Reader<'a> {
    tokens: &'a [Token],
    next: usize,
    house: &'a mut House,
    file: &'a str,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.next + ahead)
    }

    /// Reads one module up to its closing brace, or to the end of the file.
    fn module(&mut self, path: Module, in_test: bool) {
        let mut contents = Contents { file: self.file.to_owned(), in_test, ..Contents::default() };
        let mut depth = 0_usize;
        while let Some(token) = self.peek(0).cloned() {
            match token {
                Token::Mark('}') if depth == 0 => break,
                Token::Mark('}') => depth -= 1,
                Token::Mark('{') => depth += 1,
                Token::Word(word) if word == "use" && self.peek(1).is_some_and(|next| *next != Token::Mark('<')) => {
                    let before = self.next.checked_sub(1).map(|at| &self.tokens[at]);
                    let reexport = before.is_some_and(|token| {
                        token.word() == Some("pub") || (*token == Token::Mark(')') && self.is_visibility(self.next - 1))
                    });
                    self.next += 1;
                    self.use_tree(Vec::new(), reexport, &mut contents);
                }
                Token::Word(word) if word == "mod" && self.peek(2) == Some(&Token::Mark('{')) => {
                    let name = self.peek(1).and_then(Token::word).unwrap().to_owned();
                    let child: Module = path.iter().cloned().chain([name.clone()]).collect();
                    self.next += 3;
                    self.module(child, in_test || name == "tests");
                }
                Token::Word(word) => {
                    let after_dot = self.next > 0 && self.tokens[self.next - 1] == Token::Mark('.');
                    let mut found = vec![word];
                    while self.peek(1) == Some(&Token::Path) {
                        let Some(name) = self.peek(2).and_then(Token::word) else { break };
                        found.push(name.to_owned());
                        self.next += 2;
                    }
                    if !after_dot {
                        contents.paths.insert(found);
                    }
                }
                _ => {}
            }
            self.next += 1;
        }
        self.house.modules.insert(path, contents);
    }

    /// Whether the `)` at `at` closes `pub(…)`.
    fn is_visibility(&self, at: usize) -> bool {
        let open = self.tokens[..at].iter().rposition(|token| *token == Token::Mark('('));
        open.and_then(|open| self.tokens.get(open.checked_sub(1)?)).and_then(Token::word) == Some("pub")
    }

    /// Reads one branch of a `use`, and stops at its end: `,`, `}` or `;`.
    fn use_tree(&mut self, mut path: Vec<String>, reexport: bool, contents: &mut Contents) {
        loop {
            match self.peek(0).cloned() {
                Some(Token::Mark('{')) => {
                    self.next += 1;
                    while self.peek(0) != Some(&Token::Mark('}')) {
                        self.use_tree(path.clone(), reexport, contents);
                        if self.peek(0) == Some(&Token::Mark(',')) {
                            self.next += 1;
                        }
                    }
                    self.next += 1;
                    return;
                }
                Some(Token::Mark('*')) => {
                    contents.globs.push(path);
                    self.next += 1;
                    return;
                }
                Some(Token::Word(word)) if word == "as" => {
                    let name = self.peek(1).and_then(Token::word).unwrap().to_owned();
                    contents.bindings.insert(name, Binding { path, reexport });
                    self.next += 2;
                    return;
                }
                // `use a::b::{self}` binds `b`.
                Some(Token::Word(word)) if word == "self" && !path.is_empty() => self.next += 1,
                Some(Token::Word(word)) => {
                    path.push(word);
                    self.next += 1;
                }
                Some(Token::Path) => self.next += 1,
                _ => {
                    let name = path.last().unwrap().clone();
                    contents.bindings.insert(name, Binding { path, reexport });
                    return;
                }
            }
        }
    }
}

#[test]
fn imports_are_followed_to_the_file_that_defines_the_name() {
    let text = |file: &str, text: &str| (file.to_owned(), text.to_owned());
    let house = [
        text("src/lib.rs", "pub mod a; pub mod b;"),
        text("src/a/mod.rs", "mod one; mod two; pub use one::{One, helper as help}; pub(crate) use self::two::Two;"),
        text(
            "src/a/one.rs",
            "// use crate::b::no;\nuse super::Two; pub struct One(Two); const T: &str = \"crate::b::no\";",
        ),
        text("src/a/two.rs", "use super::{one, One as First}; fn f<'a>() { one::helper('\\''); r#\"crate::b\"# }"),
        text(
            "src/b.rs",
            "use crate::{a::{self, One}}; fn f() { a::help() } mod tests { use super::*; use crate::a::Two; }",
        ),
    ];
    let found: Vec<String> = imports(&house)
        .iter()
        .map(|i| format!("{} -> {}: {}{}", i.from, i.to, i.name, if i.in_test { " (test)" } else { "" }))
        .collect();
    assert_eq!(
        found,
        [
            "src/a/one.rs -> src/a/two.rs: Two",
            "src/a/two.rs -> src/a/one.rs: One",
            "src/a/two.rs -> src/a/one.rs: helper",
            "src/b.rs -> src/a/one.rs: One",
            "src/b.rs -> src/a/one.rs: helper",
            "src/b.rs -> src/a/two.rs: Two (test)",
        ]
    );
}
