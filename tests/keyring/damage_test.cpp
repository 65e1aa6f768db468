// Every column of every table of the keyring, changed behind pcx's back.
#include <filesystem>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/keyring/fixture.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;
using ::testing::AnyOf;

class Damage : public KeyringFixture {
 protected:
  // kek 1 (file), 2 (recovery); keys 1 (rows), 2 (signing), 3 (active), 4 (pending).
  void SetUp() override {
    KeyringFixture::SetUp();
    init();
    create();
    create();
    sql("CREATE SCHEMA copy;"
        "CREATE TABLE copy.kek AS TABLE pcx.kek; CREATE TABLE copy.data_key AS TABLE pcx.data_key;"
        "CREATE TABLE copy.data_key_wrap AS TABLE pcx.data_key_wrap;"
        "CREATE TABLE copy.keyring AS TABLE pcx.keyring");
  }
  void put_back() {
    sql("TRUNCATE pcx.data_key_wrap, pcx.data_key, pcx.kek, pcx.keyring CASCADE;"
        "INSERT INTO pcx.kek OVERRIDING SYSTEM VALUE TABLE copy.kek;"
        "INSERT INTO pcx.data_key TABLE copy.data_key;"
        "INSERT INTO pcx.data_key_wrap TABLE copy.data_key_wrap;"
        "INSERT INTO pcx.keyring TABLE copy.keyring");
  }
  void expect_refused(const std::string& statement) {
    sql(statement);
    const auto deeds = count("pcx.journal");
    const std::vector<KekSource> named = {file_source()};
    const std::vector<std::function<void()>> works = {
        [&] { open_keyring(database(), named, kek_tools()); },
        [&] {
          const Keks all = keks(named);
          create_key(tools(all), Purpose::field);
        }};
    for (const auto& work : works) {
      const Error error = error_of(work);
      EXPECT_EQ(error.code(), ErrorCode::crypto) << statement << ": " << error.what();
      EXPECT_THAT(error.reason(), AnyOf("tag", "other_kek")) << statement;
    }
    EXPECT_EQ(count("pcx.journal"), deeds) << statement;
    put_back();
  }
};

TEST_F(Damage, IsRefusedInEveryColumn) {
  const char* statements[] = {
      "UPDATE pcx.kek SET provider = 'env', location = 'PATH' WHERE id = 1",
      "UPDATE pcx.kek SET location = '/etc/passwd' WHERE id = 1",
      "UPDATE pcx.kek SET provider = 'command', wrapped = 'x' WHERE id = 1",
      "UPDATE pcx.kek SET provider = 'recovery', key_check = NULL WHERE id = 1",
      "UPDATE pcx.kek SET key_check = '\\x0001020304050607' WHERE id = 1",
      "UPDATE pcx.kek SET created_at = created_at + '1 microsecond' WHERE id = 1",
      "UPDATE pcx.kek SET created_at = 'infinity' WHERE id = 1",
      "UPDATE pcx.kek SET tag = sha256(tag) WHERE id = 1",
      "UPDATE pcx.kek SET location = replace(location, 'MII', 'MIJ') WHERE id = 2",
      "UPDATE pcx.kek SET tag = (SELECT tag FROM pcx.kek WHERE id = 1) WHERE id = 2",
      "UPDATE pcx.data_key SET purpose = 'pepper' WHERE id = 3",
      "UPDATE pcx.data_key SET purpose = 'pepper' WHERE id = 1",
      "UPDATE pcx.data_key SET format = 'v1' WHERE id = 3",
      "UPDATE pcx.data_key SET state = 'active' WHERE id = 3",
      "UPDATE pcx.data_key SET state = 'decrypt_only' WHERE id = 1",
      "UPDATE pcx.data_key SET state = 'destroyed', destroyed_at = now() WHERE id = 3",
      "UPDATE pcx.data_key SET compromised = true WHERE id = 3",
      "UPDATE pcx.data_key SET created_at = created_at - '1 day'::interval WHERE id = 3",
      "UPDATE pcx.data_key SET activated_at = now() WHERE id = 3",
      "UPDATE pcx.data_key SET retired_at = now() WHERE id = 3",
      "UPDATE pcx.data_key SET key_check = NULL WHERE id = 3",
      "UPDATE pcx.data_key SET key_check = '\\x0001020304050607' WHERE id = 3",
      "UPDATE pcx.data_key SET tag = sha256(tag) WHERE id = 3",
      "UPDATE pcx.data_key SET tag = (SELECT tag FROM pcx.data_key WHERE id = 3) WHERE id = 4",
      "UPDATE pcx.data_key_wrap SET wrapped = '\\x00' WHERE key_id = 1 AND kek_id = 1",
      "UPDATE pcx.data_key_wrap SET wrapped = '\\x00' WHERE key_id = 3 AND kek_id = 1",
      "UPDATE pcx.data_key_wrap SET wrapped = '\\x00' WHERE key_id = 3 AND kek_id = 2",
      "UPDATE pcx.data_key_wrap w SET wrapped = (SELECT wrapped FROM pcx.data_key_wrap "
      "WHERE key_id = 7 - w.key_id AND kek_id = 1) WHERE key_id IN (3, 4) AND kek_id = 1",
      "UPDATE pcx.keyring SET generation = generation + 1",
      "UPDATE pcx.keyring SET tag = sha256(tag)",
      "DELETE FROM pcx.data_key_wrap WHERE key_id = 3 AND kek_id = 1",
      "DELETE FROM pcx.data_key_wrap WHERE key_id = 3 AND kek_id = 2",
      "DELETE FROM pcx.data_key_wrap WHERE key_id = 4; DELETE FROM pcx.data_key WHERE id = 4",
      "DELETE FROM pcx.data_key_wrap WHERE kek_id = 2; DELETE FROM pcx.kek WHERE id = 2",
      "DELETE FROM pcx.data_key_wrap WHERE kek_id = 1; DELETE FROM pcx.kek WHERE id = 1",
      "DELETE FROM pcx.data_key_wrap WHERE key_id = 1; DELETE FROM pcx.data_key WHERE id = 1",
      "ALTER TABLE pcx.data_key_wrap DROP CONSTRAINT data_key_wrap_key_id_fkey;"
      "UPDATE pcx.data_key_wrap SET key_id = 9 WHERE key_id = 4;"
      "UPDATE pcx.data_key SET id = 9 WHERE id = 4",
      "ALTER TABLE pcx.data_key_wrap DROP CONSTRAINT data_key_wrap_kek_id_fkey;"
      "UPDATE pcx.data_key_wrap SET kek_id = 9 WHERE kek_id = 1;"
      "UPDATE pcx.kek SET id = DEFAULT WHERE id = 1",
  };
  open();
  for (const char* statement : statements) expect_refused(statement);
  open();
}

