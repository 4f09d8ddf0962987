#include "analyzer/report/lint_formats.h"

namespace pglatch {
namespace {

constexpr LintFormat kFormats[] = {
    {"text", write_text},
    {"json", write_json},
    {"sarif", write_sarif},
};

}  // namespace

std::span<const LintFormat> lint_formats() noexcept { return kFormats; }

}  // namespace pglatch
