// Randomised attacks on sealed trails, each found by a process of its own that knows the public key
// and one checkpoint from before.
#include "tests/trail/attacks.h"

#include <cstdlib>

#include <gmock/gmock.h>

#include "core/random.h"
#include "tests/support/process.h"

namespace pcx::audit {
namespace {

// What an attack does on its way is found, too: triggers that stood still.
bool is_by_the_way(const Said& said, const Expected& expected) {
  return said.severity == "warning" || (expected.is_loud && said.attack == "trigger disabled");
}

void attack(const AttackKind& kind, std::uint64_t seed) {
  SCOPED_TRACE(std::string{kind.name} + ", seed " + std::to_string(seed));
  SeededRandom random{seed};
  Trail trail;
  trail.seal();
  trail.work(random);
  trail.seal();
  trail.sql(
      "CREATE TABLE public.kept_change AS SELECT * FROM pcx.change;"
      "CREATE TABLE public.kept_ledger AS SELECT * FROM pcx.ledger");
  trail.work(random);
  trail.seal();
  trail.work(random);
  trail.seal();
  trail.sql(
      "CREATE TABLE public.kept_tile AS SELECT * FROM pcx.tile WHERE level = 1 AND number = 0");
  trail.anchor();
  const Verdict before = trail.verify();
  ASSERT_EQ(before.exit, 0) << before.text;

  const Expected expected = kind.run(trail, random);
  const Verdict verdict = trail.verify();
  ASSERT_EQ(verdict.exit, 2) << verdict.text;
  const auto first = std::ranges::find_if(
      verdict.said, [&](const Said& said) { return expected.classes.contains(said.attack); });
  ASSERT_NE(first, verdict.said.end()) << verdict.text;
  EXPECT_EQ(first->index, expected.index) << verdict.text;
  EXPECT_EQ(first->is_exact, expected.is_exact) << verdict.text;
  for (const Said& said : verdict.said) {
    EXPECT_TRUE(expected.classes.contains(said.attack) || is_by_the_way(said, expected))
        << verdict.text;
  }
}

class TrailAttacks : public ::testing::TestWithParam<std::size_t> {};

// $PCX_TRAIL_ATTACKS in all, of each kind the same number.
TEST_P(TrailAttacks, IsFoundAndNamed) {
  const char* const wanted = std::getenv("PCX_TRAIL_ATTACKS");
  const auto kinds = attack_kinds().size();
  const auto rounds = wanted == nullptr ? 3 : (std::stoull(wanted) + kinds - 1) / kinds;
  for (std::size_t round = 0; round < rounds; ++round) {
    attack(attack_kinds()[GetParam()], 1000 + round * kinds + GetParam());
    if (HasFatalFailure()) return;
  }
}

// Whoever disables a trigger while event triggers are on has told it himself: what was not captured
// meanwhile is a gap.
TEST(TrailGaps, ADisabledTriggerIsToldByItsNotes) {
  SeededRandom random{1};
  Trail trail;
  trail.work(random);
  trail.seal();
  trail.sql("ALTER TABLE public.patients DISABLE TRIGGER pcx_audit_row");
  trail.sql("INSERT INTO public.patients VALUES (-1, 'ghost')");
  trail.sql("ALTER TABLE public.patients ENABLE ALWAYS TRIGGER pcx_audit_row");
  for (const bool is_sealed : {false, true}) {
    if (is_sealed) trail.seal();
    const Verdict verdict = trail.verify();
    EXPECT_EQ(verdict.exit, 1) << verdict.text;
    ASSERT_EQ(verdict.said.size(), 1U) << verdict.text;
    EXPECT_EQ(verdict.said[0].attack, "gap");
    EXPECT_EQ(verdict.said[0].severity, "warning");
    EXPECT_THAT(verdict.said[0].what, ::testing::HasSubstr("public.patients"));
  }
  trail.anchor();  // which tells nobody
  trail.work(random);
  trail.seal();
  const Verdict later = trail.verify();
  EXPECT_EQ(later.exit, 1) << later.text;
  const Verdict known = trail.verify({"--known-until", trail.now()});
  EXPECT_EQ(known.exit, 0) << known.text;
  EXPECT_EQ(known.counts.at("known warnings"), 1);
}

// Anybody can write that a table is gone.
TEST(TrailGaps, ANoteThatATableIsGoneHidesNone) {
  constexpr const char* kOff =
      "ALTER TABLE public.patients DISABLE TRIGGER pcx_audit_row;"
      "INSERT INTO public.patients VALUES (-1, 'ghost');";
  constexpr const char* kOn = "ALTER TABLE public.patients ENABLE ALWAYS TRIGGER pcx_audit_row;";
  constexpr const char* kDropped =
      "DROP TRIGGER pcx_audit_row ON public.patients;"
      "DROP TRIGGER pcx_audit_all ON public.patients;";
  for (const char* written :
       {R"('uninstall', '{"relation": "public.patients", "gone": true}')",
        R"('uninstall', '{"relation": "public.patients", "renamed_to": "public.p"}')",
        R"('drop', '{"type": "table", "object": "public.patients"}')"}) {
    const std::string note = fmt::format("SELECT pcx.audit_note({});", written);
    for (const std::string& deed :
         {std::string{kOff} + kOn + note, std::string{kOff} + "COMMIT; BEGIN;" + note + kOn,
          std::string{kOff} + note + "COMMIT; BEGIN;" + kOn, std::string{kDropped} + note,
          std::string{kDropped} + "COMMIT; BEGIN;" + note}) {
      SCOPED_TRACE(deed);
      Trail trail;
      trail.seal();
      trail.sql("BEGIN;" + deed + "COMMIT");
      trail.seal();
      const Verdict verdict = trail.verify();
      EXPECT_NE(verdict.exit, 0) << verdict.text;
      EXPECT_THAT(verdict.text, ::testing::HasSubstr("triggers of public.patients were off"));
    }
  }
}

TEST(NoGaps, ATableIsDroppedOrRenamed) {
  for (const char* deed : {"DROP TABLE public.patients", "ALTER TABLE public.patients RENAME TO p",
                           "DROP TABLE public.patients; CREATE TABLE public.patients (n int)",
                           "ALTER TABLE public.patients RENAME TO p;"
                           "CREATE TABLE public.patients (n int)"}) {
    SCOPED_TRACE(deed);
    Trail trail;
    trail.sql("CREATE TABLE public.pets (id bigint PRIMARY KEY)");
    trail.pcx({"audit", "install", "--tables", "pets"});
    trail.seal();
    trail.sql(deed);
    if (std::string_view{deed}.find("CREATE") == std::string_view::npos) {
      trail.pcx({"audit", "install", "--tables", "pets"});
    }
    trail.seal();
    const Verdict verdict = trail.verify();
    EXPECT_EQ(verdict.exit, 0) << verdict.text;
  }
}

// In a restored database, where the trees are two: the one that holds what was done before.
TEST(TrailTrees, AnEarlierOneThatIsGoneIsMissed) {
  SeededRandom random{1};
  Trail trail;
  trail.work(random);
  trail.seal();
  trail.anchor();
  const std::string url = trail.restored_dump();
  trail.pcx_at(url, {"audit", "seal"});
  EXPECT_EQ(trail.verify_at(url).exit, 0);
  db::Database copy{db::parse_target(url), {}};
  run_unseen(copy,
             "DELETE FROM pcx.change WHERE segment < 4; DELETE FROM pcx.audit_meta WHERE seq IN"
             " (SELECT seq FROM pcx.ledger WHERE segment < 4 AND src = 'M');"
             "DELETE FROM public.audit_logs WHERE id IN"
             " (SELECT row_id FROM pcx.ledger WHERE segment < 4 AND src = 'A');"
             "DELETE FROM pcx.ledger WHERE segment < 4; DELETE FROM pcx.checkpoint WHERE epoch = 1;"
             "DELETE FROM pcx.tile WHERE epoch = 1; DELETE FROM pcx.audit_epoch WHERE number = 1");
  const Verdict verdict = trail.verify_at(url);
  EXPECT_EQ(verdict.exit, 2) << verdict.text;
}

INSTANTIATE_TEST_SUITE_P(Kinds, TrailAttacks,
                         ::testing::Range(std::size_t{0}, attack_kinds().size()),
                         [](const auto& kind) { return attack_kinds()[kind.param].name; });

}  // namespace
}  // namespace pcx::audit
