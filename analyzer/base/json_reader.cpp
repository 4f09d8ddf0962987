#include "analyzer/base/json_reader.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <utility>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

using Stream = rapidjson::MemoryStream;

// Takes RapidJSON's events and builds the values.
class Builder {
 public:
  Builder(std::string_view text, const Stream& stream) : text_(text), stream_(stream) {}

  bool Null() { return add({}); }
  bool Bool(bool value) {
    JsonValue made = of(JsonValue::Kind::boolean);
    made.boolean = value;
    return add(std::move(made));
  }
  bool Int(int value) { return integer(value); }
  bool Uint(unsigned value) { return integer(value); }
  bool Int64(std::int64_t value) { return integer(value); }
  bool Uint64(std::uint64_t value) {
    if (value <= INT64_MAX) return integer(static_cast<std::int64_t>(value));
    return Double(static_cast<double>(value));
  }
  bool Double(double value) {
    JsonValue made = of(JsonValue::Kind::number);
    made.number = value;
    return add(std::move(made));
  }
  bool RawNumber(const char* /*digits*/, rapidjson::SizeType /*size*/, bool /*copy*/) { return false; }
  bool String(const char* value, rapidjson::SizeType size, bool /*copy*/) {
    JsonValue made = of(JsonValue::Kind::string);
    made.string.assign(value, size);
    return add(std::move(made));
  }
  bool StartObject() { return open(of(JsonValue::Kind::object)); }
  bool Key(const char* key, rapidjson::SizeType size, bool /*copy*/) {
    open_.back().members.push_back({std::string(key, size), next_token(), {}});
    return true;
  }
  bool EndObject(rapidjson::SizeType /*members*/) { return close(); }
  bool StartArray() { return open(of(JsonValue::Kind::array)); }
  bool EndArray(rapidjson::SizeType /*elements*/) { return close(); }

  [[nodiscard]] bool is_too_deep() const noexcept { return open_.size() >= kMaxJsonDepth; }
  [[nodiscard]] JsonValue take() { return std::move(root_); }

 private:
  // Where the token begins that RapidJSON has just read: it only tells where that ends.
  std::uint32_t next_token() {
    while (last_ < text_.size() && std::string_view(" \t\r\n,:").find(text_[last_]) != std::string_view::npos) ++last_;
    const auto start = static_cast<std::uint32_t>(last_);
    last_ = stream_.Tell();
    return start;
  }

  // The same of a bracket: RapidJSON tells of it before it reads on.
  std::uint32_t bracket() {
    const std::size_t start = stream_.Tell();
    last_ = start + 1;
    return static_cast<std::uint32_t>(start);
  }

  JsonValue of(JsonValue::Kind kind) {
    JsonValue made;
    made.kind = kind;
    return made;
  }

  bool integer(std::int64_t value) {
    JsonValue made = of(JsonValue::Kind::integer);
    made.integer = value;
    return add(std::move(made));
  }

  bool add(JsonValue value) {
    value.offset = next_token();
    place(std::move(value));
    return true;
  }

  void place(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().kind == JsonValue::Kind::array) {
      open_.back().elements.push_back(std::move(value));
    } else {
      open_.back().members.back().value = std::move(value);
    }
  }

  bool open(JsonValue value) {
    if (is_too_deep()) return false;
    value.offset = bracket();
    open_.push_back(std::move(value));
    return true;
  }

  bool close() {
    bracket();
    JsonValue done = std::move(open_.back());
    open_.pop_back();
    place(std::move(done));
    return true;
  }

  std::string_view text_;
  const Stream& stream_;
  std::size_t last_ = 0;  // where the token before ended
  std::vector<JsonValue> open_;
  JsonValue root_;
};

// RapidJSON's sentences, as parts of ours.
std::string in_words(rapidjson::ParseErrorCode code) {
  std::string words = rapidjson::GetParseError_En(code);
  if (!words.empty() && words.back() == '.') words.pop_back();
  if (!words.empty()) words[0] = to_lower(words[0]);
  return words;
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const noexcept {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::variant<JsonValue, JsonError> read_json(std::string_view text) {
  Stream stream(text.empty() ? "" : text.data(), text.size());
  Builder builder(text, stream);
  rapidjson::Reader reader;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (!result.IsError()) return builder.take();
  const auto offset = static_cast<std::uint32_t>(result.Offset());
  if (result.Code() == rapidjson::kParseErrorTermination) return JsonError{offset, "values nest too deeply"};
  return JsonError{offset, in_words(result.Code())};
}

}  // namespace pglatch
