#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "alert/store.h"
#include "core/file.h"
#include "core/json.h"
#include "tests/alert/memory_sample.h"
#include "tests/alert/small_disk.h"
#include "tests/support/errors.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class AlertFileStore : public ::testing::Test {
 protected:
  std::filesystem::path folder() const { return folder_.path() / "state"; }
  FileStore store() const { return {folder(), clock, "owner", retention}; }
  Memory load() const { return store().load(); }
  // sample_memory(), saved.
  Memory begin() const {
    Memory memory = sample_memory();
    store().save(memory);
    return memory;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder()}) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  std::string outbox() const { return read_file(folder() / "outbox.jsonl"); }
  void write_outbox(const std::string& text) const { folder_.write("state/outbox.jsonl", text); }
  static OutboxLine delivered(OutboxLine line) {
    line.delivery = Delivery::delivered;
    ++line.attempts;
    line.ended_at = at(9);
    return line;
  }

  testing::FakeClock clock;
  Retention retention;
  testing::TemporaryFolder folder_;
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST_F(AlertFileStore, BeginsWithNothing) {
  EXPECT_EQ(shown(load()), shown(Memory{}));
  EXPECT_EQ(store().base(), std::nullopt);
  EXPECT_EQ(mode_of(folder()), 0700u);
}

TEST_F(AlertFileStore, GivesBackWhatWasSaved) {
  Memory memory = sample_memory();
  store().save(memory);
  EXPECT_EQ(memory.generation, 1);
  EXPECT_THAT(memory.new_events, IsEmpty());
  Memory expected = sample_memory();
  expected.generation = 1;
  EXPECT_EQ(shown(load()), shown(expected));
  EXPECT_THAT(files(), UnorderedElementsAre("memory.json", "outbox.jsonl"));
  EXPECT_EQ(mode_of(folder() / "memory.json"), 0600u);
  EXPECT_EQ(mode_of(folder() / "outbox.jsonl"), 0600u);
}

TEST_F(AlertFileStore, FollowsAHistory) {
  SeededRandom random{3};
  Memory memory;
  for (int run = 0; run < 60; ++run) {
    FileStore kept = store();
    memory = kept.load();
    memory = evolved(memory, random, "a", clock.wall_now());
    Memory expected = memory;
    kept.save(memory);
    ++expected.generation;
    ASSERT_EQ(shown(kept.load()), shown(expected)) << "run " << run;
    for (OutboxLine& line : memory.outbox) {
      if (line.delivery != Delivery::queued) continue;
      line = delivered(line);
      kept.save_line(line);
    }
    EXPECT_EQ(kept.load().outbox, memory.outbox);
    clock.advance(std::chrono::minutes{7});
  }
}

TEST_F(AlertFileStore, KeepsEventsAndEndedLinesUntilPostgresqlHasThem) {
  FileStore kept = store();
  Memory memory = kept.load();
  memory.new_events = {sample_event("event-1", at(0))};
  memory.outbox = {delivered(sample_line("line-1", 1, at(0)))};
  kept.save(memory);
  clock.advance(std::chrono::hours{5});
  memory.new_events = {sample_event("event-2", at(1))};
  kept.save(memory);
  memory = kept.load();
  ASSERT_EQ(memory.new_events.size(), 2u);
  EXPECT_EQ(memory.outbox.size(), 1u);
  kept.save(memory);  // as they were read: not twice
  EXPECT_EQ(kept.load().new_events.size(), 2u);
  kept.copy_from_database(memory);
  EXPECT_THAT(kept.load().new_events, IsEmpty());
}

