#include "keyring/kek_changes.h"

#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "keyring/made_files.h"
#include "keyring/recovery.h"
#include "keyring/wrapped_key.h"
#include "tests/keyring/fixture.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class KekChanges : public KeyringFixture {
 protected:
  void SetUp() override {
    KeyringFixture::SetUp();
    init();
    key = create().id;
    secret = std::string{open().open(key).reveal_text()};
  }
  std::string opened_with(const KekSource& source) {
    return std::string{open_keyring(database(), {source}, kek_tools()).open(key).reveal_text()};
  }
  KekChange rotate(const std::string& name, KekId old = 1) {
    const Keks all = keks();
    return rotate_kek(tools(all), old, file_source(name), kek_tools());
  }

  // Until another session waits for the keyring.
  void wait_for_waiter() {
    db::Database looking = connect();
    const db::Statement waits{"test.waits",
                              "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                              "datname = current_database()"};
    const auto began = std::chrono::steady_clock::now();
    while (looking.query(waits).empty()) {
      ASSERT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{9});
    }
  }

  KeyId key = 0;
  std::string secret;
};

TEST_F(KekChanges, AddOneThatOpensTheSame) {
  const Keks all = keks();
  const KekChange change = add_kek(tools(all), file_source("second"), kek_tools());
  EXPECT_EQ(change.keys, 3u);
  EXPECT_THAT(change.files, ElementsAre(file("second")));
  EXPECT_EQ(opened_with(file_source("second")), secret);
  EXPECT_EQ(opened_with(file_source("kek")), secret);
  const KeyId later = create().id;
  EXPECT_EQ(open().wrap_count(later), 3u);
}

TEST_F(KekChanges, RotateWithoutTouchingAValue) {
  const auto before = open();
  const KekChange change = rotate("second");
  EXPECT_EQ(change.keys, 3u);
  EXPECT_EQ(opened_with(file_source("second")), secret);
  EXPECT_EQ(error_of([&] { opened_with(file_source("kek")); }).reason(), "other_kek");
  const Keyring after = open();
  EXPECT_EQ(find_kek(after.rows(), 1), nullptr);
  EXPECT_EQ(after.wrap_count(key), 2u);
  // The recovery wraps are the same ones.
  EXPECT_EQ(find_wrap(after.rows(), key, 2)->wrapped, find_wrap(before.rows(), key, 2)->wrapped);
}

TEST_F(KekChanges, AreRefusedForTheKeyThatIsThere) {
  std::filesystem::copy(file("kek"), file("copy"));
  EXPECT_EQ(error_of([&] { rotate("copy"); }).reason(), "kek_exists");
  const Keks all = keks();
  EXPECT_EQ(error_of([&] { add_kek(tools(all), file_source("kek"), kek_tools()); }).reason(),
            "kek_exists");
  EXPECT_TRUE(std::filesystem::exists(file("copy")));
}

TEST_F(KekChanges, MakeNoFileWhenSomethingIsInTheWay) {
  EXPECT_EQ(error_of([&] { rotate("second", 99); }).code(), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { rotate("second", 2); }).code(), ErrorCode::usage);
  EXPECT_FALSE(std::filesystem::exists(file("second")));
}

TEST_F(KekChanges, TakeBackARecoveryKeyAndLeaveAKeyWhenNothingComesOfThem) {
  sql("CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION 'no'; END $$;"
      "CREATE CONSTRAINT TRIGGER no AFTER UPDATE ON pcx.keyring INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION public.no()");
  const Error error = error_of([&] { rotate("second"); });
  EXPECT_EQ(error.sqlstate(), "P0001");
  EXPECT_THAT(error.hint(), ::testing::EndsWith(file("second").native() +
                                                " stays: the same command takes the key in it."));
  {
    const Keks all = keks();
    EXPECT_THROW(add_recovery_key(tools(all), file("second.pem")), Error);
  }
  EXPECT_FALSE(std::filesystem::exists(file("second.pem")));
  EXPECT_EQ(opened_with(file_source("kek")), secret);
  sql("DROP TRIGGER no ON pcx.keyring");
  const std::string left = read_file(file("second"));
  EXPECT_THAT(rotate("second").files, IsEmpty());
  EXPECT_EQ(read_file(file("second")), left);
  EXPECT_EQ(opened_with(file_source("second")), secret);
}

// The second one reads what the first one made, and waits behind it.
TEST_F(KekChanges, LeaveTheFileThatAnotherChangeHasRead) {
  const Keks all = keks();
  std::jthread other;
  ChangeTools failing = tools(all);
  failing.journal = [&](const db::Deed&) -> db::Query {
    other = std::jthread{[&] {
      db::Database own = connect();
      const Keks its = load_keks(require_rows(own), {}, kek_tools());
      rotate_kek({own, its, clock, random, journal()}, 1, file_source("second"), kek_tools());
    }};
    wait_for_waiter();
    throw Error{ErrorCode::busy, "in the last moment"};
  };
  EXPECT_EQ(error_of([&] { rotate_kek(failing, 1, file_source("second"), kek_tools()); }).code(),
            ErrorCode::busy);
  other.join();
  EXPECT_EQ(opened_with(file_source("second")), secret);
  EXPECT_EQ(error_of([&] { opened_with(file_source("kek")); }).reason(), "other_kek");
}

TEST_F(KekChanges, SayWhichFileIsLeftWhenItCannotBeRemoved) {
  MadeFiles files;
  // A folder with something in it cannot be removed as a file is.
  files.add(folder.write("full/file", "x").parent_path());
  const Error error = error_of([&] {
    files.keep_if_committed([&]() -> int { throw Error{ErrorCode::busy, "no", "Wait."}; });
  });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.hint(),
            "Wait. Remove " + file("full").native() + ": what is in it belongs to no keyring.");
}

