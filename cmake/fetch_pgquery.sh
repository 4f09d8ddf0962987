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

# pgquery_in_suite SUITE: prints the newest libpg-query-dev of that suite, if it is a 17 or an 18 (a later one may
# have changed its interface; who wants it installs it).
pgquery_in_suite() {
  local suite=$1 parts=$apt/$1/parts
  rm -rf "${apt:?}/$suite"
  mkdir -p "$parts" "$apt/$suite/lists/partial" "$apt/$suite/cache/archives/partial"
  derive_sources "$suite" "$parts"
  private_apt "$suite" apt-get update -qq >&2 || true
  private_apt "$suite" apt-cache madison libpg-query-dev | awk '$3 ~ /^1[78][.-]/ { print $3 }' | sort -V | tail -n 1 | grep .
}

# derive_sources SUITE DIRECTORY: writes the system's own entries for the main Debian archive with the suite
# exchanged, so that mirror, proxy and keyring stay the system's. Security, updates and third parties are left out.
derive_sources() {
  local suite=$1 directory=$2 codename file
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  local names=" $codename stable oldstable testing unstable sid "
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    # Stanzas with Types: deb, a suite of ours and the component main; comments inside stanzas are allowed.
    awk -v RS= -v suite="$suite" -v names="$names" '
      {
        count = split($0, lines, "\n"); text = ""; wanted = 0; main_ = 0; binary = 0; off = 0
        for (i = 1; i <= count; i++) {
          line = lines[i]
          if (line ~ /^#/) continue
          key = tolower(line); sub(/:.*/, "", key)
          value = line; sub(/^[^:]*:[ \t]*/, "", value)
          if (key == "enabled" && tolower(value) ~ /^(no|false|0)/) off = 1
          if (key == "types") { binary = " " value " " ~ / deb /; line = "Types: deb" }
          if (key == "components") { main_ = " " value " " ~ / main /; line = "Components: main" }
          if (key == "suites") {
            n = split(value, words, /[ \t]+/)
            for (w = 1; w <= n; w++) if (words[w] != "" && index(names, " " words[w] " ")) wanted = 1
            line = "Suites: " suite
          }
          text = text line "\n"
        }
        if (wanted && main_ && binary && !off) printf "%s\n", text
      }' "$file"
  done > "$directory/derived.sources"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -e $file ]] || continue
    awk -v suite="$suite" -v names="$names" '
      $1 == "deb" {
        options = ""; rest = $0; sub(/^[ \t]*deb[ \t]+/, "", rest)
        if (match(rest, /^\[[^]]*\][ \t]+/)) { options = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1) }
        sub(/[ \t]*#.*/, "", rest)
        n = split(rest, words, /[ \t]+/)
        for (w = 3; w <= n; w++)
          if (words[w] == "main" && index(names, " " words[2] " ")) { print "deb " options words[1], suite, "main"; break }
      }' "$file"
  done > "$directory/derived.list"
}

# private_apt SUITE COMMAND…: apt with lists and cache of its own. The sandbox user could not read our folder.
private_apt() {
  local directory=$apt/$1 tool=$2
  shift 2
  "$tool" -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$directory/parts" \
    -o Dir::State::Lists="$directory/lists" -o Dir::Cache="$directory/cache" \
    -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" "$@"
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
