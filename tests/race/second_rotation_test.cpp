// A rotation while the fences of the one before stand: no write of the application is refused, from
// the activation of the new key to the end of the old one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/race/race.h"

namespace pcx::testing {
namespace {

using std::chrono::seconds;

constexpr seconds kSettle{2};

class SecondRotation {
 public:
  explicit SecondRotation(std::size_t records) : race_(records, race_settings()) {
    race_.pcx({"key", "rotate", "--settle", "0s"});
    EXPECT_EQ(fences(), fences_for(race_.clinic().fresh));
  }

  // Each beside eight writers. Four of them hold transactions open, with sealed values in their
  // hands, for longer than a key takes to settle.
  void run(int rotations) {
    Shadow shadow{race_.clinic().written()};
    Writers writers{race_.clinic(), race_.keyfiles(), {.lingerers = 4}, 7};
    std::vector<Race::Activation> activations;
    for (int i = 0; i < rotations; ++i) activations.push_back(rotate_to_another());
    std::this_thread::sleep_for(2 * kSettle);  // until the last one has written
    writers.stop();
    writers.log_into(shadow);
    EXPECT_THAT(writers.failures(), ::testing::IsEmpty());
    EXPECT_THAT(race_.lost(shadow, writers.copies()), ::testing::IsEmpty());
    EXPECT_THAT(shadow.unlogged(race_.versions()), ::testing::IsEmpty());
    for (const auto& activation : activations) expect_settled(writers, activation);
    fmt::print("{} writes beside {} rotations, {} failed\n", shadow.size(), rotations,
               writers.failures().size());
  }

 private:
  Race::Activation rotate_to_another() {
    const auto activation = race_.activate_another();
    race_.pcx({"key", "rotate", "--settle", "2s"});
    EXPECT_EQ(fences(), fences_for(activation.new_key));
    retire(activation.old_key);
    return activation;
  }

  // Where pcx has the command.
  void retire(keyring::KeyId key) {
    PcxProcess has_it{{"key", "retire", "--help"}, race_.url()};
    if (has_it.wait() == 0) race_.pcx({"key", "retire", std::to_string(key)});
  }

  // The writers had the new key in time, and some still used the old one after the activation:
  // else the test would prove nothing.
  static void expect_settled(const Writers& writers, const Race::Activation& activation) {
    const auto last = writers.last_use(activation.old_key);
    ASSERT_TRUE(last);
    EXPECT_LT(*last - activation.at, kSettle);
    EXPECT_GT(*last, activation.at);
  }

  std::string fences() const {
    return race_.ask(
        "SELECT string_agg(DISTINCT regexp_replace(conname, '.*_k', ''), ',') || ' ' || count(*) "
        "FROM pg_constraint WHERE conname ^@ 'pcx_sealed_' AND convalidated");
  }
  // Of four columns and three copies; the copies of complaints are none of the profile's.
  static std::string fences_for(keyring::KeyId key) { return std::to_string(key) + " 8"; }

  Race race_;
};

TEST(SecondRotation, RefusesNoWrite) { SecondRotation{10'000}.run(2); }
TEST(SecondRotation, RefusesNoWriteLong) { SecondRotation{100'000}.run(8); }

}  // namespace
}  // namespace pcx::testing
