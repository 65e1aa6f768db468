#include "inspect/discovery.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "db/script.h"
#include "tests/db/fixture.h"

namespace pcx::inspect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Discover : public testing::DatabaseFixture {
 protected:
  void sql(const std::string& script) { db::run_script(database(), script, "test"); }
  db::Database& database() {
    if (!database_) database_.emplace(connect());
    return *database_;
  }
  Discovery run(const std::vector<fields::Field>& fields = {},
                std::optional<std::int64_t> sample = std::nullopt) {
    const auto heaps = rotate::read_heaps(database(), fields);
    SystemRandom random;
    const Interrupt interrupt;
    return discover(database(),
                    {.heaps = heaps,
                     .sample_rows = sample,
                     .random = random,
                     .interrupt = interrupt,
                     .on_table = [](const std::string&, std::int64_t, std::int64_t) {}});
  }
  // "clients.ssn unsealed 2"
  std::vector<std::string> found(const std::vector<fields::Field>& fields = {}) {
    std::vector<std::string> lines;
    for (const Discovered& one : run(fields).found) {
      lines.push_back(
          fmt::format("{}.{} {} {}", one.table, one.place, to_string(one.mark), one.count));
      EXPECT_EQ(one.count, one.estimate);
    }
    return lines;
  }
  static fields::Field field(const char* table, const char* column, const char* member = "") {
    return {.schema = "public",
            .table = table,
            .column = column,
            .member = member,
            .name = {table, column},
            .copy = {}};
  }

 private:
  std::optional<db::Database> database_;
};

TEST_F(Discover, KnowsEveryFormat) {
  sql(R"(CREATE TABLE public.t (v text);
         INSERT INTO public.t VALUES
           ('enc:v1:AAAA'), ('enc:v1:BBBB'), ('enc:v2:7:AAAA'), ('enc:v3:7:AAAA'),
           ('{"encrypted":"00","iv":"00","tag":"00"}'), ('vault:v12:AAAA'),
           ('v1.aesgcm256.0a0b0c0d.AAAA.BBBB'), ('\xc30d04090302'), ('c30d04070302'),
           (E'-----BEGIN PGP MESSAGE-----\n'), ('it was enc:v1:AAAA once'),
           ('see {"iv": "0", "tag": "0", "encrypted": "0"} there'),
           ('plain'), (''), (NULL), ('enc'), ('vault:vx:'), ('encrypted'), ('c30d04'),
           ('{"encrypted": true}'))");
  EXPECT_THAT(found(), ::testing::UnorderedElementsAre(
                           "t.v enc_v1 2", "t.v enc_v2 1", "t.v enc_unknown 1", "t.v guide 1",
                           "t.v vault 1", "t.v cloak 1", "t.v pgp 3", "t.v inside 2"));
}

TEST_F(Discover, LooksIntoEveryKindOfColumn) {
  sql(R"(CREATE TABLE public.t (a varchar(50), b char(50), c json, d bytea, e text[], f jsonb,
                                n int, u uuid);
         INSERT INTO public.t VALUES
           ('enc:v1:A', 'enc:v1:A', '{"x": "\u0065nc:v1:A"}', '\xc30d0409ff', '{enc:v1:A}',
            '"enc:v1:A"'), (NULL, NULL, NULL, 'enc:v2:7:A', NULL, NULL))");
  EXPECT_THAT(found(), ElementsAre("t.a enc_v1 1", "t.b enc_v1 1", "t.c.x enc_v1 1", "t.d enc_v2 1",
                                   "t.d pgp 1", "t.e inside 1", "t.f enc_v1 1"));
}

TEST_F(Discover, TellsPathsOfJsonAndNoNamesThatMayBeData) {
  sql(R"(CREATE TABLE public.t (doc jsonb);
         INSERT INTO public.t VALUES
           ('{"a": {"b": ["enc:v1:A", {"c": "vault:v1:A"}]}}'),
           ('{"a": {"b": ["enc:v1:A"]}}'),
           ('{"ann@example.org": "enc:v1:A", "bob@example.org": "enc:v1:A"}'),
           ('{"card": {"encrypted": "00", "iv": "00", "tag": "00"}}'),
           ('{"card": "{\"encrypted\": \"00\", \"iv\": \"00\", \"tag\": \"00\"}"}'),
           ('{"text": "{\"a\": \"enc:v1:A\"}"}'))");
  EXPECT_THAT(found(), ElementsAre("t.doc.* enc_v1 2", "t.doc.a.b[] enc_v1 2", "t.doc.card guide 2",
                                   "t.doc.a.b[].c vault 1", "t.doc.text inside 1"));
}

