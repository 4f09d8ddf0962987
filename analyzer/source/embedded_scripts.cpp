#include "analyzer/source/embedded_scripts.h"

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/source/lexer.h"
#include "analyzer/source/templates.h"

namespace pglatch {
namespace {

// Each script has a text of the file's size. A big file of very many would be read for hours.
constexpr std::size_t kMaxMaskedBytes = std::size_t{256} << 20;

ExecutionMode mode_of(const EmbeddedPiece& piece) {
  switch (piece.sending) {
    case Sending::transaction:
      return ExecutionMode::transaction;
    case Sending::messages:
      return split_statements(piece.text.text()).size() > 1 ? ExecutionMode::single_message : ExecutionMode::autocommit;
    case Sending::statements:
      break;
  }
  return ExecutionMode::autocommit;
}

}  // namespace

void EmbeddedScripts::add(const EmbeddedPiece& piece) {
  const std::string& text = piece.text.text();
  if (std::all_of(text.begin(), text.end(), is_space)) return;
  const Key key{mode_of(piece), piece.session, piece.is_quoted};
  Last& last = last_.at(static_cast<std::size_t>(piece.direction));
  // A second message of several statements is another transaction.
  last = {key, script_for(piece, key, last), key.mode != ExecutionMode::single_message};
  // Before it is laid out: a name and what is put in beside it are one name wherever they stand.
  std::string masked = mask_templates(text);
  if (masked.empty()) return piece.text.write(scripts_[last.script].masked, piece.end);
  EmbeddedText filled = piece.text;
  filled.replace(std::move(masked));
  filled.write(scripts_[last.script].masked, piece.end);
}

void EmbeddedScripts::add(std::vector<Script> scripts) {
  for (Script& script : scripts) scripts_.push_back(std::move(script));
  last_ = {};
}

std::size_t EmbeddedScripts::script_for(const EmbeddedPiece& piece, const Key& key, const Last& last) {
  if (last.goes_on && key == last.key) return last.script;
  if (blank_.empty()) {
    blank_ = pattern_.file->text();
    std::replace_if(
        blank_.begin(), blank_.end(), [](char c) { return c != '\n' && c != '\r'; }, ' ');
  }
  if ((scripts_.size() + 1) * blank_.size() > kMaxMaskedBytes) {
    for (std::size_t i = scripts_.size(); i > 0; --i) {
      Script& script = scripts_[i - 1];
      if (script.direction != piece.direction || script.file != pattern_.file) continue;
      if (script.mode != key.mode) script.mode = ExecutionMode::unknown;
      script.is_quoted = script.is_quoted || key.is_quoted;
      return i - 1;
    }
  }
  Script script = pattern_;
  script.masked = blank_;
  script.direction = piece.direction;
  script.mode = key.mode;
  script.is_quoted = key.is_quoted;
  script.reason = piece.reason;
  scripts_.push_back(std::move(script));
  return scripts_.size() - 1;
}

std::vector<Script> EmbeddedScripts::take() {
  std::stable_sort(scripts_.begin(), scripts_.end(),
                   [](const Script& a, const Script& b) { return a.direction < b.direction; });
  for (std::size_t i = 1; i < scripts_.size(); ++i) {
    scripts_[i].continues = scripts_[i].direction == scripts_[i - 1].direction;
  }
  return std::move(scripts_);
}

}  // namespace pglatch
