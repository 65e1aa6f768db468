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
  EXPECT_THAT(names({field("t", "v_k7"), false}), IsEmpty());
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