// Words that the server would refuse, from somebody who may drop the CHECKs.
TEST_F(Damage, IsRefusedInWordsThatPcxNeverWrites) {
  sql("ALTER TABLE pcx.kek DROP CONSTRAINT kek_provider_check, DROP CONSTRAINT kek_check1;"
      "ALTER TABLE pcx.data_key DROP CONSTRAINT data_key_purpose_check,"
      " DROP CONSTRAINT data_key_format_check, DROP CONSTRAINT data_key_state_check");
  expect_refused("UPDATE pcx.kek SET provider = 'hsm' WHERE id = 2");
  expect_refused("UPDATE pcx.data_key SET purpose = '' WHERE id = 3");
  expect_refused("UPDATE pcx.data_key SET format = 'V2' WHERE id = 3");
  expect_refused("UPDATE pcx.data_key SET state = 'lost' WHERE id = 3");
}

TEST_F(Damage, DoesNotCountInTheNumberOfSeals) {
  sql("UPDATE pcx.data_key SET seal_count = 5 WHERE id = 3");
  EXPECT_EQ(open().seal_count(3), 5);
  EXPECT_EQ(open().seal_count(99), 0);
}

// From a backup: the whole keyring is an older one, and opens; a part of it does not.
TEST_F(Damage, IsNoneWhenTheWholeKeyringWasPutBack) {
  const KeyId late = create().id;
  EXPECT_EQ(open().generation(), 4);
  put_back();
  EXPECT_EQ(open().generation(), 3);
  EXPECT_EQ(open().find(late), nullptr);
  EXPECT_EQ(create().id, late + 1);  // an id that was given is never given again
}

TEST_F(Damage, IsThereWhenAPartOfTheKeyringWasPutBack) {
  create();
  sql("DELETE FROM pcx.data_key_wrap WHERE key_id = 5; DELETE FROM pcx.data_key WHERE id = 5");
  EXPECT_EQ(error_of([&] { open(); }).reason(), "tag");
  put_back();
  create();
  sql("DELETE FROM pcx.keyring; INSERT INTO pcx.keyring TABLE copy.keyring");
  EXPECT_EQ(error_of([&] { open(); }).reason(), "tag");
}

// A keyring of somebody else's, whole and in itself true, under a key that he knows.
TEST_F(Damage, IsAForeignKeyringForWhoeverNamesHisKey) {
  std::filesystem::copy(file("kek"), file("mine"));
  sql("TRUNCATE pcx.data_key_wrap, pcx.data_key, pcx.kek, pcx.keyring CASCADE");
  InitTools his = init_tools();
  his.make_recovery = crypto::RsaPrivateKey::generate;
  init_keyring(his, file_source("foreign"), file("foreign.pem"));
  open();
  const Error error =
      error_of([&] { open_keyring(database(), {file_source("mine")}, kek_tools()); });
  EXPECT_EQ(error.reason(), "other_kek");
}

}  // namespace
}  // namespace pcx::keyring
