#include "rotate/catalog.h"

#include <gmock/gmock.h>

#include "tests/rotate/fixture.h"

namespace pcx::rotate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Catalog : public RotateFixture {};

TEST_F(Catalog, KnowsColumnsKeysAndTriggers) {
  sql(R"(CREATE SCHEMA "Odd one";
         CREATE TABLE "Odd one"."T x" ("Id" uuid, tenant int, v text, short varchar(40), doc jsonb,
                                       made text GENERATED ALWAYS AS (lower(v)) STORED,
                                       PRIMARY KEY (tenant, "Id"));
         CREATE INDEX ON "Odd one"."T x" (v);
         CREATE FUNCTION public.nothing() RETURNS trigger LANGUAGE plpgsql
           AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER touched BEFORE UPDATE ON "Odd one"."T x" FOR EACH ROW
           EXECUTE FUNCTION public.nothing();
         CREATE TRIGGER added BEFORE INSERT ON "Odd one"."T x" FOR EACH ROW
           EXECUTE FUNCTION public.nothing())");
  const auto found =
      heaps({field("T x", "v", "", "Odd one"), field("T x", "short", "", "Odd one"),
             field("T x", "doc", "m", "Odd one"), field("T x", "made", "", "Odd one"),
             field("T x", "none", "", "Odd one")});
  ASSERT_EQ(found.size(), 1u);
  const Heap& heap = found[0];
  EXPECT_EQ(heap.name(), "Odd one.T x");
  EXPECT_EQ(heap.kind, HeapKind::table);
  EXPECT_TRUE(heap.may_read);
  EXPECT_FALSE(heap.row_security);
  EXPECT_THAT(heap.triggers, ElementsAre("touched"));
  ASSERT_EQ(heap.target.key.size(), 2u);
  EXPECT_EQ(heap.target.key[0].name, "tenant");
  EXPECT_EQ(heap.target.key[0].type_name, "int4");
  EXPECT_EQ(heap.target.key[1].type_name, "uuid");
  EXPECT_TRUE(heap.columns[0].is_text() && heap.columns[0].is_indexed);
  EXPECT_TRUE(heap.columns[1].is_text());
  EXPECT_EQ(heap.columns[0].length_max, 0);
  EXPECT_EQ(heap.columns[1].length_max, 40);
  EXPECT_TRUE(heap.columns[2].is_json() && heap.target.cells[2].is_json);
  EXPECT_TRUE(heap.columns[3].is_generated);
  EXPECT_FALSE(heap.columns[4].exists);
}

TEST_F(Catalog, FindsEveryHeapBelowATable) {
  sql("CREATE TABLE public.p (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);"
      "CREATE TABLE public.p_1 PARTITION OF public.p FOR VALUES FROM (0) TO (9)"
      " PARTITION BY RANGE (id);"
      "CREATE TABLE public.p_1_1 PARTITION OF public.p_1 FOR VALUES FROM (0) TO (5);"
      "CREATE TABLE public.base (id int PRIMARY KEY, v text);"
      "CREATE TABLE public.heir () INHERITS (public.base);"
      "CREATE VIEW public.seen AS SELECT * FROM public.base");
  std::vector<std::string> names;
  for (const Heap& heap : heaps({field("p", "v"), field("base", "v"), field("seen", "v")})) {
    names.push_back(heap.root + " > " + heap.name());
  }
  EXPECT_THAT(names, ElementsAre("base > base", "base > heir", "p > p", "p > p_1", "p > p_1_1",
                                 "seen > seen"));
}

TEST_F(Catalog, NamesFieldsWithoutATable) {
  const Heaps found = read_heaps(database(), {field("nowhere", "v")});
  EXPECT_THAT(found.heaps, IsEmpty());
  ASSERT_EQ(found.missing.size(), 1u);
  EXPECT_EQ(to_string(found.missing[0]), "nowhere.v");
}

TEST_F(Catalog, CountsPages) {
  sql("CREATE TABLE public.t (id int PRIMARY KEY, v text);"
      "INSERT INTO public.t SELECT n, repeat('x', 1000) FROM generate_series(1, 70) n");
  const auto found = heaps({field("t", "v")});
  EXPECT_EQ(heap_blocks(database(), found.at(0).target), 10);
  EXPECT_EQ(found[0].blocks, 10);
}

}  // namespace
}  // namespace pcx::rotate
