#!/usr/bin/env bash
# Prints the commit that the event's changes began from, and makes sure that the clone has what a comparison with it
# needs: actions/checkout gets one commit. Prints nothing where everything is new, or nobody can tell.
set -euo pipefail

has_commit() { git cat-file -e "$1^{commit}" 2>/dev/null; }
fetch() { git fetch --quiet --no-tags "$@" >&2; }

# The head of a pull request is checked out as it would be merged. What it brings is then the difference to its first
# parent, whatever else has come to the branch meanwhile, and of history no more is needed. A shallow clone knows its
# commits' parents by name.
parents_of_head() { git cat-file commit HEAD | sed -n '/^$/q; s/^parent //p'; }

base_of_event() {
  local parents
  case ${GITHUB_EVENT_NAME:-} in
    pull_request | pull_request_target)
      mapfile -t parents < <(parents_of_head)
      if ((${#parents[@]} == 2)) && [[ $(git rev-parse HEAD) == "${GITHUB_SHA:-}" ]]; then
        echo "${parents[0]}"
      else
        jq --raw-output '.pull_request.base.sha' "$GITHUB_EVENT_PATH"
      fi
      ;;
    merge_group) jq --raw-output '.merge_group.base_sha' "$GITHUB_EVENT_PATH" ;;
    # Zeros where the branch is new.
    push) jq --raw-output '.before' "$GITHUB_EVENT_PATH" | grep --invert-match --extended-regexp '^0*$' || true ;;
  esac
}

base=$(base_of_event)
[[ -n $base ]] || exit 0
if ! has_commit "$base" && ! fetch --depth=1 origin "$base"; then
  echo "pglatch: the commit $base is not there any more (a forced push?): everything counts as new" >&2
  exit 0
fi
# Where the two lines have parted, `pglatch lint --since` counts from there: deepen until that is in the clone.
until git merge-base "$base" HEAD >/dev/null || [[ $(git rev-parse --is-shallow-repository) == false ]]; do
  [[ $(parents_of_head | head -n 1) != "$base" ]] || break
  fetch --deepen=200 origin "$base" "$(git rev-parse HEAD)" || break
done
echo "$base"
