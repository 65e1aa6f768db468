#include "rotate/fence.h"

#include <gmock/gmock.h>

#include "tests/rotate/fixture.h"
#include "tests/support/errors.h"

namespace pcx::rotate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Fences : public RotateFixture {
 protected:
  bool put_up(const Cell& cell, const std::vector<crypto::KeyId>& keys) {
    return replace_fences({database(), clock, interrupt}, {cell}, keys).front();
  }
  std::vector<std::string> names(const Cell& cell) {
    std::vector<std::string> all;
    for (const Fence& fence : read_fences(database(), cell)) {
      all.push_back(fence.name + (fence.is_valid ? "" : " not valid"));
    }
    return all;
  }
  bool is_admitted(const std::string& statement) {
    try {
      sql(statement);
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.sqlstate(), "23514") << error.what();
      return false;
    }
  }
};

TEST_F(Fences, AdmitOneKeyAndNothing) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text);"
      "INSERT INTO public.t VALUES (1, 'enc:v2:7:A'), (2, NULL), (3, '')");
  const Cell cell{field("t", "v"), false};
  EXPECT_TRUE(put_up(cell, {7}));
  EXPECT_THAT(names(cell), ElementsAre("pcx_sealed_v_k7"));
  EXPECT_TRUE(is_fenced(read_fences(database(), cell), cell, {7}));
  EXPECT_TRUE(is_fenced(read_fences(database(), cell), cell, {7, 8}));
  EXPECT_FALSE(is_fenced(read_fences(database(), cell), cell, {8}));
  for (const char* good : {"'enc:v2:7:B'", "''", "NULL"}) {
    EXPECT_TRUE(is_admitted("UPDATE public.t SET v = " + std::string{good} + " WHERE id = 1"));
  }
  for (const char* bad : {"'enc:v2:8:B'", "'enc:v2:77:B'", "'enc:v1:A'", "'plain'", "' '"}) {
    EXPECT_FALSE(is_admitted("UPDATE public.t SET v = " + std::string{bad} + " WHERE id = 1"));
  }
}

TEST_F(Fences, AreNoProofWithOneMoreAlternative) {
  sql(R"(CREATE TABLE public.t (id int PRIMARY KEY, v text, "a OR b" text);
         ALTER TABLE public.t ADD CONSTRAINT pcx_sealed_v_k7
           CHECK (v IS NULL OR v = '' OR v ^@ 'enc:v2:7:' OR v = 'x'))");
  const Cell cell{field("t", "v"), false};
  EXPECT_FALSE(is_fenced(read_fences(database(), cell), cell, {7}));
  EXPECT_TRUE(put_up(cell, {7}));  // in its place
  EXPECT_TRUE(is_fenced(read_fences(database(), cell), cell, {7}));
  EXPECT_FALSE(is_admitted("INSERT INTO public.t VALUES (1, 'x')"));

  const Cell odd{field("t", "a OR b"), false};
  EXPECT_TRUE(put_up(odd, {7, 8}));
  EXPECT_TRUE(is_fenced(read_fences(database(), odd), odd, {7, 8}));
}

TEST_F(Fences, TakeTheOldOnesDownBehindThem) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text)");
  const Cell cell{field("t", "v"), false};
  ASSERT_TRUE(put_up(cell, {7}));
  ASSERT_TRUE(put_up(cell, {7, 8}));
  EXPECT_THAT(names(cell), ElementsAre("pcx_sealed_v_k7_k8"));
  EXPECT_FALSE(is_fenced(read_fences(database(), cell), cell, {7}));
  ASSERT_TRUE(put_up(cell, {8}));
  EXPECT_THAT(names(cell), ElementsAre("pcx_sealed_v_k8"));
}

TEST_F(Fences, StayAsTheyWereWhenOthersAreThere) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text)");
  const Cell cell{field("t", "v"), false};
  ASSERT_TRUE(put_up(cell, {7}));
  sql("INSERT INTO public.t VALUES (1, 'enc:v2:7:A')");
  EXPECT_FALSE(put_up(cell, {8}));
  EXPECT_THAT(names(cell), ElementsAre("pcx_sealed_v_k7"));
}

TEST_F(Fences, StandAroundMembersOfCopiesInPartitions) {
  sql(R"(CREATE TABLE public.a (id int, kind text, row text, doc jsonb, PRIMARY KEY (id))
           PARTITION BY RANGE (id);
         CREATE TABLE public.a_1 PARTITION OF public.a FOR VALUES FROM (0) TO (9);
         INSERT INTO public.a VALUES (1, 'T', '1', '{"m''s": "enc:v2:7:A"}'),
                                     (2, 'U', '1', '{"m''s": "plain"}'), (3, NULL, '1', NULL))");
  fields::Field one = copy(field("a", "doc", "m's"), "T");
  const Cell cell{one, true};
  EXPECT_TRUE(put_up(cell, {7}));
  EXPECT_TRUE(is_fenced(read_fences(database(), cell), cell, {7}));
  EXPECT_FALSE(is_admitted(R"(INSERT INTO public.a VALUES (4, 'T', '1', '{"m''s": "plain"}'))"));
  EXPECT_TRUE(is_admitted(R"(INSERT INTO public.a VALUES (5, 'U', '1', '{"m''s": "plain"}'))"));
  EXPECT_TRUE(is_admitted(R"(INSERT INTO public.a VALUES (6, 'T', '1', '{"other": "plain"}'))"));
}

