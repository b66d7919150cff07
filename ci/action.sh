#!/usr/bin/env bash
# The checking step of action.yml: annotations on stdout, SARIF for upload, a summary, and the exit code of the check.
# The later formats answer from the store's cache, so the models run once.
set -uo pipefail
command=${FACTCHECK_COMMAND:-check}
case $command in check | verify) ;; *)
  echo "::error::factcheck: the input 'command' must be check or verify"
  exit 2
  ;;
esac
# Lists of words, split on purpose; nothing in them is evaluated.
read -r -a files <<<"${FACTCHECK_FILES:-}"
read -r -a arguments <<<"${FACTCHECK_ARGS:-}"
sarif=${RUNNER_TEMP:-.}/factcheck.sarif
summary=${RUNNER_TEMP:-.}/factcheck.md

rm -f "$sarif" "$summary"
factcheck "$command" "${arguments[@]}" --format github -- "${files[@]}"
code=$?
factcheck "$command" "${arguments[@]}" --format sarif --output "$sarif" -- "${files[@]}" 2>/dev/null
factcheck "$command" "${arguments[@]}" --format markdown --output "$summary" -- "${files[@]}" 2>/dev/null
[ -f "$sarif" ] && echo "sarif=$sarif" >>"${GITHUB_OUTPUT:-/dev/null}"
if [ -f "$summary" ]; then
  echo "summary=$summary" >>"${GITHUB_OUTPUT:-/dev/null}"
  cat "$summary" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
fi
exit $code
