// `pcx migrate up` is struck while it runs a migration that cannot be one transaction. The next run
// goes on exactly there: what took effect is not run again, what did not is, and the end is that of
// a run that nobody disturbed.
#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/strike.h"

namespace pcx::testing {
namespace {

// A statement that no transaction may hold.
struct Lone {
  int step = 0;           // its number in the file
  const char* text = "";  // by this a message is known that sends it
  std::string done;       // SQL for: it took effect, and must never be sent again
};

// Folders of migrations, and what is to be known of the second one.
struct Course {
  const char* folder;
  std::size_t steps;
  std::vector<Lone> statements;
  std::vector<const char*> reset;  // for what belongs to the server, before each run
};

std::string is_valid(const char* index) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM pg_index WHERE indisvalid AND indexrelid = "
      "to_regclass('public.{}'))",
      index);
}

std::string is_rebuilt(const char* index) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM pg_index WHERE indisvalid AND indexrelid = "
      "to_regclass('public.{}') "
      "AND indexrelid NOT IN (SELECT oid FROM public.before))",
      index);
}

std::string is_finished(int step) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM pcx.migration_step WHERE number = {} AND outcome IS NOT NULL)",
      step);
}

const Course kSix{
    .folder = "six",
    .steps = 12,
    .statements = {{1, "CREATE INDEX CONCURRENTLY visit_pet", is_valid("visit_pet")},
                   {3, "CREATE UNIQUE INDEX CONCURRENTLY", is_valid("visit_number_idx")},
                   {5, "DROP INDEX CONCURRENTLY visit_day",
                    "SELECT to_regclass('public.visit_day') IS NULL"},
                   {7, "REINDEX INDEX CONCURRENTLY", is_rebuilt("visit_note")},
                   // Once it is pending it can only be brought to its end.
                   {9, "DETACH PARTITION event_2024 CONCURRENTLY",
                    "SELECT NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = "
                    "'public.event_2024'::regclass AND "
                    "NOT inhdetachpending)"},
                   // The catalog does not tell, and twice does no harm.
                   {11, "VACUUM", is_finished(11)}},
    .reset = {}};

const Course kGlobals{
    .folder = "globals",
    .steps = 9,
    .statements = {{2, "CREATE DATABASE",
                    "SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'struck_made')"},
                   {4, "DROP DATABASE",
                    "SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = 'struck_old')"},
                   {5, "CREATE TABLESPACE",
                    "SELECT EXISTS (SELECT FROM pg_tablespace WHERE spcname = 'struck_made')"},
                   {7, "DROP TABLESPACE",
                    "SELECT NOT EXISTS (SELECT FROM pg_tablespace WHERE spcname = 'struck_old')"},
                   {8, "REINDEX TABLE CONCURRENTLY", is_rebuilt("pet_name_key")}},
    .reset = {"DROP DATABASE IF EXISTS struck_made", "DROP DATABASE IF EXISTS struck_old",
              "DROP TABLESPACE IF EXISTS struck_made", "DROP TABLESPACE IF EXISTS struck_old",
              "CREATE DATABASE struck_old", "SET allow_in_place_tablespaces = on",
              "CREATE TABLESPACE struck_old LOCATION ''"}};

// Everything but the rows of large tables and of tables with times and random numbers.
const std::vector<std::string> kEverything = {"--exclude-table-data=pcx.*",
                                              "--exclude-table-data=_prisma_migrations",
                                              "--exclude-table-data=visit"};

constexpr const char* kLedger =
    "SELECT concat_ws(' ', migration_name, checksum, applied_steps_count, finished_at IS NOT NULL, "
    "rolled_back_at IS NULL, logs IS NULL) FROM public._prisma_migrations ORDER BY started_at";
constexpr const char* kJournal = "SELECT action || ' ' || object FROM pcx.journal ORDER BY id";
constexpr const char* kSteps =
    "SELECT concat_ws(' ', number, kind, hash, outcome IS NOT NULL, finished_at IS NOT NULL) "
    "FROM pcx.migration_step ORDER BY number";
constexpr const char* kFinishedSteps =
    "SELECT number::text FROM pcx.migration_step WHERE outcome IS NOT NULL ORDER BY number";
constexpr const char* kBegunStep =
    "SELECT number::text FROM pcx.migration_step WHERE outcome IS NULL";
constexpr const char* kInvalidIndexes =
    "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid";
constexpr const char* kValidIndexes =
    "SELECT indexrelid::text FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid "
    "WHERE indisvalid AND relnamespace = 'public'::regnamespace AND relname <> 'visit_day' "
    "AND indexrelid NOT IN (SELECT oid FROM public.before)";

struct State {
  std::string dump;
  std::vector<std::string> ledger;
  std::vector<std::string> journal;
  std::vector<std::string> steps;
  std::vector<std::string> invalid_indexes;

  bool operator==(const State&) const = default;
};

