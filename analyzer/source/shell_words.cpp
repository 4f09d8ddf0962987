#include "analyzer/source/shell_words.h"

#include <algorithm>
#include <utility>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// What ends a word.
constexpr std::string_view kMeta = " \t\r\n;&|()<>";

constexpr bool is_name_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool ShellReader::next(ShellPipeline& pipeline) {
  pipeline.assign(1, {});
  after_pipe_ = false;
  while (at_ < text_.size()) {
    skip_blanks();
    switch (at(at_)) {
      case '\0':
        ++at_;
        continue;
      case '\n':
        if (take_line_end(pipeline)) return true;
        continue;
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      case '|':
        ++at_;
        if (at(at_) == '&') ++at_;
        if (at(at_) == '|') {
          ++at_;
          if (pending_.empty()) return true;
        }
        pipeline.emplace_back();
        after_pipe_ = true;
        continue;
      case ';':
      case '&':
      case '(':
      case ')':
        ++at_;
        // The text of a here-document comes with the next line.
        if (pending_.empty()) return true;
        pipeline.emplace_back();
        continue;
      case '<':
      case '>':
        take_redirection(pipeline);
        continue;
      default:
        after_pipe_ = false;
        pipeline.back().words.push_back(word());
    }
  }
  return !pipeline.front().words.empty();
}

// Blanks, and line ends behind a backslash.
void ShellReader::skip_blanks() {
  for (;; ++at_) {
    const char c = at(at_);
    if (c == '\\' && (at(at_ + 1) == '\n' || (at(at_ + 1) == '\r' && at(at_ + 2) == '\n'))) {
      at_ += at(at_ + 1) == '\r' ? 2U : 1U;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return;
    }
  }
}

// True where the line ends the pipeline.
bool ShellReader::take_line_end(ShellPipeline& pipeline) {
  ++at_;
  read_here_documents(pipeline);
  return !after_pipe_;
}

void ShellReader::take_redirection(ShellPipeline& pipeline) {
  const bool reads = at(at_) == '<';
  if (reads && at(at_ + 1) == '<' && at(at_ + 2) != '<') return take_here_document(pipeline);
  const bool is_string = reads && at(at_ + 1) == '<';
  const bool is_process = at(at_ + 1) == '(';
  at_ += is_string ? 3 : 1;
  if (is_process) return;  // <(…): the parenthesis comes next
  while (at(at_) == '>' || at(at_) == '&' || at(at_) == '|') ++at_;
  skip_blanks();
  if (kMeta.find(at(at_)) != kNone || at_ >= text_.size()) return;
  ShellWord target = word();
  if (is_string) {
    pipeline.back().here = std::move(target);
  } else if (reads) {
    pipeline.back().input = std::move(target);
  }
}

void ShellReader::take_here_document(ShellPipeline& pipeline) {
  at_ += 2;
  if (at(at_) == '-') ++at_;
  skip_blanks();
  if (kMeta.find(at(at_)) != kNone || at_ >= text_.size()) return;
  const std::size_t start = at_;
  const ShellWord delimiter = word();
  const bool is_literal = text_.substr(start, at_ - start).find_first_of("'\"\\") != kNone;
  pending_.push_back({pipeline.size() - 1, delimiter.text.text(), is_literal});
}

// The delimiter may be indented as the code block is.
void ShellReader::read_here_documents(ShellPipeline& pipeline) {
  for (const HereDocument& document : std::exchange(pending_, {})) {
    const std::size_t start = at_;
    std::size_t end = text_.size();
    for (std::size_t line = at_; line < text_.size();) {
      const std::size_t next = std::min(text_.find('\n', line), text_.size());
      if (trimmed(text_.substr(line, next - line)) == document.delimiter) {
        end = line;
        at_ = std::min(next + 1, text_.size());
        break;
      }
      line = next + 1;
    }
    if (end == text_.size()) at_ = end;
    ShellWord body;
    body.start = in_file(start);
    body.end = in_file(end);
    if (document.is_literal) {
      put(body, start, end);
    } else {
      const std::size_t behind = std::exchange(at_, start);
      quoted(body, end);
      at_ = behind;
    }
    pipeline[document.command].here = std::move(body);
  }
}

ShellWord ShellReader::word() {
  ShellWord word;
  word.start = in_file(at_);
  while (at_ < text_.size() && kMeta.find(text_[at_]) == kNone) {
    const char c = text_[at_];
    const std::size_t quote = c == '$' && at(at_ + 1) == '\'' ? at_ + 1 : at_;
    if (c == '"') {
      const std::size_t close = end_of_double_quotes(at_);
      if (close != kNone) {
        ++at_;
        quoted(word, close);
        word.end = in_file(close);
        at_ = close + 1;
        continue;
      }
    } else if (text_[quote] == '\'') {
      std::size_t close = text_.find('\'', quote + 1);
      while (quote != at_ && close != kNone && text_[close - 1] == '\\') close = text_.find('\'', close + 1);
      if (close != kNone) {
        const bool is_ansi = quote != at_;
        at_ = quote + 1;
        is_ansi ? ansi_quoted(word, close) : put(word, at_, close);
        word.end = in_file(close);
        at_ = close + 1;
        continue;
      }
    } else if (c == '\\' && at_ + 1 < text_.size()) {
      if (text_[at_ + 1] == '\n' || text_[at_ + 1] == '\r') break;  // the line goes on
      word.text.add(text_.substr(at_ + 1, 1), in_file(at_));
      at_ += 2;
      word.end = in_file(at_);
      continue;
    } else if ((c == '$' || c == '`') && take_expansion(word)) {
      word.end = in_file(at_);
      continue;
    }
    put(word, at_, at_ + 1);
    word.end = in_file(++at_);
  }
  return word;
}