TEST_F(Discover, ReadsJsonWithEveryEscape) {
  sql(R"(CREATE TABLE public.t (doc json);
         INSERT INTO public.t VALUES
           ('{"a": "\u0065nc:v1:A", "b": "\ud83d\ude00 \ud800 \u0000 \\u0000 \u00e9"}'),
           ('{"\u0000": ["enc:v1:A"]}'), ('{"b": "\u000a"}'))");
  EXPECT_THAT(found(), ElementsAre("t.doc.*[] enc_v1 1", "t.doc.a enc_v1 1"));
}

TEST_F(Discover, LimitsThePathsItTells) {
  sql("CREATE TABLE public.t (doc jsonb);"
      "INSERT INTO public.t SELECT jsonb_build_object('m' || n, 'enc:v1:A')"
      " FROM generate_series(1, 60) n");
  EXPECT_EQ(found().size(), static_cast<std::size_t>(kPathsMax));
}

TEST_F(Discover, LooksAtPartitionsHeirsViewsAndOtherSchemas) {
  sql(R"(CREATE SCHEMA "A b"; CREATE TABLE "A b"."T x" ("C" text);
         INSERT INTO "A b"."T x" VALUES ('enc:v1:A');
         CREATE TABLE public.p (id int, v text) PARTITION BY LIST (id);
         CREATE TABLE public.p_1 PARTITION OF public.p FOR VALUES IN (1);
         INSERT INTO public.p VALUES (1, 'enc:v1:A');
         CREATE TABLE public.base (v text); CREATE TABLE public.heir () INHERITS (public.base);
         INSERT INTO public.heir VALUES ('enc:v1:A');
         CREATE MATERIALIZED VIEW public.seen AS SELECT v FROM public.p;
         CREATE MATERIALIZED VIEW public.unseen AS SELECT v FROM public.p WITH NO DATA;
         CREATE VIEW public.view AS SELECT v FROM public.p;
         CREATE TABLE public._prisma_migrations (logs text);
         INSERT INTO public._prisma_migrations VALUES ('enc:v1:A'))");
  EXPECT_THAT(found(), ElementsAre("A b.T x.C enc_v1 1", "heir.v enc_v1 1", "p_1.v enc_v1 1",
                                   "seen.v enc_v1 1"));
}

TEST_F(Discover, LeavesOutWhatIsRegistered) {
  sql(R"(CREATE TABLE public.t (id text PRIMARY KEY, v text, w text);
         INSERT INTO public.t VALUES ('1', 'enc:v1:A', 'enc:v1:A');
         CREATE TABLE public.a (kind text, row text, doc jsonb);
         INSERT INTO public.a VALUES ('T', '1', '{"v": "enc:v1:A", "w": "enc:v1:A"}'),
                                     ('U', '1', '{"v": "enc:v1:A"}'),
                                     (NULL, '1', '{"v": "enc:v1:A"}'),
                                     ('T', '1', '["v"]'))");
  fields::Field copy = field("a", "doc", "v");
  copy.name = {"t", "v"};
  copy.copy = fields::Copy{"row", "kind", "T"};
  EXPECT_THAT(found({field("t", "v"), copy}),
              ElementsAre("a.doc.v enc_v1 2", "a.doc.w enc_v1 1", "t.w enc_v1 1"));
}

TEST_F(Discover, FindsPlaintextInFields) {
  sql(R"(CREATE TABLE public.t (id text PRIMARY KEY, v text, doc jsonb);
         INSERT INTO public.t VALUES
           ('1', 'plain', '{"m": "plain"}'), ('2', 'enc:v1:A', '{"m": ""}'),
           ('3', '', NULL), ('4', NULL, '{"m": {"encrypted":"0","iv":"0","tag":"0"}}'),
           ('5', '{"encrypted":"0","iv":"0","tag":"0"}', '[]'))");
  EXPECT_THAT(found({field("t", "v"), field("t", "doc", "m")}),
              ElementsAre("t.v plaintext 1", "t.doc.m plaintext 1"));
}

TEST_F(Discover, FindsColumnsThatShouldBeEncrypted) {
  sql(R"(CREATE TABLE public.t (ssn text, "creditCard" text, "cardType" text, iban int,
                                passport text);
         INSERT INTO public.t VALUES
           ('756', 'enc:v1:A', 'visa', 1, ''), ('757', NULL, 'visa', 1, NULL))");
  EXPECT_THAT(found(), ElementsAre("t.creditCard enc_v1 1", "t.ssn unsealed 2"));
}

