//! What `action.yml` says of itself, and where else it is told of.

use std::fs;

use crate::support::runner::{action, repository};

/// The names of the action's inputs or outputs.
fn names(part: &str) -> Vec<String> {
    action()[part].as_mapping().unwrap().iter().map(|(name, _)| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_expression_stands_in_no_script() {
    let action = action();
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    assert!(!steps.is_empty());
    for step in steps {
        for (key, value) in step.as_mapping().unwrap() {
            let text = serde_yaml::to_string(value).unwrap();
            assert!(key == "env" || !text.contains("${{"), "{key:?}: {text}");
        }
    }
    // What is a script in a workflow is one, too.
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
fn the_readme_tells_of_every_input_and_output() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let section =
        readme.split("\n## In CI\n").nth(1).expect("the README has the section").split("\n## ").next().unwrap();
    for name in names("inputs").into_iter().chain(names("outputs")) {
        assert!(section.contains(&format!("| `{name}`")), "{name}");
    }
}
