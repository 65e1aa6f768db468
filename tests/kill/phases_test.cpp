// Statements with CONCURRENTLY work in phases, and wait between them for other sessions. Here such
// a session holds each of them in one phase, there it is struck, and what it leaves is what
// PostgreSQL is known to leave. The next run clears that up and ends as if nothing had been.
#include <algorithm>
#include <csignal>
#include <memory>
#include <ostream>
#include <stdexcept>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/shell.h"
#include "tests/support/strike.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// What the other session does in its transaction.
constexpr const char* kWriter = "LOCK TABLE public.visit IN ROW EXCLUSIVE MODE";
constexpr const char* kSnapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
constexpr const char* kReader = "LOCK TABLE public.visit IN ACCESS SHARE MODE";
constexpr const char* kReaderOfEvents = "LOCK TABLE public.event IN ACCESS SHARE MODE";
constexpr const char* kMaintenance = "LOCK TABLE public.visit IN SHARE UPDATE EXCLUSIVE MODE";

struct Case {
  const char* name;
  const char* statement;
  const char* blocker;
  std::vector<std::string> leaves;  // after the strike
  bool again;                       // the next run sends the statement again
};

constexpr const char* kToastNew = "pg_toast_n_index_ccnew";
constexpr const char* kToastOld = "pg_toast_n_index_ccold";

const Case kCases[] = {
    {"create_index_before_it_builds",
     "CREATE INDEX CONCURRENTLY visit_pet ON visit (pet_id)",
     kWriter,
     {"visit_pet"},
     true},
    {"create_index_before_it_is_valid",
     "CREATE INDEX CONCURRENTLY visit_pet ON visit (pet_id)",
     kSnapshot,
     {"visit_pet"},
     true},
    {"create_index_without_a_name",
     "CREATE INDEX CONCURRENTLY ON visit (pet_id, day)",
     kSnapshot,
     {"visit_pet_id_day_idx"},
     true},
    {"create_index_if_not_exists",
     "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS visit_number ON visit (number)",
     kSnapshot,
     {"visit_number"},
     true},
    {"drop_index_before_it_is_dead",
     "DROP INDEX CONCURRENTLY visit_day",
     kReader,
     {"visit_day"},
     true},
    {"reindex_index_before_it_builds",
     "REINDEX INDEX CONCURRENTLY visit_note",
     kWriter,
     {"visit_note_ccnew"},
     true},
    {"reindex_index_before_it_swaps",
     "REINDEX INDEX CONCURRENTLY visit_note",
     kSnapshot,
     {"visit_note_ccnew"},
     true},
    {"reindex_index_after_it_swapped",
     "REINDEX INDEX CONCURRENTLY visit_note",
     kReader,
     {"visit_note_ccold"},
     false},
    {"reindex_table_before_it_builds",
     "REINDEX TABLE CONCURRENTLY visit",
     kWriter,
     {kToastNew, "visit_day_ccnew", "visit_note_ccnew", "visit_pkey_ccnew"},
     true},
    {"reindex_table_before_it_swaps",
     "REINDEX TABLE CONCURRENTLY visit",
     kSnapshot,
     {kToastNew, "visit_day_ccnew", "visit_note_ccnew", "visit_pkey_ccnew"},
     true},
    {"reindex_table_after_it_swapped",
     "REINDEX TABLE CONCURRENTLY visit",
     kReader,
     {kToastOld, "visit_day_ccold", "visit_note_ccold", "visit_pkey_ccold"},
     false},
    {"detach_partition_while_it_is_pending",
     "ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY",
     kReaderOfEvents,
     {"event_2024 is pending"},
     false},
    {"vacuum_before_it_begins", "VACUUM (ANALYZE) visit", kMaintenance, {}, true},
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

constexpr const char* kLeftovers =
    "SELECT regexp_replace(relname, '[0-9]{4,}', 'n') FROM pg_index "
    "JOIN pg_class AS c ON c.oid = indexrelid WHERE NOT indisvalid "
    "UNION ALL SELECT relname || ' is pending' FROM pg_inherits JOIN pg_class AS c "
    "ON c.oid = inhrelid WHERE inhdetachpending ORDER BY 1";
constexpr const char* kIsFinished =
    "SELECT (bool_and(finished_at IS NOT NULL))::text FROM public._prisma_migrations";

// Its server and its prepared database serve all cases.
class StrikeInAPhase : public ::testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() {
    arena_ = std::make_unique<Arena>();
    original_ = arena_->make_database();
    const auto up = words(source_folder() / "tests/kill/six", {"--steps", "1"});
    const StruckRun base = arena_->run(up, original_);
    if (base.exit != 0) throw std::runtime_error{base.said};
  }
  static void TearDownTestSuite() { arena_.reset(); }

  StrikeInAPhase() {
    const char* base = "20260101000000_base/migration.sql";
    folder_.write(base, content_of(source_folder() / "tests/kill/six" / base));
    folder_.write("20260102000000_one/migration.sql", std::string{one().statement} + ";\n");
  }

  static std::vector<std::string> words(const std::filesystem::path& folder,
                                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"migrate", "up", "--dir", folder};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<std::string> up() const { return words(folder_.path()); }

  static const Case& one() { return GetParam(); }
  static Arena& arena() { return *arena_; }
  static std::string make_database() { return arena_->make_database(original_); }

  // Until the blocker holds it up, and there.
  void strike(const std::string& database, Blow blow) {
    std::vector<const char*> hold{one().blocker};
    const bool needs_snapshot = one().blocker == kSnapshot;
    if (needs_snapshot) hold.push_back("SELECT count(*) FROM public.tally");
    const int exit = arena().strike_held_up(up(), database, hold, blow);
    EXPECT_EQ(exit, blow == Blow::kill_client ? 128 + SIGKILL : 69);
  }

  static bool has_sent(const StruckRun& run) {
    return std::any_of(run.messages.begin(), run.messages.end(), [](const SentMessage& message) {
      return message.type == 'Q' && message.body.find(one().statement) != std::string::npos;
    });
  }

  TemporaryFolder folder_;

 private:
  static inline std::unique_ptr<Arena> arena_;
  static inline std::string original_;
};

TEST_P(StrikeInAPhase, IsMadeGoodByTheNextRun) {
  const std::string undisturbed = make_database();
  ASSERT_EQ(arena().run(up(), undisturbed).exit, 0);
  const std::string schema = arena().dump(undisturbed, {"--schema-only"});
  for (const Blow blow : {Blow::kill_client, Blow::end_backend}) {
    SCOPED_TRACE(to_string(blow));
    const std::string database = make_database();
    strike(database, blow);
    EXPECT_THAT(arena().ask(database, kLeftovers), ElementsAreArray(one().leaves));
    EXPECT_EQ(arena().ask(database, kIsFinished)[0], "false");

    const StruckRun next = arena().run(up(), database);
    EXPECT_EQ(next.exit, 0) << next.said;
    EXPECT_EQ(has_sent(next), one().again);
    EXPECT_THAT(arena().ask(database, kLeftovers), IsEmpty());
    EXPECT_EQ(arena().ask(database, kIsFinished)[0], "true");
    EXPECT_EQ(arena().dump(database, {"--schema-only"}), schema);
    arena().drop_database(database);
  }
  arena().drop_database(undisturbed);
}

INSTANTIATE_TEST_SUITE_P(Each, StrikeInAPhase, ::testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string{one.param.name}; });

}  // namespace
}  // namespace pcx::testing
