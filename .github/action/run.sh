#!/usr/bin/env bash
# The action's one step: says no, makes an argument list of the inputs, and becomes the program.
#
# Inputs come by the environment. Each is one argument or none: nothing in them is evaluated, and none can be taken for an
# option that was not asked for. What this script itself prints is its own words alone, so that no input can be a command to
# the runner. It runs with the bash of every runner, which on macOS is 3.2.
set -euo pipefail
set -f # No input is a pattern of file names.

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }
summary() { printf '%s\n\n' "$1" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }

# Whatever happens: until the program has an answer it is no.
output decision deny
output state error
output exit-code 5
output report-path ''
output blocking-count 0

# Ends the step. The words are this script's own.
refuse() {
  output exit-code 2
  printf '::error title=Upheld::%s\n' "$1"
  summary "## Upheld: not run

$1"
  exit 2
}

input() { # NAME: the input's text, which must be one line.
  local name="UPHELD_INPUT_$1" text
  text="${!name:-}"
  text="${text%$'\n'}"
  text="${text%$'\r'}"
  case "$text" in
    *[$'\n\r']*) refuse "An input that has to be one line has several; only \`args\` and \`service\` may." ;;
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

# Before anything else can show it.
if [ -n "$token" ]; then
  # A percent sign begins an escape sequence in what the runner reads.
  printf '::add-mask::%s\n' "${token//%/%25}"
fi

subcommand=()
case "$command" in
  verify | gate | publish | deployed | undeployed | released | lint | install) subcommand=("$command") ;;
  can-i-deploy) command=gate && subcommand=(gate) ;;
  'store lint') subcommand=(store lint) ;;
  '') refuse "The input \`command\` is empty: write verify, gate, publish, deployed, undeployed, released, lint, store lint or install." ;;
  *) refuse "The input \`command\` is none of verify, gate, publish, deployed, undeployed, released, lint, store lint and install." ;;
esac
case "$publish" in
  true | false | '') ;;
  *) refuse "The input \`publish\` is neither true nor false." ;;
esac
if [ "$publish" = true ] && [ "$command" != verify ]; then
  refuse "The input \`publish\` is for verify; the command \`publish\` puts contracts into the store."
fi

# One argument a line.
arguments=()
reserves=false
while IFS= read -r line || [ -n "$line" ]; do
  line="${line%$'\r'}"
  case "$line" in
    '') continue ;;
    --publish) publish=true && continue ;;
    --reserve) reserves=true ;;
    --) refuse "The input \`args\` holds \`--\`, which stands before the services: leave it out." ;;
  esac
  if [[ "$line" =~ ^--?[a-z-]+[[:space:]] ]]; then
    refuse "The input \`args\` has an option and its value on one line: write each on a line of its own, or join them with \`=\`."
  fi
  arguments+=("$line")
done <<<"${UPHELD_INPUT_ARGS:-}"

# What is a stranger's gets no access to the store, and what is checked out for \`pull_request_target\` is not what the pull
# request is about.
writes=false
case "$command" in
  publish | deployed | undeployed | released) writes=true ;;
  verify) writes="$([ "$publish" = true ] && echo true || echo false)" ;;
  gate) writes="$reserves" ;;
esac
event="${GITHUB_EVENT_NAME:-}"
if [ "$event" = pull_request_target ] && { [ "$writes" = true ] || [ "$command" = verify ]; }; then
  refuse "On \`pull_request_target\` nothing is verified or written: the checkout is not the pull request's, or a stranger's code would run beside this repository's secrets. Use \`on: pull_request\`."
fi
is_fork=false
if [ "${event#pull_request}" != "$event" ] && [ "${UPHELD_HEAD_REPOSITORY:-}" != "${GITHUB_REPOSITORY:-}" ]; then
  is_fork=true
fi
if [ "$is_fork" = true ] && [ "$writes" = true ]; then
  case "$command" in
    verify)
      publish=false
      version=''
      printf '::notice title=Upheld::%s\n' "This pull request comes from a fork, which has no access to the store: its results are not published."
      ;;
    publish)
      output state skipped
      output exit-code 0
      printf '::notice title=Upheld::%s\n' "This pull request comes from a fork, which has no access to the store: nothing is published."
      summary "**not published**: this pull request comes from a fork, which has no access to the store."
      exit 0
      ;;
    *) refuse "This pull request comes from a fork: nothing of it is deployed, and nothing is written to the store." ;;
  esac
fi

binary="$(bash "$here/install.sh")" || {
  printf '::error title=Upheld::%s\n' "The program could not be installed: the log says why."
  summary "## Upheld: not run

The program could not be installed: the log of the step says why."
  exit 5
}
dirname "$binary" >>"$GITHUB_PATH"
if [ "$command" = install ]; then
  output decision allow
  output state 'done'
  output exit-code 0
  exit 0
fi

# To `cd`, `-` is another folder, and so are those of CDPATH.
case "$folder" in
  -*) folder="./$folder" ;;
esac
unset CDPATH
cd "${folder:-.}" 2>/dev/null || refuse "The folder that the input \`working-directory\` names is not there."

# Options first, then what the user adds, then the services behind \`--\`, where nothing can be an option.
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
for service in ${UPHELD_INPUT_SERVICE:-}; do # Split at blanks, and no more: set -f.
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
# Nothing that is started from here on, a provider for one, needs to know where tokens come from.
for name in $(compgen -e UPHELD_INPUT_) $(compgen -e UPHELD_ACTION_) UPHELD_HEAD_REPOSITORY; do
  unset "$name"
done
# On Windows, bash would rewrite arguments that look like paths to it: `/orders` is none.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

# Until it has read its arguments, what goes wrong is wrong usage.
output exit-code 2
exec "$binary" "${subcommand[@]}" "${options[@]}" \
  ${arguments[@]+"${arguments[@]}"} ${subjects[@]+"${subjects[@]}"}
