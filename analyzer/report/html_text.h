// Text inside of HTML: whatever a migration holds, it stays text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "analyzer/rule_api/finding.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

/// For element content and quoted attributes, of HTML as of XML: the page is both, so that any XML parser can check it.
/// Control characters and marks that turn the direction of the text become
/// visible; tabs and line breaks stay.
[[nodiscard]] std::string html_text(std::string_view text);

/// Prose with its line breaks; indented lines as code.
[[nodiscard]] std::string html_prose(std::string_view text);

/// SQL that stands for itself (of a step), with its words told apart.
[[nodiscard]] std::string html_sql(std::string_view sql);

/// The word for a severity as a badge.
[[nodiscard]] std::string html_badge(Severity severity);

/// `name="value"`, with a blank before.
[[nodiscard]] std::string html_attribute(std::string_view name, std::string_view value);

}  // namespace pglatch
