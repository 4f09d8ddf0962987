#include "analyzer/base/glob.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>

namespace pglatch {
namespace {

constexpr std::string_view kAnyFolders = "**";

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) names.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return names;
}

// Bytes of the UTF-8 character at `at`.
std::size_t character_size(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return end - at;
}

std::string_view take_character(std::string_view text, std::size_t& at) {
  const std::string_view character = text.substr(at, character_size(text, at));
  at += character.size();
  return character;
}

// The character that a pattern means at `at`, without the backslash that may stand before it.
std::string_view take_literal(std::string_view pattern, std::size_t& at) {
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return take_character(pattern, at);
}

// The position of the bracket that closes the one at `at`; npos where none does. A `]` in front is one of the
// characters.
std::size_t closing_bracket(std::string_view pattern, std::size_t at) {
  ++at;
  if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^')) ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at;
  for (; at < pattern.size(); ++at) {
    if (pattern[at] == ']') return at;
    if (pattern[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

// Whether the characters between brackets hold this one. UTF-8 compares as its code points do.
bool set_contains(std::string_view set, std::string_view character) {
  const bool negated = set.starts_with('!') || set.starts_with('^');
  std::size_t at = negated ? 1 : 0;
  bool found = false;
  while (at < set.size()) {
    const std::string_view first = take_literal(set, at);
    std::string_view last = first;
    if (at + 1 < set.size() && set[at] == '-') {
      ++at;
      last = take_literal(set, at);
    }
    found = found || (first <= character && character <= last);
  }
  return found != negated;
}

// Whether the pattern's element at `at`, which is no star, takes the next character; moves both on.
bool take_one(std::string_view pattern, std::size_t& at, std::string_view name, std::size_t& in_name) {
  if (in_name >= name.size()) return false;
  const std::string_view character = take_character(name, in_name);
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') {
    const std::size_t close = closing_bracket(pattern, at);
    const std::string_view set = pattern.substr(at + 1, close - at - 1);
    at = close + 1;
    return set_contains(set, character);
  }
  return take_literal(pattern, at) == character;
}

// One name against one name of a pattern. After a mismatch the last star takes one character more.
bool matches_name(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in_name = 0;
  std::size_t after_star = std::string_view::npos;
  std::size_t star_ends = 0;
  while (in_name < name.size() || at < pattern.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      star_ends = in_name;
      continue;
    }
    if (at < pattern.size() && take_one(pattern, at, name, in_name)) continue;
    if (after_star == std::string_view::npos || star_ends >= name.size()) return false;
    star_ends += character_size(name, star_ends);
    in_name = star_ends;
    at = after_star;
  }
  return true;
}

}  // namespace

Result<Glob> Glob::parse(std::string_view pattern) {
  const auto failure = [&](std::string_view why) { return Error{fmt::format("the pattern '{}' {}", pattern, why)}; };
  if (pattern.empty()) return Error{"the pattern is empty"};
  if (pattern.front() == '!') return failure("begins with '!': patterns cannot be negated");
  Glob glob;
  glob.folders_only_ = pattern.ends_with('/');
  const std::string_view inner = pattern.substr(0, pattern.find_last_not_of('/') + 1);
  if (inner.find('/') == std::string_view::npos) glob.names_.emplace_back(kAnyFolders);
  for (std::string& name : split(inner)) {
    for (std::size_t at = 0; at < name.size(); ++at) {
      if (name[at] == '{') return failure("has braces, which have no meaning here: write one pattern for each");
      if (name[at] == '\\') {
        ++at;
      } else if (name[at] == '[') {
        at = closing_bracket(name, at);
        if (at == std::string::npos) return failure("has a bracket that is not closed");
      }
    }
    glob.names_.push_back(std::move(name));
  }
  return glob;
}

bool Glob::matches(std::string_view path) const {
  const std::vector<std::string> names = split(path);
  // reached[i]: the first i names of the pattern mean what was read of the path so far.
  std::vector<bool> reached(names_.size() + 1, false);
  reached[0] = true;
  const auto pass_any_folders = [&] {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (reached[i] && names_[i] == kAnyFolders) reached[i + 1] = true;
    }
  };
  pass_any_folders();
  for (std::size_t at = 0; at < names.size(); ++at) {
    for (std::size_t i = names_.size(); i > 0; --i) {
      const std::string& pattern = names_[i - 1];
      // "**" takes one folder more; any other name is taken once.
      reached[i] =
          pattern == kAnyFolders ? reached[i] || reached[i - 1] : reached[i - 1] && matches_name(pattern, names[at]);
    }
    // Whatever begins at the root has begun.
    reached[0] = false;
    pass_any_folders();
    const bool is_folder = at + 1 < names.size();
    if (reached.back() && (is_folder || !folders_only_)) return true;
  }
  return false;
}

}  // namespace pglatch
