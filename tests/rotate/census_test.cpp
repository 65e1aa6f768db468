#include "rotate/census.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/rotate/fixture.h"

namespace pcx::rotate {
namespace {

using ::testing::UnorderedElementsAre;

class Census : public RotateFixture {
 protected:
  // "v v2 7: 1 (13 bytes)"
  std::vector<std::string> take(const std::vector<fields::Field>& fields) {
    std::vector<std::string> lines;
    for (const Heap& heap : heaps(fields)) {
      for (const CellCensus& census : take_census(database(), heap.target)) {
        for (const Count& count : census.counts) {
          lines.push_back(fmt::format("{} {} {}: {} ({} bytes)",
                                      to_string(heap.target.cells[census.cell].field),
                                      to_string(count.look), count.key, count.values, count.bytes));
        }
      }
    }
    return lines;
  }
};

TEST_F(Census, CountsByWhatValuesBeginWith) {
  sql(R"(CREATE TABLE public."T x" (id int PRIMARY KEY, "C'1" text);
         INSERT INTO public."T x" VALUES (1, NULL), (2, ''), (3, 'enc:v2:7:A'), (4, 'enc:v2:7:B'),
           (5, 'enc:v2:12:A'), (6, 'enc:v2:07:A'), (7, 'enc:v2::A'), (8, 'enc:v1:A'),
           (9, 'enc:v3:A'), (10, ' {"iv": "0", "encrypted": "0"}'), (11, '{}'), (12, 'plain'),
           (13, 'enc:'))");
  EXPECT_THAT(
      take({field("T x", "C'1")}),
      UnorderedElementsAre("T x.C'1 null 0: 1 (0 bytes)", "T x.C'1 empty 0: 1 (0 bytes)",
                           "T x.C'1 v2 7: 2 (20 bytes)", "T x.C'1 v2 12: 1 (11 bytes)",
                           "T x.C'1 v2 0: 1 (11 bytes)", "T x.C'1 v2 0: 1 (9 bytes)",
                           "T x.C'1 v1 0: 1 (8 bytes)", "T x.C'1 unknown 0: 1 (8 bytes)",
                           "T x.C'1 json 0: 1 (30 bytes)", "T x.C'1 plaintext 0: 3 (11 bytes)"));
}

TEST_F(Census, CountsCopiesOnlyWhereTheRowMatches) {
  sql(R"(CREATE TABLE public.a (id int PRIMARY KEY, kind text, row text, doc jsonb);
         INSERT INTO public.a VALUES
           (1, 'T', '1', '{"m": "enc:v1:A"}'), (2, 'U', '1', '{"m": "x"}'),
           (3, NULL, '1', '{"m": "x"}'), (4, 'T', '1', '[]'), (5, 'T', '1', NULL))");
  EXPECT_THAT(take({copy(field("a", "doc", "m"), "T")}),
              UnorderedElementsAre("a.doc.m v1 0: 1 (8 bytes)", "a.doc.m null 0: 2 (0 bytes)"));
}

TEST(CensusOthers, LeaveOutNothingAndTheKeyItself) {
  const CellCensus census{0,
                          {{Look::null, 0, 100, 0},
                           {Look::empty, 0, 10, 0},
                           {Look::v2, 7, 5, 50},
                           {Look::v2, 8, 3, 30},
                           {Look::v1, 0, 2, 20},
                           {Look::plaintext, 0, 1, 9}}};
  EXPECT_EQ(others_than(census, 7), 6);
  EXPECT_EQ(others_than(census, 9), 11);
}

}  // namespace
}  // namespace pcx::rotate
