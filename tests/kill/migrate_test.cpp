// `pcx migrate up` is struck after each message of its conversation with the server. Whatever
// happens there, each migration is afterwards wholly applied with one finished row, or wholly
// absent without any; and the next run ends as if nothing had been.
#include <algorithm>
#include <array>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/strike.h"

namespace pcx::testing {
namespace {

enum class Phase { before, begin, script, ledger_row, commit_sent, commit_answered, after };
constexpr std::array<const char*, 7> kPhaseNames = {
    "before", "begin", "script", "ledger row", "COMMIT sent", "COMMIT answered", "after"};

// Where in the run a message is, and at which migration, from 1.
struct Place {
  Phase phase = Phase::before;
  std::size_t migration = 0;
};

// The next message of the client after `place`, in the order in which pcx speaks.
Place place_of_client(Place place, const SentMessage& message, bool is_answered) {
  const bool begins =
      message.type == 'P' && message.body.find("BEGIN ISOLATION") != std::string::npos;
  if (begins) return {Phase::begin, place.migration + 1};
  switch (place.phase) {
    case Phase::begin:
      if (message.type == 'Q') place.phase = Phase::script;
      return place;
    case Phase::script: place.phase = Phase::ledger_row; break;
    case Phase::commit_answered:
      if (is_answered) return {Phase::after, place.migration};
      break;
    default: break;
  }
  const bool is_commit = message.type == 'P' && message.body.find("COMMIT") != std::string::npos;
  if (place.phase == Phase::ledger_row && is_commit) place.phase = Phase::commit_sent;
  return place;
}

std::vector<Place> places_of(const std::vector<SentMessage>& messages) {
  std::vector<Place> places;
  Place place;
  bool is_answered = false;  // the server is ready for the next query
  for (const SentMessage& message : messages) {
    if (message.from_client) {
      place = place_of_client(place, message, is_answered);
    } else if (place.phase == Phase::commit_sent) {
      place.phase = Phase::commit_answered;
    }
    is_answered = !message.from_client && message.type == 'Z';
    places.push_back(place);
  }
  return places;
}

// What a database holds apart from what pcx and Prisma keep for themselves, with its rows.
const std::vector<std::string> kApplication = {"--exclude-schema=pcx",
                                               "--exclude-table=_prisma_migrations"};
// Everything but the rows that hold times and random numbers, which are asked for below.
const std::vector<std::string> kEverything = {"--exclude-table-data=pcx.*",
                                              "--exclude-table-data=_prisma_migrations"};

constexpr const char* kLedger =
    "SELECT concat_ws(' ', migration_name, checksum, applied_steps_count, finished_at IS NOT NULL, "
    "rolled_back_at IS NULL, logs IS NULL) FROM public._prisma_migrations ORDER BY started_at";
constexpr const char* kJournal = "SELECT action || ' ' || object FROM pcx.journal ORDER BY id";
constexpr const char* kHasLedger = "SELECT to_regclass('public._prisma_migrations') IS NOT NULL";

struct State {
  std::string dump;
  std::vector<std::string> ledger;
  std::vector<std::string> journal;

