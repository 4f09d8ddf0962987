// Writing JSON: a thin layer over RapidJSON's writer that every document of pglatch goes through.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace pglatch {

/// Writes one document, indented by two blanks, members in the order of the calls. Whatever bytes a string holds, the
/// document is UTF-8: what is not becomes U+FFFD. Calls that would not make a document (a key in an array, a second
/// root, an open object at the end) are bugs.
class JsonWriter {
 public:
  JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  ~JsonWriter();

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();

  void key(std::string_view name);
  void string(std::string_view value);
  void integer(std::int64_t value);
  void boolean(bool value);
  void null();

  /// A string, an integer or a boolean, by the type of `value`.
  template <class T>
  void value(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      boolean(value);
    } else if constexpr (std::is_integral_v<T>) {
      integer(static_cast<std::int64_t>(value));
    } else {
      string(value);
    }
  }

  /// A key with its value.
  template <class T>
  void member(std::string_view name, const T& value) {
    key(name);
    this->value(value);
  }

  /// A key with the array of the strings in `values`.
  template <class Strings>
  void strings(std::string_view name, const Strings& values) {
    key(name);
    begin_array();
    for (const auto& each : values) string(each);
    end_array();
  }

  /// The document, with a newline at its end. The writer is of no use after that.
  [[nodiscard]] std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A string as JSON writes it, quotes included, for documents that are laid out by hand.
[[nodiscard]] std::string json_quoted(std::string_view value);

}  // namespace pglatch
