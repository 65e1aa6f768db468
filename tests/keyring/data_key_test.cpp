#include "keyring/data_key.h"

#include <set>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::keyring {
namespace {

constexpr KeyState kStates[] = {KeyState::pending, KeyState::active, KeyState::decrypt_only,
                                KeyState::retired, KeyState::destroyed};

DataKey a_key() {
  return {.id = 7,
          .state = KeyState::active,
          .created_at = Time{std::chrono::seconds{1'700'000'000}},
          .activated_at = Time{std::chrono::seconds{1'700'000'001}},
          .check = "12345678"};
}

TEST(DataKey, IsReadByTheNamesItIsWrittenWith) {
  for (const KeyState state : kStates) EXPECT_EQ(state_of(to_string(state)), state);
  for (const Format format : {Format::v2, Format::v1, Format::json}) {
    EXPECT_EQ(format_of(to_string(format)), format);
  }
  for (const Purpose purpose :
       {Purpose::field, Purpose::blind_index, Purpose::pepper, Purpose::signing, Purpose::rows}) {
    EXPECT_EQ(purpose_of(to_string(purpose)), purpose);
  }
  EXPECT_EQ(state_of("Active"), std::nullopt);
  EXPECT_STREQ(to_string(static_cast<KeyState>(9)), "unknown");
}

TEST(DataKey, TakesTheseStepsAndNoOthers) {
  const std::set<std::pair<KeyState, KeyState>> steps = {
      {KeyState::pending, KeyState::active},       {KeyState::active, KeyState::decrypt_only},
      {KeyState::decrypt_only, KeyState::retired}, {KeyState::retired, KeyState::decrypt_only},
      {KeyState::retired, KeyState::destroyed},    {KeyState::pending, KeyState::destroyed}};
  for (const KeyState from : kStates) {
    for (const KeyState to : kStates) {
      EXPECT_EQ(may_become(from, to), steps.count({from, to}) == 1)
          << to_string(from) << " to " << to_string(to);
    }
  }
}

TEST(DataKey, SealsOnlyWhenActiveAndOpensUntilItIsRetired) {
  struct Case {
    KeyState state;
    bool seals;
    bool opens;
  };
  for (const Case& one : {Case{KeyState::pending, false, true},
                          {KeyState::active, true, true},
                          {KeyState::decrypt_only, false, true},
                          {KeyState::retired, false, false},
                          {KeyState::destroyed, false, false}}) {
    DataKey key = a_key();
    key.state = one.state;
    EXPECT_EQ(may_seal(key), one.seals) << to_string(one.state);
    EXPECT_EQ(may_open(key), one.opens) << to_string(one.state);
  }
}

TEST(DataKey, SaysWhatHasToComeFirst) {
  require_may_become(a_key(), KeyState::decrypt_only);
  const Error error = testing::error_of([] { require_may_become(a_key(), KeyState::retired); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "key_state");
  EXPECT_STREQ(error.what(), "key 7 is active and cannot become retired");
  EXPECT_EQ(error.hint(), "Only a key that is decrypt_only can be retired.");
}

TEST(DataKey, IsAnotherTextWithAnyOtherMember) {
  std::set<std::string> texts{canonical(a_key())};
  const auto add = [&](auto change) {
    DataKey key = a_key();
    change(key);
    EXPECT_TRUE(texts.insert(canonical(key)).second);
  };
  add([](DataKey& key) { key.id = 8; });
  add([](DataKey& key) { key.purpose = Purpose::pepper; });
  add([](DataKey& key) { key.format = Format::v1; });
  add([](DataKey& key) { key.state = KeyState::decrypt_only; });
  add([](DataKey& key) { key.compromised = true; });
  add([](DataKey& key) { key.created_at += std::chrono::microseconds{1}; });
  add([](DataKey& key) { key.activated_at.reset(); });
  add([](DataKey& key) { key.retired_at = key.activated_at; });
  add([](DataKey& key) { key.destroyed_at = key.activated_at; });
  add([](DataKey& key) { key.check = "1234567"; });
  EXPECT_EQ(texts.count(canonical(a_key())), 1u);
}

}  // namespace
}  // namespace pcx::keyring
