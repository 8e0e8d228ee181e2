//! Reads from a build system which commit it checked out: its branch and, if the commit is the test merge of a pull
//! request, the head of that.
//!
//! This only applies to the build's own commit. A job may check out another one, such as the live version, which the build
//! system knows nothing about.

use super::environment::Environment;
use super::error::GitError;
use crate::source::json_value;

/// The facts that a build system knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Build {
    /// The commit that it checks out, which may be the test merge of a pull request.
    commit: Option<String>,
    /// The base of a pull request, if the build system checks that out.
    base: Option<String>,
    /// The branch that the commit was built from.
    branch: Option<String>,
    /// The head of the pull request that is built.
    head: Head,
}

/// The head of a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Head {
    /// The build isn't one of a pull request.
    #[default]
    None,
    /// The commit to be merged.
    Commit(String),
    /// The head is unknown, because the variable that should name it doesn't. A sentence that says so.
    Unknown(&'static str),
    /// The checked-out commit is the head unless it is a merge. The sentence says what to do in that case.
    UnlessMerge(&'static str),
}

/// The commit to use, and its branch.
pub(super) type CommitAndBranch = (String, Option<String>);

impl Build {
    /// The facts from the build system of an environment; empty if there is none.
    pub(super) fn of(environment: &Environment) -> Self {
        let variables = Variables(environment);
        let systems = [github, gitlab, azure, bitbucket, jenkins, circleci, buildkite];
        systems.iter().find_map(|system| system(&variables)).unwrap_or_default()
    }

    /// The commit to use if this one is checked out. `parents` looks up its parents.
    ///
    /// # Errors
    ///
    /// That it is the test merge of a pull request with an unknown head.
    pub(super) fn resolve(
        self,
        commit: String,
        parents: impl Fn() -> Result<Vec<String>, GitError>,
    ) -> Result<CommitAndBranch, GitError> {
        let is_its = self.commit.as_ref().is_none_or(|its| *its == commit);
        match self.head {
            Head::None => Ok((commit, self.branch.filter(|_| is_its))),
            Head::Commit(head) if head == commit => Ok((commit, self.branch)),
            Head::Commit(_) if self.base.as_ref() == Some(&commit) => Ok((commit, None)),
            // A test merge by the runner or the host, which will never be deployed.
            Head::Commit(head) if is_its || parents()?.contains(&head) => Ok((head, self.branch)),
            Head::Commit(_) => Ok((commit, None)),
            Head::Unknown(_) | Head::UnlessMerge(_) if !is_its => Ok((commit, None)),
            Head::UnlessMerge(_) if parents()?.len() < 2 => Ok((commit, self.branch)),
            Head::Unknown(help) | Head::UnlessMerge(help) => {
                Err(GitError::new("this is the build of a pull request, but its head is unknown")
                    .help(help)
                    .help("or name the version yourself: SERVICE@VERSION"))
            }
        }
    }
}

/// The environment's variables.
struct Variables<'e>(&'e Environment);

impl Variables<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.0.variable(name)
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A variable that contains a commit.
    fn commit(&self, name: &str) -> Option<String> {
        self.get(name).filter(|text| is_commit(text))
    }
}

/// GitHub Actions and systems that run the same workflows.
fn github(variables: &Variables<'_>) -> Option<Build> {
    let event_name = variables.get("GITHUB_EVENT_NAME")?;
    let commit = variables.commit("GITHUB_SHA");
    // The build of a review is like that of the pull request itself.
    if !event_name.starts_with("pull_request") {
        let of_branch = variables.get("GITHUB_REF_TYPE").as_deref() == Some("branch");
        let branch = variables.get("GITHUB_REF_NAME").filter(|_| of_branch);
        return Some(Build { commit, branch, ..Build::default() });
    }
    let bytes = variables.get("GITHUB_EVENT_PATH").and_then(|path| std::fs::read(path).ok());
    let event: Option<serde_json::Value> = bytes.and_then(|bytes| json_value::read(&bytes).ok());
    let at = |place: &str| event.as_ref()?.pointer(&format!("/pull_request/{place}"));
    let text = |place: &str| at(place)?.as_str().map(str::to_owned);
    if at("merged").and_then(serde_json::Value::as_bool) == Some(true) {
        // After the pull request is merged, the merge is a lasting commit.
        return Some(Build { commit: text("merge_commit_sha"), branch: text("base/ref"), ..Build::default() });
    }
    let branch = variables.get("GITHUB_HEAD_REF").or_else(|| text("head/ref"));
    let unknown = "GITHUB_EVENT_PATH must name the event's file, which contains `pull_request.head.sha`";
    Some(Build {
        base: commit.clone().filter(|_| event_name == "pull_request_target"),
        commit,
        branch: branch.map(|branch| of_fork(branch, variables.get("GITHUB_REPOSITORY"), text("head/repo/full_name"))),
        head: text("head/sha").filter(|head| is_commit(head)).map_or(Head::Unknown(unknown), Head::Commit),
    })
}

