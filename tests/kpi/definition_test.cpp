#include "kpi/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "crypto/parts.h"
#include "tests/kpi/sample_definitions.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::NotNull;

Catalog read(std::string_view text) {
  Catalog catalog;
  read_definitions(catalog, text, "f.yaml");
  return catalog;
}

TEST(ReadDefinitions, ReadsEveryKeyOfASource) {
  const Catalog catalog = read(kSampleDefinitions);
  ASSERT_EQ(catalog.sources.size(), 2u);
  const Source& rooms = catalog.sources[0];
  EXPECT_EQ(rooms.name, "rooms");
  EXPECT_EQ(rooms.rows, Rows::state);
  EXPECT_EQ(rooms.index, "");
  EXPECT_THAT(rooms.needs, IsEmpty());
  EXPECT_EQ(to_string(rooms.place), "f.yaml:2:3");
  const Source& visits = catalog.sources[1];
  EXPECT_EQ(visits.help, "Every appointment of the day.\n\nWhatever its status.");
  EXPECT_EQ(visits.rows, Rows::day);
  EXPECT_THAT(visits.tables, ElementsAre("appointments", "Staff"));
  EXPECT_TRUE(visits.sql.starts_with("SELECT w.n,") && visits.sql.ends_with(" = a.room\n"));
  EXPECT_EQ(visits.index, "CREATE INDEX CONCURRENTLY ON appointments (\"startTime\")");
  EXPECT_THAT(visits.needs, ElementsAre("rooms"));
}

TEST(ReadDefinitions, ReadsEveryKeyOfAKpi) {
  const Catalog catalog = read(kSampleDefinitions);
  ASSERT_EQ(catalog.definitions.size(), 2u);
  const Definition& visits = catalog.definitions[0];
  EXPECT_EQ(visits.name, "visits");
  EXPECT_EQ(visits.title, "Visits");
  EXPECT_EQ(visits.guide, "appointmentsToday");
  EXPECT_EQ(visits.help, "Prose about it.\n\nMore of it.");
  EXPECT_EQ(visits.kind, Kind::count);
  EXPECT_EQ(visits.unit, "lab test");
  EXPECT_EQ(visits.better, Better::more);
  EXPECT_EQ(&catalog.source_of(visits), &catalog.sources[1]);
  EXPECT_EQ(visits.value, "count(*)");
  EXPECT_EQ(visits.sample, "count(wait)");
  EXPECT_EQ(visits.by, "status");
  EXPECT_FALSE(visits.empty_is_zero);
  EXPECT_TRUE(visits.is_wide);
  EXPECT_EQ(visits.new_relic, "Custom/Appointments/Created today");
  EXPECT_EQ(to_string(visits.place), "f.yaml:24:3");
}

TEST(ReadDefinitions, LeavesOutWhatIsOptional) {
  const Catalog catalog = read(kSampleDefinitions);
  const Definition& wait = catalog.definitions[1];
  EXPECT_EQ(wait.value, "extract(epoch FROM avg(wait))");
  EXPECT_EQ(wait.guide + wait.unit + wait.sample + wait.by, "");
  EXPECT_EQ(wait.new_relic, "Custom/wait");
  EXPECT_FALSE(wait.empty_is_zero);
  EXPECT_FALSE(wait.is_wide);
}

TEST(ReadDefinitions, CountsNothingAsZeroForCountsAndMoney) {
  for (const auto& [kind, is_zero] : {std::pair{"count\n    unit: visit", true},
                                      {"money", true},
                                      {"duration", false},
                                      {"ratio", false}}) {
    const std::string text =
        changed_sample("    kind: duration\n", "    kind: " + std::string{kind} + "\n");
    EXPECT_EQ(read(text).find("wait")->empty_is_zero, is_zero) << kind;
  }
  const std::string text =
      changed_sample("    kind: duration\n", "    kind: ratio\n    empty: zero\n");
  EXPECT_TRUE(read(text).find("wait")->empty_is_zero);
}

