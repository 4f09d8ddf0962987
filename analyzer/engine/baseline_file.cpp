// The baseline's file: JSON, so that other programs can read it, laid out for people who review it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include "analyzer/base/edit_distance.h"
#include "analyzer/base/json.h"
#include "analyzer/base/json_reader.h"
#include "analyzer/engine/baseline.h"
#include "analyzer/source/line_index.h"

namespace pglatch {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kFingerprintDigits = 16;

const char* name_of(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::null:
      return "null";
    case JsonValue::Kind::boolean:
      return "true or false";
    case JsonValue::Kind::integer:
    case JsonValue::Kind::number:
      return "a number";
    case JsonValue::Kind::string:
      return "a string";
    case JsonValue::Kind::array:
      return "a list";
    case JsonValue::Kind::object:
      return "an object";
  }
  return "";
}

// Takes the document apart; keeps what is wrong with it first.
class Reader {
 public:
  Reader(const std::string& path, std::string_view text) : path_(path), lines_(text) {}

  Result<Baseline> read(const JsonValue& document) {
    if (!is_a(document, JsonValue::Kind::object, "the baseline")) return *error_;
    check_keys(document, std::array<std::string_view, 2>{"version", "findings"});
    const JsonValue* version = member(document, "version", JsonValue::Kind::integer);
    const JsonValue* findings = member(document, "findings", JsonValue::Kind::array);
    if (!error_ && version->integer != kVersion) {
      fail(version->offset,
           fmt::format("version {} of the baseline is not known, only {}; use the pglatch that wrote it",
                       version->integer, kVersion));
    }
    Baseline baseline;
    if (!error_) baseline.entries.reserve(findings->elements.size());
    for (std::size_t i = 0; !error_ && i < findings->elements.size(); ++i) {
      baseline.entries.push_back(entry(findings->elements[i]));
    }
    if (error_) return *error_;
    return baseline;
  }

  Error fail(std::uint32_t offset, std::string_view message) {
    const Position at = lines_.position(offset, ColumnUnit::code_points);
    if (!error_) error_ = Error{fmt::format("{}:{}:{}: {}", path_, at.line, at.column, message)};
    return *error_;
  }

 private:
  BaselineEntry entry(const JsonValue& value) {
    BaselineEntry entry;
    if (!is_a(value, JsonValue::Kind::object, "a finding")) return entry;
    check_keys(value, std::array<std::string_view, 5>{"path", "rule", "fingerprint", "occurrence", "statement"});
    const JsonValue* path = member(value, "path", JsonValue::Kind::string);
    const JsonValue* rule = member(value, "rule", JsonValue::Kind::string);
    const JsonValue* fingerprint = member(value, "fingerprint", JsonValue::Kind::string);
    const JsonValue* occurrence = member(value, "occurrence", JsonValue::Kind::integer);
    const JsonValue* statement = member(value, "statement", JsonValue::Kind::string);
    if (error_) return entry;
    entry.path = path->string;
    entry.rule = rule->string;
    entry.statement = statement->string;
    if (!read_hex(fingerprint->string, entry.fingerprint)) {
      fail(fingerprint->offset, fmt::format("a fingerprint has {} hexadecimal digits", kFingerprintDigits));
    }
    if (occurrence->integer < 1 || occurrence->integer > INT32_MAX) {
      fail(occurrence->offset, "an occurrence counts from 1");
    }
    entry.occurrence = static_cast<std::uint32_t>(occurrence->integer);
    return entry;
  }

  static bool read_hex(std::string_view digits, std::uint64_t& value) {
    if (digits.size() != kFingerprintDigits) return false;
    value = 0;
    for (const char c : digits) {
      const bool is_digit = c >= '0' && c <= '9';
      if (!is_digit && (c < 'a' || c > 'f')) return false;
      value = value << 4U | static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
    }
    return true;
  }

  bool is_a(const JsonValue& value, JsonValue::Kind kind, std::string_view what) {
    if (value.kind == kind) return true;
    fail(value.offset, fmt::format("{} has to be {}, not {}", what, name_of(kind), name_of(value.kind)));
    return false;
  }

  // Null, and an error, where there is none of that kind.
  const JsonValue* member(const JsonValue& object, std::string_view key, JsonValue::Kind kind) {
    const JsonValue* value = object.find(key);
    if (value == nullptr) {
      fail(object.offset, fmt::format("\"{}\" is missing here", key));
      return nullptr;
    }
    return is_a(*value, kind, fmt::format("\"{}\"", key)) ? value : nullptr;
  }

  template <std::size_t Size>
  void check_keys(const JsonValue& object, const std::array<std::string_view, Size>& known) {
    for (const JsonMember& member : object.members) {
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      const std::string_view nearest = nearest_word(member.key, known);
      const std::string hint = nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest);
      fail(member.offset, fmt::format("there is no \"{}\" in a baseline{}", member.key, hint));
    }
  }

  const std::string& path_;
  LineIndex lines_;
  std::optional<Error> error_;
};

}  // namespace

Result<Baseline> read_baseline(const std::string& path, std::string_view text) {
  Reader reader(path, text);
  const auto document = read_json(text);
  if (const auto* error = std::get_if<JsonError>(&document)) {
    return reader.fail(error->offset, fmt::format("the baseline is damaged: {}", error->message));
  }
  return reader.read(std::get<JsonValue>(document));
}

std::string write_baseline(Baseline baseline) {
  const auto key = [](const BaselineEntry& entry) {
    return std::tie(entry.path, entry.rule, entry.statement, entry.fingerprint, entry.occurrence);
  };
  std::sort(baseline.entries.begin(), baseline.entries.end(),
            [&](const BaselineEntry& a, const BaselineEntry& b) { return key(a) < key(b); });
  std::string text = fmt::format("{{\n  \"version\": {},\n  \"findings\": [", kVersion);
  const char* separator = "\n";
  for (const BaselineEntry& entry : baseline.entries) {
    text += separator;
    text +=
        fmt::format(R"(    {{"path": {}, "rule": {}, "statement": {}, "occurrence": {}, "fingerprint": "{:016x}"}})",
                    json_quoted(entry.path), json_quoted(entry.rule), json_quoted(entry.statement), entry.occurrence,
                    entry.fingerprint);
    separator = ",\n";
  }
  text += baseline.entries.empty() ? "]\n}\n" : "\n  ]\n}\n";
  return text;
}

}  // namespace pglatch