struct Verdict {
  std::size_t finished = 0;  // steps, as the journal says after the strike
  std::string begun;         // number of the step in flight; "" when there is none
  bool took_effect = false;  // that one, as the catalog says
  std::vector<std::string> complaints;
  std::string said;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class Campaign {
 public:
  explicit Campaign(const Course& course) : course_(course) {
    original_ = arena_.make_database();
    std::vector<std::string> first = up_;
    first.insert(first.end(), {"--steps", "1"});
    const StruckRun base = arena_.run(first, original_);
    if (base.exit != 0) throw std::runtime_error{base.said};
    const std::string undisturbed = fresh_database();
    reference_ = arena_.run(up_, undisturbed);
    end_state_ = state_of(undisturbed);
    arena_.drop_database(undisturbed);
  }

  const StruckRun& reference() const { return reference_; }
  const State& end_state() const { return end_state_; }
  const Course& course() const { return course_; }

  Verdict try_out(const Point& point) {
    const std::string database = fresh_database();
    const StruckRun run = arena_.run(up_, database, point);
    Verdict verdict{.said = run.said};
    const std::vector<bool> done = examine_state(database, verdict);
    if (point.blow != Blow::kill_client) examine_words(run, verdict);
    examine_next_run(database, done, verdict);
    arena_.drop_database(database);
    return verdict;
  }

 private:
  std::string fresh_database() {
    for (const char* sql : course_.reset) arena_.admin().query({"test.reset", sql});
    return arena_.make_database(original_);
  }

  State state_of(const std::string& database) {
    return {arena_.dump(database, kEverything), arena_.ask(database, kLedger),
            arena_.ask(database, kJournal), arena_.ask(database, kSteps),
            arena_.ask(database, kInvalidIndexes)};
  }

  // What took effect. What the journal calls finished must be among it, and the ledger must call
  // the migration finished at the very end only.
  std::vector<bool> examine_state(const std::string& database, Verdict& verdict) {
    const auto finished = arena_.ask(database, kFinishedSteps);
    const auto begun = arena_.ask(database, kBegunStep);
    verdict.finished = finished.size();
    if (!begun.empty()) verdict.begun = begun[0];
    if (begun.size() > 1) verdict.complaints.emplace_back("two steps are in flight");
    std::vector<bool> done;
    for (const Lone& statement : course_.statements) {
      done.push_back(arena_.ask(database, statement.done.c_str())[0] == "t");
      const std::string number = std::to_string(statement.step);
      const bool is_finished = std::count(finished.begin(), finished.end(), number) > 0;
      if (is_finished && !done.back()) {
        verdict.complaints.push_back(fmt::format("step {} is told done, and is not", number));
      }
      if (verdict.begun == number) verdict.took_effect = done.back();
    }
    const auto ledger = arena_.ask(database, kLedger);
    const bool is_finished = ledger == end_state_.ledger;
    if (is_finished && verdict.finished < recorded_steps()) {
      verdict.complaints.emplace_back("the ledger tells an unfinished migration finished");
    }
    return done;
  }

  // Settings have no entry.
  std::size_t recorded_steps() const { return end_state_.steps.size(); }

  // Exit status and message of a pcx that survived.
  void examine_words(const StruckRun& run, Verdict& verdict) const {
    const bool said_applied = contains(run.said, "1 migration applied");
    const int expected = said_applied ? 0 : 69;
    if (run.exit != expected) {
      verdict.complaints.push_back(fmt::format("exit {} instead of {}", run.exit, expected));
    }
    if (contains(run.said, "FATAL")) verdict.complaints.emplace_back("libpq speaks for itself");
    if (said_applied && verdict.finished < recorded_steps()) {
      verdict.complaints.emplace_back("it tells a migration applied that is not");
    }
  }

  static std::size_t times_sent(const StruckRun& run, const char* text) {
    return static_cast<std::size_t>(
        std::count_if(run.messages.begin(), run.messages.end(), [&](const SentMessage& message) {
          return message.from_client && message.type == 'Q' && contains(message.body, text);
        }));
  }

  void examine_next_run(const std::string& database, const std::vector<bool>& done,
                        Verdict& verdict) {
    const auto valid_before = arena_.ask(database, kValidIndexes);
    const StruckRun next = arena_.run(up_, database);
    if (next.exit != 0) {
      verdict.complaints.push_back(fmt::format("the next run: {} {}", next.exit, next.said));
      return;
    }
    for (std::size_t i = 0; i < done.size(); ++i) {
      const Lone& statement = course_.statements[i];
      const std::size_t expected = done[i] ? 0 : 1;
      const std::size_t sent = times_sent(next, statement.text);
      if (sent != expected) {
        verdict.complaints.push_back(fmt::format("the next run sent step {} {} times, not {}",
                                                 statement.step, sent, expected));
      }
    }
    const auto valid_after = arena_.ask(database, kValidIndexes);
    for (const std::string& oid : valid_before) {
      if (std::count(valid_after.begin(), valid_after.end(), oid) == 0) {
        verdict.complaints.push_back("a valid index was dropped: " + oid);
      }
    }
    if (state_of(database) != end_state_) {
      verdict.complaints.emplace_back("the next run ended in another state");
    }
  }

  const Course& course_;
  Arena arena_;
  const std::vector<std::string> up_ = {"migrate", "up", "--dir",
                                        source_folder() / "tests/kill" / course_.folder};
  std::string original_;  // with the first migration
  StruckRun reference_;
  State end_state_;
};

// How often a strike left a step not begun, begun without effect, or begun with its effect.
class Table {
 public:
  void add(const Campaign& campaign, const Verdict& verdict) {
    const auto& statements = campaign.course().statements;
    const auto is_it = [&](const Lone& one) { return std::to_string(one.step) == verdict.begun; };
    const auto found = std::find_if(statements.begin(), statements.end(), is_it);
    Sum& sum = sums_[found == statements.end() ? "between statements" : found->text];
    ++sum.strikes;
    if (verdict.took_effect) ++sum.took_effect;
    if (!verdict.complaints.empty()) ++sum.wrong;
  }

