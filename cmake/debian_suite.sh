# Packages of another suite of Debian, as ordinary downloads: apt checks the signature chain as for any package, and
# nothing gets installed. For scripts to source, which set `apt` to a directory of their own before.
# shellcheck shell=bash

: "${apt:?is not set}"

# look_into_suite SUITE: gets the suite's list of packages.
look_into_suite() {
  local parts=$apt/$1/parts
  rm -rf "${apt:?}/$1"
  mkdir -p "$parts" "$apt/$1/lists/partial" "$apt/$1/cache/archives/partial"
  derive_sources "$1" "$parts"
  private_apt "$1" apt-get update -qq >&2 || true
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