TEST_F(KekChanges, KeepTheirFilesWhenNobodyKnowsWhetherTheyWereCommitted) {
  MadeFiles files;
  files.add(folder.write("kek2", "x"));
  const Error error = error_of([&] {
    files.keep_if_committed([&]() -> int {
      throw Error{ErrorCode::unreachable, "lost"}.because("in_doubt");
    });
  });
  EXPECT_EQ(error.reason(), "in_doubt");
  EXPECT_EQ(error.hint(), "Keep " + file("kek2").native() +
                              " until 'pcx key status' shows whether the keyring was changed.");
  EXPECT_TRUE(std::filesystem::exists(file("kek2")));
}

TEST_F(KekChanges, SpeakOfWhateverTheTransactionMakes) {
  MadeFiles files{{.told_by = "somebody looks", .worth_nothing = "nobody needs it"}};
  files.add(folder.write("full/file", "x").parent_path());
  const auto hint_after = [&](const char* reason) {
    return error_of([&] {
             files.keep_if_committed([&]() -> int {
               throw Error{ErrorCode::busy, "no"}.because(reason);
             });
           })
        .hint();
  };
  EXPECT_EQ(hint_after("in_doubt"), "Keep " + file("full").native() + " until somebody looks.");
  EXPECT_EQ(hint_after(""), "Remove " + file("full").native() + ": nobody needs it.");
}

TEST_F(KekChanges, LeaveTwoThatCanBeHad) {
  {
    const Keks all = keks();
    EXPECT_EQ(error_of([&] { remove_kek(tools(all), 2); }).reason(), "too_few_keks");
    add_recovery_key(tools(all), file("second.pem"));
    EXPECT_EQ(error_of([&] { remove_kek(tools(all), 1); }).reason(), "too_few_keks");
    EXPECT_EQ(error_of([&] { remove_kek(tools(all), 99); }).code(), ErrorCode::not_found);
    remove_kek(tools(all), 2);
    add_kek(tools(all), file_source("second"), kek_tools());
  }
  std::filesystem::rename(file("second"), file("away"));
  const Keks all = keks();
  EXPECT_EQ(all.missing.size(), 1u);
  EXPECT_EQ(error_of([&] { remove_kek(tools(all), 1); }).reason(), "kek_missing");
  EXPECT_EQ(opened_with(file_source("kek")), secret);
}

TEST_F(KekChanges, WantAllOfThemForANewKey) {
  {
    const Keks all = keks();
    add_kek(tools(all), file_source("second"), kek_tools());
  }
  std::filesystem::rename(file("second"), file("away"));
  const Error error = error_of([&] { create(); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.detail(), ::testing::HasSubstr("wrapped under each key-encryption key"));
  const Keks all = keks({file_source("away")});
  EXPECT_EQ(create_key(tools(all), Purpose::field).state, KeyState::pending);
}

TEST_F(KekChanges, KnowTheOnlyOne) {
  Rows rows = require_rows(database());
  EXPECT_EQ(only_kek(rows), 1);
  rows.keks.push_back({.id = 3});
  EXPECT_EQ(error_of([&] { only_kek(rows); }).code(), ErrorCode::usage);
}

TEST_F(KekChanges, BringBackAKeyringWhoseKeysAreLost) {
  std::filesystem::remove(file("kek"));
  const Secret safe = read_secret_file(file("safe.pem"));
  const Keks none;
  ChangeTools with = tools(none);
  with.recovery_pem = &safe;
  rotate_kek(with, 1, file_source("new"), kek_tools());
  EXPECT_EQ(opened_with(file_source("new")), secret);
  EXPECT_TRUE(test_recovery(open(), safe).passed());
}

// Whoever opened the keyring before a rotation is too late for a change.
TEST_F(KekChanges, ComeBetweenAnotherChangeAndItsKeys) {
  const Keks old = keks();
  rotate("second");
  const Error error = error_of([&] { create_key(tools(old), Purpose::field); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.reason(), "changed_meanwhile");
  EXPECT_EQ(open().rows().keys.size(), 3u);
}

TEST_F(KekChanges, AddedMeanwhileAreMissedByANewKey) {
  const Keks old = keks();
  {
    const Keks all = keks();
    add_kek(tools(all), file_source("second"), kek_tools());
  }
  EXPECT_EQ(error_of([&] { create_key(tools(old), Purpose::field); }).reason(),
            "changed_meanwhile");
}

TEST_F(KekChanges, RotateTenThousandKeysInSeconds) {
  {
    const Keks all = keks();
    change_keyring(tools(all), [&](Draft& draft) {
      for (int i = 0; i < 10'000; ++i) {
        const Secret made = make_data_key(random);
        add_key(draft.rows, all,
                {.id = next_key_id(draft.tx), .created_at = draft.time, .check = key_check(made)},
                made);
      }
      return db::Deed{"test.many", "", Document::object()};
    });
  }
  SystemClock watch;
  const auto began = watch.steady_now();
  EXPECT_EQ(rotate("second").keys, 10'003u);
  const auto took = watch.steady_now() - began;
  RecordProperty("ms", static_cast<int>(took / std::chrono::milliseconds{1}));
  // 2 s on a quiet machine with a release build; what grows with the square takes minutes.
  EXPECT_LT(took, std::chrono::seconds{30});
  EXPECT_EQ(opened_with(file_source("second")), secret);
}

}  // namespace
}  // namespace pcx::keyring
