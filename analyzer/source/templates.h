// Templates in SQL: what Flyway, Liquibase, Go's text/template, Jinja and others put in before a file is sent.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/base/byte_range.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// The text with names in the place of what a template puts in, byte for byte the same size, or an empty string where
/// there is nothing of the kind in it:
/// - {{ expression }}, ${name}, {name} and $name become a quoted identifier that still shows what stood there, together
///   with the letters beside it: {{.prefix}}users is "{.prefix}users" then; @name. and @name@ become _name,
/// - they become blanks where no name can stand: where a statement begins, and behind a closing parenthesis; one that
///   stood where a statement begins also where a line of it does,
/// - {{ if … }}, {{ end }}, {% … %}, {# … #} become blanks, and so does a branch that by its condition is another
///   database's; of all others both branches stay,
/// - ${tag}$ … ${tag}$ becomes a string in dollar quotes.
/// Nothing else of strings and comments is touched, but code in dollar quotes is. PostgreSQL accepts none of all that
/// outside of them, apart from @ as an operator, which means the same in front of the new name. Line endings are kept.
[[nodiscard]] std::string mask_templates(std::string_view text);

/// Whether a statement has a name or a value in it that stands for one that only the framework, or psql, knows: what it
/// is about may be any other object too.
[[nodiscard]] bool is_filled_in(const Script& script, ByteRange statement) noexcept;

}  // namespace pglatch
