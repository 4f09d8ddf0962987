// SARIF against the official schema, and against what GitHub code scanning asks for beyond it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "analyzer/report/sarif_location.h"
#include "analyzer/report/sarif_rules.h"
#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

using rapidjson::Document;
using rapidjson::Pointer;
using rapidjson::Value;

Document parsed(const std::string& text) {
  Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

Document sarif(std::string_view name) { return parsed(write_sarif(canned_report(name), canned_options())); }

const Value& at(const Value& root, const char* pointer) {
  const Value* found = Pointer(pointer).Get(root);
  if (found == nullptr) throw std::runtime_error(std::string("nothing at ") + pointer);
  return *found;
}

const Value& first_result(const Document& document) { return at(document, "/runs/0/results/0"); }

class SarifSchemaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream in(PGLATCH_SARIF_SCHEMA);
    ASSERT_TRUE(in) << "no SARIF schema at " PGLATCH_SARIF_SCHEMA ": ./dev setup fetches it";
    std::ostringstream text;
    text << in.rdbuf();
    const Document document = parsed(text.str());
    ASSERT_TRUE(document.IsObject());
    schema_ = std::make_unique<rapidjson::SchemaDocument>(document);
  }

  // What the schema objects to; empty if nothing.
  std::string violation(const Document& document) const {
    rapidjson::SchemaValidator validator(*schema_);
    if (document.Accept(validator)) return {};
    rapidjson::StringBuffer where;
    validator.GetInvalidDocumentPointer().StringifyUriFragment(where);
    return std::string(validator.GetInvalidSchemaKeyword()) + " at " + where.GetString();
  }

 private:
  std::unique_ptr<rapidjson::SchemaDocument> schema_;
};

TEST_F(SarifSchemaTest, EveryReportIsValid) {
  for (const CannedReport& canned : canned_reports()) {
    EXPECT_EQ(violation(parsed(write_sarif(canned.report, canned_options()))), "") << canned.name;
    EXPECT_EQ(violation(parsed(write_sarif(canned.report, {}))), "") << canned.name << " without rules";
  }
}

TEST_F(SarifSchemaTest, TheValidatorSeesErrors) {
  const struct {
    const char* pointer;
    const char* json;
    const char* expected;
  } kSeeded[] = {
      {"/runs/0/results/0/locations/0/physicalLocation/region/startLine", "0", "minimum"},
      {"/runs/0/results/0/level", "\"fatal\"", "enum"},
      {"/runs/0/results/0/ruleIndex", "\"first\"", "type"},
      {"/runs/0/results/0/fixes/0/artifactChanges", "[]", "minItems"},
      {"/runs/0/results/0/severity", "\"error\"", "additionalProperties"},
      {"/runs/0/results/0/message", "{}", "anyOf"},
      {"/runs/0/tool", "{}", "required"},
      {"/runs/0/columnKind", "\"bytes\"", "enum"},
  };
  for (const auto& seeded : kSeeded) {
    Document document = sarif("fix");
    Document value(&document.GetAllocator());
    value.Parse(seeded.json);
    Pointer(seeded.pointer).Set(document, value, document.GetAllocator());
    EXPECT_NE(violation(document), "") << seeded.pointer;
    EXPECT_THAT(violation(document), ::testing::StartsWith(seeded.expected)) << seeded.pointer;
  }
}

// Required by GitHub where SARIF leaves it open; an empty string counts as missing.
TEST(SarifTest, HasWhatCodeScanningRequires) {
  for (const CannedReport& canned : canned_reports()) {
    const Document document = parsed(write_sarif(canned.report, canned_options()));
    const Value& driver = at(document, "/runs/0/tool/driver");
    EXPECT_STREQ(driver["semanticVersion"].GetString(), "1.2.3");
    const Value& rules = driver["rules"];
    ASSERT_EQ(rules.Size(), canned_options().rules.size()) << "all rules, whatever was found";
    for (const Value& rule : rules.GetArray()) {
      for (const char* text : {"/id", "/name", "/shortDescription/text", "/fullDescription/text", "/help/text"}) {
        EXPECT_GT(at(rule, text).GetStringLength(), 0u) << canned.name << " " << text;
      }
    }
    ASSERT_TRUE(at(document, "/runs/0/results").IsArray()) << canned.name;
    ASSERT_EQ(at(document, "/runs/0/results").Size(), canned.report.findings.size()) << canned.name;
    for (const Value& result : at(document, "/runs/0/results").GetArray()) {
      const Value& rule = rules[result["ruleIndex"].GetUint()];
      EXPECT_STREQ(rule["id"].GetString(), result["ruleId"].GetString()) << canned.name;
      EXPECT_GT(at(result, "/message/text").GetStringLength(), 0u) << canned.name;
      const Value& region = at(result, "/locations/0/physicalLocation/region");
      EXPECT_EQ(region["startLine"].GetUint(), region["endLine"].GetUint()) << canned.name;
      const std::uint32_t least = canned.name == "empty-file" ? 0 : 1;
      EXPECT_GE(region["endColumn"].GetUint(), region["startColumn"].GetUint() + least) << canned.name;
      EXPECT_TRUE(std::regex_match(at(result, "/partialFingerprints/primaryLocationLineHash").GetString(),
                                   std::regex("[0-9a-f]+:[1-9][0-9]*")));
      const std::size_t artifact = at(result, "/locations/0/physicalLocation/artifactLocation/index").GetUint();
      const Value& location = at(document, "/runs/0/artifacts")[static_cast<rapidjson::SizeType>(artifact)]["location"];
      EXPECT_STREQ(location["uri"].GetString(),
                   at(result, "/locations/0/physicalLocation/artifactLocation/uri").GetString());
    }
  }
}