/// GitLab: the pipeline of a merge request builds its head, or a test merge with its target.
fn gitlab(variables: &Variables<'_>) -> Option<Build> {
    // Other systems use the same names for other things.
    variables.get("GITLAB_CI")?;
    let commit = variables.commit("CI_COMMIT_SHA");
    if !variables.has("CI_MERGE_REQUEST_IID") {
        // In the build of a tag, the first is missing and the second names the tag.
        let or_name = || variables.get("CI_COMMIT_REF_NAME").filter(|_| !variables.has("CI_COMMIT_TAG"));
        let branch = variables.get("CI_COMMIT_BRANCH").or_else(or_name);
        return Some(Build { commit, branch, ..Build::default() });
    }
    let branch = variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME").map(|branch| {
        let project = variables.get("CI_MERGE_REQUEST_PROJECT_PATH");
        of_fork(branch, project, variables.get("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"))
    });
    // Only set if the commit is a merge.
    let head = variables.commit("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").or_else(|| commit.clone());
    let unknown = Head::UnlessMerge("CI_COMMIT_SHA must contain the checked-out commit");
    Some(Build { commit, branch, head: head.map_or(unknown, Head::Commit), ..Build::default() })
}

/// Azure Pipelines.
fn azure(variables: &Variables<'_>) -> Option<Build> {
    variables.get("TF_BUILD")?;
    let commit = variables.commit("BUILD_SOURCEVERSION");
    let plain = |name: &str| {
        let full = variables.get(name)?;
        match full.strip_prefix("refs/") {
            Some(rest) => rest.strip_prefix("heads/").map(str::to_owned),
            None => Some(full),
        }
    };
    if !variables.has("SYSTEM_PULLREQUEST_PULLREQUESTID") {
        return Some(Build { commit, branch: plain("BUILD_SOURCEBRANCH"), ..Build::default() });
    }
    let is_fork = variables.get("SYSTEM_PULLREQUEST_ISFORK").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let branch = plain("SYSTEM_PULLREQUEST_SOURCEBRANCH");
    let unknown = Head::UnlessMerge("SYSTEM_PULLREQUEST_SOURCECOMMITID must contain it");
    let head = variables.commit("SYSTEM_PULLREQUEST_SOURCECOMMITID").map_or(unknown, Head::Commit);
    let branch = branch.map(|branch| if is_fork { fork(&branch) } else { branch });
    Some(Build { commit, branch, head, ..Build::default() })
}

/// Bitbucket Pipelines: for a pull request, the runner merges the target, and the variable names the head.
fn bitbucket(variables: &Variables<'_>) -> Option<Build> {
    let commit = variables.commit("BITBUCKET_COMMIT")?;
    let branch = variables.get("BITBUCKET_BRANCH");
    let head = if variables.has("BITBUCKET_PR_ID") { Head::Commit(commit.clone()) } else { Head::None };
    Some(Build { commit: Some(commit), branch, head, ..Build::default() })
}

/// Jenkins.
fn jenkins(variables: &Variables<'_>) -> Option<Build> {
    variables.get("JENKINS_URL")?;
    let commit = variables.commit("GIT_COMMIT");
    if variables.has("CHANGE_ID") {
        let branch = variables.get("CHANGE_BRANCH");
        let branch = branch.map(|branch| if variables.has("CHANGE_FORK") { fork(&branch) } else { branch });
        // Depending on the job's settings, it is the head or a merge, and no variable says which.
        let unknown = Head::UnlessMerge("configure Jenkins to check out the pull request's head instead of the merge");
        return Some(Build { branch, head: unknown, ..Build::default() });
    }
    let remote = || variables.get("GIT_BRANCH").map(|name| name.trim_start_matches("origin/").to_owned());
    let branch = variables.get("BRANCH_NAME").or_else(remote);
    Some(Build { commit, branch: branch.filter(|_| !variables.has("TAG_NAME")), ..Build::default() })
}

/// `CircleCI`, which builds heads.
fn circleci(variables: &Variables<'_>) -> Option<Build> {
    variables.get("CIRCLECI")?;
    Some(Build { commit: variables.commit("CIRCLE_SHA1"), branch: variables.get("CIRCLE_BRANCH"), ..Build::default() })
}

/// Buildkite, which builds heads.
fn buildkite(variables: &Variables<'_>) -> Option<Build> {
    variables.get("BUILDKITE")?;
    let branch = variables.get("BUILDKITE_BRANCH").filter(|_| !variables.has("BUILDKITE_TAG"));
    Some(Build { commit: variables.commit("BUILDKITE_COMMIT"), branch, ..Build::default() })
}

/// Marks a branch of a fork, which isn't our branch even if the names are equal.
fn of_fork(branch: String, repository: Option<String>, of: Option<String>) -> String {
    match of {
        Some(of) if repository.is_some_and(|repository| repository != of) => format!("{of}:{branch}"),
        _ => branch,
    }
}

/// The same if the fork's owner is unknown.
fn fork(branch: &str) -> String {
    format!("fork:{branch}")
}

/// Whether a text is a commit's id.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
