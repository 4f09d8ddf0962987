// Inside embedded_code: the text that the variables of PL/pgSQL code have where a piece of it runs, as far as it can be
// known. Which way the code takes is not: there may be several answers, in which all variables belong together.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "analyzer/parse/constant_text.h"
#include "analyzer/parse/parser.h"
#include "analyzer/parse/plpgsql.h"

namespace pglatch {

/// An expression of PL/pgSQL, which is the target list of a SELECT.
struct PlpgsqlExpression {
  static constexpr std::string_view kSelect = "SELECT ";

  explicit PlpgsqlExpression(std::string_view text);

  ParsedScript parsed;          ///< of kSelect and the text
  const Node* value = nullptr;  ///< null where it has a query of its own, or does not parse
};

class TextVariables {
 public:
  /// At the begin of `code`, which outlives this; `known` are its parameters.
  TextVariables(const PlpgsqlCode& code, TextValues known) : code_(code), ways_{std::move(known)} {}

  /// Goes on to before that piece of the code.
  void go_to(std::size_t piece);
  /// One element for each way that leads there. What is not in it is not known.
  [[nodiscard]] const std::vector<TextValues>& ways() const noexcept { return ways_; }

 private:
  struct Fork {
    std::size_t at;                 // in the code's flow
    std::vector<TextValues> begin;  // what each way begins with
    std::vector<TextValues> ends;   // what the ways so far ended with
  };

  void step(const PlpgsqlFlow& flow);
  void assign(const PlpgsqlFlow& flow);
  void forget_assigned(std::size_t first, std::size_t last);
  [[nodiscard]] std::size_t end_of_loop() const;
  void settle();

  const PlpgsqlCode& code_;
  std::vector<TextValues> ways_;
  std::vector<Fork> forks_;
  std::size_t at_ = 0;
};

}  // namespace pglatch
