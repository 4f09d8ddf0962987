// Options that take one of a few words. The words stay in the option table, for what is generated from it: completions
// and the manual page. Whether a value is one of them each command checks itself, with a message of its own.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pglatch {

/// The words that an option takes; a part of its value_semantic.
class Choices {
 public:
  explicit Choices(std::vector<std::string> words) : words_(std::move(words)) {}
  Choices(const Choices&) = delete;
  Choices& operator=(const Choices&) = delete;
  virtual ~Choices() = default;

  [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }

 private:
  std::vector<std::string> words_;
};

template <class T>
class ChoiceValue final : public boost::program_options::typed_value<T>, public Choices {
 public:
  ChoiceValue(T* store, std::vector<std::string> words)
      : boost::program_options::typed_value<T>(store), Choices(std::move(words)) {}
};

/// As po::value(store), for a table of options, which takes ownership.
template <class T>
[[nodiscard]] boost::program_options::typed_value<T>* one_of(T* store, std::vector<std::string> words) {
  return new ChoiceValue<T>(store, std::move(words));
}

/// The names of things that have one: formats, frameworks.
template <class Things>
[[nodiscard]] std::vector<std::string> names_of(const Things& things) {
  std::vector<std::string> names;
  for (const auto& thing : things) names.emplace_back(thing.name);
  return names;
}

}  // namespace pglatch
