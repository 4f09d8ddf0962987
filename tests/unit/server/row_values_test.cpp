#include "analyzer/server/row_values.h"

#include <gmock/gmock.h>

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RowValues, FollowTheType) {
  EXPECT_THAT(value_expressions({"integer", "integer", -1, 'b', ""}, "n"), ElementsAre("n"));
  EXPECT_THAT(value_expressions({"text", "text", -1, 'b', ""}, "n"),
              ElementsAre("'value' || n", "'user' || n || '@example.com'"));
  EXPECT_THAT(value_expressions({"character varying", "character varying(3)", 7, 'b', ""}, "n"),
              ElementsAre("right(repeat('0', 3) || n, 3)"));
  EXPECT_THAT(value_expressions({"integer[]", "integer[]", -1, 'b', "integer"}, "n"),
              ElementsAre("ARRAY[(n)::integer]"));
  EXPECT_THAT(value_expressions({"app.mood", "app.mood", -1, 'e', ""}, "n"),
              ElementsAre("(enum_range(NULL::app.mood))[1 + n % array_length(enum_range(NULL::app.mood), 1)]"));
  EXPECT_THAT(value_expressions({"geometry", "geometry", -1, 'b', ""}, "n"), IsEmpty());
}

TEST(RowValues, StayBelowTheDigitsOfANumeric) {
  const int numeric_5_2 = ((5 << 16) | 2) + 4;
  EXPECT_THAT(value_expressions({"numeric", "numeric(5,2)", numeric_5_2, 'b', ""}, "n"), ElementsAre("n % 1000"));
  const int numeric_2_2 = ((2 << 16) | 2) + 4;
  EXPECT_THAT(value_expressions({"numeric", "numeric(2,2)", numeric_2_2, 'b', ""}, "n"), ElementsAre("0"));
}

TEST(RowValues, ConstantsOfACheck) {
  EXPECT_THAT(constants_in("(state = ANY (ARRAY['open'::text, 'it''s'::text]))"), ElementsAre("'open'", "'it''s'"));
  EXPECT_THAT(constants_in("((int4 > 10) AND (x1 <= 2.5))"),
              ElementsAre("10", "10 + 1", "10 - 1", "2.5", "2.5 + 1", "2.5 - 1"));
}

TEST(RowValues, BoundsAreTakenApart) {
  EXPECT_TRUE(read_bound("DEFAULT")->is_default);
  EXPECT_TRUE(read_bound("FOR VALUES WITH (modulus 4, remainder 0)")->is_hash);
  EXPECT_THAT(read_bound("FOR VALUES IN ('a, b', 'it''s)', NULL)")->list, ElementsAre("'a, b'", "'it''s)'", "NULL"));
  const auto range = read_bound("FOR VALUES FROM ('2024-01-01', MINVALUE) TO ('2024-02-01', 5)");
  ASSERT_TRUE(range.has_value());
  EXPECT_THAT(range->from, ElementsAre("'2024-01-01'", "MINVALUE"));
  EXPECT_THAT(range->to, ElementsAre("'2024-02-01'", "5"));
  EXPECT_FALSE(read_bound("FOR VALUES FROM ('2024-01-01'").has_value());
  EXPECT_FALSE(read_bound("").has_value());
}

TEST(RowValues, AreInsideOfTheBounds) {
  const ValueType integer{"integer", "integer", -1, 'b', ""};
  const ValueType text{"text", "text", -1, 'b', ""};
  EXPECT_EQ(bounded_expression(*read_bound("FOR VALUES FROM (10) TO (20)"), 0, 1, integer, "n"),
            "(10)::bigint + n % greatest((20)::bigint - (10)::bigint, 1)");
  EXPECT_EQ(bounded_expression(*read_bound("FOR VALUES FROM (MINVALUE) TO (20)"), 0, 1, integer, "n"),
            "(20)::bigint - 1 - n % 1000");
  EXPECT_EQ(bounded_expression(*read_bound("FOR VALUES FROM ('a') TO ('c')"), 0, 1, text, "n"), "'a'");
  EXPECT_EQ(bounded_expression(*read_bound("FOR VALUES IN ('x', 'y')"), 0, 1, text, "n"), "'x'");
  EXPECT_EQ(bounded_expression(*read_bound("DEFAULT"), 0, 1, text, "n"), std::nullopt);
}

}  // namespace
}  // namespace pglatch::testing
