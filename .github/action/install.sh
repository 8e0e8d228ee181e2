#!/usr/bin/env bash
# Finds, downloads or builds the program, and prints its path.
#
# If the action's commit is a release, the program is an asset of that release, with its checksum in SHA256SUMS. Otherwise
# the action's own source is built. A wrong checksum is an error, not a reason to build instead: the asset may have been
# tampered with.
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
  *) fail "RUNNER_OS must be Linux, macOS or Windows" ;;
esac
case "${RUNNER_ARCH:-} ${RUNNER_OS:-}" in
  # Windows on ARM runs x86-64 programs.
  X64\ * | 'ARM64 Windows') target="x86_64-$system" ;;
  ARM64\ *) target="aarch64-$system" ;;
  *) target='' ;; # No release has an asset for it.
esac

repository="${UPHELD_ACTION_REPOSITORY:-}"
ref="${UPHELD_ACTION_REF:-}"
server="${GITHUB_SERVER_URL:-https://github.com}"
version="$(sed -n 's/^version = "\([0-9A-Za-z.+-]*\)"$/\1/p' "$source/Cargo.toml" | head -n 1)"
[ -n "$version" ] || fail "the action's Cargo.toml has no version"

# Whether the action's commit is the release of its version. The workflow may name it by the release's tag, or by another
# name for the same commit: its hash, or a moving tag such as `v1`.
is_release() {
  local tag="refs/tags/v$version" lines of_tag of_ref
  [ -n "$repository" ] && [ -n "$ref" ] || return 1
  [ "$ref" != "v$version" ] && [ "$ref" != "$tag" ] || return 0
  lines="$(GIT_TERMINAL_PROMPT=0 git ls-remote "$server/$repository" \
    "$tag" "$tag^{}" "refs/tags/${ref#refs/tags/}" "refs/tags/${ref#refs/tags/}^{}" 2>/dev/null)" || return 1
  # For an annotated tag, the line with ^{} has the commit.
  commit() { printf '%s\n' "$lines" | awk -v tag="$1" '$2 == tag || $2 == tag "^{}" { id = $1 } END { print id }'; }
  of_tag="$(commit "$tag")"
  of_ref="$(commit "refs/tags/${ref#refs/tags/}")"
  [ -n "$of_tag" ] && [ "$of_tag" = "${of_ref:-$ref}" ]
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# download PATH FILE: returns 0 on success and 1 if the server has no such file; any other result ends the step.
download() {
  local code
  code="$(curl --silent --show-error --location --proto '=https,http' --proto-redir '=https' --retry 3 --retry-delay 1 --max-time 300 \
    --output "$2" --write-out '%{http_code}' "$server/$repository/releases/download/v$version/$1")" ||
    fail "can't download $1 of release v$version"
  case "$code" in
    200) return 0 ;;
    404) return 1 ;;
    *) fail "can't download $1 of release v$version: the server responded with status $code" ;;
  esac
}

# fetch FOLDER: downloads and unpacks the asset, completely or not at all. Returns 1 if the release has none for this
# system.
fetch() {
  local folder="$1" asset="upheld-v$version-$target.tar.gz" work expected actual
  work="$(mktemp -d "${RUNNER_TEMP:?}/upheld-install.XXXXXX")"
  download SHA256SUMS "$work/SHA256SUMS" || return 1
  expected="$(tr -d '\r' <"$work/SHA256SUMS" | awk -v name="$asset" '$2 == name || $2 == "*" name { print $1 }')"
  [ -n "$expected" ] || return 1
  download "$asset" "$work/asset" || fail "release v$version lists $asset in SHA256SUMS but doesn't have it"
  actual="$(sha256 <"$work/asset")"
  if [ "$actual" != "$expected" ]; then
    fail "wrong checksum for $asset: expected $expected (SHA256SUMS of release v$version), got $actual"
  fi
  mkdir "$work/unpacked"
  # Through standard input: tar takes `C:` in a path for the name of a host.
  (cd "$work/unpacked" && tar -xzf - <"$work/asset") || fail "can't unpack $asset"
  [ -f "$work/unpacked/upheld$exe" ] || fail "$asset doesn't contain upheld$exe"
  chmod +x "$work/unpacked/upheld$exe"
  keep "$work/unpacked" "$folder"
}

# keep FROM TO: puts the program from one folder into another one in the cache. Other steps may do the same, or use it there:
# it is renamed into its place, so it is always whole, and it is never away.
keep() {
  local own
  mkdir -p "$2"
  own="$(mktemp "$2/.upheld.XXXXXX")"
  cp "$1/upheld$exe" "$own"
  chmod 755 "$own"
  # Windows can't replace a program that runs. That one is as good.
  mv -f "$own" "$2/upheld$exe" 2>/dev/null || { rm -f "$own" && [ -f "$2/upheld$exe" ]; } ||
    fail "can't put the program into $2"
  touch "$2.complete"
}

build() {
  local root="$1"
  command -v cargo >/dev/null ||
    fail "this version of the action has no release for this runner, and cargo isn't installed to build it; use a release (uses: …/upheld@v$version), or install Rust before this step"
  say "building upheld $version from the action's source, which takes a few minutes; a release of the action needs no build"
  # In the action's folder: the checkout may have a toolchain file or a cargo configuration of its own.
  (cd "$source" && CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${RUNNER_TEMP:?}/upheld-target}" \
    cargo install --locked --force --path "$source" --root "$root" >&2) || fail "can't build the action's source"
}

if [ -n "$target" ] && is_release; then
  folder="${RUNNER_TOOL_CACHE:?}/upheld/$version/$RUNNER_ARCH"
  if [ -f "$folder.complete" ] && [ -f "$folder/upheld$exe" ]; then
    say "upheld $version, from the tool cache"
  elif fetch "$folder"; then
    say "upheld $version, downloaded for $target, checksum verified"
  else
    folder=''
  fi
  if [ -n "$folder" ]; then
    printf '%s\n' "$folder/upheld$exe"
    exit 0
  fi
fi

# Keep a build only if the workflow names the action by a full commit hash: any other name can move to another commit.
root="${RUNNER_TEMP:?}/upheld-built"
if [[ "$ref" =~ ^[0-9a-f]{40}$ ]]; then
  root="${RUNNER_TOOL_CACHE:?}/upheld/$version-$ref/$RUNNER_ARCH"
fi
if [ -f "$root.complete" ] && [ -f "$root/bin/upheld$exe" ]; then
  say "upheld $version, built by an earlier step"
else
  build "$root"
  if [ "$root" != "${RUNNER_TEMP:?}/upheld-built" ]; then touch "$root.complete"; fi
fi
printf '%s\n' "$root/bin/upheld$exe"
