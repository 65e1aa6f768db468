// Sealing, beside others and against what is in the way; changing keys; keeping checkpoints.
#include "audit/seal.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>

#include "audit/anchor.h"
#include "audit/signing_key_file.h"
#include "core/file.h"
#include "core/random.h"
#include "tests/trail/attacks.h"

namespace pcx::audit {
namespace {

using ::testing::HasSubstr;

// What pcx ends with, and what it says.
std::pair<int, std::string> outcome(Trail& trail, const std::vector<std::string>& words) {
  testing::PcxProcess process{words, trail.url(), trail.options()};
  const int exit = process.wait();
  return {exit, process.said()};
}

TEST(Seal, SaysWhatItDid) {
  Trail trail;
  EXPECT_THAT(trail.pcx({"audit", "seal"}), HasSubstr("leaves in the tree: "));
  EXPECT_THAT(trail.pcx({"audit", "seal"}), HasSubstr("Nothing to seal."));
  trail.sql("INSERT INTO public.patients VALUES (1, 'a'), (2, 'b')");
  EXPECT_THAT(trail.pcx({"audit", "seal"}), HasSubstr("Sealed 2 rows"));
}

TEST(Seal, WantsATrailAndAKey) {
  Trail trail;
  testing::PcxProcess without{{"audit", "seal"}, trail.url()};
  EXPECT_EQ(without.wait(), 66);
  EXPECT_THAT(without.said(), HasSubstr("audit keygen"));
  testing::PcxProcess unbelieved{{"audit", "verify"}, trail.url()};
  EXPECT_EQ(unbelieved.wait(), 3);
}

TEST(Seal, IsDoneByOneAtATime) {
  Trail trail;
  testing::PcxProcess first{{"audit", "seal", "--every", "10s"}, trail.url(), trail.options()};
  while (trail.number("SELECT count(*) FROM pcx.checkpoint") == 0 && !first.has_ended()) {
  }
  const auto [exit, said] = outcome(trail, {"audit", "seal"});
  EXPECT_EQ(exit, 75) << said;
  EXPECT_THAT(said, HasSubstr("pcx audit seal"));
  kill(first.pid(), SIGTERM);
  EXPECT_EQ(first.wait(), 143) << first.said();
}

TEST(Seal, GoesOnWhenItsSessionIsLost) {
  Trail trail;
  testing::PcxProcess sealer{{"audit", "seal", "--every", "100ms"}, trail.url(), trail.options()};
  const auto checkpoints = [&] { return trail.number("SELECT count(*) FROM pcx.checkpoint"); };
  while (checkpoints() == 0 && !sealer.has_ended()) {
  }
  trail.value(
      "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity"
      " WHERE application_name = 'pcx audit seal'");
  trail.sql("INSERT INTO public.patients VALUES (1, 'a')");
  while (checkpoints() == 1 && !sealer.has_ended()) {
  }
  ASSERT_FALSE(sealer.has_ended()) << sealer.said();
  EXPECT_THAT(sealer.said(), HasSubstr("trying again in"));
  EXPECT_EQ(trail.verify().exit, 0);
}

TEST(Seal, IsHarmlessWhenKilled) {
  SeededRandom random{3};
  Trail trail;
  for (int i = 0; i < 12; ++i) {
    trail.work(random);
    testing::PcxProcess sealer{{"audit", "seal"}, trail.url(), trail.options()};
    std::this_thread::sleep_for(
        std::chrono::milliseconds{random.below(60)});  // wherever it is then
    sealer.kill_it();
    const Verdict verdict = trail.verify();
    EXPECT_EQ(verdict.exit, 0) << verdict.text;
  }
  trail.seal();
  const Verdict verdict = trail.verify();
  EXPECT_EQ(verdict.exit, 0) << verdict.text;
  EXPECT_EQ(verdict.counts.at("rows not sealed yet"), 0);
}

void switch_guards(Trail& trail, const char* how) {
  trail.sql(std::string{"ALTER TABLE pcx.checkpoint "} + how);
}

TEST(Seal, NeverGoesOnOverAlteredTiles) {
  SeededRandom random{4};
  Trail trail;
  trail.work(random);
  trail.seal();
  run_unseen(trail.database(),
             "UPDATE pcx.tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)"
             " WHERE level = 0 AND number = 0");
  trail.work(random);
  const auto [exit, said] = outcome(trail, {"audit", "seal"});
  EXPECT_EQ(exit, 2) << said;
  EXPECT_EQ(trail.number("SELECT count(*) FROM pcx.checkpoint"), 1);
}

TEST(Seal, NeverGoesOnOverAForgedCheckpoint) {
  Trail trail;
  trail.seal();
  switch_guards(trail, "DISABLE TRIGGER ALL");
  trail.sql("UPDATE pcx.checkpoint SET note = replace(note, 'pcx1 2', 'pcx1 3')");
  switch_guards(trail, "ENABLE ALWAYS TRIGGER pcx_audit_guard");
  const auto [exit, said] = outcome(trail, {"audit", "seal"});
  EXPECT_EQ(exit, 2) << said;
}

TEST(Seal, BeatsItsHeart) {
  Trail trail;
  trail.seal();
  std::vector<SigningKey> keys;
  keys.push_back(read_signing_key_file(trail.key_file()));
  SystemRandom random;
  const SealReport quiet = seal({trail.database(), keys, random});
  EXPECT_EQ(quiet.checkpoints, 0);
  const SealReport beat = seal({trail.database(), keys, random, std::chrono::milliseconds{0}});
  EXPECT_EQ(beat.checkpoints, 1);
  EXPECT_EQ(beat.rows, 0);
  EXPECT_EQ(trail.number("SELECT count(*) FROM pcx.checkpoint"), 2);
  EXPECT_EQ(trail.verify().exit, 0);
}

TEST(Seal, IsVerifiedByTheOldKeyAndTheNewOne) {
  SeededRandom random{6};
  Trail trail;
  trail.work(random);
  trail.seal();
  trail.anchor();
  const auto next = trail.key_file().parent_path() / "next";
  std::string verifier = trail.pcx({"audit", "keygen", "--out", next.native()});
  verifier.pop_back();
  trail.pcx({"audit", "key", "rotate", "--new-key", next.native()});
  EXPECT_EQ(outcome(trail, {"audit", "seal"}).first, 79);  // the old key has handed over
  trail.work(random);
  trail.pcx({"audit", "seal", "--signing-key", next.native()});
  const Verdict by_old = trail.verify();
  EXPECT_EQ(by_old.exit, 0) << by_old.text;
  testing::PcxProcess by_new{
      {"audit", "verify", "--verifier-key", verifier, "--against", trail.anchor_file().native()},
      trail.url()};
  EXPECT_EQ(by_new.wait(), 0) << by_new.said();
  EXPECT_EQ(outcome(trail, {"audit", "seal"}).first, 79);
}

TEST(Anchor, KeepsEachCheckpointOnce) {
  SeededRandom random{7};
  Trail trail;
  trail.seal();
  trail.anchor();
  trail.anchor();
  trail.work(random);
  trail.seal();
  trail.anchor();
  const auto notes = split_notes(read_file(trail.anchor_file()));
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[1], trail.pcx({"audit", "anchor"}));
  const Verdict verdict = trail.verify();
  EXPECT_EQ(verdict.exit, 0) << verdict.text;
  EXPECT_EQ(verdict.counts.at("kept checkpoints"), 2);
}

TEST(Verify, ShowsOneRow) {
  Trail trail;
  trail.sql(
      "INSERT INTO public.audit_logs (id, \"userId\", action, resource)"
      " VALUES ('a', 'u', 'READ', 'Patient')");
  EXPECT_EQ(outcome(trail, {"audit", "verify", "--record", "a"}).first, 3);  // not sealed yet
  trail.seal();
  EXPECT_THAT(trail.pcx({"audit", "verify", "--record", "a"}), HasSubstr("what was sealed"));
  trail.sql(
      "ALTER TABLE public.audit_logs DISABLE TRIGGER ALL;"
      "UPDATE public.audit_logs SET \"userId\" = 'v'");
  const auto [exit, said] = outcome(trail, {"audit", "verify", "--record", "a"});
  EXPECT_EQ(exit, 2);
  EXPECT_THAT(said, HasSubstr("not what was sealed"));
}

TEST(Verify, ReadsAFileWithoutADatabase) {
  SeededRandom random{9};
  Trail trail;
  trail.work(random);
  trail.seal();
  const auto file = trail.key_file().parent_path() / "trail.jsonl";
  trail.pcx({"audit", "export", "--out", file.native()});
  const std::vector<std::string> words{"audit",       "verify",         "--file",
                                       file.native(), "--verifier-key", trail.verifier()};
  const std::string nowhere = "postgresql://nobody@/nothing?host=/nowhere";
  EXPECT_THAT(testing::run_pcx(words, nowhere), HasSubstr("Every row of its trees is there"));
  std::string rows = read_file(file);
  rows.replace(rows.find("patient 1"), 9, "patient 7");
  write_file_atomically(file, rows);
  testing::PcxProcess process{words, nowhere};
  EXPECT_EQ(process.wait(), 2) << process.said();
  EXPECT_THAT(process.said(), HasSubstr("row_altered"));
}

TEST(Verify, HasLevels) {
  SeededRandom random{8};
  Trail trail;
  trail.work(random);
  trail.seal();
  trail.sql(
      "ALTER TABLE pcx.change DISABLE TRIGGER pcx_audit_guard;"
      "UPDATE pcx.change SET actor = 'mallory' WHERE ctid = '(0,1)';"
      "ALTER TABLE pcx.change ENABLE ALWAYS TRIGGER pcx_audit_guard");
  EXPECT_EQ(trail.verify({"--quick"}).exit, 1);  // DDL that the trail has: a gap
  EXPECT_EQ(trail.verify({"--ledger"}).exit, 1);
  EXPECT_EQ(trail.verify({"--full"}).exit, 2);
  EXPECT_EQ(trail.verify({"--full", "--quick"}).exit, 64);
}

}  // namespace
}  // namespace pcx::audit