TEST(SarifTest, OnlyUnreadableInputIsARunThatFailed) {
  for (const CannedReport& canned : canned_reports()) {
    const Document document = parsed(write_sarif(canned.report, canned_options()));
    const Value& invocation = at(document, "/runs/0/invocations/0");
    EXPECT_EQ(invocation["executionSuccessful"].GetBool(), canned.report.errors.empty()) << canned.name;
    std::size_t failures = 0;
    for (const Value& notification : invocation["toolExecutionNotifications"].GetArray()) {
      if (std::string_view(notification["level"].GetString()) == "error") ++failures;
    }
    EXPECT_EQ(failures, canned.report.errors.size()) << canned.name;
  }
}

TEST(SarifTest, ASyntaxErrorIsAResultAndAWarning) {
  const Document document = sarif("syntax-error");
  EXPECT_STREQ(first_result(document)["level"].GetString(), "error");
  const Value& notification = at(document, "/runs/0/invocations/0/toolExecutionNotifications/0");
  EXPECT_STREQ(notification["level"].GetString(), "warning");
  EXPECT_STREQ(at(notification, "/associatedRule/id").GetString(), "syntax-error");
  EXPECT_THAT(at(notification, "/message/text").GetString(), ::testing::HasSubstr("migrations/7_typo.sql"));
}

TEST(SarifTest, CountsColumnsInUtf16) {
  const Document document = sarif("wide-characters");
  EXPECT_STREQ(at(document, "/runs/0/columnKind").GetString(), "utf16CodeUnits");
  // One more than characters: the emoji is two units.
  EXPECT_EQ(at(first_result(document), "/locations/0/physicalLocation/region/startColumn").GetUint(), 18u);
}

TEST(SarifTest, PutsTheAlertOnOneLineAndKeepsTheRest) {
  const Document document = sarif("multi-line");
  const Value& location = at(first_result(document), "/locations/0/physicalLocation");
  EXPECT_EQ(at(location, "/region/endLine").GetUint(), 1u);
  EXPECT_EQ(at(location, "/region/endColumn").GetUint(), 19u);
  EXPECT_EQ(at(location, "/contextRegion/endLine").GetUint(), 6u);
}

TEST(SarifTest, LinksToRelatedLocations) {
  const Document document = sarif("related");
  const Value& result = first_result(document);
  EXPECT_THAT(at(result, "/message/text").GetString(),
              ::testing::HasSubstr("[the transaction begins here \\[int\\[\\]\\]](1)"));
  EXPECT_EQ(at(result, "/relatedLocations/0/id").GetUint(), 1u);
  EXPECT_EQ(at(result, "/relatedLocations/1/physicalLocation/region/startLine").GetUint(), 5u);
}

TEST(SarifTest, FixesAreReplacements) {
  const Document document = sarif("fix");
  const Value& replacements = at(first_result(document), "/fixes/0/artifactChanges/0/replacements");
  ASSERT_EQ(replacements.Size(), 3u);
  EXPECT_EQ(at(replacements[0], "/deletedRegion/startColumn").GetUint(), 13u);
  EXPECT_EQ(at(replacements[0], "/deletedRegion/endColumn").GetUint(), 13u);
  EXPECT_STREQ(at(replacements[0], "/insertedContent/text").GetString(), " CONCURRENTLY IF NOT EXISTS orders_c_idx");
  EXPECT_FALSE(replacements[2].HasMember("insertedContent"));
}

