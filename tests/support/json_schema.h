#pragma once

#include <rapidjson/schema.h>

#include <memory>
#include <string>
#include <string_view>

namespace pglatch::testing {

// A JSON Schema in integrations/schemas, which documents one of our formats: "plan" is plan.schema.json.
class JsonSchema {
 public:
  explicit JsonSchema(std::string_view name);

  // What it objects to in a document, "enum at #/phases/0/kind"; empty if nothing.
  std::string violation(const std::string& json) const;
  // Where the first property without a description (of its own or of what it refers to) is; empty if nowhere.
  std::string undescribed() const;

 private:
  rapidjson::Document document_;
  std::unique_ptr<rapidjson::SchemaDocument> schema_;
};

}  // namespace pglatch::testing