// What stands in double quotes, or in a here-document: up to `end`.
void ShellReader::quoted(ShellWord& word, std::size_t end) {
  while (at_ < end) {
    const std::size_t special = std::min(text_.find_first_of("\\$`", at_), end);
    put(word, at_, special);
    at_ = special;
    if (at_ == end) break;
    if (text_[at_] == '\\') {
      const char next = at(at_ + 1);
      if (next == '\n' && at_ + 1 < end) {
        at_ += 2;
      } else if ((next == '$' || next == '`' || next == '"' || next == '\\') && at_ + 1 < end) {
        word.text.add(text_.substr(at_ + 1, 1), in_file(at_));
        at_ += 2;
      } else {
        put(word, at_, at_ + 1);
        ++at_;
      }
    } else if (!take_expansion(word)) {
      put(word, at_, at_ + 1);
      ++at_;
    }
  }
}

void ShellReader::ansi_quoted(ShellWord& word, std::size_t end) {
  while (at_ < end) {
    const std::size_t special = std::min(text_.find('\\', at_), end);
    put(word, at_, special);
    at_ = special;
    if (at_ + 1 >= end) break;
    const char next = text_[at_ + 1];
    const char meant = next == 'n' ? '\n' : next == 't' ? '\t' : next;
    word.text.add({&meant, 1}, in_file(at_));
    at_ += 2;
  }
  at_ = end;
}

// $name and ${…} are templates as they stand. In place of the process id, $$, there are digits.
bool ShellReader::take_expansion(ShellWord& word) {
  const std::size_t start = at_;
  if (text_[at_] == '`' || at(at_ + 1) == '(') {
    const std::size_t close = end_of_substitution(at_);
    if (close == kNone) return false;
    const std::size_t inside = text_[at_] == '`' ? at_ + 1 : at_ + 2;
    substitutions_.push_back({static_cast<std::uint32_t>(inside), static_cast<std::uint32_t>(close)});
    at_ = close + 1;
    put_placeholder(word, start, at_);
    return true;
  }
  const char next = at(at_ + 1);
  if (next == '{') {
    const std::size_t close = text_.find_first_of("}\n", at_);
    if (close == kNone || text_[close] != '}') return false;
    at_ = close + 1;
    put_placeholder(word, start, at_);
    return true;
  }
  if (next == '$') {
    word.text.add("00", in_file(at_));
    at_ += 2;
    return true;
  }
  if (!is_name_byte(next)) return false;
  ++at_;
  while (is_name_byte(at(at_))) ++at_;
  put(word, start, at_);
  word.is_dynamic = true;
  return true;
}

void ShellReader::put(ShellWord& word, std::size_t start, std::size_t end) {
  word.text.add(text_.substr(start, end - start), in_file(start));
}

void ShellReader::put_placeholder(ShellWord& word, std::size_t start, std::size_t end) {
  EmbeddedText placeholder;
  placeholder.add_placeholder(text_, {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)});
  word.text.add(placeholder.text(), in_file(start));
  word.is_dynamic = true;
}

std::size_t ShellReader::end_of_double_quotes(std::size_t open) const {
  for (std::size_t at_quote = open + 1;;) {
    at_quote = text_.find_first_of("\"\\$`", at_quote);
    if (at_quote == kNone || text_[at_quote] == '"') return at_quote;
    if (text_[at_quote] == '\\') {
      at_quote += 2;
    } else if (text_[at_quote] == '`' || at(at_quote + 1) == '(') {
      const std::size_t close = end_of_substitution(at_quote);
      at_quote = close == kNone ? at_quote + 1 : close + 1;
    } else {
      ++at_quote;
    }
  }
}

// The parenthesis or backtick that closes, or nothing. Quotes in it may hold parentheses.
std::size_t ShellReader::end_of_substitution(std::size_t open) const {
  if (never_closed_) return kNone;
  if (text_[open] == '`') {
    const std::size_t close = text_.find('`', open + 1);
    never_closed_ = close == kNone;
    return close;
  }
  std::size_t depth = 0;
  char quote = '\0';
  for (std::size_t i = open + 1; i < text_.size(); ++i) {
    const char c = text_[i];
    if (quote != '\0') {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '\\') {
      ++i;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return i;
    }
  }
  never_closed_ = true;
  return kNone;
}

}  // namespace pglatch
