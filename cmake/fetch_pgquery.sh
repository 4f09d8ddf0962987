#!/usr/bin/env bash
# Unpacks the newest libpg_query of Debian's archive, 18 or at least 17, for a Debian that has an older one:
#
#   fetch_pgquery.sh DIRECTORY      the package's usr/ goes there
#
# Version 18's grammar matters (NOT NULL NOT VALID, virtual columns). As an ordinary download: apt checks the signature
# chain as for any package. Nothing gets installed.
set -euo pipefail

say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }

unpacked=${1:?usage: fetch_pgquery.sh DIRECTORY}
rm -rf "$unpacked.new"
mkdir -p "$unpacked.new"
apt=$(cd "$unpacked.new" && pwd)/apt

# shellcheck source=cmake/debian_suite.sh
source "$(dirname "${BASH_SOURCE[0]}")/debian_suite.sh"

# pgquery_in_suite SUITE: prints the newest libpg-query-dev of that suite, if it is a 17 or an 18 (a later one may
# have changed its interface; who wants it installs it).
pgquery_in_suite() {
  local suite=$1
  look_into_suite "$suite"
  private_apt "$suite" apt-cache madison libpg-query-dev | awk '$3 ~ /^1[78][.-]/ { print $3 }' | sort -V | tail -n 1 | grep .
}

# Unstable is asked first: its 18.1 checks the stack depth, testing's 18.0 can be made to overflow it. Debian 13's 17 is
# the last resort.
best='' best_suite=''
for suite in unstable testing trixie; do
  say "looking for libpg_query in Debian $suite"
  version=$(pgquery_in_suite "$suite") || continue
  if [[ -z $best ]] || dpkg --compare-versions "$version" gt "$best"; then
    best=$version best_suite=$suite
  fi
  if dpkg --compare-versions "$best" ge 18.1; then break; fi
done
[[ -n $best ]] || die "no suite of Debian offered libpg-query-dev 17 or 18: is the network there?"
say "unpacking libpg_query $best ($best_suite) below $unpacked"
(cd "$apt/$best_suite" && private_apt "$best_suite" apt-get download -qq "libpg-query-dev=$best")
dpkg-deb -x "$apt/$best_suite/"libpg-query-dev_*.deb "$unpacked.new"
rm -rf "$apt" "$unpacked"
mv "$unpacked.new" "$unpacked"
