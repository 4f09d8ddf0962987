#include "analyzer/source/code_arguments.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/source/lexer.h"
#include "analyzer/source/psql_variables.h"

namespace pglatch {
namespace {

// Calls around a string: text("…"), dedent(text("…")).
constexpr int kMaxNesting = 4;

// An argument of more tokens is not read.
constexpr std::size_t kMaxTokens = 100'000;

// What hands its argument on as it is.
constexpr std::string_view kWrappers[] = {"text", "dedent", "cleandoc", "SQL", "DDL", "String", "raw"};

bool is_wrapper(std::string_view word) {
  return std::find(std::begin(kWrappers), std::end(kWrappers), word) != std::end(kWrappers);
}

// %s, %d, %(name)s, {} in the place of values.
std::string mask_format(std::string text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const char next = text[at + 1];
    if (text[at] == '{' && next == '}') {
      text[at] = text[at + 1] = '_';
    } else if (text[at] == '%' && (next == 's' || next == 'd')) {
      text[at] = '_';
    } else if (text[at] == '%' && next == '(') {
      const std::size_t close = text.find(')', at);
      if (close == std::string::npos || close + 1 == text.size()) continue;
      text[at] = text[at + 1] = text[close] = '_';
    }
  }
  return text;
}

// Parameters that a client puts values in for: ?, ??, :name, :name:.
std::string mask_parameters(std::string text) {
  Lexer lexer(text);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    const std::size_t at = token.range.start;
    if (token.is('?', text)) {
      text[at] = '_';
    } else if (token.is(':', text)) {
      const PsqlVariable variable = psql_variable_at(text, at);
      const bool is_cast = (at > 0 && text[at - 1] == ':') || (at + 1 < text.size() && text[at + 1] == ':');
      if (is_cast || variable.form != PsqlVariable::Form::plain) continue;
      text[at] = '_';
      const bool is_closed = variable.end < text.size() && text[variable.end] == ':';
      if (is_closed && text.substr(variable.end, 2) != "::") text[variable.end] = '_';
      lexer = Lexer(text, static_cast<std::uint32_t>(variable.end));
    }
  }
  return text;
}

}  // namespace

Code::Code(std::string_view text, std::vector<CodeToken> tokens) : text_(text), tokens_(std::move(tokens)) {
  find_constants();
}

const CodeToken& Code::at(std::size_t index) const noexcept { return tokens_[std::min(index, tokens_.size() - 1)]; }

bool Code::has(std::size_t index, std::initializer_list<std::string_view> tokens) const {
  for (const std::string_view token : tokens) {
    if (at(index).kind == CodeToken::Kind::string || at(index++).range.of(text_) != token) return false;
  }
  return true;
}

bool Code::has(std::initializer_list<std::string_view> tokens) const {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (has(i, tokens)) return true;
  }
  return false;
}

// NAME = "…": the first one, since migrations hardly give a name twice.
void Code::find_constants() {
  for (std::size_t i = 0; i + 2 < tokens_.size(); ++i) {
    if (tokens_[i].kind != CodeToken::Kind::word || !is(i + 1, '=')) continue;
    if (at(i + 2).kind == CodeToken::Kind::string) constants_.try_emplace(tokens_[i].range.of(text_), i + 2);
  }
}

std::vector<CodeArgument> Code::arguments(std::size_t index) const {
  std::vector<CodeArgument> found;
  std::size_t i = index + 1;
  if (is(i, '<')) {  // query<Row>(…)
    while (i < index + 20 && !is(i, '(') && at(i).kind != CodeToken::Kind::end) ++i;
  }
  const bool has_parentheses = is(i, '(');
  if (has_parentheses) {
    ++i;
  } else if (at(i).begins_line || (at(i).kind == CodeToken::Kind::symbol && !is(i, '['))) {
    return found;
  }
  while (!is(i, ')') && at(i).kind != CodeToken::Kind::end) {
    found.push_back(argument(i));
    if (!has_parentheses) break;
    skip_argument(i);
    if (!is(i, ',')) break;
    ++i;
  }
  return found;
}