TEST(ReadDefinitions, ReadsFilesWithoutSourcesKpisOrAnything) {
  EXPECT_EQ(read("").definitions.size(), 0u);
  EXPECT_EQ(read("# nothing yet\n").hash, read("sources: {}\nkpis: {}\n").hash);
  Catalog catalog = read(kSampleDefinitions);
  read_definitions(catalog,
                   "kpis:\n  late:\n    {title: T, kind: ratio, better: neither, from: rooms,\n"
                   "     value: avg(1), help: H}\n",
                   "second.yaml");
  ASSERT_THAT(catalog.find("late"), NotNull());
  EXPECT_EQ(catalog.source_of(*catalog.find("late")).name, "rooms");
  EXPECT_EQ(catalog.find("late")->place.file, "second.yaml");
  EXPECT_EQ(catalog.find("later"), nullptr);
}

TEST(ReadDefinitions, FindsNeedsOfEarlierFilesWithAndWithoutQuotes) {
  Catalog catalog = read(kSampleDefinitions);
  read_definitions(catalog,
                   "sources:\n  both:\n    {help: H, rows: day, tables: [t],\n"
                   "     sql: 'SELECT 1 FROM \"visits\" v JOIN ROOMS ON true'}\n",
                   "second.yaml");
  EXPECT_THAT(catalog.sources.back().needs, ElementsAre("rooms", "visits"));
}

TEST(ReadDefinitions, TakesNeitherTextsNorNewNamesNorColumnsForSources) {
  Catalog catalog = read(kSampleDefinitions);
  read_definitions(catalog,
                   "sources:\n  other:\n    help: H\n    rows: day\n    tables: [t]\n    sql: |\n"
                   "      SELECT a.rooms AS visits, 'rooms', \"Rooms\" -- visits\n"
                   "        , a . visits, $x$ rooms $x$ FROM t /* rooms */ AS other\n",
                   "second.yaml");
  EXPECT_THAT(catalog.sources.back().needs, IsEmpty());
}

TEST(ReadDefinitions, LeavesTheCatalogAloneAfterAnError) {
  Catalog catalog = read(kSampleDefinitions);
  const std::string hash = catalog.hash;
  const std::string text =
      "sources:\n  good:\n    {help: H, rows: day, tables: [t], sql: SELECT 1}\nkpis: []\n";
  EXPECT_THROW(read_definitions(catalog, text, "second.yaml"), Error);
  EXPECT_EQ(catalog.sources.size(), 2u);
  EXPECT_EQ(catalog.hash, hash);
}

TEST(DigitsOf, FollowsTheKind) {
  EXPECT_EQ(digits_of(Kind::count), 0);
  EXPECT_EQ(digits_of(Kind::money), 2);
  EXPECT_EQ(digits_of(Kind::duration), 0);
  EXPECT_EQ(digits_of(Kind::ratio), 4);
}

TEST(Words, AreThoseOfTheFiles) {
  EXPECT_STREQ(to_string(Kind::money), "money");
  EXPECT_STREQ(to_string(Kind::duration), "duration");
  EXPECT_STREQ(to_string(Rows::state), "state");
  EXPECT_STREQ(to_string(Better::more), "more");
  EXPECT_STREQ(to_string(Better::fewer), "fewer");
  EXPECT_STREQ(to_string(Better::neither), "neither");
}

std::string hash_of_visits(std::string_view text) { return read(text).find("visits")->hash; }

TEST(DefinitionHash, IsMadeAsItsContractSays) {
  std::string parts;
  const Catalog catalog = read(kSampleDefinitions);
  for (const std::string_view part :
       {std::string_view{"pcx.kpi.1"}, std::string_view{"count"}, std::string_view{"day"},
        std::string_view{"count(*)"}, std::string_view{"count(wait)"}, std::string_view{"status"},
        std::string_view{"none"}, std::string_view{catalog.sources[1].sql},
        std::string_view{"rooms"}, std::string_view{catalog.sources[0].sql}}) {
    crypto::append_part(parts, part);
  }
  EXPECT_EQ(catalog.definitions[0].hash, crypto::sha256_hex(parts).substr(0, 16));
  EXPECT_EQ(catalog.definitions[0].hash, definition_hash(catalog, catalog.definitions[0]));
}

