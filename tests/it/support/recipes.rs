//! The recipes of `examples/pipelines.md`: the blocks of its shell and of its build systems, as written there.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_yaml::Value;

use super::pages::Page;

/// The page, taken apart.
pub struct Recipes {
    /// The shell's blocks, by their first line: `# consumer-check`.
    shell: BTreeMap<String, String>,
    /// The files of the build systems, in their order.
    pub files: Vec<Value>,
}

impl Recipes {
    /// Reads the page, and the workflow of the shared repository's page that it points to.
    pub fn read() -> Self {
        let mut recipes = Self { shell: BTreeMap::new(), files: Vec::new() };
        let page = Page::read("examples/pipelines.md");
        for block in page.blocks() {
            match block.language {
                "sh" => {
                    let (first, rest) = block.text.split_once('\n').unwrap();
                    let name = first.strip_prefix("# ").unwrap_or_else(|| panic!("a block without a name: {first}"));
                    assert!(recipes.shell.insert(name.to_owned(), rest.to_owned()).is_none(), "{name} twice");
                }
                "yaml" => recipes.files.push(serde_yaml::from_str(block.text).unwrap()),
                other => panic!("a block in {other}"),
            }
        }
        let page = Page::read("examples/shared-repository.md");
        let shared = page.blocks().into_iter().find(|block| block.text.starts_with("# .github/workflows/")).unwrap();
        recipes.files.push(serde_yaml::from_str(shared.text).unwrap());
        recipes
    }

    /// The shell's block for a job.
    pub fn shell(&self, job: &str) -> &str {
        self.shell.get(job).unwrap_or_else(|| panic!("the page has no block `# {job}`"))
    }

    /// The jobs that have a block for the shell.
    pub fn jobs(&self) -> impl Iterator<Item = &str> {
        self.shell.keys().map(String::as_str)
    }
}

/// The commands of this program in a script, without their reports, which each build system has its own way with.
pub fn commands(script: &str) -> Vec<String> {
    static COMMAND: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bupheld ([^;|&)'}\n]*)").unwrap());
    static REPORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"--report[ =][^ ]+").unwrap());
    let lines = script.lines().map(|line| line.split(" # ").next().unwrap());
    lines
        .flat_map(|line| COMMAND.captures_iter(line).map(|found| found[1].replace('"', "")))
        .map(|command| REPORT.replace_all(&command, "").split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}
