#include "tests/support/json_schema.h"

#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>

#include <stdexcept>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

using rapidjson::Value;

rapidjson::Document parsed(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
  if (document.HasParseError()) throw std::runtime_error("no JSON: " + text);
  return document;
}

bool is_described(const Value& property, const Value& root) {
  if (!property.IsObject()) return false;
  const auto reference = property.FindMember("$ref");
  if (reference == property.MemberEnd()) return property.HasMember("description");
  const Value* target = rapidjson::Pointer(reference->value.GetString()).Get(root);
  return target != nullptr && is_described(*target, root);
}

std::string first_undescribed(const Value& value, const Value& root, const std::string& path) {
  if (value.IsArray()) {
    for (const Value& item : value.GetArray()) {
      if (std::string found = first_undescribed(item, root, path); !found.empty()) return found;
    }
  }
  if (!value.IsObject()) return {};
  for (const auto& member : value.GetObject()) {
    const std::string below = path + '/' + member.name.GetString();
    if (std::string_view(member.name.GetString()) == "properties") {
      for (const auto& property : member.value.GetObject()) {
        if (!is_described(property.value, root)) return below + '/' + property.name.GetString();
      }
    }
    if (std::string found = first_undescribed(member.value, root, below); !found.empty()) return found;
  }
  return {};
}

}  // namespace

JsonSchema::JsonSchema(std::string_view name)
    : document_(parsed(read_file(fixture_path("../integrations/schemas/" + std::string(name) + ".schema.json")))),
      schema_(std::make_unique<rapidjson::SchemaDocument>(document_)) {}

std::string JsonSchema::violation(const std::string& json) const {
  rapidjson::SchemaValidator validator(*schema_);
  if (parsed(json).Accept(validator)) return {};
  rapidjson::StringBuffer where;
  validator.GetInvalidDocumentPointer().StringifyUriFragment(where);
  return std::string(validator.GetInvalidSchemaKeyword()) + " at " + where.GetString();
}

std::string JsonSchema::undescribed() const { return first_undescribed(document_, document_, "#"); }

}  // namespace pglatch::testing
