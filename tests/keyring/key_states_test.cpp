#include "keyring/key_states.h"

#include "core/error.h"
#include "tests/keyring/fixture.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;

class KeyStates : public KeyringFixture {
 protected:
  void SetUp() override {
    KeyringFixture::SetUp();
    init();
    all.emplace(keks());
  }
  ChangeTools with() { return tools(*all); }
  KeyId make_retired() {
    const KeyId id = create().id;
    activate_key(with(), id);
    activate_key(with(), create().id);
    retire_key(with(), id);
    return id;
  }

  std::optional<Keks> all;
};

TEST_F(KeyStates, PassFromOneKeyToTheNext) {
  const KeyId first = create().id;
  const KeyId second = create().id;
  EXPECT_EQ(open().active(Purpose::field), nullptr);
  EXPECT_EQ(activate_key(with(), first).replaced, std::nullopt);
  clock.advance(std::chrono::hours{1});
  const Activated activated = activate_key(with(), second);
  EXPECT_EQ(activated.replaced, first);
  EXPECT_EQ(activated.key.activated_at, clock.wall_now());
  const Keyring keyring = open();
  EXPECT_EQ(keyring.active(Purpose::field)->id, second);
  EXPECT_EQ(keyring.require(first).state, KeyState::decrypt_only);
  EXPECT_EQ(keyring.openable(Purpose::field).size(), 2u);
  keyring.open(first);
}

// The other purposes have their own.
TEST_F(KeyStates, AreThoseOfOnePurpose) {
  const KeyId before = open().active(Purpose::signing)->id;
  activate_key(with(), create(Purpose::field).id);
  activate_key(with(), create(Purpose::pepper).id);
  EXPECT_EQ(open().active(Purpose::signing)->id, before);
  EXPECT_EQ(activate_key(with(), create(Purpose::signing).id).replaced, before);
}

TEST_F(KeyStates, CloseARetiredKeyUntilItComesBack) {
  const KeyId id = make_retired();
  EXPECT_EQ(open().require(id).retired_at, clock.wall_now());
  const Error error = error_of([&] { open().open(id); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "key_state");
  EXPECT_EQ(reopen_key(with(), id).state, KeyState::decrypt_only);
  open().open(id);
}

TEST_F(KeyStates, LetAnActiveKeyGoOnlyForAnother) {
  const KeyId id = create().id;
  activate_key(with(), id);
  for (const auto& work : std::vector<std::function<void()>>{
           [&] { reopen_key(with(), id); }, [&] { retire_key(with(), id); },
           [&] { destroy_key(with(), id, {}); }, [&] { activate_key(with(), id); }}) {
    EXPECT_EQ(error_of(work).reason(), "key_state");
  }
  EXPECT_EQ(open().active(Purpose::field)->id, id);
}

TEST_F(KeyStates, EndAfterADelay) {
  const KeyId id = make_retired();
  clock.advance(kDestroyDelay - std::chrono::milliseconds{1});
  const Error error = error_of([&] { destroy_key(with(), id, kDestroyDelay); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "destroy_delay");
  EXPECT_EQ(open().wrap_count(id), 2u);
  clock.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(destroy_key(with(), id, kDestroyDelay).state, KeyState::destroyed);
  const Keyring keyring = open();
  EXPECT_EQ(keyring.wrap_count(id), 0u);
  EXPECT_EQ(keyring.require(id).destroyed_at, clock.wall_now());
  EXPECT_EQ(error_of([&] { keyring.open(id); }).reason(), "key_state");
}

TEST_F(KeyStates, EndAtOnceForAKeyThatNeverSealed) {
  EXPECT_EQ(destroy_key(with(), create().id, kDestroyDelay).state, KeyState::destroyed);
}

TEST_F(KeyStates, KeepACompromisedKeyInUseAndNeverBeginWithIt) {
  const KeyId used = create().id;
  activate_key(with(), used);
  EXPECT_TRUE(mark_compromised(with(), used).compromised);
  EXPECT_EQ(open().active(Purpose::field)->id, used);
  const KeyId pending = create().id;
  mark_compromised(with(), pending);
  EXPECT_EQ(error_of([&] { activate_key(with(), pending); }).reason(), "compromised");
  destroy_key(with(), pending, {});
  EXPECT_EQ(error_of([&] { mark_compromised(with(), pending); }).reason(), "key_state");
}

TEST_F(KeyStates, AreOfKeysThatThereAre) {
  EXPECT_EQ(error_of([&] { activate_key(with(), 99); }).code(), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { mark_compromised(with(), 99); }).code(), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { open().open(99); }).code(), ErrorCode::not_found);
}

// The failed change has left nothing: not even its number.
TEST_F(KeyStates, ChangeTheKeyringOnlyWhenTheyDo) {
  const auto before = open().generation();
  EXPECT_THROW(retire_key(with(), open().active(Purpose::signing)->id), Error);
  EXPECT_EQ(open().generation(), before);
  EXPECT_EQ(count("pcx.journal"), 1);
}

}  // namespace
}  // namespace pcx::keyring
