#!/usr/bin/env bash
# Puts the report into a comment on the pull request, always the same one; none is begun where nothing is found. Where it
# may not comment it says so and goes on: the token of a pull request from a fork can only read.
#
# Of the action: PGLATCH_REPORT (a Markdown file), PGLATCH_STATUS, PGLATCH_CATEGORY, GITHUB_TOKEN.
# Of the runner: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, RUNNER_TEMP.
set -euo pipefail

number=$(jq --raw-output '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
if [[ -z $number ]]; then
  echo "pglatch: no pull request to comment on"
  exit 0
fi
marker="<!-- pglatch: ${PGLATCH_CATEGORY:-pglatch} -->"
directory=$(mktemp -d "${RUNNER_TEMP:-/tmp}/pglatch.XXXXXX")
answer=$directory/answer.json

# call METHOD PATH [OPTION…]: the answer goes to a file. The token is in a file too, where the list of processes does not
# show it.
printf 'Authorization: Bearer %s\n' "$GITHUB_TOKEN" >"$directory/authorization"
call() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --fail --retry 2 --request "$method" --header "@$directory/authorization" \
    --header 'Accept: application/vnd.github+json' --output "$answer" "$@" \
    "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$path"
}

may_not() {
  echo "::notice title=pglatch::The report could not be put into a comment: give the job \`pull-requests: write\`, which \
pull requests from forks do not get. The summary of the job has it."
  exit 0
}

# Prints the number of our comment, if there is one.
find_comment() {
  local page=1 found
  while :; do
    call GET "issues/$number/comments?per_page=100&page=$page" || return
    found=$(jq --arg marker "$marker" 'map(select(.body | startswith($marker))) | first | .id // empty' "$answer")
    if [[ -n $found ]] || (($(jq length "$answer") < 100)); then
      echo "$found"
      return
    fi
    page=$((page + 1))
  done
}

comment=$(find_comment) || may_not
if [[ -z $comment && ${PGLATCH_STATUS:-} == 0 ]]; then exit 0; fi
jq --null-input --arg marker "$marker" --rawfile report "$PGLATCH_REPORT" '{body: ($marker + "\n" + $report)}' \
  >"$directory/body.json"
if [[ -n $comment ]]; then
  call PATCH "issues/comments/$comment" --data-binary "@$directory/body.json" || may_not
else
  call POST "issues/$number/comments" --data-binary "@$directory/body.json" || may_not
fi
jq --raw-output '"pglatch: " + .html_url' "$answer"
