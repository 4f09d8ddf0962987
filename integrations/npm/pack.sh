#!/usr/bin/env bash
# Packs pglatch for npm: `pglatch`, which is the same everywhere, and the package of this platform with the binary.
#
#   pack.sh BINARY DIRECTORY      writes pglatch-VERSION.tgz and pglatch-PLATFORM-VERSION.tgz, and prints their paths
#
# The platforms that `pglatch` names have to be published in the same version.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=${1:?usage: pack.sh BINARY DIRECTORY}
mkdir -p "${2:?usage: pack.sh BINARY DIRECTORY}"
directory=$(cd "$2" && pwd)

version=$("$binary" --version | sed -nE '1s/^pglatch ([0-9][^ ]*).*/\1/p')
[[ -n $version ]] || { echo "pack.sh: $binary does not tell its version" >&2; exit 1; }
platform=$(node -p 'process.platform + "-" + process.arch')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# manifest NAME DESCRIPTION: what the two packages share, on standard input the rest, as JSON.
manifest() {
  node -e '
    const [name, version, description] = process.argv.slice(1);
    const rest = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    console.log(JSON.stringify({ name, version, description, license: "MIT", ...rest }, null, 2));
  ' "$1" "$version" "$2"
}

mkdir -p "$work/pglatch/bin" "$work/platform/bin"
cp "$here/pglatch.js" "$work/pglatch/bin/pglatch.js"
cp "$here/README.md" "$here/../../LICENSE" "$work/pglatch/"
manifest pglatch 'Static analyzer and linter for PostgreSQL migration SQL' >"$work/pglatch/package.json" <<END
{"keywords": ["postgresql", "migration", "lint", "lock"],
 "bin": {"pglatch": "bin/pglatch.js"}, "engines": {"node": ">=18"},
 "optionalDependencies": {"@pglatch/linux-x64": "$version", "@pglatch/linux-arm64": "$version"}}
END

cp "$binary" "$work/platform/bin/pglatch"
strip "$work/platform/bin/pglatch"
chmod 755 "$work/platform/bin/pglatch" "$work/pglatch/bin/pglatch.js"
cp "${PGLATCH_COPYRIGHT:-$here/../../LICENSE}" "$work/platform/LICENSE"
manifest "@pglatch/$platform" "pglatch for $platform" >"$work/platform/package.json" <<END
{"os": ["${platform%-*}"], "cpu": ["${platform#*-}"], "preferUnplugged": true}
END

for package in pglatch platform; do
  (cd "$directory" && printf '%s/%s\n' "$directory" "$(npm pack --silent "$work/$package")")
done