TEST_F(Discover, SuggestsEntriesForTheConfiguration) {
  sql(R"(CREATE TABLE public.medical_records (id text PRIMARY KEY, notes text);
         CREATE TABLE public.t (v text, "odd name" text, doc jsonb, old json);
         INSERT INTO public.t VALUES ('enc:v1:A', 'enc:v1:A',
           '{"top": "enc:v1:A", "notes": "enc:v1:A", "deep": {"er": "enc:v1:A"}}', '"enc:v1:A"');
         CREATE MATERIALIZED VIEW public.w AS SELECT v FROM public.t)");
  std::map<std::string, std::string> suggestions;
  for (const Discovered& one : run({field("medical_records", "notes")}).found) {
    suggestions[one.table + "." + one.place] = one.suggestion;
  }
  EXPECT_THAT(
      suggestions,
      ElementsAre(
          std::pair{"t.doc.deep.er",
                    "only members at the top of an object can be fields: move it there, or remove "
                    "it"},
          std::pair{"t.doc.notes",
                    "- {column: t.doc, member: notes, copy_of: "
                    "medical_records.notes, row_column: COLUMN}"},
          std::pair{"t.doc.top", "- {column: t.doc, member: top}"},
          std::pair{"t.odd name", "- {column: \"t.odd name\"}"},
          std::pair{"t.old", "a json column cannot be a field: make it jsonb"},
          std::pair{"t.v", "- {column: t.v}"},
          std::pair{"w.v", "refresh it once the tables below it are rotated"}));
}

TEST_F(Discover, EstimatesFromASample) {
  sql("CREATE TABLE public.t (id int, v text);"
      "INSERT INTO public.t SELECT n, CASE WHEN n % 2 = 0 THEN 'enc:v1:' || repeat('A', 200) ELSE"
      " repeat('x', 207) END FROM generate_series(1, 20000) n");
  database().query({"test.analyze", "ANALYZE public.t"});
  const Discovery discovery = run({}, 2000);
  EXPECT_EQ(discovery.tables, 1u);
  EXPECT_EQ(discovery.sampled, 1u);
  ASSERT_EQ(discovery.found.size(), 1u);
  // 2,000 rows of 20,000 by pages of 30: some 66 pages, give or take six standard deviations.
  EXPECT_NEAR(static_cast<double>(discovery.found[0].count), 1000, 700);
  EXPECT_NEAR(static_cast<double>(discovery.found[0].estimate), 10'000, 7'000);
  EXPECT_EQ(run({}, 15'000).sampled, 0u);
}

TEST_F(Discover, SaysWhatItCannotSee) {
  sql("CREATE TABLE public.secret (v text); CREATE TABLE public.open (v text);"
      "CREATE TABLE public.rows (v text); ALTER TABLE public.rows ENABLE ROW LEVEL SECURITY;"
      "CREATE ROLE looker LOGIN; GRANT SELECT ON public.open, public.rows TO looker");
  db::Database limited = connect_as("looker");
  const rotate::Heaps heaps;
  SystemRandom random;
  const Interrupt interrupt;
  const auto discovery =
      discover(limited, {.heaps = heaps,
                         .sample_rows = std::nullopt,
                         .random = random,
                         .interrupt = interrupt,
                         .on_table = [](const std::string&, std::int64_t, std::int64_t) {}});
  ASSERT_EQ(discovery.hidden.size(), 2u);
  EXPECT_EQ(discovery.hidden[0].table, "rows");
  EXPECT_EQ(discovery.hidden[0].why, "row level security hides rows from this role");
  EXPECT_EQ(discovery.hidden[1].table, "secret");
  EXPECT_EQ(discovery.hidden[1].why, "this role may not read column v");
  sql("DROP OWNED BY looker; DROP ROLE looker");
}

TEST_F(Discover, FindsNothingInAnEmptyDatabase) { EXPECT_THAT(found(), IsEmpty()); }

TEST(Marks, HaveNames) {
  for (const Mark mark : {Mark::enc_v2, Mark::enc_v1, Mark::enc_unknown, Mark::guide, Mark::vault,
                          Mark::cloak, Mark::pgp, Mark::inside, Mark::plaintext, Mark::unsealed}) {
    EXPECT_STRNE(to_string(mark), "unknown");
    EXPECT_STRNE(explain(mark), "unknown");
  }
}

}  // namespace
}  // namespace pcx::inspect
