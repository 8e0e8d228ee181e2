#!/usr/bin/env bash
# The action's only step. It sets the outputs to "deny", turns the inputs into an argument list, and replaces itself with
# the program.
#
# Inputs arrive as environment variables. Each becomes one argument or none: nothing in them is evaluated, and none can
# pass as an option. This script never prints an input, so no input can become a command to the runner. It has to run on
# bash 3.2, the version that macOS ships.
set -euo pipefail
set -f # Never expand an input as a file name pattern.

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }
summary() { printf '%s\n\n' "$1" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }

# Deny until the program allows it.
output decision deny
output state error
output exit-code 5
output report-path ''
output blocking-count 0

# Ends the step with this message, which must not contain an input.
refuse() {
  output exit-code 2
  printf '::error title=Upheld::%s\n' "$1"
  summary "## Upheld: not run

$1"
  exit 2
}

# input NAME: puts the input, which must be a single line, into `one_line`.
input() {
  local name="UPHELD_INPUT_$1" text
  text="${!name:-}"
  text="${text%$'\n'}"
  text="${text%$'\r'}"
  case "$text" in
    *[$'\n\r']*) refuse "An input has several lines; only \`args\` and \`service\` may." ;;
  esac
  one_line="$text"
}

input COMMAND && command="$one_line"
input VERSION && version="$one_line"
input TO && to="$one_line"
input CONTRACTS && contracts="$one_line"
input STORE && store="$one_line"
input TOKEN && token="$one_line"
input PUBLISH && publish="$one_line"
input WORKING_DIRECTORY && folder="$one_line"

# Mask the token before anything can print it.
if [ -n "$token" ]; then
  # The runner reads a percent sign as the start of an escape sequence.
  printf '::add-mask::%s\n' "${token//%/%25}"
fi

subcommand=()
case "$command" in
  verify | gate | publish | deployed | undeployed | released | lint | install) subcommand=("$command") ;;
  can-i-deploy) command=gate && subcommand=(gate) ;;
  'store lint') subcommand=(store lint) ;;
  '') refuse "The input \`command\` is empty; set it to verify, gate, publish, deployed, undeployed, released, lint, store lint or install." ;;
  *) refuse "The input \`command\` must be verify, gate, publish, deployed, undeployed, released, lint, store lint or install." ;;
esac
case "$publish" in
  true | false | '') ;;
  *) refuse "The input \`publish\` must be true or false." ;;
esac
if [ "$publish" = true ] && [ "$command" != verify ]; then
  refuse "The input \`publish\` works only with the command verify. To publish contracts, set \`command\` to publish."
fi

# Each line of `args` is one argument.
arguments=()
reserves=false
while IFS= read -r line || [ -n "$line" ]; do
  line="${line%$'\r'}"
  case "$line" in
    '') continue ;;
    --publish) publish=true && continue ;;
    --reserve) reserves=true ;;
    --) refuse "The input \`args\` contains \`--\`, which the action adds itself; remove it." ;;
  esac
  if [[ "$line" =~ ^--?[a-z-]+[[:space:]] ]]; then
    refuse "The input \`args\` has an option and its value on the same line; put each on its own line, or join them with \`=\`."
  fi
  arguments+=("$line")
done <<<"${UPHELD_INPUT_ARGS:-}"

# A stranger's code must never reach the store. These events give a workflow this repository's secrets although strangers
# cause them, and the checkout is either not what they want to change, or it is theirs.
writes=false
case "$command" in
  publish | deployed | undeployed | released) writes=true ;;
  verify) writes="$([ "$publish" = true ] && echo true || echo false)" ;;
  gate) writes="$reserves" ;;
esac
event="${GITHUB_EVENT_NAME:-}"
is_by_strangers=false
case "$event" in
  pull_request_target | issue_comment | issues | discussion | discussion_comment | commit_comment | fork | gollum | watch)
    is_by_strangers=true
    ;;
  workflow_run)
    # It follows any other workflow. After a push or a schedule of this repository it is as trustworthy as that one was.
    case "${UPHELD_RUN_EVENT:-}" in
      push | schedule | workflow_dispatch | release | merge_group | deployment)
        [ "${UPHELD_RUN_REPOSITORY:-}" = "${GITHUB_REPOSITORY:-}" ] || is_by_strangers=true
        ;;
      *) is_by_strangers=true ;;
    esac
    ;;