  void print() const {
    fmt::print("{:42}{:>9}{:>11}{:>13}{:>7}\n", "in flight", "strikes", "no effect", "took effect",
               "wrong");
    Sum all;
    for (const auto& [what, sum] : sums_) {
      print(what, sum);
      all.strikes += sum.strikes;
      all.took_effect += sum.took_effect;
      all.wrong += sum.wrong;
    }
    print("all", all);
  }

 private:
  struct Sum {
    int strikes = 0;
    int took_effect = 0;
    int wrong = 0;
  };

  static void print(const std::string& what, const Sum& sum) {
    fmt::print("{:42}{:9}{:11}{:13}{:7}\n", what, sum.strikes, sum.strikes - sum.took_effect,
               sum.took_effect, sum.wrong);
  }

  std::map<std::string, Sum> sums_;
};

void strike_all(Campaign& campaign, const std::vector<Point>& points) {
  ASSERT_EQ(campaign.reference().exit, 0) << campaign.reference().said;
  ASSERT_TRUE(campaign.end_state().invalid_indexes.empty());
  fmt::print("{} of {} messages in {} ms\n", points.size(), campaign.reference().messages.size(),
             campaign.reference().took.count() / 1000);
  Table table;
  for (const Point& point : points) {
    const Verdict verdict = campaign.try_out(point);
    table.add(campaign, verdict);
    EXPECT_TRUE(verdict.complaints.empty())
        << to_string(point.blow) << " after message " << point.message << " or "
        << point.after.count() << " us, step " << verdict.begun << ": "
        << fmt::format("{}\n{}", fmt::join(verdict.complaints, "; "), verdict.said);
  }
  table.print();
}

constexpr std::array kBlows = {Blow::kill_client, Blow::end_backend, Blow::cut_connection};

// Whether it adds the migration to the ledger.
bool begins_migration(const SentMessage& message) {
  return message.from_client && contains(message.body, "INSERT INTO") &&
         contains(message.body, "_prisma_migrations");
}

// From there on after each message of the client, and after the end of each answer. What comes
// before is struck in a run without steps.
std::vector<Point> each_turn(const Campaign& campaign, Blow blow) {
  std::vector<Point> points;
  const auto& messages = campaign.reference().messages;
  const auto first = std::find_if(messages.begin(), messages.end(), begins_migration);
  for (auto message = first; message != messages.end(); ++message) {
    const bool is_turn = message->from_client || message->type == 'Z';
    if (is_turn) points.push_back({blow, static_cast<int>(message - messages.begin()) + 1});
  }
  return points;
}

// Spread over the time of an undisturbed run.
std::vector<Point> moments(const Campaign& campaign, Blow blow, int count) {
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) {
    points.push_back({.blow = blow, .after = campaign.reference().took * i / count});
  }
  return points;
}

class StepPoints : public ::testing::TestWithParam<Blow> {};

TEST_P(StepPoints, OfSixStatementsAreGoneOnFrom) {
  Campaign campaign{kSix};
  strike_all(campaign, each_turn(campaign, GetParam()));
}

TEST_P(StepPoints, OfStatementsForTheWholeServerAreGoneOnFrom) {
  Campaign campaign{kGlobals};
  strike_all(campaign, each_turn(campaign, GetParam()));
}

// In the middle of statements, too.
TEST_P(StepPoints, AtAHundredMomentsAreGoneOnFrom) {
  constexpr int kCount = 100;
  Campaign campaign{kSix};
  strike_all(campaign, moments(campaign, GetParam(), kCount));
}

INSTANTIATE_TEST_SUITE_P(Every, StepPoints, ::testing::ValuesIn(kBlows),
                         [](const auto& blow) { return to_string(blow.param); });

// Always the same ones; over the runs of the blows they fall on different messages.
TEST(SampleOfStepPoints, AreGoneOnFrom) {
  constexpr std::size_t kEvery = 32;
  Campaign campaign{kSix};
  const std::vector<Point> turns = each_turn(campaign, Blow::kill_client);
  std::vector<Point> points;
  for (std::size_t at = 0; at < turns.size(); at += kEvery) {
    points.push_back(turns[at]);
    points.back().blow = kBlows[points.size() % kBlows.size()];
  }
  strike_all(campaign, points);
}

}  // namespace
}  // namespace pcx::testing
