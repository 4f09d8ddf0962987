#!/usr/bin/env bash
# Lints what is new: annotations to the log, the summary of the job, SARIF and a Markdown report with the plan into
# files. Exits with 0 for findings too and hands the status on, so that the report gets to where it is read.
#
# Of the action: PGLATCH_PATHS and PGLATCH_ARGUMENTS (one a line), PGLATCH_SINCE, PGLATCH_CATEGORY.
# Of the runner: GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_SHA, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP.
set -euo pipefail

lines_of() { grep . <<<"$1" || true; }

mapfile -t paths < <(lines_of "${PGLATCH_PATHS:-.}")
mapfile -t arguments < <(lines_of "${PGLATCH_ARGUMENTS:-}")
since=${PGLATCH_SINCE:-}
[[ -n $since ]] || since=$("$(dirname "${BASH_SOURCE[0]}")/base.sh")
[[ -z $since ]] || arguments+=(--since "$since")

# The summary is written by --format github itself.
directory=$(mktemp -d "${RUNNER_TEMP:-/tmp}/pglatch.XXXXXX")
status=0
pglatch lint "${arguments[@]}" --format github --format "sarif=$directory/pglatch.sarif" \
  --sarif-category "${PGLATCH_CATEGORY:-pglatch}" --format "markdown=$directory/pglatch.md" -- "${paths[@]}" || status=$?

{
  echo "status=$status"
  # After a mistake in the options there is neither.
  [[ ! -e $directory/pglatch.sarif ]] || echo "sarif=$directory/pglatch.sarif"
  [[ ! -e $directory/pglatch.md ]] || echo "report=$directory/pglatch.md"
} >>"$GITHUB_OUTPUT"