CodeArgument Code::argument(std::size_t& index) const {
  CodeArgument argument;
  if (at(index).kind == CodeToken::Kind::word && is(index + 1, '=') && !is(index + 2, '=')) {
    argument.name = at(index).range.of(text_);
    index += 2;
  }
  CodeString string;
  if (!is(index, '[')) {
    if (is(index, '(')) ++index;  // ("…" "…"), ("…", values)
    if (this->string(index, string, 0)) argument.strings.push_back(std::move(string));
    return argument;
  }
  const std::size_t end = behind_brackets(index);
  for (++index; index < end;) {
    if (is(index, '(')) ++index;
    if (this->string(index, string, 0)) argument.strings.push_back(std::exchange(string, {}));
    skip_argument(index);
    ++index;
    if (is(index, ',')) ++index;
  }
  index = end;
  return argument;
}

// A string, a name that stands for one, or a call that hands one on. Moves behind it where it is.
bool Code::string(std::size_t& index, CodeString& out, int nesting) const {
  if (nesting > kMaxNesting) return false;
  if (at(index).kind == CodeToken::Kind::string) return joined(index, out);
  if (at(index).kind != CodeToken::Kind::word) return false;
  std::size_t name = index;
  while (is(name + 1, '.') && at(name + 2).kind == CodeToken::Kind::word) name += 2;
  if (is(name + 1, '(') && is_wrapper(at(name).range.of(text_))) {
    index = name + 2;
    if (!string(index, out, nesting + 1)) return false;
    if (is(index, ')')) ++index;
    format(index, out);
    return true;
  }
  const auto constant = constants_.find(at(index).range.of(text_));
  if (name != index || constant == constants_.end()) return false;
  std::size_t elsewhere = constant->second;
  if (!joined(elsewhere, out)) return false;
  format(++index, out);
  return true;
}

// "a" "b", "a" \ "b", "a" + "b", "a" + name + "b".
bool Code::joined(std::size_t& index, CodeString& out) const {
  const auto add = [&](const CodeToken& string) {
    if (string.body.start < out.end) return;  // not in the order of the file
    add_string(text_, string, out.text);
    out.end = string.body.end;
  };
  add(at(index++));
  for (std::size_t first = index; index < first + kMaxTokens;) {
    std::size_t next = index;
    const bool is_sum = is(next, '+');
    if (is_sum || is(next, '\\')) ++next;
    if (at(next).kind == CodeToken::Kind::string && (is_sum || next == index || is(index, '\\'))) {
      add(at(next));
      index = next + 1;
      continue;
    }
    if (!is_sum || at(next).kind != CodeToken::Kind::word) break;
    // What is added is a value up to the next string, or the end.
    const std::uint32_t start = at(next).range.start;
    while (at(next).kind == CodeToken::Kind::word || is(next, '.') || is(next, '(') || is(next, '[')) {
      next = is(next, '(') || is(next, '[') ? behind_brackets(next) : next + 1;
    }
    const std::uint32_t end = at(next - 1).range.end;
    // The quote and the sign before it give room for the marks.
    if (start >= out.end + 2) {
      out.text.add_placeholder(ByteRange{start, end}.of(text_), out.end);
      out.end = end;
    }
    index = next;
  }
  format(index, out);
  return true;
}

// "…" % values, "…".format(values), execute("…", values).
void Code::format(std::size_t index, CodeString& string) const {
  if (is(index, '%') || has(index, {".", "format"})) string.text.replace(mask_format(string.text.text()));
  if (is(index, ',')) string.text.replace(mask_parameters(mask_format(string.text.text())));
}

// To the comma or the bracket that ends an argument.
void Code::skip_argument(std::size_t& index) const {
  for (const std::size_t first = index; index < first + kMaxTokens; ++index) {
    if (at(index).kind == CodeToken::Kind::end || is(index, ',') || is(index, ')') || is(index, ']') ||
        is(index, '}')) {
      return;
    }
    if (is(index, '(') || is(index, '[') || is(index, '{')) index = behind_brackets(index) - 1;
  }
}

std::size_t Code::behind_brackets(std::size_t open) const {
  std::size_t depth = 0;
  std::size_t i = open;
  for (; i < open + kMaxTokens && at(i).kind != CodeToken::Kind::end; ++i) {
    if (is(i, '(') || is(i, '[') || is(i, '{')) ++depth;
    if ((is(i, ')') || is(i, ']') || is(i, '}')) && --depth == 0) return i + 1;
  }
  return i;
}

}  // namespace pglatch