esac
if [ "$is_by_strangers" = true ] && { [ "$writes" = true ] || [ "$command" = verify ]; }; then
  refuse "On \`$event\`, Upheld neither verifies nor writes: the checkout either isn't the pull request or runs a stranger's code with this repository's secrets. Use \`on: pull_request\`."
fi
# What is checked out may name any store, and a gate would believe what that says.
case "$command" in
  gate | 'store lint')
    if [ "$is_by_strangers" = true ] && [ -z "$store" ] && [ -z "${UPHELD_STORE:-}" ]; then
      refuse "On \`$event\`, the input \`store\` must name the store: what is checked out may be a stranger's, and name any other."
    fi
    ;;
esac
is_fork=false
if [ "${event#pull_request}" != "$event" ] && [ "${UPHELD_HEAD_REPOSITORY:-}" != "${GITHUB_REPOSITORY:-}" ]; then
  is_fork=true
fi
if [ "$is_fork" = true ] && [ "$writes" = true ]; then
  case "$command" in
    verify)
      publish=false
      version=''
      printf '::notice title=Upheld::%s\n' "This pull request comes from a fork, which can't access the store; its results are not published."
      ;;
    publish)
      output state skipped
      output exit-code 0
      printf '::notice title=Upheld::%s\n' "This pull request comes from a fork, which can't access the store; nothing is published."
      summary "**not published**: this pull request comes from a fork, which can't access the store."
      exit 0
      ;;
    *) refuse "This pull request comes from a fork, which can't write to the store; run this command after the merge." ;;
  esac
fi

binary="$(bash "$here/install.sh")" || {
  printf '::error title=Upheld::%s\n' "The program could not be installed; the log says why."
  summary "## Upheld: not run

The program could not be installed; the log of this step says why."
  exit 5
}
dirname "$binary" >>"$GITHUB_PATH"
if [ "$command" = install ]; then
  output decision allow
  output state 'done'
  output exit-code 0
  exit 0
fi

# `cd` takes `-` for the previous folder, and searches the folders of CDPATH.
case "$folder" in
  -*) folder="./$folder" ;;
esac
unset CDPATH
cd "${folder:-.}" 2>/dev/null || refuse "The input \`working-directory\` names a folder that doesn't exist."

# First the options, then the user's own arguments, then `--` and the services: after it, nothing is an option.
options=(--report=github)
case "$command" in
  verify | gate)
    report="$(mktemp -d "$RUNNER_TEMP/upheld.XXXXXX")/$command.json"
    output report-path "$report"
    options+=("--report=json=$report")
    ;;
esac
if [ -n "$contracts" ]; then options+=("--contracts=$contracts"); fi
if [ -n "$to" ]; then options+=("--to=$to"); fi
if [ "$publish" = true ]; then options+=(--publish); fi
subjects=()
for service in ${UPHELD_INPUT_SERVICE:-}; do # Split at blanks; `set -f` keeps patterns as they are.
  case "$command $service" in
    verify\ * | *@*) subjects+=("$service") ;;
    *) subjects+=("$service${version:+@$version}") ;;
  esac
done
if [ -n "$version" ] && { [ "$command" = verify ] || [ ${#subjects[@]} -eq 0 ]; }; then
  options+=("--version=$version")
fi
if [ ${#subjects[@]} -gt 0 ]; then subjects=(-- "${subjects[@]}"); fi

if [ -n "$store" ]; then export UPHELD_STORE="$store"; fi
if [ -n "$token" ]; then export UPHELD_STORE_TOKEN="$token"; fi
# Don't pass the inputs on to programs that are started from here, such as a provider.
for name in $(compgen -e UPHELD_INPUT_) $(compgen -e UPHELD_ACTION_) $(compgen -e UPHELD_RUN_) UPHELD_HEAD_REPOSITORY; do
  unset "$name"
done
# Bash on Windows rewrites arguments that look like paths; `/orders` only looks like one.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

# The program sets the exit code once it has read its arguments. If that fails, the arguments are wrong.
output exit-code 2
exec "$binary" "${subcommand[@]}" "${options[@]}" \
  ${arguments[@]+"${arguments[@]}"} ${subjects[@]+"${subjects[@]}"}
