#include "keyring/init.h"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include "core/error.h"
#include "crypto/ed25519.h"
#include "tests/keyring/fixture.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Init : public KeyringFixture {
 protected:
  void expect_nothing_left() {
    EXPECT_EQ(count("pcx.keyring"), 0);
    EXPECT_EQ(count("pcx.kek"), 0);
    EXPECT_EQ(count("pcx.data_key"), 0);
    EXPECT_EQ(count("pcx.journal"), 0);
    EXPECT_FALSE(std::filesystem::exists(file("kek")));
    EXPECT_FALSE(std::filesystem::exists(file("safe.pem")));
  }
};

TEST_F(Init, MakesAKeyringWithItsFiles) {
  const NewKeyring made = init();
  EXPECT_THAT(made.files, ElementsAre(file("kek"), file("safe.pem")));
  for (const auto& path : made.files) {
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u) << path;
  }
  const Keyring keyring = open();
  EXPECT_EQ(keyring.generation(), 1);
  ASSERT_EQ(keyring.rows().keks.size(), 2u);
  EXPECT_EQ(keyring.rows().keks[0].location, file("kek"));
  EXPECT_EQ(keyring.rows().keks[1].kind, KekKind::recovery);
  EXPECT_EQ(keyring.wrap_count(made.rows_key), 2u);
  const DataKey* signing = keyring.active(Purpose::signing);
  ASSERT_NE(signing, nullptr);
  EXPECT_EQ(signing->id, made.signing_key);
  EXPECT_EQ(signing->created_at, clock.wall_now());
  crypto::Ed25519Signer{keyring.open(signing->id)};
  EXPECT_EQ(keyring.active(Purpose::field), nullptr);
}

TEST_F(Init, IsInTheJournalWithoutSecrets) {
  init();
  const auto rows = database().query({"test.journal", "SELECT action, details FROM pcx.journal"});
  EXPECT_EQ(rows.one()["action"].as<std::string>(), "key.init");
  const auto details = rows.one()["details"].as<std::string>();
  EXPECT_THAT(details, HasSubstr("safe.pem"));
  EXPECT_THAT(details, ::testing::Not(HasSubstr("PRIVATE")));
}

TEST_F(Init, OpensWithTheKeyFromTheSafeToo) {
  init();
  Rows rows = require_rows(database());
  Opener safe = opener_of(read_secret_file(file("safe.pem")), rows);
  const Keyring recovered{rows, std::move(safe)};
  const KeyId id = recovered.active(Purpose::signing)->id;
  EXPECT_EQ(recovered.open(id).reveal_text(), open().open(id).reveal_text());
}

TEST_F(Init, IsRefusedWhereThereIsAKeyring) {
  init();
  const Error error =
      error_of([&] { init_keyring(init_tools(), file_source("other"), file("other.pem")); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "keyring_exists");
  EXPECT_FALSE(std::filesystem::exists(file("other")));
  EXPECT_FALSE(std::filesystem::exists(file("other.pem")));
}

// Another session commits its keyring between our first look and our insertion.
TEST_F(Init, IsRefusedWhenAnotherOneIsFaster) {
  init();
  sql("CREATE TABLE public.aside AS SELECT * FROM pcx.keyring");
  db::Transaction tx = database().begin();
  const Error error =
      error_of([&] { insert_rows(tx, {.generation = 1, .tag = std::string(32, 't')}); });
  EXPECT_EQ(error.reason(), "keyring_exists");
}

TEST_F(Init, NeverWritesOverARecoveryFile) {
  folder.write("safe.pem", "the only key of another database", 0600);
  const Error error = error_of([&] { init(); });
  EXPECT_EQ(error.code(), ErrorCode::cannot_create);
  EXPECT_EQ(error.reason(), "exists");
  EXPECT_EQ(read_file(file("safe.pem")), "the only key of another database");
  std::filesystem::remove(file("safe.pem"));
  expect_nothing_left();
}

TEST_F(Init, LeavesNothingBehindWhenAFileCannotBeWritten) {
  const Error error =
      error_of([&] { init_keyring(init_tools(), file_source(), file("missing/safe.pem")); });
  EXPECT_EQ(error.code(), ErrorCode::cannot_create);
  expect_nothing_left();
}

TEST_F(Init, LeavesItsKeyForTheNextOneWhenTheDatabaseRefuses) {
  sql("CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION 'no'; END $$;"
      "CREATE CONSTRAINT TRIGGER no AFTER INSERT ON pcx.keyring INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION public.no()");
  const Error error = error_of([&] { init(); });
  EXPECT_EQ(error.sqlstate(), "P0001");
  EXPECT_THAT(error.hint(), HasSubstr(file("kek").native() + " stays"));
  EXPECT_FALSE(std::filesystem::exists(file("safe.pem")));
  sql("DROP TRIGGER no ON pcx.keyring");
  const std::string left = read_file(file("kek"));
  EXPECT_THAT(init().files, ElementsAre(file("safe.pem")));
  EXPECT_EQ(read_file(file("kek")), left);
}

// A killed init leaves its files: the key-encryption key is used again.
TEST_F(Init, TakesTheKeyOfAnInitThatWasKilled) {
  make_kek(file_source(), kek_tools());
  const std::string before = read_file(file("kek"));
  EXPECT_THAT(init().files, ElementsAre(file("safe.pem")));
  EXPECT_EQ(read_file(file("kek")), before);
}

TEST_F(Init, KeepsAKeyThatItDidNotMake) {
  make_kek(file_source(), kek_tools());
  EXPECT_THROW(init_keyring(init_tools(), file_source(), file("missing/safe.pem")), Error);
  EXPECT_TRUE(std::filesystem::exists(file("kek")));
}

}  // namespace
}  // namespace pcx::keyring
