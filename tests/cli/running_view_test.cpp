#include "cli/commands/running_view.h"

#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace pcx::cli {
namespace {

using migrate::Running;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class Recorder final : public Progress {
 public:
  void update(std::string_view activity, std::string_view what, std::int64_t done,
              std::int64_t total, std::string_view) override {
    updates.push_back(fmt::format("{} {}/{}: {}", activity, done, total, what));
  }
  void status(std::string_view, const Document&) override {}
  void say(std::string_view sentence, const std::vector<log::Field>& given) override {
    sentences.emplace_back(sentence);
    fields = given;
  }
  void clear() override {}

  std::vector<std::string> updates;
  std::vector<std::string> sentences;
  std::vector<log::Field> fields;  // of the last one
};

Running running_for(int time_s, std::optional<int> blocker, const std::string& phase) {
  Running running{.migration = "001",
                  .statement = "VACUUM",
                  .phase = phase,
                  .done = 2,
                  .total = 3,
                  .running_for = seconds{time_s}};
  if (!blocker) return running;
  running.blocker = migrate::Holder{.pid = *blocker,
                                    .user = "app",
                                    .application = "psql",
                                    .state = "idle in transaction",
                                    .in_transaction = seconds{90}};
  return running;
}

class RunningTeller : public ::testing::Test {
 protected:
  Recorder recorder;
  const std::function<void(const Running&)> tell = running_teller(recorder);
};

TEST_F(RunningTeller, ShowsEachTimeWhoIsInTheWay) {
  for (int time_s = 1; time_s <= 12; ++time_s) tell(running_for(time_s, 812, "scanning"));
  EXPECT_THAT(recorder.updates, SizeIs(12));
  EXPECT_THAT(recorder.updates, Each("VACUUM 2/3: held up by process 812, scanning"));
}

TEST_F(RunningTeller, RepeatsALineThatStaysEveryTenSeconds) {
  for (int time_s = 1; time_s <= 12; ++time_s) tell(running_for(time_s, 812, "scanning"));
  EXPECT_THAT(recorder.sentences,
              ElementsAre("migration 001: VACUUM runs for 1.0 s, scanning, 2 of 3; it waits for "
                          "process 812, \"psql\", role app, idle in transaction for 1 min 30 s",
                          "migration 001: VACUUM runs for 11.0 s, scanning, 2 of 3; it waits for "
                          "process 812, \"psql\", role app, idle in transaction for 1 min 30 s"));
  EXPECT_THAT(recorder.fields, Contains(log::Field{"blocker_pid", "812"}));
}

TEST_F(RunningTeller, SaysAtOnceWhatIsNew) {
  tell(running_for(1, 812, "scanning"));
  tell(running_for(2, 813, "scanning"));
  tell(running_for(3, {}, "scanning"));
  tell(running_for(4, {}, "sorting"));
  tell(running_for(1, {}, "sorting"));  // the next statement
  EXPECT_THAT(recorder.sentences, SizeIs(5));
  EXPECT_THAT(recorder.updates,
              ElementsAre("VACUUM 2/3: held up by process 812, scanning",
                          "VACUUM 2/3: held up by process 813, scanning", "VACUUM 2/3: scanning",
                          "VACUUM 2/3: sorting", "VACUUM 2/3: sorting"));
}

}  // namespace
}  // namespace pcx::cli