TEST_F(Fences, AreNotTakenForOthers) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text, v_k7 text,"
      " CONSTRAINT pcx_sealed_v_k7 CHECK (v IS NULL OR v = '' OR v ^@ 'enc:v2:7:' OR v = 'x'),"
      " CONSTRAINT pcx_sealed_v_k8 CHECK (v IS NULL OR v = '' OR v ^@ 'enc:v2:8:'"
      "   OR v ^@ 'enc:v1:'),"
      " CONSTRAINT pcx_sealed_v_k9 CHECK (v_k7 IS NULL OR v_k7 = '' OR v_k7 ^@ 'enc:v2:9:'))");
  const Cell cell{field("t", "v"), false};
  const auto fences = read_fences(database(), cell);
  EXPECT_EQ(fences.size(), 1u);  // of other columns and other formats are the others
  EXPECT_FALSE(is_fenced(fences, cell, {8}));
  EXPECT_FALSE(is_fenced(fences, cell, {9}));
  // By what it looks at, the last one is of the column that it looks at.
  EXPECT_THAT(names({field("t", "v_k7"), false}), ElementsAre("pcx_sealed_v_k9"));
}

TEST_F(Fences, OutliveARenameOfTheirColumn) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, diagnosis text, short varchar(90));"
      "INSERT INTO public.t VALUES (1, 'enc:v2:4:A', 'enc:v2:4:A')");
  ASSERT_TRUE(put_up({field("t", "diagnosis"), false}, {4}));
  ASSERT_TRUE(put_up({field("t", "short"), false}, {4}));
  sql(R"(ALTER TABLE public.t RENAME COLUMN diagnosis TO finding;
         ALTER TABLE public.t RENAME COLUMN short TO "Short 2")");
  const fields::Field finding = field("t", "finding");
  const fields::Field odd = field("t", "Short 2");
  EXPECT_THAT(names({finding, false}), ElementsAre("pcx_sealed_diagnosis_k4"));
  EXPECT_THAT(names({odd, false}), ElementsAre("pcx_sealed_short_k4"));
  for (const auto& field : {finding, odd}) {
    const Cell cell{field, false};
    EXPECT_TRUE(is_fenced(read_fences(database(), cell), cell, {4})) << field.column;
  }
  admit_key({database(), clock, interrupt}, {finding, odd}, 5);
  EXPECT_TRUE(is_admitted(R"(UPDATE public.t SET finding = 'enc:v2:5:A', "Short 2" = '')"));
  EXPECT_THAT(names({finding, false}), ElementsAre("pcx_sealed_finding_k4_k5"));
  ASSERT_TRUE(put_up({finding, false}, {5}));
  EXPECT_THAT(names({finding, false}), ElementsAre("pcx_sealed_finding_k5"));
}

// The old name of a renamed column may be the name of a new one.
TEST_F(Fences, GiveTheirNameToANewColumnOfTheOldName) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text)");
  ASSERT_TRUE(put_up({field("t", "v"), false}, {4}));
  sql("ALTER TABLE public.t RENAME COLUMN v TO w; ALTER TABLE public.t ADD COLUMN v text");
  const Cell renamed{field("t", "w"), false};
  const Cell added{field("t", "v"), false};
  EXPECT_THAT(replace_fences({database(), clock, interrupt}, {renamed, added}, {4}),
              ElementsAre(true, true));
  EXPECT_THAT(names(renamed), ElementsAre("pcx_sealed_w_k4"));
  EXPECT_THAT(names(added), ElementsAre("pcx_sealed_v_k4"));
}

TEST_F(Fences, OfAMemberAreNoneOfAnotherMemberOrTheWholeColumn) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, doc jsonb, kind text, row text)");
  const Cell one{field("t", "doc", "a"), true};
  const Cell other{copy(field("t", "doc", "b"), "T"), true};
  ASSERT_TRUE(put_up(one, {7}));
  ASSERT_TRUE(put_up(other, {7}));
  EXPECT_THAT(names(one), ElementsAre("pcx_sealed_doc_a_k7"));
  EXPECT_THAT(names(other), ElementsAre("pcx_sealed_doc_b_k7"));
  EXPECT_THAT(names({field("t", "doc"), true}), IsEmpty());
  EXPECT_THAT(names({field("t", "kind"), false}), IsEmpty());  // only which rows are copies
  sql("ALTER TABLE public.t RENAME CONSTRAINT pcx_sealed_doc_a_k7 TO pcx_sealed_doc_k7;"
      "ALTER TABLE public.t RENAME CONSTRAINT pcx_sealed_doc_b_k7 TO pcx_sealed_doc_a_k7");
  EXPECT_THAT(names(one), ElementsAre("pcx_sealed_doc_k7"));
  EXPECT_THAT(names(other), ElementsAre("pcx_sealed_doc_a_k7"));
}

TEST_F(Fences, AreNoProofWhenOneConditionIsAnother) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text, CONSTRAINT pcx_sealed_v_k7 "
      "CHECK (v IS NULL OR length(v) > 0 OR v ^@ 'enc:v2:7:'),"
      " CONSTRAINT pcx_sealed_v_k8 CHECK (v IS NULL OR v = '' OR v ^@ 'enc:v2:7:'))");
  const Cell cell{field("t", "v"), false};
  EXPECT_THAT(names(cell), ElementsAre("pcx_sealed_v_k7"));  // the other one's name is not true
  EXPECT_FALSE(is_fenced(read_fences(database(), cell), cell, {7}));
}

TEST_F(Fences, NeedTheOwner) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text); CREATE ROLE somebody LOGIN;"
      "GRANT ALL ON public.t TO somebody");
  db::Database other = connect_as("somebody");
  const Cell cell{field("t", "v"), false};
  EXPECT_EQ(pcx::testing::error_of([&] {
              replace_fences({other, clock, interrupt}, {cell}, {7});
            }).code(),
            ErrorCode::permission);
  sql("DROP OWNED BY somebody; DROP ROLE somebody");
}

}  // namespace
}  // namespace pcx::rotate
