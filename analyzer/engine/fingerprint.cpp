#include "analyzer/engine/fingerprint.h"

#include <string_view>

#include "analyzer/base/ascii.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// FNV-1a with 64 bits: the same value on every machine, which std::hash does not promise.
class Fnv1a {
 public:
  void add(char c) noexcept { hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3; }

  // A part; what is one part never looks like two.
  void add(std::string_view part) noexcept {
    for (const char c : part) add(c);
    add('\0');
  }

  [[nodiscard]] std::uint64_t value() const noexcept { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace

std::uint64_t fingerprint(const Finding& finding) {
  Fnv1a hash;
  hash.add(finding.rule);
  for (const std::string& relation : finding.relations) hash.add(relation);
  const std::string_view text = finding.file->text();
  bool placed = false;
  Lexer lexer(text.substr(0, finding.statement.end), finding.statement.start);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    // The place of the finding is told by the word that it begins in.
    if (!placed && token.range.end > finding.range.start) {
      hash.add("\x01");
      placed = true;
    }
    if (token.kind == TokenKind::word) {
      for (const char c : token.of(text)) hash.add(to_lower(c));
      hash.add('\0');
    } else {
      hash.add(token.of(text));
    }
  }
  return hash.value();
}

}  // namespace pglatch