TEST_F(AlertFileStore, KeepsNoMoreThanItMust) {
  retention = {.events = std::chrono::hours{48}, .ended = std::chrono::hours{24}};
  clock.advance(std::chrono::hours{100});
  const Time now = clock.wall_now();
  Memory memory;
  memory.new_events = {sample_event("old", now - std::chrono::hours{49})};
  for (int i = 0; i < 10'001; ++i) {
    memory.new_events.push_back(sample_event("event-" + std::to_string(i), now));
    memory.outbox.push_back(sample_line("line-" + std::to_string(i), i, now));
    memory.outbox.back().delivery = Delivery::dead;
    memory.outbox.back().ended_at = now - std::chrono::hours{i == 7 ? 25 : 23};
  }
  memory.outbox.push_back(sample_line("queued", 20'000, at(0)));
  memory.silences = {sample_silence("over")};
  memory.silences[0].expired_at = now - std::chrono::hours{25};
  FileStore kept = store();
  kept.save(memory);
  memory = kept.load();
  EXPECT_EQ(memory.new_events.size(), FileStore::kFileEventsMax);
  EXPECT_EQ(memory.new_events.front().id, "event-1");
  EXPECT_EQ(memory.outbox.size(), FileStore::kFileEventsMax);
  EXPECT_EQ(memory.outbox.front().id, "line-1");
  EXPECT_EQ(memory.outbox.back().id, "queued");
  EXPECT_THAT(memory.silences, IsEmpty());
}

TEST_F(AlertFileStore, KnowsWhatItWentOnFrom) {
  FileStore kept = store();
  Memory memory = sample_memory();
  memory.generation = 41;
  kept.copy_from_database(memory);
  EXPECT_EQ(kept.base(), std::nullopt);
  memory = kept.load();
  EXPECT_EQ(memory.generation, 41);
  kept.save(memory);
  kept.save(memory);
  EXPECT_EQ(memory.generation, 43);
  EXPECT_EQ(kept.base(), 41);
  memory.generation = 44;
  kept.copy_from_database(memory);
  EXPECT_EQ(kept.base(), std::nullopt);
  kept.save_line(delivered(memory.outbox[0]));
  EXPECT_EQ(kept.base(), 44);
}

TEST_F(AlertFileStore, WentOnFromNothingWithoutPostgresql) {
  begin();
  EXPECT_EQ(store().base(), 0);
}

TEST_F(AlertFileStore, RefusesToOverwriteWhatItDidNotRead) {
  begin();
  Memory memory;
  const Error error = error_of([&] { store().save(memory); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "generation");
}

TEST_F(AlertFileStore, LetsOneProcessIn) {
  const FileStore first = store();
  const Error error = error_of([&] { store(); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.what(), "another pcx alert works in " + folder().native());
}

TEST_F(AlertFileStore, LetsTheNextOneInWhenTheFirstIsGone) {
  begin();
  EXPECT_EQ(load().generation, 1);
}

TEST_F(AlertFileStore, RefusesAFolderThatOthersMayEnter) {
  for (const mode_t mode : {0701u, 0710u, 0740u, 0770u, 0777u, 0750u}) {
    std::filesystem::create_directory(folder());
    ASSERT_EQ(::chmod(folder().c_str(), mode), 0);
    const Error error = error_of([&] { store(); });
    EXPECT_EQ(error.code(), ErrorCode::permission);
    EXPECT_EQ(error.hint(), "Run: chmod 700 " + folder().native());
  }
  ASSERT_EQ(::chmod(folder().c_str(), 0700), 0);
  EXPECT_EQ(load().generation, 0);
}

TEST_F(AlertFileStore, RefusesAFolderOfSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to give a folder away";
  load();
  ASSERT_EQ(::chown(folder().c_str(), 65534, 65534), 0);
  const Error error = error_of([&] { store(); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_EQ(error.what(), folder().native() + " belongs to another user");
}

TEST_F(AlertFileStore, SaysWhereItCannotWork) {
  const std::filesystem::path nowhere = folder_.path() / "no" / "state";
  const auto open = [&](const std::filesystem::path& path) {
    return error_of([&] { FileStore{path, clock}; });
  };
  EXPECT_EQ(open(nowhere).code(), ErrorCode::cannot_create);
  EXPECT_EQ(open(nowhere).what(),
            "cannot make " + nowhere.native() + ": No such file or directory");
  EXPECT_EQ(open(folder_.write("plain", "")).code(), ErrorCode::cannot_create);
}

TEST_F(AlertFileStore, TakesALinkToAFolder) {
  load();
  std::filesystem::create_symlink("state", folder_.path() / "link");
  EXPECT_EQ(FileStore(folder_.path() / "link", clock).load().generation, 0);
}

// memory.json of a killed process has the same beginning, and six characters more.
TEST_F(AlertFileStore, RemovesWhatKilledProcessesLeft) {
  begin();
  folder_.write("state/memory.json.AbCdEf", "{");
  EXPECT_EQ(load().generation, 1);
  EXPECT_THAT(files(), UnorderedElementsAre("memory.json", "outbox.jsonl"));
}

TEST_F(AlertFileStore, AppendsAttemptsWithoutWritingTheMemoryAgain) {
  const Memory memory = begin();
  const std::string before = read_file(folder() / "memory.json");
  FileStore kept = store();
  OutboxLine line = memory.outbox[0];
  line.attempts = 1;
  kept.save_line(line);
  line = delivered(line);
  kept.save_line(line);
  kept.save_line(sample_line("line-9", 9, at(9)));
  const Memory again = kept.load();
  EXPECT_EQ(again.outbox.at(0), line);
  EXPECT_EQ(again.outbox.at(1), memory.outbox[1]);
  EXPECT_EQ(again.outbox.at(2).id, "line-9");
  EXPECT_EQ(again.generation, 1);
  EXPECT_EQ(read_file(folder() / "memory.json"), before);
}

TEST_F(AlertFileStore, IgnoresALastLineThatIsTorn) {
  const Memory memory = begin();
  const OutboxLine first = delivered(memory.outbox[0]);
  const OutboxLine second = delivered(sample_line("line-9", 9, at(9)));
  store().save_line(first);
  const std::size_t whole = outbox().size();
  store().save_line(second);
  const std::string both = outbox();
  for (std::size_t bytes = whole; bytes < both.size(); ++bytes) {
    write_outbox(both.substr(0, bytes));
    ASSERT_EQ(load().outbox.size(), 2u);
    ASSERT_EQ(load().outbox[0], first);
  }
  write_outbox(both.substr(0, whole + 9));
  store().save_line(second);
  EXPECT_EQ(outbox(), both);
  EXPECT_EQ(load().outbox.at(2), second);
}

// Killed between the two: memory.json is the new one, the attempts are still there.
TEST_F(AlertFileStore, PassesOverAttemptsThatFollowAnOlderMemory) {
  FileStore kept = store();
  Memory memory = sample_memory();
  kept.save(memory);
  kept.save_line(memory.outbox[0]);
  const std::string older = outbox();
  memory.outbox[0] = delivered(memory.outbox[0]);
  kept.save(memory);
  EXPECT_THAT(outbox(), IsEmpty());
  write_outbox(older);
  EXPECT_EQ(kept.load().outbox.at(0).delivery, Delivery::delivered);
}

struct Wrong {
  const char* name;
  const char* file;
  const char* text;
  const char* error;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

class WrongFile : public AlertFileStore, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongFile, IsRefusedWithItsPlace) {
  begin();
  folder_.write(std::string{"state/"} + GetParam().file, GetParam().text);
  const Error error = error_of([&] { load(); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(to_string(error.location()) + ": " + error.what(), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Of, WrongFile,
    ::testing::Values(
        Wrong{"empty", "memory.json", "", ""},
        Wrong{"torn", "memory.json", R"({"version":1,"ba)", ""},
        Wrong{"list", "memory.json", "[]", "state/memory.json: it is no object"},
        Wrong{"version", "memory.json", R"({"version":2})",
              "state/memory.json.version: another pcx has written it"},
        Wrong{"no_memory", "memory.json", R"({"version":1})",
              "state/memory.json.memory: it is miss"},
        Wrong{"base", "memory.json",
              R"({"version":1,"base":-1,"memory":{"origin":"o","generation":1,"next_sequence":1,)"
              R"("alerts":[],"incidents":[],"outbox":[],"silences":[],"readings":[],)"
              R"("new_events":[]}})",
              "state/memory.json.base: -1 is not"},
        Wrong{"line", "outbox.jsonl", "{}\n", "state/outbox.jsonl:1.after: it is missing"},
        Wrong{"no_json", "outbox.jsonl", "\nx\n", "state/outbox.jsonl:2"}),
    [](const auto& tested) { return std::string{tested.param.name}; });

TEST_F(AlertFileStore, LeavesAllAsItWasWhenTheDiskIsFull) {
  FileStore kept = store();
  Memory memory = sample_memory();
  kept.save(memory);
  kept.save_line(delivered(memory.outbox[0]));
  const std::string before = shown(kept.load()), attempts = outbox();
  memory.new_events = {sample_event("event-9", at(9))};
  const std::string asked = shown(memory);
  {
    const SmallDisk disk{1000};
    EXPECT_EQ(error_of([&] { kept.save(memory); }).code(), ErrorCode::io);
    EXPECT_EQ(error_of([&] { kept.copy_from_database(memory); }).code(), ErrorCode::io);
  }
  EXPECT_EQ(shown(memory), asked);
  EXPECT_EQ(shown(kept.load()), before);
  EXPECT_EQ(outbox(), attempts);
  EXPECT_THAT(files(), UnorderedElementsAre("memory.json", "outbox.jsonl"));
  kept.save(memory);
  EXPECT_EQ(kept.load().new_events.size(), 3u);
}

TEST_F(AlertFileStore, AppendsNoHalfLineWhenTheDiskIsFull) {
  const Memory memory = begin();
  FileStore kept = store();
  kept.save_line(delivered(memory.outbox[0]));
  const std::string before = outbox();
  for (rlim_t bytes = before.size(); bytes < before.size() + 200; bytes += 40) {
    const SmallDisk disk{bytes};
    const Error error = error_of([&] { kept.save_line(sample_line("line-9", 9, at(9))); });
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_THAT(error.what(), HasSubstr("outbox.jsonl: File too large"));
    EXPECT_EQ(outbox(), before);
  }
  kept.save_line(sample_line("line-9", 9, at(9)));
  EXPECT_EQ(kept.load().outbox.size(), 3u);
}

TEST_F(AlertFileStore, RefusesMoreThanItWouldRead) {
  FileStore kept = store();
  Memory memory;
  memory.readings.resize(kMemoryItemsMax + 1);
  EXPECT_EQ(error_of([&] { kept.save(memory); }).reason(), "too_much");
  EXPECT_EQ(error_of([&] { kept.copy_from_database(memory); }).reason(), "too_much");
}

TEST_F(AlertFileStore, WritesNoFileThatItWouldNotRead) {
  Memory memory = begin();
  FileStore kept{folder(), clock, "owner", retention, 10'000};
  memory.readings = {{at(0), Document{Document::Object{{"a", std::string(10'000, 'x')}}}}};
  EXPECT_EQ(error_of([&] { kept.save(memory); }).reason(), "too_much");
  EXPECT_EQ(memory.generation, 1);
  EXPECT_EQ(kept.load().generation, 1);
}

}  // namespace
}  // namespace pcx::alert
