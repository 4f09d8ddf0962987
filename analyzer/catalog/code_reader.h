// Inside embedded_code: from the text of a block or function to the statements of its unit.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "analyzer/catalog/embedded_code.h"
#include "analyzer/catalog/text_variables.h"
#include "analyzer/parse/constant_text.h"
#include "analyzer/parse/plpgsql.h"

namespace pglatch {

/// Fills one unit. `origin` is that of the text that the calls below are given.
class CodeReader {
 public:
  /// `caller` is the range in the script of the statement that runs the code: what is found where no place is known is
  /// found there.
  CodeReader(CodeUnit& unit, const TextOrigin& origin, ByteRange caller);

  /// Parameters of the code that follows whose values are known.
  void set_parameters(TextValues parameters) { parameters_ = std::move(parameters); }

  /// The body of a DO block or a function in PL/pgSQL.
  void plpgsql(std::string_view body);
  /// Statements: the body of a function in SQL, a prepared statement.
  void sql(std::string_view text);
  /// BEGIN ATOMIC … END, or RETURN expression.
  void sql_body(std::string_view body);
  /// Code that is not followed: it may do anything.
  void unreadable();

 private:
  struct Place {
    bool conditional = false;
    std::uint32_t guard = 0;
  };

  void add(EmbeddedStatement statement);
  void add_dynamic(const TextOrigin& origin, ByteRange range, Place place);
  // These give false where the text does not parse; the errors are noted.
  bool statements(std::string text, const TextOrigin& origin, Place place);
  bool expression(std::string_view text, std::int64_t start, Place place);
  bool execute(std::string_view text, std::int64_t start, Place place, const TextVariables& variables);
  // Runs a text with gaps: nothing but what is known of it can be said.
  void sketch(const std::string& text, const TextOrigin& origin, ByteRange range, Place place);
  // The origin of a piece that begins at that byte of the code.
  [[nodiscard]] TextOrigin shifted(std::int64_t start) const;

  CodeUnit& unit_;
  TextOrigin origin_;
  ByteRange caller_;
  TextValues parameters_;
};

}  // namespace pglatch
