// A statement that commits by itself is struck, and nothing in the catalog tells how far it came.
// pcx then asks: it stops with a code and a reason, runs nothing, and goes on when the operator has
// said what is so.
#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/strike.h"

namespace pcx::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMigration = "20260102000000_refill";
constexpr const char* kTally = "SELECT what FROM public.tally ORDER BY what";
constexpr const char* kBegunSteps =
    "SELECT number::text FROM pcx.migration_step WHERE outcome IS NULL";

class Refill {
 public:
  Refill() {
    original_ = arena_.make_database();
    const StruckRun base = arena_.run(words("up", {"--steps", "1"}), original_);
    if (base.exit != 0) throw std::runtime_error{base.said};
    reference_ = arena_.run(words("up"), arena_.make_database(original_));
  }

  const StruckRun& reference() const { return reference_; }
  int questions() const { return questions_; }

  void try_out(const Point& point) {
    SCOPED_TRACE(fmt::format("{} after message {} or {} us", to_string(point.blow), point.message,
                             point.after.count()));
    const std::string database = arena_.make_database(original_);
    arena_.run(words("up"), database, point);
    finish(database);
  }

  // Between its commits.
  void try_out_in_its_middle(Blow blow) {
    const std::string database = arena_.make_database(original_);
    arena_.strike_held_up(words("up"), database,
                          {"LOCK TABLE public.gate IN ACCESS EXCLUSIVE MODE"}, blow);
    EXPECT_THAT(arena_.ask(database, kTally), ElementsAre("before", "half"));
    finish(database);
    EXPECT_EQ(questions_, 1);
  }

 private:
  void finish(const std::string& database) {
    const auto begun = arena_.ask(database, kBegunSteps);
    if (!begun.empty()) {
      EXPECT_THAT(begun, ElementsAre("2"));
      settle(database);
    }
    const StruckRun next = arena_.run(words("up"), database);
    EXPECT_EQ(next.exit, 0) << next.said;
    EXPECT_THAT(arena_.ask(database, kTally), ElementsAre("after", "before", "half", "whole"));
    arena_.drop_database(database);
  }

  static std::vector<std::string> words(const std::string& command,
                                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"migrate", command, "--dir",
                                 source_folder() / "tests/kill/unknowable"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  // What an operator does who is asked.
  void settle(const std::string& database) {
    ++questions_;
    const auto tally = arena_.ask(database, kTally);
    const StruckRun asks = arena_.run(words("up"), database);
    EXPECT_EQ(asks.exit, 2) << asks.said;
    EXPECT_THAT(asks.said,
                HasSubstr("whether it took effect before it was stopped cannot be known"));
    EXPECT_THAT(asks.said, HasSubstr(fmt::format("--step-undone {}", kMigration)));
    EXPECT_EQ(arena_.ask(database, kTally), tally) << "it ran something";

    const bool has_begun = std::count(tally.begin(), tally.end(), "half") > 0;
    const bool is_done = std::count(tally.begin(), tally.end(), "whole") > 0;
    if (has_begun && !is_done) {
      db::Database session{db::parse_target(arena_.url(database)), {}};
      session.query({"test.finish", "INSERT INTO public.tally VALUES ('whole')"});
    }
    const char* answer = has_begun ? "--step-done" : "--step-undone";
    const StruckRun told = arena_.run(words("resolve", {answer, kMigration}), database);
    EXPECT_EQ(told.exit, 0) << told.said;
  }

  Arena arena_;
  std::string original_;  // with the first migration
  StruckRun reference_;
  int questions_ = 0;
};

class UnknowableStep : public ::testing::TestWithParam<Blow> {};

TEST_P(UnknowableStep, IsAskedForWhenItWasStruck) {
  Refill refill;
  ASSERT_EQ(refill.reference().exit, 0) << refill.reference().said;
  const auto& messages = refill.reference().messages;
  const auto is_it = [](const SentMessage& message) {
    return message.from_client && message.type == 'Q' &&
           message.body.find("DO $$") != std::string::npos;
  };
  const auto sent = std::find_if(messages.begin(), messages.end(), is_it) - messages.begin() + 1;
  ASSERT_LT(sent, static_cast<std::ptrdiff_t>(messages.size()));
  // From the entry in the journal before it to that after it, and some on either side.
  constexpr int kAround = 32;
  constexpr int kEvery = 8;
  for (int at = -kAround; at <= kAround; at += kEvery) {
    refill.try_out({GetParam(), static_cast<int>(sent) + at});
  }
  refill.try_out({GetParam(), static_cast<int>(sent) + 1});
  fmt::print("{} questions\n", refill.questions());
  EXPECT_GE(refill.questions(), 1);
}

INSTANTIATE_TEST_SUITE_P(Each, UnknowableStep,
                         ::testing::Values(Blow::kill_client, Blow::end_backend,
                                           Blow::cut_connection),
                         [](const auto& blow) { return to_string(blow.param); });

}  // namespace
}  // namespace pcx::testing
