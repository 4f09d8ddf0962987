#!/usr/bin/env bash
# Starts a rule or a recipe from its template: what compiles, passes its tests, and is to be changed into yours.
#
#   new.sh new-rule GROUP ID      (./dev new-rule)
#   new.sh new-recipe ID          (./dev new-recipe)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly registry=rules/registry.cpp

say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }
# Aligns lists; without the tool ./dev format does it later.
format() { if command -v clang-format >/dev/null; then clang-format -i "$@"; fi; }

# constant_of ID: reindex-non-concurrent -> kReindexNonConcurrent
constant_of() {
  local word constant=k
  [[ $1 =~ ^[a-z]+(-[a-z0-9]+)*$ ]] || die "an id is in kebab-case: $1"
  for word in ${1//-/ }; do constant+=${word^}; done
  echo "$constant"
}

is_new() {
  local path
  for path; do [[ ! -e $path ]] || die "$path exists already"; done
}

new_rule() {
  (($# == 2)) || die "usage: ./dev new-rule GROUP ID, such as ./dev new-rule indexes reindex-non-concurrent"
  local group=$1 id=$2 constant
  [[ $group =~ ^[a-z]+$ ]] || die "a group is one lower-case word: $group"
  constant=$(constant_of "$id")
  local source=rules/$group/${id//-/_}.cpp page=rules/$group/$id.md fixtures=fixtures/rules/$id
  is_new "$source" "$page" "$fixtures"

  mkdir -p "rules/$group" "$fixtures"
  sed -e "s/@ID@/$id/g; s/@GROUP@/$group/g; s/@CONSTANT@/$constant/g" rules/new_rule.cpp.template >"$source"
  sed -e "s/@ID@/$id/g" rules/new_rule.md.template >"$page"
  printf -- '-- expect: %s warning\nLOCK TABLE orders;\n' "$id" >"$fixtures/bad.sql"
  printf -- '-- Nobody else has seen it.\nCREATE TABLE orders (id bigint);\nLOCK TABLE orders;\n' >"$fixtures/good.sql"
  register_rule "$constant"
  format "$source" $registry
  say "made a rule that finds LOCK TABLE, to be changed into yours; ./dev test -R rules checks it:"
  printf '%s\n' "$fixtures/bad.sql" "$fixtures/good.sql" "$source" "$page"
}

# register_rule CONSTANT: puts RULE(CONSTANT) in its alphabetical place in the list.
register_rule() {
  local constants
  grep -q '^#define PGLATCH_RULES(RULE)' $registry || die "no list PGLATCH_RULES in $registry"
  # In bytes' order upper case comes before lower case, just as the ids' hyphens come before letters.
  constants=$({ sed -nE 's/^  RULE\((k[A-Za-z0-9]+)\).*/\1/p' $registry; echo "$1"; } | LC_ALL=C sort)
  awk -v constants="$constants" '
    /^  RULE\(k/ { next }
    { print }
    /^#define PGLATCH_RULES\(RULE\)/ {
      count = split(constants, names, "\n")
      for (i = 1; i <= count; i++) print "  RULE(" names[i] ")" (i < count ? " \\" : "")
    }' $registry >$registry.new
  mv $registry.new $registry
}

new_recipe() {
  (($# == 1)) || die "usage: ./dev new-recipe ID, such as ./dev new-recipe create-policy"
  local id=$1 constant
  constant=$(constant_of "$id")Recipe
  local source=rules/recipes/${id//-/_}.cpp fixture=fixtures/plans/$id
  is_new "$source" "$fixture"

  mkdir -p "$fixture"
  sed -e "s/@ID@/$id/g; s/@CONSTANT@/$constant/g" rules/new_recipe.cpp.template >"$source"
  cat >"$fixture/schema.sql" <<'END'
CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL);
END
  cat >"$fixture/input.sql" <<'END'
CREATE POLICY orders_open ON orders USING (status = 'open');
END
  register_recipe "$constant"
  format "$source" $registry
  say "made a recipe for CREATE POLICY, to be changed into yours; UPDATE_GOLDEN=1 ./dev test -R plans writes its plan:"
  printf '%s\n' "$fixture/schema.sql" "$fixture/input.sql" "$source"
}

# register_recipe CONSTANT: declares it, and puts it in its alphabetical place in the list.
register_recipe() {
  local header=rules/recipes/recipes.h constants
  grep -q 'kRecipes\[\] = {' $registry || die "no list kRecipes in $registry"
  # As their ids are ordered: without what all names end in.
  constants=$({ sed -nE 's/^extern const Recipe (k[A-Za-z0-9]+)Recipe;/\1/p' $header; echo "${1%Recipe}"; } | LC_ALL=C sort)
  awk -v constants="$constants" '
    /^extern const Recipe k/ {
      if (!done++) { count = split(constants, names, "\n"); for (i = 1; i <= count; i++) print "extern const Recipe " names[i] "Recipe;" }
      next
    }
    { print }' $header >$header.new
  mv $header.new $header
  awk -v constants="$constants" '
    /kRecipes\[\] = {/ {
      count = split(constants, names, "\n"); line = "  static constexpr const Recipe* kRecipes[] = {"
      for (i = 1; i <= count; i++) line = line "&" names[i] "Recipe" (i < count ? ", " : "};")
      print line; inside = 1
    }
    !inside { print }
    inside && /};/ { inside = 0 }' $registry >$registry.new
  mv $registry.new $registry
}

case ${1:-} in
  new-rule) new_rule "${@:2}" ;;
  new-recipe) new_recipe "${@:2}" ;;
  *) die "usage: new.sh new-rule GROUP ID | new-recipe ID" ;;
esac
