#include "analyzer/report/lint_formats.h"

namespace pglatch {
namespace {

constexpr LintFormat kFormats[] = {
    {"text", write_text},
    {"json", write_json},
    {"sarif", write_sarif},
    {"concise", write_concise},
    {"github", write_github},
    {"gitlab", write_gitlab},
    {"junit", write_junit},
    {"checkstyle", write_checkstyle},
    {"rdjson", write_rdjson},
    {"markdown", write_markdown, false, true},
    {"html", write_html, true, true},
};

}  // namespace

std::span<const LintFormat> lint_formats() noexcept { return kFormats; }

}  // namespace pglatch
