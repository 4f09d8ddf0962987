#include "tests/locks/fixture.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>
#include <string_view>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

constexpr std::string_view kFact = "--   ";

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

int parse_major(std::string_view text) {
  int major = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), major);
  if (error != std::errc() || end != text.data() + text.size() || major < kFirstMajor || major > kLastMajor) {
    throw std::runtime_error("no PostgreSQL major of the fixtures: \"" + std::string(text) + "\"");
  }
  return major;
}

std::set<int> all_majors() {
  std::set<int> majors;
  for (int major = kFirstMajor; major <= kLastMajor; ++major) majors.insert(major);
  return majors;
}

// Reads a file line by line; each directive switches to what the lines after it belong to.
class Reader {
 public:
  Reader(const std::string& file, const std::string& text, const std::string& base)
      : file_(file), text_(text), base_(base) {}

  std::vector<LockCase> read() {
    for (std::size_t begin = 0; begin < text_.size();) {
      std::size_t end = text_.find('\n', begin);
      if (end == std::string::npos) throw error("the last line has no end");
      ++line_;
      try {
        take(std::string_view(text_).substr(begin, end - begin), begin, end + 1);
      } catch (const std::runtime_error& wrong) {
        throw error(wrong.what());
      }
      begin = end + 1;
    }
    finish();
    return std::move(cases_);
  }

 private:
  enum class Part { nothing, setup, before, statement, facts };

  std::runtime_error error(const std::string& message) const {
    return std::runtime_error("fixtures/locks/" + file_ + ":" + std::to_string(line_) + ": " + message);
  }

  void take(std::string_view line, std::size_t begin, std::size_t end) {
    if (directive(line, begin, end)) return;
    if (part_ == Part::facts && line.substr(0, kFact.size()) == kFact) {
      if (!cases_.back().expectations.back().facts.add(line.substr(kFact.size()))) {
        throw std::runtime_error("no fact: \"" + std::string(line) + "\"");
      }
      cases_.back().expect_end = end;
      return;
    }
    if (trim(line).empty()) return;
    switch (part_) {
      case Part::setup:
        cases_.back().own_setup += std::string(line) + '\n';
        return;
      case Part::before:
        cases_.back().before += std::string(line) + '\n';
        return;
      case Part::statement:
        cases_.back().statement += std::string(line) + '\n';
        cases_.back().expect_begin = cases_.back().expect_end = end;
        return;
      case Part::nothing:
        // Free text before the first case, as a comment.
        if (cases_.empty() && line.substr(0, 2) == "--") return;
        [[fallthrough]];
      case Part::facts:
        throw std::runtime_error("belongs to nothing: \"" + std::string(line) + "\"");
    }
  }

  bool directive(std::string_view line, std::size_t begin, std::size_t end) {
    if (line.substr(0, 3) != "-- " || line.size() < 4 || line[3] == ' ') return false;
    line.remove_prefix(3);
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view head = line.substr(0, colon);
    const std::string_view rest = trim(line.substr(std::min(colon + 1, line.size())));
    const std::string_view name = head.substr(0, head.find(' '));
    const std::string_view argument = trim(head.substr(name.size()));
    if (name == "case") {
      finish();
      LockCase& next = cases_.emplace_back();
      next.id = rest;
      next.file = file_;
      next.majors = all_majors();
      part_ = Part::nothing;
      return true;
    }
    if (cases_.empty()) return false;
    LockCase& current = cases_.back();
    if (line == "alone") {
      current.alone = true;
    } else if (name == "note") {
    } else if (name == "majors") {
      current.majors = parse_majors(rest);
    } else if (name == "with") {
      current.with.emplace_back(rest);
      shared_setup_ += read_file(fixture_path("locks/with/" + std::string(rest) + ".sql"));
    } else if (name == "model-differs") {
      if (rest.empty()) throw std::runtime_error("model-differs needs a reason");
      current.model_differs.push_back({argument.empty() ? all_majors() : parse_majors(argument), std::string(rest)});
    } else if (head == "setup") {
      part_ = Part::setup;
    } else if (head == "before") {
      part_ = Part::before;
    } else if (head == "statement") {
      part_ = Part::statement;
    } else if (name == "expect") {
      if (current.statement.empty()) throw std::runtime_error("expect comes after the statement");
      if (current.expectations.empty()) current.expect_begin = begin;
      current.expect_end = end;
      current.expectations.push_back({parse_majors(argument), {}});
      part_ = Part::facts;
    } else {
      return false;
    }
    return true;
  }

