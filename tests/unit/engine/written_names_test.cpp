#include "analyzer/engine/written_names.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "analyzer/source/templates.h"

namespace pglatch::testing {
namespace {

// What a finding of that text says of the name, which stands for a placeholder in it.
std::string restored(std::string text, std::string_view said) {
  Script script;
  script.masked = mask_templates(text);
  script.file = std::move(*make_source_file("a.sql", std::move(text)));
  return WrittenNames(script).restored(said);
}

TEST(WrittenNamesTest, ReadAsInTheFile) {
  EXPECT_EQ(restored("ALTER TABLE ${schema}.t ADD c int;", "locks \"$schema\".t: ALTER TABLE \"$schema\".t"),
            "locks ${schema}.t: ALTER TABLE ${schema}.t");
  EXPECT_EQ(restored("ALTER TABLE {{.prefix}}users ADD c int;", "locks \"{.prefix}users\"."),
            "locks {{.prefix}}users.");
  EXPECT_EQ(restored("DROP INDEX \"{{.Schema}}\".i;", "keeps \"{.Schema}\".i"), "keeps \"{{.Schema}}\".i");
}

TEST(WrittenNamesTest, WhateverTheCaseOfAWord) {
  EXPECT_EQ(restored("DROP TABLE @cdmSchema.t;", "_cdmschema.t, public._cdmschema_t: _cdmSchema.t"),
            "@cdmSchema.t, public._cdmschema_t: @cdmSchema.t");
}

TEST(WrittenNamesTest, InCode) {
  EXPECT_EQ(restored("DO $$ BEGIN DROP TABLE ${a}.t; END $$;", "drops \"$a\".t"), "drops ${a}.t");
}

TEST(WrittenNamesTest, LeaveAloneWhatIsAWordOfASentenceToo) {
  EXPECT_EQ(restored("DROP TABLE {schema}.t;", "a change of the schema"), "a change of the schema");
  EXPECT_EQ(restored("DROP TABLE t;", "drops t"), "drops t");
}

}  // namespace
}  // namespace pglatch::testing
