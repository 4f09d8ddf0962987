#!/usr/bin/env bash
# Makes the static libraries that a statically linked pglatch needs and Debian does not have:
#
#   static_libraries.sh DIRECTORY      libfmt.a and libpq.a, from Debian's own source packages
#
# fmt's package has the shared library alone. libpq's has a static one that needs Kerberos and LDAP, of which there are
# none; here it is made with OpenSSL alone, so that TLS works and `gss` and LDAP lookups of services do not. libpq and
# libpg_query both hold parts of PostgreSQL under the same names: all names of libpq but those that it exports are made
# local.
set -euo pipefail

say() { printf '==> %s\n' "$*" >&2; }

directory=${1:?usage: static_libraries.sh DIRECTORY}
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
work=$directory/work

# source_of PACKAGE: the source package that an installed package was made of.
source_of() { dpkg-query -W -f '${source:Package}' "$1"; }
# The version that was installed, and hence the headers, the libraries are made for.
key() { dpkg-query -W -f '${source:Package} ${source:Version}\n' libfmt-dev libpq-dev libssl-dev libc6-dev; }

# private_apt TOOL ARGUMENT…: apt with sources, lists and cache of its own. Nothing of the system changes.
private_apt() {
  local tool=$1
  shift
  "$tool" -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/apt/parts" \
    -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" \
    -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" "$@"
}

# The system's own entries for Debian, security updates too, as entries for sources.
derive_sources() {
  local codename file
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    awk -v RS= -v codename="$codename" '
      $0 ~ "(^|\n)Suites:[^\n]*[ \t]" codename "($|[ \t\n-])" && /(^|\n)Components:[^\n]*[ \t]main($|[ \t\n])/ {
        gsub(/(^|\n)#[^\n]*/, ""); sub(/^\n/, ""); sub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src"); sub(/^\n/, "")
        printf "%s\n\n", $0
      }' "$file"
  done >"$work/apt/parts/derived.sources"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -e $file ]] || continue
    awk -v codename="$codename" '
      $1 == "deb" && / main( |$)/ && match($0, "[ \t]" codename "([ \t-]|$)") { sub(/^[ \t]*deb/, "deb-src"); print }' "$file"
  done >"$work/apt/parts/derived.list"
}

# fetch PACKAGE: unpacks the source package to $work/PACKAGE: the newest version that the archive still has. apt checks
# the signature chain as for any package.
fetch() {
  local package=$1 version versions
  versions=$(private_apt apt-cache showsrc --only-source "$package" | awk '$1 == "Version:" { print $2 }' | sort -Vru)
  for version in $versions; do
    say "fetching the source of $package $version"
    (cd "$work" && private_apt apt-get source -qq --download-only "$package=$version") || continue
    mkdir "$work/$package"
    tar -xf "$(compgen -G "$work/${package}_*.orig.tar.*" | grep -v '\.asc$')" -C "$work/$package" --strip-components=1
    return
  done
  say "no source of $package could be had"
  return 1
}

make_fmt() {
  local source=$1
  say "building libfmt.a"
  (cd "$source" && g++ -O2 -DNDEBUG -fPIC -std=c++20 -c src/format.cc src/os.cc && ar rcs libfmt.a format.o os.o)
  mv "$source/libfmt.a" "$directory/libfmt.a"
}

make_libpq() {
  local source=$1
  say "building libpq.a"
  (
    cd "$source"
    ./configure --with-ssl=openssl --without-readline --without-zlib --without-icu \
      CFLAGS='-O2 -fPIC -ffunction-sections -fdata-sections'
    make -s -C src/backend generated-headers
    make -s -C src/common libpgcommon.a
    make -s -C src/port libpgport.a
    make -s -C src/interfaces/libpq all-static-lib
    ld -r -o all.o --whole-archive src/interfaces/libpq/libpq.a --no-whole-archive src/common/libpgcommon.a src/port/libpgport.a
    awk '/^[A-Za-z_]/ { print $1 }' src/interfaces/libpq/exports.txt >exports
    objcopy --keep-global-symbols=exports all.o libpq.o
    rm -f libpq.a
    ar rcs libpq.a libpq.o
  ) >"$directory/libpq.log" 2>&1 || { tail -n 40 "$directory/libpq.log" >&2; return 1; }
  mv "$source/libpq.a" "$directory/libpq.a"
}

if [[ -e $directory/made-for && $(<"$directory/made-for") == "$(key)" ]]; then exit 0; fi
rm -rf "$directory"
mkdir -p "$work/apt/parts" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
derive_sources
private_apt apt-get update -qq
fmt=$(source_of libfmt-dev)
libpq=$(source_of libpq-dev)
fetch "$fmt"
fetch "$libpq"
make_fmt "$work/$fmt"
make_libpq "$work/$libpq"
rm -rf "$work"
key >"$directory/made-for"
