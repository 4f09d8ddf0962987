// Reading JSON documents that people edit: every value knows where it stands, so that what is wrong with it can be said
// with its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pglatch {

struct JsonMember;

/// A value of a document.
struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, integer, number, string, array, object };

  Kind kind = Kind::null;
  std::uint32_t offset = 0;  ///< byte at which it begins
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;  ///< what is no 64-bit integer
  std::string string;
  std::vector<JsonValue> elements;
  std::vector<JsonMember> members;  ///< in the order of the text; a key may come twice

  /// The first member of that name, or null.
  [[nodiscard]] const JsonValue* find(std::string_view key) const noexcept;
};

struct JsonMember {
  std::string key;
  std::uint32_t offset = 0;  ///< byte at which the key begins
  JsonValue value;
};

/// Why a text is no JSON document.
struct JsonError {
  std::uint32_t offset = 0;  ///< byte at which it became clear
  std::string message;       ///< no capital, no full stop
};

/// Reads one document (RFC 8259) of less than 4 GiB. Values that nest deeper than kMaxJsonDepth are an error.
[[nodiscard]] std::variant<JsonValue, JsonError> read_json(std::string_view text);

inline constexpr std::size_t kMaxJsonDepth = 64;

}  // namespace pglatch