TEST(SarifTest, LongDescriptionsAreCutToWhatGitHubTakes) {
  const std::string summary = std::string(1020, 'x') + "ééééé";
  const Rule rule = {"long", "group", Severity::info, summary, {}, nullptr};
  const std::array<const Rule*, 1> rules = {&rule};
  FormatOptions options;
  options.rules = rules;
  const Document document = parsed(write_sarif({}, options));
  const std::string text = at(document, "/runs/0/tool/driver/rules/0/shortDescription/text").GetString();
  EXPECT_EQ(text, std::string(1020, 'x') + "…");
  EXPECT_EQ(at(document, "/runs/0/tool/driver/rules/0/help/text").GetString(), summary);
}

TEST(SarifTest, EqualFindingsHaveDifferentFingerprints) {
  LintReport report = canned_report("byte-order-mark");
  report.findings.push_back(report.findings.front());
  const Document document = parsed(write_sarif(report, canned_options()));
  const char* key = "/partialFingerprints/pglatchFinding~1v1";
  const std::string first = at(document["runs"][0]["results"][0], key).GetString();
  const std::string second = at(document["runs"][0]["results"][1], key).GetString();
  EXPECT_TRUE(first.ends_with(":1") && second.ends_with(":2"));
  EXPECT_EQ(first.substr(0, 17), second.substr(0, 17));
}

TEST(UriTest, EncodesWhatAUriCannotHold) {
  EXPECT_EQ(uri_of("db/1_a-b.c~d.sql"), "db/1_a-b.c~d.sql");
  EXPECT_EQ(uri_of("a b#c%d?.sql"), "a%20b%23c%25d%3F.sql");
  EXPECT_EQ(uri_of("é/😀\xff"), "%C3%A9/%F0%9F%98%80%FF");
  EXPECT_EQ(uri_of("c:\\x"), "c%3A%5Cx");
  EXPECT_EQ(uri_of("./a//./b.sql"), "a/b.sql");
  EXPECT_EQ(uri_of("../a.sql"), "../a.sql");
  EXPECT_EQ(uri_of("/srv//a b.sql"), "file:///srv/a%20b.sql");
  EXPECT_EQ(uri_of("<stdin>"), "%3Cstdin%3E");
}

TEST(UriTest, OnlyPathsBelowTheRootAreRelativeToIt) {
  const auto location = [](std::string_view path) {
    JsonWriter json;
    write_artifact_location(json, path, 0);
    return parsed(json.finish());
  };
  EXPECT_TRUE(location("./a.sql").HasMember("uriBaseId"));
  EXPECT_TRUE(location("..a.sql").HasMember("uriBaseId"));
  EXPECT_FALSE(location("./../a.sql").HasMember("uriBaseId"));
  EXPECT_FALSE(location("/a.sql").HasMember("uriBaseId"));
}

TEST(AlertRangeTest, IsNeverEmptyWhereThereIsText) {
  const auto text_of = [](const std::string& text, ByteRange range) {
    return std::string(alert_range(*source("a.sql", text), range).of(text));
  };
  EXPECT_EQ(text_of("abc\ndef", {1, 2}), "b");
  EXPECT_EQ(text_of("abc  \r\ndef", {1, 9}), "bc");
  EXPECT_EQ(text_of("aé\n", {1, 1}), "é");
  EXPECT_EQ(text_of("aé\n", {3, 3}), "é");
  EXPECT_EQ(text_of("(é;\r\n\r\n  ", {8, 8}), " ");
  EXPECT_EQ(text_of("(é;\r\n\r\n\n", {9, 9}), ";");
  EXPECT_EQ(text_of("a\nb", {1, 2}), "a");
  EXPECT_EQ(text_of("\n\n", {2, 2}), "");
  EXPECT_EQ(text_of("", {0, 0}), "");
}

TEST(SarifRulesTest, NamesAreIdentifiers) {
  EXPECT_EQ(pascal_case("create-index-non-concurrent"), "CreateIndexNonConcurrent");
  EXPECT_EQ(pascal_case("pg11-default"), "Pg11Default");
}

TEST(SarifRulesTest, TheFirstParagraphIsRunningText) {
  EXPECT_EQ(first_paragraph("# Title\r\n\r\nOne\r\ntwo.\r\n\r\nThree.\r\n"), "One two.");
  EXPECT_EQ(first_paragraph("# T\n```sql\nSELECT 1;\n```\n- item\n1. first\n> quote\n| a | b |\nText.\n## Next\n"),
            "Text.");
  EXPECT_EQ(first_paragraph("# Only a title\n"), "");
  EXPECT_EQ(first_paragraph("18 and later.\n"), "18 and later.");
}

}  // namespace
}  // namespace pglatch::testing
