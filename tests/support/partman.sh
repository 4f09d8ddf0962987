#!/usr/bin/env bash
# pg_partman for the servers that servers.sh fetched, without installing anything: the SQL of Debian's packages, which
# is all of it but the background worker.
#
#   tests/support/partman.sh fetch       downloads what isn't there yet, and puts it into each server
#
# 4.7 is from Debian 12, 5.2 from Debian 13. A server has both: CREATE EXTENSION pg_partman VERSION '4.7.2'.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root deps=$root/build/deps
readonly here=$deps/partman

die() { printf 'partman.sh: %s\n' "$*" >&2; exit 1; }

# get SUITE PACKAGE: unpacks the extension's files into the new folder.
get() {
  local suite=$1 package=$2
  look_into_suite "$suite"
  (cd "$apt/$suite" && private_apt "$suite" apt-get download -qq "$package")
  dpkg-deb -x "$apt/$suite/$package"_*.deb "$apt/$suite/unpacked"
  # Whole versions, without the ways from one to the next.
  find "$apt/$suite/unpacked/usr/share/postgresql" -name 'pg_partman*' ! -name 'pg_partman--*--*' \
    -exec cp {} "$here.new" ';'
}

fetch() {
  local extensions
  if [[ ! -e $here/pg_partman.control ]]; then
    command -v apt-get >/dev/null || die "pg_partman is only to be had from Debian's archive"
    printf 'partman.sh: downloading pg_partman\n' >&2
    rm -rf "$here.new"
    mkdir -p "$here.new"
    apt=$here.new/apt
    # shellcheck source=cmake/debian_suite.sh
    source "$root/cmake/debian_suite.sh"
    get bookworm postgresql-15-partman
    # The control file of the newer one stays.
    get trixie postgresql-17-partman
    rm -rf "$apt" "$here"
    chmod -R go+rX "$here.new"
    mv "$here.new" "$here"
  fi
  for extensions in "$deps"/postgres/*/share/postgresql/extension; do
    [[ -e $extensions/pg_partman.control ]] || cp "$here"/* "$extensions"
  done
}

case ${1:-} in
  fetch) fetch ;;
  *) sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