  bool operator==(const State&) const = default;
};

// What became of one strike.
struct Verdict {
  std::size_t applied = 0;  // migrations, before the next run
  int exit = 0;
  bool in_doubt =
      false;  // the answer to COMMIT did not come, whether it was found out later or not
  std::string said;
  std::vector<std::string> complaints;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class Campaign {
 public:
  Campaign() {
    arena_.run(up_, arena_.make_database());  // makes the role that all databases share
    const std::string stepwise = arena_.make_database();
    applications_.push_back(arena_.dump(stepwise, kApplication));
    const auto one = words({"--steps", "1"});
    while (arena_.run(one, stepwise).said.find("1 migration applied") != std::string::npos) {
      applications_.push_back(arena_.dump(stepwise, kApplication));
    }
    const std::string undisturbed = arena_.make_database();
    reference_ = arena_.run(up_, undisturbed);
    places_ = places_of(reference_.messages);
    end_state_ = state_of(undisturbed);
  }

  int last_point() const { return static_cast<int>(reference_.messages.size()); }
  std::chrono::microseconds undisturbed_time() const { return reference_.took; }
  std::size_t migrations() const { return applications_.size() - 1; }

  Verdict try_out(const Point& point) {
    const std::string database = arena_.make_database();
    const StruckRun run = arena_.run(up_, database, point);
    Verdict verdict{.exit = run.exit,
                    .in_doubt = contains(run.said, "the connection was lost while migration") ||
                                contains(run.said, "whether it is committed is not known"),
                    .said = run.said};
    examine_state(database, verdict);
    if (point.message > 0) {
      examine_reach(run, point, verdict);
      examine_progress(point, verdict);
      if (point.blow != Blow::kill_client) examine_words(run, point, verdict);
    }
    examine_next_run(database, verdict);
    arena_.drop_database(database);
    return verdict;
  }

  const SentMessage& message_at(const Point& point) const {
    return reference_.messages[static_cast<std::size_t>(point.message) - 1];
  }
  const Place& place_of(const Point& point) const {
    return places_[static_cast<std::size_t>(point.message) - 1];
  }

 private:
  static std::vector<std::string> words(const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"migrate", "up", "--dir",
                                 source_folder() / "tests/kill/migrations"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  State state_of(const std::string& database) {
    return {arena_.dump(database, kEverything), arena_.ask(database, kLedger),
            arena_.ask(database, kJournal)};
  }

  // Finished rows for the first migrations and nothing else, and exactly what these make.
  void examine_state(const std::string& database, Verdict& verdict) {
    std::vector<std::string> ledger;
    if (arena_.ask(database, kHasLedger)[0] == "t") ledger = arena_.ask(database, kLedger);
    verdict.applied = ledger.size();
    const auto& whole = end_state_.ledger;
    const bool is_prefix =
        ledger.size() <= whole.size() && std::equal(ledger.begin(), ledger.end(), whole.begin());
    if (!is_prefix) {
      verdict.complaints.push_back(fmt::format("the ledger: {}", fmt::join(ledger, "; ")));
    } else if (arena_.dump(database, kApplication) != applications_[ledger.size()]) {
      verdict.complaints.push_back(
          fmt::format("{} rows, but another state of the database", ledger.size()));
    }
  }

  // It was struck where the undisturbed run had the same message.
  void examine_reach(const StruckRun& run, const Point& point, Verdict& verdict) {
    const auto& messages = run.messages;
    const auto count = static_cast<std::size_t>(point.message);
    const bool same = run.was_struck && messages.size() >= count &&
                      std::equal(messages.begin(), messages.begin() + point.message,
                                 reference_.messages.begin(), [](const auto& a, const auto& b) {
                                   return a.type == b.type && a.from_client == b.from_client;
                                 });
    if (!same) verdict.complaints.emplace_back("the conversation took another way");
  }

  void examine_progress(const Point& point, Verdict& verdict) {
    const Place& place = place_of(point);
    const char type = message_at(point).type;
    std::size_t least = place.migration == 0 ? 0 : place.migration - 1;
    std::size_t most = least;
    // From its Execute on the server may have obeyed COMMIT.
    const bool may_commit = place.phase == Phase::commit_sent && (type == 'E' || type == 'S');
    if (may_commit) most = place.migration;
    if (place.phase >= Phase::commit_answered) least = most = place.migration;
    if (verdict.applied >= least && verdict.applied <= most) return;
    verdict.complaints.push_back(
        fmt::format("{} migrations applied, not {} to {}", verdict.applied, least, most));
  }

  // Whether the client got the whole answer to what it sent in `phase`; a server may have given it
  // before it was struck. What it asks in a new connection does not count.
  bool has_heard(const StruckRun& run, Phase phase, std::size_t migration) const {
    for (std::size_t i = 0; i < run.messages.size() && i < places_.size(); ++i) {
      const bool is_same = run.messages[i].connection == run.messages[0].connection;
      const bool is_this =
          is_same && places_[i].phase == phase && places_[i].migration == migration;
      if (is_this && !run.messages[i].from_client && run.messages[i].type == 'Z') return true;
    }
    return false;
  }

  // Exit status and message of a pcx that survived.
  void examine_words(const StruckRun& run, const Point& point, Verdict& verdict) const {
    const Place& place = place_of(point);
    const auto complain = [&](bool is_wrong, const std::string& what) {
      if (is_wrong) verdict.complaints.push_back(what);
    };
    const bool knows = has_heard(run, Phase::commit_answered, place.migration);
    const bool is_done = place.migration == migrations() && knows;
    complain(run.exit != (is_done ? 0 : 69), fmt::format("exit {}", run.exit));
    complain(contains(run.said, "FATAL"), "libpq speaks for itself");
    if (place.phase == Phase::before || is_done) return;
    const bool has_sent = place.phase >= Phase::ledger_row;
    const bool may_have_sent = has_sent || has_heard(run, Phase::script, place.migration);
    complain(has_sent && !knows && !verdict.in_doubt, "no doubt is told");
    complain(verdict.in_doubt && (!may_have_sent || knows), "there is no doubt");
    const bool says_nothing = contains(run.said, "Nothing of this migration was applied");
    const bool says_applied = contains(run.said, ", and it is applied");
    complain(!verdict.in_doubt && !says_nothing, "what became of the migration is not told");
    complain(says_applied && verdict.applied != place.migration, "it is not applied");
    complain(says_nothing && !knows && verdict.applied == place.migration, "it is applied");
    complain(says_nothing && knows && !contains(run.said, "before it w"), "the rest is not told");
  }

  void examine_next_run(const std::string& database, Verdict& verdict) {
    const StruckRun next = arena_.run(up_, database);
    if (next.exit != 0) {
      verdict.complaints.push_back(fmt::format("the next run: {} {}", next.exit, next.said));
    } else if (state_of(database) != end_state_) {
      verdict.complaints.emplace_back("the next run ended in another state");
    }
  }

  Arena arena_;
  const std::vector<std::string> up_ = words();
  std::vector<std::string> applications_;  // after 0, 1, 2, ... migrations
  StruckRun reference_;
  std::vector<Place> places_;
  State end_state_;
};

// Every strike as a line of a file in the build folder, and their sums for people.
class Table {
 public:
  explicit Table(const std::string& name) : file_(path_of(name)) {
    file_ << "point\tblow\tfrom\ttype\tphase\tmigration\tapplied\texit\tin doubt\n";
  }

  void add(const Campaign& campaign, const Point& point, const Verdict& verdict) {
    const SentMessage& message = campaign.message_at(point);
    const Place& place = campaign.place_of(point);
    const char* phase = kPhaseNames[static_cast<std::size_t>(place.phase)];
    file_ << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", point.message,
                         to_string(point.blow), message.from_client ? "client" : "server",
                         message.type == '\0' ? "start-up" : std::string{message.type}, phase,
                         place.migration, verdict.applied, verdict.exit, verdict.in_doubt);
    Sum& sum = sums_[{place.phase, point.blow}];
    ++sum.points;
    if (place.migration > 0 && verdict.applied == place.migration) ++sum.applied;
    if (verdict.in_doubt) ++sum.in_doubt;
    if (!verdict.complaints.empty()) ++sum.wrong;
  }

  void print() const {
    fmt::print("{:16}{:16}{:>8}{:>9}{:>9}{:>10}{:>7}\n", "phase", "blow", "points", "absent",
               "applied", "in doubt", "wrong");
    Sum all;
    for (const auto& [key, sum] : sums_) {
      print(kPhaseNames[static_cast<std::size_t>(key.first)], to_string(key.second), sum);
      all.points += sum.points;
      all.applied += sum.applied;
      all.in_doubt += sum.in_doubt;
      all.wrong += sum.wrong;
    }
    print("all", "", all);
  }

 private:
  struct Sum {
    int points = 0;
    int applied = 0;  // the migration that was struck
    int in_doubt = 0;
    int wrong = 0;
  };

  static std::filesystem::path path_of(const std::string& name) {
    std::filesystem::create_directories(test_cache());
    return test_cache() / ("kill-" + name + ".tsv");
  }

  static void print(const std::string& phase, const std::string& blow, const Sum& sum) {
    fmt::print("{:16}{:16}{:8}{:9}{:9}{:10}{:7}\n", phase, blow, sum.points,
               sum.points - sum.applied, sum.applied, sum.in_doubt, sum.wrong);
  }

  std::ofstream file_;
  std::map<std::pair<Phase, Blow>, Sum> sums_;
};

// Strikes at each of `points`.
void strike_all(Campaign& campaign, const std::vector<Point>& points, const std::string& name) {
  ASSERT_EQ(campaign.migrations(), 5u);
  ASSERT_GE(campaign.last_point(), 200);
  Table table{name};
  for (const Point& point : points) {
    const Verdict verdict = campaign.try_out(point);
    table.add(campaign, point, verdict);
    EXPECT_TRUE(verdict.complaints.empty())
        << to_string(point.blow) << " after message " << point.message << ": "
        << fmt::format("{}\n{}", fmt::join(verdict.complaints, "; "), verdict.said);
  }
  table.print();
}

class KillPoints : public ::testing::TestWithParam<Blow> {};

TEST_P(KillPoints, LeaveEachMigrationWholeOrAbsent) {
  Campaign campaign;
  std::vector<Point> points;
  for (int message = 1; message <= campaign.last_point(); ++message) {
    points.push_back({GetParam(), message});
  }
  strike_all(campaign, points, to_string(GetParam()));
}

constexpr std::array kBlows = {Blow::kill_client, Blow::end_backend, Blow::cut_connection};
INSTANTIATE_TEST_SUITE_P(Every, KillPoints, ::testing::ValuesIn(kBlows),
                         [](const auto& blow) { return to_string(blow.param); });

// Always the same ones; over the runs of the blows they fall on different messages.
TEST(SampleOfKillPoints, LeavesEachMigrationWholeOrAbsent) {
  constexpr std::size_t kEvery = 79;
  Campaign campaign;
  std::vector<Point> points;
  const auto blows = kBlows.size();
  const auto all = static_cast<std::size_t>(campaign.last_point()) * blows;
  for (std::size_t at = 0; at < all; at += kEvery) {
    points.push_back({kBlows[at % blows], static_cast<int>(at / blows) + 1});
  }
  strike_all(campaign, points, "sample");
}

// Kills that no message is near to: in the middle of a statement, while pcx starts or reads files.
TEST(KillMoments, LeaveEachMigrationWholeOrAbsent) {
  constexpr int kCount = 100;
  Campaign campaign;
  std::map<std::size_t, int> applied;
  for (int i = 0; i < kCount; ++i) {
    const Point point{.blow = Blow::kill_client, .after = campaign.undisturbed_time() * i / kCount};
    const Verdict verdict = campaign.try_out(point);
    ++applied[verdict.applied];
    EXPECT_TRUE(verdict.complaints.empty())
        << "after " << point.after.count()
        << " us: " << fmt::format("{}", fmt::join(verdict.complaints, "; "));
  }
  for (const auto& [count, kills] : applied) {
    fmt::print("{} kills left {} migrations applied\n", kills, count);
  }
}

}  // namespace
}  // namespace pcx::testing
