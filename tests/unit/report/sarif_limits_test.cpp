// What code scanning takes of a SARIF file, and what it is told of the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>

#include "tests/support/process.h"
#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

rapidjson::Document parsed(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str(), text.size());
  EXPECT_FALSE(document.HasParseError());
  return document;
}

// Findings of one file, each on a line of its own, the first of them advice.
LintReport many(std::size_t infos, std::size_t errors) {
  std::string text;
  for (std::size_t i = 0; i < infos + errors; ++i) text += "CREATE INDEX ON orders (c" + std::to_string(i) + ");\n";
  LintReport report;
  const auto file = source("migrations/many.sql", text);
  for (std::size_t i = 0; i < infos + errors; ++i) {
    const ByteRange line = file->lines().line_range(static_cast<std::uint32_t>(i + 1));
    Finding finding = canned_report("byte-order-mark").findings.front();
    finding.severity = i < infos ? Severity::info : Severity::error;
    finding.range = finding.statement = line;
    finding.file = file;
    report.findings.push_back(finding);
  }
  return report;
}

TEST(SarifLimitsTest, OfTooManyFindingsTheGravestAreKept) {
  const std::string text = write_sarif(many(10, 5'000), canned_options());
  const rapidjson::Document document = parsed(text);
  const auto& run = document["runs"][0];
  ASSERT_EQ(run["results"].Size(), 5'000U);
  for (const auto& result : run["results"].GetArray()) EXPECT_STREQ(result["level"].GetString(), "error");
  const auto& notification = run["invocations"][0]["toolExecutionNotifications"][0];
  EXPECT_THAT(notification["message"]["text"].GetString(), HasSubstr("10 more findings are left out"));
  // An error would make code scanning throw the run away.
  EXPECT_STREQ(notification["level"].GetString(), "warning");
  EXPECT_TRUE(run["invocations"][0]["executionSuccessful"].GetBool());

  ProcessOptions options;
  options.input = text;
  const ProcessResult packed = run_process({"gzip", "--stdout"}, options);
  ASSERT_EQ(packed.exit_code, 0) << packed.err;
  EXPECT_LT(packed.out.size(), 10U << 20);
}

TEST(SarifLimitsTest, UpToTheLimitTheOrderOfTheFileStays) {
  const rapidjson::Document document = parsed(write_sarif(many(10, 20), canned_options()));
  const auto& run = document["runs"][0];
  ASSERT_EQ(run["results"].Size(), 30U);
  EXPECT_STREQ(run["results"][0]["level"].GetString(), "note");
  EXPECT_EQ(run["invocations"][0]["toolExecutionNotifications"].Size(), 0U);
}

TEST(SarifLimitsTest, RelatedPlacesAndTheirLinksAreTwentyAtMost) {
  LintReport report = canned_report("related");
  report.findings.resize(1);
  report.findings[0].related.assign(23, report.findings[0].related[0]);
  const rapidjson::Document document = parsed(write_sarif(report, canned_options()));
  const auto& result = document["runs"][0]["results"][0];
  EXPECT_EQ(result["relatedLocations"].Size(), 20U);
  EXPECT_THAT(result["message"]["text"].GetString(), HasSubstr("](20) and 3 more."));
}

TEST(SarifCategoryTest, EndsInASlash) {
  FormatOptions options = canned_options();
  EXPECT_FALSE(parsed(write_sarif({}, options))["runs"][0].HasMember("automationDetails"));
  for (const char* name : {"pglatch/shop", "pglatch/shop/"}) {
    options.sarif_category = name;
    const rapidjson::Document document = parsed(write_sarif({}, options));
    EXPECT_STREQ(document["runs"][0]["automationDetails"]["id"].GetString(), "pglatch/shop/");
  }
}

TEST(SarifSuppressionTest, WhatWasKeptComesLastAndSaysWhoLeftItOut) {
  LintReport report = canned_report("byte-order-mark");
  const Finding& finding = report.findings.front();
  report.suppressed_findings = {{finding, {0, 12}, "the table is small"}, {finding, {}, {}}};
  const rapidjson::Document document = parsed(write_sarif(report, canned_options()));
  const auto& results = document["runs"][0]["results"];
  ASSERT_EQ(results.Size(), 3U);
  EXPECT_FALSE(results[0].HasMember("suppressions"));
  const auto& comment = results[1]["suppressions"][0];
  EXPECT_STREQ(comment["kind"].GetString(), "inSource");
  EXPECT_STREQ(comment["justification"].GetString(), "the table is small");
  EXPECT_EQ(comment["location"]["physicalLocation"]["region"]["startLine"].GetInt(), 1);
  const auto& baseline = results[2]["suppressions"][0];
  EXPECT_STREQ(baseline["kind"].GetString(), "external");
  EXPECT_FALSE(baseline.HasMember("justification"));
  EXPECT_FALSE(baseline.HasMember("location"));
}

}  // namespace
}  // namespace pglatch::testing
