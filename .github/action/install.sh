#!/usr/bin/env bash
# Finds the program, or gets it, and prints where it is.
#
# A release of the action's own commit has its program as an asset, with its checksum in SHA256SUMS; where there is none,
# the action's own source is built. A checksum that does not match ends it: what was tampered with is no reason to go on by
# another way.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source="$(cd "$here/../.." && pwd)"

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 5
}

case "${RUNNER_OS:-}" in
  Linux) system=unknown-linux-musl exe='' ;;
  macOS) system=apple-darwin exe='' ;;
  Windows) system=pc-windows-msvc exe=.exe ;;
  *) fail "RUNNER_OS is none of Linux, macOS and Windows" ;;
esac
case "${RUNNER_ARCH:-} ${RUNNER_OS:-}" in
  # Windows on ARM runs what is built for x86-64.
  X64\ * | 'ARM64 Windows') target="x86_64-$system" ;;
  ARM64\ *) target="aarch64-$system" ;;
  *) target='' ;; # No asset is built for it.
esac

repository="${UPHELD_ACTION_REPOSITORY:-}"
ref="${UPHELD_ACTION_REF:-}"
server="${GITHUB_SERVER_URL:-https://github.com}"
version="$(sed -n 's/^version = "\([0-9A-Za-z.+-]*\)"$/\1/p' "$source/Cargo.toml" | head -n 1)"
[ -n "$version" ] || fail "the action's Cargo.toml names no version"

# Whether the action is the release of its version: it was asked for by the release's tag, or by another name of the same
# commit, like the commit itself or a tag that moves on.
is_release() {
  local tag="refs/tags/v$version" lines of_tag of_ref
  [ -n "$repository" ] && [ -n "$ref" ] || return 1
  [ "$ref" != "v$version" ] && [ "$ref" != "$tag" ] || return 0
  lines="$(GIT_TERMINAL_PROMPT=0 git ls-remote "$server/$repository" \
    "$tag" "$tag^{}" "refs/tags/${ref#refs/tags/}" "refs/tags/${ref#refs/tags/}^{}" 2>/dev/null)" || return 1
  # An annotated tag's commit is the one with ^{}.
  commit() { printf '%s\n' "$lines" | awk -v tag="$1" '$2 == tag || $2 == tag "^{}" { id = $1 } END { print id }'; }
  of_tag="$(commit "$tag")"
  of_ref="$(commit "refs/tags/${ref#refs/tags/}")"
  [ -n "$of_tag" ] && [ "$of_tag" = "${of_ref:-$ref}" ]
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# download PATH FILE: 0 got it, 1 it is not there; all else ends the step.
download() {
  local code
  code="$(curl --silent --show-error --location --proto '=https,http' --proto-redir '=https' --retry 3 --retry-delay 1 --max-time 300 \
    --output "$2" --write-out '%{http_code}' "$server/$repository/releases/download/v$version/$1")" ||
    fail "$1 of release v$version could not be downloaded"
  case "$code" in
    200) return 0 ;;
    404) return 1 ;;
    *) fail "$1 of release v$version could not be downloaded: the server answered with $code" ;;
  esac
}

# Gets the asset into a folder, whole or not at all; 1 where the release has none for this system.
fetch() {
  local folder="$1" asset="upheld-v$version-$target.tar.gz" work expected actual
  work="$(mktemp -d "${RUNNER_TEMP:?}/upheld-install.XXXXXX")"
  download SHA256SUMS "$work/SHA256SUMS" || return 1
  expected="$(tr -d '\r' <"$work/SHA256SUMS" | awk -v name="$asset" '$2 == name || $2 == "*" name { print $1 }')"
  [ -n "$expected" ] || return 1
  download "$asset" "$work/asset" || fail "the release v$version lists $asset and does not have it"
  actual="$(sha256 <"$work/asset")"
  if [ "$actual" != "$expected" ]; then
    fail "the checksum of $asset is $actual, and SHA256SUMS of release v$version says $expected: it is not used"
  fi
  mkdir "$work/unpacked"
  # Not by names: to tar, `C:\…` would be another machine.
  (cd "$work/unpacked" && tar -xzf - <"$work/asset") || fail "$asset can't be unpacked"
  [ -f "$work/unpacked/upheld$exe" ] || fail "there is no upheld$exe in $asset"
  chmod +x "$work/unpacked/upheld$exe"
  keep "$work/unpacked" "$folder"
}

# keep FROM TO: puts a folder into the cache, where another step may do the same at this moment.
keep() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2"
  mv "$1" "$2"
  touch "$2.complete"
}

build() {
  local root="$1"
  command -v cargo >/dev/null ||
    fail "there is no release of this version of the action for this runner, and no cargo to build it with: use a release (uses: …/upheld@v$version), or install Rust before this step"
  say "building upheld $version from the action's source, which takes some minutes: a release of the action is ready to run"
  # In the action's own folder, and not in the checkout, which may have its own idea of how Rust is built.
  (cd "$source" && CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${RUNNER_TEMP:?}/upheld-target}" \
    cargo install --locked --force --path "$source" --root "$root" >&2) || fail "the action's source could not be built"
}

if [ -n "$target" ] && is_release; then
  folder="${RUNNER_TOOL_CACHE:?}/upheld/$version/$RUNNER_ARCH"
  if [ -f "$folder.complete" ] && [ -f "$folder/upheld$exe" ]; then
    say "upheld $version, from the tool cache"
  elif fetch "$folder"; then
    say "upheld $version, downloaded for $target, and its checksum is right"
  else
    folder=''
  fi
  if [ -n "$folder" ]; then
    printf '%s\n' "$folder/upheld$exe"
    exit 0
  fi
fi

# A build is of one commit for good only where that commit was asked for by its whole name.
root="${RUNNER_TEMP:?}/upheld-built"
if [[ "$ref" =~ ^[0-9a-f]{40}$ ]]; then
  root="${RUNNER_TOOL_CACHE:?}/upheld/$version-$ref/$RUNNER_ARCH"
fi
if [ -f "$root.complete" ] && [ -f "$root/bin/upheld$exe" ]; then
  say "upheld $version, built before"
else
  build "$root"
  if [ "$root" != "${RUNNER_TEMP:?}/upheld-built" ]; then touch "$root.complete"; fi
fi
printf '%s\n' "$root/bin/upheld$exe"