  void finish() {
    if (cases_.empty()) return;
    LockCase& done = cases_.back();
    if (done.statement.empty()) throw error("case " + done.id + " has no statement");
    if (done.alone && !done.before.empty()) throw error("case " + done.id + " is alone, so nothing comes before");
    std::set<int> seen;
    for (const Expectation& expectation : done.expectations) {
      for (const int major : expectation.majors) {
        if (!seen.insert(major).second) throw error("case " + done.id + " expects twice");
      }
    }
    done.setup = base_ + shared_setup_ + done.own_setup;
    shared_setup_.clear();
  }

  const std::string& file_;
  const std::string& text_;
  const std::string& base_;
  std::vector<LockCase> cases_;
  std::string shared_setup_;
  Part part_ = Part::nothing;
  int line_ = 0;
};

}  // namespace

const Facts* LockCase::expected(int major) const {
  for (const Expectation& expectation : expectations) {
    if (expectation.majors.contains(major)) return &expectation.facts;
  }
  return nullptr;
}

bool LockCase::known_to_differ(int major) const {
  return std::any_of(model_differs.begin(), model_differs.end(),
                     [&](const ModelDiffers& differs) { return differs.majors.contains(major); });
}

std::vector<std::string> lock_fixture_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(fixture_path("locks"))) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".sql" && name != "base.sql") files.push_back(name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<LockCase> read_lock_cases(const std::string& file) {
  return parse_lock_cases(file, read_file(fixture_path("locks/" + file)), read_file(fixture_path("locks/base.sql")));
}

std::vector<LockCase> parse_lock_cases(const std::string& file, const std::string& text, const std::string& base) {
  return Reader(file, text, base).read();
}

std::vector<LockCase> all_lock_cases() {
  std::vector<LockCase> all;
  for (const std::string& file : lock_fixture_files()) {
    for (LockCase& one : read_lock_cases(file)) all.push_back(std::move(one));
  }
  return all;
}

std::vector<Expectation> merge_majors(const std::vector<Expectation>& by_major) {
  std::vector<Expectation> merged;
  for (const Expectation& next : by_major) {
    const auto same = std::find_if(merged.begin(), merged.end(),
                                   [&](const Expectation& earlier) { return earlier.facts == next.facts; });
    if (same == merged.end()) {
      merged.push_back(next);
    } else {
      same->majors.insert(next.majors.begin(), next.majors.end());
    }
  }
  return merged;
}

std::string with_expectations(const std::string& text, const std::vector<LockCase>& cases) {
  std::string result;
  std::size_t copied = 0;
  for (const LockCase& one : cases) {
    result += text.substr(copied, one.expect_begin - copied);
    for (const Expectation& expectation : one.expectations) {
      result += "-- expect " + to_string(expectation.majors) + ":\n";
      for (const std::string& line : expectation.facts.lines()) result += std::string(kFact) + line + '\n';
    }
    copied = one.expect_end;
  }
  return result + text.substr(copied);
}

std::set<int> parse_majors(std::string_view text) {
  std::set<int> majors;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view range = trim(text.substr(0, comma));
    const std::size_t dash = std::min(range.find('-'), range.size());
    const int first = parse_major(range.substr(0, dash));
    const int last = dash == range.size() ? first : parse_major(range.substr(dash + 1));
    if (last < first) throw std::runtime_error("no range: \"" + std::string(range) + "\"");
    for (int major = first; major <= last; ++major) majors.insert(major);
    if (comma == text.size()) return majors;
    text.remove_prefix(comma + 1);
  }
}

std::string to_string(const std::set<int>& majors) {
  std::string text;
  for (auto at = majors.begin(); at != majors.end();) {
    const int first = *at;
    int last = first;
    while (++at != majors.end() && *at == last + 1) last = *at;
    if (!text.empty()) text += ',';
    text += std::to_string(first);
    if (last > first) text += '-' + std::to_string(last);
  }
  return text;
}

}  // namespace pglatch::testing
