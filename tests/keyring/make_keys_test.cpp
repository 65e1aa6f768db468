#include "keyring/make_keys.h"

#include "core/error.h"
#include "crypto/enc_v1.h"
#include "keyring/kek_changes.h"
#include "keyring/key_states.h"
#include "keyring/wrapped_key.h"
#include "tests/keyring/fixture.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;

class MakeKeys : public KeyringFixture {
 protected:
  void SetUp() override {
    KeyringFixture::SetUp();
    init();
  }
  DataKey import(Format format, const char* text, KeyState state = KeyState::decrypt_only) {
    const Keks all = keks();
    return import_key(tools(all), format, Secret{std::string_view{text}}, state);
  }

  const char* const kHex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
};

TEST_F(MakeKeys, MakesThemPendingAndOpenable) {
  const DataKey key = create(Purpose::blind_index);
  EXPECT_EQ(key.id, 3);
  EXPECT_EQ(key.state, KeyState::pending);
  EXPECT_EQ(key.created_at, clock.wall_now());
  const Keyring keyring = open();
  const Secret secret = keyring.open(key.id);
  EXPECT_EQ(secret.size(), kDataKeyBytes);
  EXPECT_EQ(key_check(secret), keyring.require(key.id).check);
  EXPECT_EQ(keyring.openable(Purpose::blind_index).front()->id, key.id);
}

TEST_F(MakeKeys, TakesOverTheApplicationsKeysWithoutACheck) {
  const DataKey v1 = import(Format::v1, "the application's secret");
  const DataKey json = import(Format::json, kHex);
  const Keyring keyring = open();
  EXPECT_EQ(keyring.require(v1.id).check, "");
  EXPECT_EQ(keyring.open(v1.id).reveal_text(),
            crypto::EncV1::derive_key(Secret{std::string_view{"the application's secret"}})
                .reveal_text());
  EXPECT_EQ(keyring.open(json.id).size(), kDataKeyBytes);
  EXPECT_EQ(keyring.active(Purpose::field), nullptr);
}

TEST_F(MakeKeys, KnowsAKeyThatIsThere) {
  const DataKey key = import(Format::v1, "secret");
  const Error error = error_of([&] { import(Format::v1, "secret", KeyState::pending); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "key_exists");
  import(Format::v1, "Secret");
  // Also when nothing may be opened with it any more.
  const Keks all = keks();
  retire_key(tools(all), key.id);
  EXPECT_EQ(error_of([&] { import(Format::v1, "secret"); }).reason(), "key_exists");
  destroy_key(tools(all), key.id, {});
  import(Format::v1, "secret");
}

TEST_F(MakeKeys, RefusesWhatIsNoKey) {
  EXPECT_EQ(error_of([&] { import(Format::v1, ""); }).code(), ErrorCode::crypto);
  EXPECT_EQ(error_of([&] { import(Format::json, "secret"); }).code(), ErrorCode::crypto);
  EXPECT_EQ(count("pcx.data_key"), 2);
}

// A later key of the same format, for a rotation while the application stands still.
TEST_F(MakeKeys, LetsAnImportedKeySealWhenItIsPending) {
  const DataKey key = import(Format::v1, "the next secret", KeyState::pending);
  const Keks all = keks();
  activate_key(tools(all), key.id);
  EXPECT_EQ(open().active(Purpose::field)->format, Format::v1);
}

TEST_F(MakeKeys, RefusesAKeyWithOneWrap) {
  Rows rows = require_rows(database());
  const Keks all = keks();
  rows.keks.pop_back();
  EXPECT_EQ(error_of([&] { add_key(rows, all, {.id = 9}, make_data_key(random)); }).reason(),
            "too_few_keks");
}

}  // namespace
}  // namespace pcx::keyring
