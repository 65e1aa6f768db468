#include "keyring/recovery.h"

#include <string>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/json.h"
#include "crypto/encoding.h"
#include "keyring/key_states.h"
#include "keyring/keyfile.h"
#include "keyring/wrapped_key.h"
#include "tests/keyring/fixture.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;
using ::testing::ElementsAre;

class Recovery : public KeyringFixture {
 protected:
  void SetUp() override {
    KeyringFixture::SetUp();
    init();
    create();
  }
  Secret safe() { return read_secret_file(file("safe.pem")); }
  // A keyring that is true in itself, with another recovery wrap of key 3: what a faulty pcx might
  // have written.
  Keyring with_recovery_wrap(const std::optional<std::string>& wrapped) {
    Keyring keyring = open();
    Rows rows = keyring.rows();
    std::erase_if(rows.wraps, [](const WrapRow& wrap) { return wrap.key == 3 && wrap.kek == 2; });
    if (wrapped) rows.wraps.push_back({3, 2, *wrapped});
    seal_rows(rows, rows_key(keyring));
    const Keks all = keks();
    return {std::move(rows), opener_of(all, keyring.rows())};
  }
};

TEST_F(Recovery, OpensEveryKey) {
  const RecoveryTest test = test_recovery(open(), safe());
  EXPECT_TRUE(test.passed());
  EXPECT_EQ(test.kek, 2);
  EXPECT_EQ(test.opened, 3u);
}

TEST_F(Recovery, LeavesOutWhatIsDestroyed) {
  const Keks all = keks();
  destroy_key(tools(all), 3, {});
  EXPECT_EQ(test_recovery(open(), safe()).opened, 2u);
}

TEST_F(Recovery, FindsTheWrapThatWouldFail) {
  EXPECT_THAT(test_recovery(with_recovery_wrap(std::nullopt), safe()).missing, ElementsAre(3));
  EXPECT_THAT(test_recovery(with_recovery_wrap("garbage"), safe()).unopened, ElementsAre(3));
  const auto public_key = crypto::RsaPrivateKey{safe()}.public_key();
  const std::string other = wrap_for_recovery(public_key, {.id = 3}, Secret{std::string(32, 'x')});
  const RecoveryTest test = test_recovery(with_recovery_wrap(other), safe());
  EXPECT_THAT(test.other, ElementsAre(3));
  EXPECT_EQ(test.opened, 2u);
  EXPECT_FALSE(test.passed());
}

TEST_F(Recovery, RefusesThePrivateKeyOfAnother) {
  EXPECT_EQ(
      error_of([&] { test_recovery(open(), crypto::RsaPrivateKey::generate().to_pem()); }).reason(),
      "other_kek");
  EXPECT_EQ(error_of([&] { test_recovery(open(), Secret{std::string_view{"x"}}); }).code(),
            ErrorCode::crypto);
}

// Opened from the export alone.
TEST_F(Recovery, IsWrittenDownWhole) {
  const Document exported =
      parse_json(to_json(export_recovery(open(), clock.wall_now())), "export");
  const crypto::RsaPrivateKey key{safe()};
  EXPECT_EQ(*exported.find("recovery_keys")->items()[0].find("public_key")->text(),
            key.public_key().to_pem());
  const auto& keys = exported.find("keys")->items();
  ASSERT_EQ(keys.size(), 3u);
  const Document& wrap = keys[2].find("wraps")->items()[0];
  const auto wrapped = crypto::from_base64(*wrap.find("wrapped")->text());
  const auto label = crypto::from_hex(*wrap.find("label")->text());
  const auto secret = key.open(crypto::bytes_of(*wrapped), crypto::bytes_of(*label));
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal_text(), open().open(3).reveal_text());
}

class Keyfiles : public Recovery {
 protected:
  Document made(const std::set<Purpose>& purposes = {Purpose::field},
                std::optional<KeyId> seal_with = std::nullopt) {
    const Keyfile file = make_keyfile(open(), purposes, seal_with, clock.wall_now());
    return parse_json(file.text.reveal_text(), "keyfile");
  }
  KeyId import(const char* text) {
    const Keks all = keks();
    return import_key(tools(all), Format::v1, Secret{std::string_view{text}},
                      KeyState::decrypt_only)
        .id;
  }
};

TEST_F(Keyfiles, HoldTheKeysThatMayOpen) {
  const Keks all = keks();
  activate_key(tools(all), 3);
  const KeyId legacy = import("old");
  retire_key(tools(all), import("older"));
  const Document file = made();
  EXPECT_EQ(to_json(*file.find("write")), "{\"field\":3}");
  ASSERT_EQ(file.find("keys")->members().size(), 2u);
  EXPECT_EQ(file.find("keys")->members()[1].first, std::to_string(legacy));
  const Document& key = *file.find("keys")->find("3");
  EXPECT_EQ(*key.find("state")->text(), "active");
  EXPECT_EQ(crypto::from_base64(*key.find("key")->text()), open().open(3).reveal_text());
  EXPECT_EQ(*file.find("written_at")->text(), "2026-01-15T12:00:00.000Z");
}

TEST_F(Keyfiles, SealWithTheOldKeyUntilOneIsActive) {
  const auto write = [&] { return to_json(*made().find("write")); };
  EXPECT_EQ(write(), "{}");
  const KeyId old = import("the application's");
  const std::string only_old = "{\"field\":" + std::to_string(old) + "}";
  EXPECT_EQ(write(), only_old);
  // Whoever knows it: the application has no other one.
  const Keks all = keks();
  mark_compromised(tools(all), old);
  EXPECT_EQ(write(), only_old);
  const KeyId fresh = create().id;
  EXPECT_EQ(write(), only_old);
  activate_key(tools(all), fresh);
  EXPECT_EQ(write(), "{\"field\":" + std::to_string(fresh) + "}");
}

TEST_F(Keyfiles, AskWhichOfSeveralOldKeysIsInUse) {
  const KeyId current = import("the current one");
  const KeyId before = import("the one before");
  const Keks all = keks();
  mark_compromised(tools(all), before);  // which says nothing of who seals with it
  const Error error = error_of([&] { made(); });
  EXPECT_EQ(error.reason(), "several_keys");
  EXPECT_EQ(std::string{error.what()},
            "no key is active, and the application may seal with any of the keys " +
                std::to_string(current) + ", " + std::to_string(before));
  for (const KeyId id : {current, before}) {
    EXPECT_EQ(to_json(*made({Purpose::field}, id).find("write")),
              "{\"field\":" + std::to_string(id) + "}");
  }
  const KeyId fresh = create().id;
  EXPECT_EQ(error_of([&] { made({Purpose::field}, fresh); }).reason(), "key_state");
  EXPECT_EQ(error_of([&] { made({Purpose::field}, 99); }).code(), ErrorCode::not_found);
  activate_key(tools(all), fresh);
  EXPECT_EQ(to_json(*made().find("write")), "{\"field\":" + std::to_string(fresh) + "}");
  EXPECT_EQ(error_of([&] { made({Purpose::field}, current); }).reason(), "key_state");
}

TEST_F(Keyfiles, HoldOtherPurposesOnRequest) {
  const KeyId pepper = create(Purpose::pepper).id;
  EXPECT_EQ(made().find("keys")->find(std::to_string(pepper)), nullptr);
  const Document file = made({Purpose::field, Purpose::pepper});
  EXPECT_NE(file.find("keys")->find(std::to_string(pepper)), nullptr);
  EXPECT_EQ(to_json(*file.find("write")), "{}");
}

}  // namespace
}  // namespace pcx::keyring
