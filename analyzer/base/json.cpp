#include "analyzer/base/json.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cassert>

#include "analyzer/base/utf8.h"

namespace pglatch {

struct JsonWriter::Impl {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer{buffer};
};

JsonWriter::JsonWriter() : impl_(std::make_unique<Impl>()) { impl_->writer.SetIndent(' ', 2); }

JsonWriter::~JsonWriter() = default;

void JsonWriter::begin_object() { impl_->writer.StartObject(); }
void JsonWriter::end_object() { impl_->writer.EndObject(); }
void JsonWriter::begin_array() { impl_->writer.StartArray(); }
void JsonWriter::end_array() { impl_->writer.EndArray(); }

void JsonWriter::key(std::string_view name) {
  impl_->writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

void JsonWriter::string(std::string_view value) {
  // RapidJSON passes on bytes that are not UTF-8, or stops at them; neither makes a document.
  if (valid_utf8_prefix(value) == value.size()) {
    impl_->writer.String(value.empty() ? "" : value.data(), static_cast<rapidjson::SizeType>(value.size()));
  } else {
    const std::string valid = to_valid_utf8(value);
    impl_->writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }
}

void JsonWriter::integer(std::int64_t value) { impl_->writer.Int64(value); }
void JsonWriter::boolean(bool value) { impl_->writer.Bool(value); }
void JsonWriter::null() { impl_->writer.Null(); }

std::string JsonWriter::finish() {
  assert(impl_->writer.IsComplete());
  return std::string(impl_->buffer.GetString(), impl_->buffer.GetSize()) + '\n';
}

std::string json_quoted(std::string_view value) {
  JsonWriter json;
  json.string(value);
  std::string document = json.finish();
  document.pop_back();
  return document;
}

}  // namespace pglatch
