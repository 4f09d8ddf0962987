#!/usr/bin/env bash
# Makes what is released, below build/dist/out (called by ./dev dist, which installs what it takes):
#
#   pglatch-VERSION-PLATFORM.tar.gz, .sha256   one statically linked program, manual page, completions, licences
#   pglatch_VERSION_ARCH.deb                   the same for Debian and Ubuntu
#   pglatch-VERSION.tgz, pglatch-PLATFORM-VERSION.tgz      for npm
#
#   dist.sh [--check]      --check also tries all of them (check.sh)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly build=build/dist out=build/dist/out static=build/deps/static

say() { printf '==> %s\n' "$*" >&2; }

# What is linked into the program came under these licences; Debian has collected them.
copyright() {
  local package file
  cat LICENSE
  for package in libpg-query-dev libpq-dev libssl-dev libfmt-dev libboost-program-options-dev rapidjson-dev \
    libtomlplusplus-dev "libstdc++-$(g++ -dumpversion | cut -d. -f1)-dev" libc6-dev; do
    for file in build/deps/pgquery/usr/share/doc/"$package"/copyright /usr/share/doc/"$package"/copyright; do
      [[ -r $file ]] || continue
      printf '\n%s\n%s, linked in:\n\n' "$(printf '=%.0s' {1..80})" "$package"
      cat "$file"
      continue 2
    done
    say "no licence of $package is at hand"
    return 1
  done
}

integrations/dist/static_libraries.sh "$static"
mkdir -p "$build"
copyright >"$build/copyright"
say "building a statically linked pglatch"
cmake --preset dist -DPGLATCH_WERROR=ON >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }
cmake --build --preset dist >"$build.log" 2>&1 || { grep -v "statically linked applications" "$build.log" | tail -n 60 >&2; exit 1; }

rm -rf "$out" "$build/stage"
mkdir -p "$out"
version=$("$build/pglatch" --version | sed -nE '1s/^pglatch ([0-9][^ ]*).*/\1/p')
platform=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
name=pglatch-$version-$platform

say "packing $name"
stage=$build/stage/$name
mkdir -p "$stage/completions"
strip -o "$stage/pglatch" "$build/pglatch"
cp CHANGELOG.md "$build/copyright" "$build"/generated/pages/pglatch.1.gz "$stage"
cp "$build"/generated/pages/{pglatch.bash,_pglatch,pglatch.fish} "$stage/completions"
# The same bytes from the same sources, whenever and by whomever they are packed (reproducible-builds.org,
# SOURCE_DATE_EPOCH).
day=$(sed -nE 's/^set\(PGLATCH_VERSION_DATE ([0-9-]+)\)/\1/p' CMakeLists.txt)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date --utc --date="$day" +%s)}
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$build/stage" -cf - "$name" |
  gzip -9n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
(cd "$build" && cpack -G DEB -B "$PWD/out" >cpack.log) || { cat "$build/cpack.log" >&2; exit 1; }
rm -rf "$out/_CPack_Packages"
PGLATCH_COPYRIGHT=$PWD/$build/copyright integrations/npm/pack.sh "$stage/pglatch" "$out" >/dev/null

ls -l "$out" >&2
[[ ${1:-} != --check ]] || integrations/dist/check.sh "$out"