TEST(DefinitionHash, DoesNotDependOnWhatIsOnlyShown) {
  const std::string hash = hash_of_visits(kSampleDefinitions);
  EXPECT_THAT(hash, MatchesRegex("[0-9a-f]{16}"));
  const std::pair<const char*, const char*> changes[] = {
      {"title: Visits", "title: Others"},
      {"Prose about it.", "Other prose."},
      {"guide: appointmentsToday\n", "guide: other\n"},
      {"unit: lab test", "unit: visit"},
      {"better: more", "better: neither"},
      {"wide: true", "wide: false"},
      {"Custom/Appointments", "Custom/Other"},
      {"help: treatment rooms", "help: others"},
      {"CREATE INDEX CONCURRENTLY", "CREATE INDEX"},
      {"[appointments, Staff]", "[appointments]"},
      {"sources:\n", "# moved down\n\nsources:\n"},
      {"value: >\n", "value: max(wait) #\n    sample: >\n"},  // another KPI's
  };
  for (const auto& [from, to] : changes) {
    EXPECT_EQ(hash_of_visits(changed_sample(from, to)), hash) << to;
  }
}

TEST(DefinitionHash, DependsOnAllThatANumberIsMadeOf) {
  const std::string hash = hash_of_visits(kSampleDefinitions);
  const std::pair<const char*, const char*> changes[] = {
      {"kind: count\n    unit: lab test", "kind: money"},
      {"value: count(*)", "value: count(*) + 1"},
      {"sample: count(wait)", "sample: count(*)"},
      {"    sample: count(wait)\n", ""},
      {"by: status", "by: room"},
      {"empty: none", "empty: zero"},
      {"rows: day", "rows: state"},
      {"JOIN appointments", "JOIN  appointments"},              // blanks are text
      {"FROM windows w\n", "FROM windows w \n"},                // at the end of a line, too
      {"FROM treatment_rooms r", "FROM treatment_rooms AS r"},  // of what the source needs
      {"from: visits\n    value: count(*)", "from: rooms\n    value: count(*)"},
  };
  for (const auto& [from, to] : changes) {
    EXPECT_NE(hash_of_visits(changed_sample(from, to)), hash) << to;
  }
}

constexpr std::string_view kChain = R"(sources:
  one: {help: H, rows: day, tables: [t], sql: SELECT 1}
  two: {help: H, rows: day, tables: [t], sql: SELECT 2}
  both: {help: H, rows: day, tables: [t], sql: SELECT FROM one LEFT JOIN two ON true}
  top: {help: H, rows: day, tables: [t], sql: SELECT FROM both}
kpis:
  k: {title: T, kind: ratio, better: more, from: top, value: avg(x), help: H}
)";

std::string hash_of_chain(std::string_view from, std::string_view to) {
  std::string text{kChain};
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return read(text).definitions[0].hash;
}

TEST(DefinitionHash, FollowsNeedsOfNeeds) {
  const std::string hash = hash_of_chain("?", "?");
  EXPECT_NE(hash_of_chain("SELECT 1", "SELECT 3"), hash);
  EXPECT_NE(hash_of_chain("SELECT 2", "SELECT 3"), hash);
  EXPECT_EQ(hash_of_chain("top", "above"), hash) << "its own source's name says nothing";
}

// The same texts in the same order: what "one" is would be another thing.
TEST(DefinitionHash, TellsWhichTextANeededNameStandsFor) {
  EXPECT_NE(hash_of_chain("  one: {help: H, rows: day, tables: [t], sql: SELECT 1}\n  two: ",
                          "  two: {help: H, rows: day, tables: [t], sql: SELECT 1}\n  one: "),
            hash_of_chain("?", "?"));
}

TEST(CatalogHash, DependsOnEachDefinitionAndTheirOrder) {
  const std::string hash = read(kSampleDefinitions).hash;
  EXPECT_THAT(hash, MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(read(changed_sample("title: Visits", "title: Others")).hash, hash);
  EXPECT_NE(read(changed_sample("avg(wait)", "max(wait)")).hash, hash);
  Catalog catalog = read(kSampleDefinitions);
  std::swap(catalog.definitions[0], catalog.definitions[1]);
  EXPECT_NE(catalog_hash(catalog), hash);
}

}  // namespace
}  // namespace pcx::kpi
