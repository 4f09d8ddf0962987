#!/usr/bin/env bash
# Puts pglatch on the PATH of the steps that follow: the one that is there already, unless PGLATCH_VERSION asks for a
# release; else the release that the action's own tag names; else the latest.
#
# Of the runner: GITHUB_ACTION_PATH, GITHUB_SERVER_URL, GITHUB_PATH, RUNNER_OS, RUNNER_ARCH, RUNNER_TEMP.
set -euo pipefail

fail() {
  echo "::error title=pglatch::$1"
  exit 1
}
download() { curl --silent --show-error --fail --location --retry 3 --output "$2" "$1"; }

version=${PGLATCH_VERSION:-}
version=${version#v}
if [[ -z $version ]] && command -v pglatch >/dev/null; then
  pglatch --version
  exit 0
fi
case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
  Linux-X64) platform=linux-x64 ;;
  Linux-ARM64) platform=linux-arm64 ;;
  *) fail "there is no release for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}: install pglatch in a step before this one" ;;
esac

# The runner unpacks an action at …/_actions/OWNER/REPOSITORY/TAG; what it says of the repository in its variables is
# empty in the steps of composite actions.
if [[ $GITHUB_ACTION_PATH =~ /_actions/([^/]+/[^/]+)/([^/]+)(/|$) ]]; then
  repository=${BASH_REMATCH[1]} tag=${BASH_REMATCH[2]}
else
  fail "this action is used from a local folder, so nobody knows whose releases to take: install pglatch before it"
fi
releases=$GITHUB_SERVER_URL/$repository/releases
if [[ -z $version && $tag =~ ^v([0-9]+\.[0-9]+\.[0-9]+)$ ]]; then version=${BASH_REMATCH[1]}; fi
if [[ -z $version ]]; then
  latest=$(curl --silent --show-error --fail --head --output /dev/null --write-out '%{redirect_url}' "$releases/latest")
  version=${latest##*/v}
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "$repository has no release yet"
fi

archive=pglatch-$version-$platform.tar.gz
directory=$(mktemp -d "$RUNNER_TEMP/pglatch.XXXXXX")
download "$releases/download/v$version/$archive" "$directory/$archive" ||
  fail "$repository has no $archive in its release v$version"
download "$releases/download/v$version/$archive.sha256" "$directory/$archive.sha256"
(cd "$directory" && sha256sum --check --quiet "$archive.sha256") || fail "$archive is not what its checksum says"
tar --extract --gzip --file "$directory/$archive" --directory "$directory"
program=$(find "$directory" -name pglatch -type f -perm -u+x -print -quit)
[[ -n $program ]] || fail "$archive holds no pglatch"
"$program" --version
dirname "$program" >>"$GITHUB_PATH"
