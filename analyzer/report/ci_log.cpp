#include "analyzer/report/ci_log.h"

#include <algorithm>

namespace pglatch {
namespace {

constexpr std::string_view kBreak = "\u200b";  // ZERO WIDTH SPACE

}  // namespace

std::string without_log_commands(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("##[") || rest.starts_with("##vso[")) {
      out += '#';
      out += kBreak;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string safe_for_log(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    const std::size_t first = std::min(line.find_first_not_of(" \t\r\f\v"), line.size());
    out += line.substr(0, first);
    if (line.substr(first).starts_with("::")) out += kBreak;
    out += without_log_commands(line.substr(first));
  }
  return out;
}

}  // namespace pglatch
