// The rules as SARIF describes them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analyzer/base/json.h"
#include "analyzer/report/lint_formats.h"

namespace pglatch {

/// Writes the array of reportingDescriptor objects, in the order of `options.rules`: their indexes are the results'
/// ruleIndex.
void write_rules(JsonWriter& json, const FormatOptions& options);

/// SARIF's levels: error, warning, note.
[[nodiscard]] std::string_view sarif_level(Severity severity) noexcept;

/// "create-index" as "CreateIndex", the form of an identifier that viewers expect.
[[nodiscard]] std::string pascal_case(std::string_view kebab_case);

/// The first paragraph of a Markdown page, on one line; headings, blocks of code, quotes, tables and lists are none.
[[nodiscard]] std::string first_paragraph(std::string_view markdown);

}  // namespace pglatch
