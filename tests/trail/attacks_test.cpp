// Randomised attacks on sealed trails, each found by a process of its own that knows the public key
// and one checkpoint from before.
#include "tests/trail/attacks.h"

#include <cstdlib>

#include <gmock/gmock.h>

#include "core/random.h"

namespace pcx::audit {
namespace {

// What an attack does on its way is found, too: triggers that stood still.
bool is_by_the_way(const Said& said) {
  return said.attack == "trigger disabled" || said.severity == "warning";
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
    EXPECT_TRUE(expected.classes.contains(said.attack) || is_by_the_way(said)) << verdict.text;
  }
}

// $PCX_TRAIL_ATTACKS in all, of each kind in turn.
TEST(TrailAttacks, AreFoundAndNamed) {
  const char* const wanted = std::getenv("PCX_TRAIL_ATTACKS");
  const auto& kinds = attack_kinds();
  const auto count = wanted == nullptr ? 3 * kinds.size() : std::stoull(wanted);
  for (std::size_t i = 0; i < count; ++i) {
    attack(kinds[i % kinds.size()], 1000 + i);
    if (HasFatalFailure() && wanted != nullptr) return;
  }
}

}  // namespace
}  // namespace pcx::audit
