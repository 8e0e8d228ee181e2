//! The claims of `action.yml` about itself, and those of the pages about it.

use std::fs;

use crate::support::pages::Page;
use crate::support::runner::{action, repository};

/// The names of the action's inputs or outputs.
fn names(part: &str) -> Vec<String> {
    action()[part].as_mapping().unwrap().iter().map(|(name, _)| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn no_script_contains_an_expression() {
    let action = action();
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    assert!(!steps.is_empty());
    for step in steps {
        for (key, value) in step.as_mapping().unwrap() {
            let text = serde_yaml::to_string(value).unwrap();
            assert!(key == "env" || !text.contains("${{"), "{key:?}: {text}");
        }
    }
    // Scripts in workflows are scripts, too.
    for file in fs::read_dir(repository().join(".github/workflows")).unwrap() {
        let path = file.unwrap().path();
        let workflow: serde_yaml::Value = serde_yaml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for (_, job) in workflow["jobs"].as_mapping().unwrap() {
            for step in job["steps"].as_sequence().unwrap() {
                let script = step["run"].as_str().unwrap_or_default();
                assert!(!script.contains("${{"), "{}: {script}", path.display());
            }
        }
    }
}

#[test]
fn every_input_reaches_the_script_and_names_are_kebab_case() {
    let action = action();
    let step = serde_yaml::to_string(&action["runs"]["steps"]).unwrap();
    let script = fs::read_to_string(repository().join(".github/action/run.sh")).unwrap();
    for name in names("inputs") {
        assert!(step.contains(&format!("${{{{ inputs.{name} }}}}")), "{name}");
        assert!(script.contains(&name.to_uppercase().replace('-', "_")), "{name}");
    }
    for name in names("inputs").into_iter().chain(names("outputs")) {
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
    }
}

#[test]
fn the_page_of_the_action_has_every_input_and_output() {
    let page = Page::read("examples/action.md").text;
    for name in names("inputs").into_iter().chain(names("outputs")) {
        assert!(page.contains(&format!("| `{name}`")), "{name}");
    }
}

#[test]
fn steps_that_pages_show_use_inputs_that_the_action_has() {
    let inputs = names("inputs");
    let mut steps = 0;
    for name in ["README.md", "examples/action.md"] {
        let page = Page::read(name);
        for block in page.blocks().iter().filter(|block| block.text.starts_with("- uses: acme/upheld@")) {
            let shown: serde_yaml::Value = serde_yaml::from_str(block.text).unwrap();
            for step in shown.as_sequence().unwrap() {
                for (input, _) in step["with"].as_mapping().unwrap() {
                    assert!(inputs.iter().any(|known| Some(known.as_str()) == input.as_str()), "{name}: {input:?}");
                }
                steps += 1;
            }
        }
    }
    assert_eq!(steps, 4);
}
