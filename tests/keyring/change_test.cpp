#include "keyring/change.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "keyring/kek_changes.h"
#include "keyring/key_states.h"
#include "tests/keyring/fixture.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;

class Changes : public KeyringFixture {
 protected:
  void SetUp() override {
    KeyringFixture::SetUp();
    init();
  }
};

TEST_F(Changes, AreDurableWhateverTheRoleSays) {
  sql("CREATE TABLE public.seen (setting text);"
      "CREATE FUNCTION public.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "
      "public.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER look AFTER UPDATE ON pcx.keyring INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION public.look(); SET synchronous_commit = off");
  create();
  EXPECT_EQ(database()
                .query({"test.seen", "SELECT setting FROM public.seen"})
                .one()["setting"]
                .as<std::string>(),
            "on");
}

TEST_F(Changes, SayWithWhichKeyTheKeyringWasOpened) {
  create();
  const auto row = database().query(
      {"test.journal",
       "SELECT details ->> 'opened_with' AS kek, details ->> 'generation' AS number "
       "FROM pcx.journal ORDER BY id DESC LIMIT 1"});
  EXPECT_EQ(row.one()["kek"].as<std::string>(), "1");
  EXPECT_EQ(row.one()["number"].as<std::string>(), "2");
}

// Changed between the insertion and the commit, by a trigger.
TEST_F(Changes, AreReadAgainBeforeTheyAreCommitted) {
  sql("CREATE FUNCTION public.swap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "NEW.wrapped := '\\x00'; RETURN NEW; END $$;"
      "CREATE TRIGGER swap BEFORE INSERT ON pcx.data_key_wrap FOR EACH ROW "
      "WHEN (NEW.kek_id = 1) EXECUTE FUNCTION public.swap()");
  EXPECT_EQ(error_of([&] { create(); }).reason(), "tag");
  EXPECT_EQ(count("pcx.data_key"), 2);
}

TEST_F(Changes, WaitForEachOtherWithALimit) {
  db::Database other = connect();
  db::Transaction holder = other.begin();
  lock_rows(holder);
  std::thread waiting{[&] {
    db::Database mine = connect();
    const Keks all = load_keks(require_rows(mine), {}, kek_tools());
    ChangeTools with{mine, all, clock, random, journal()};
    create_key(with, Purpose::field);
  }};
  // The other one waits now, then goes on from what it finds.
  while (database()
             .query({"test.waits",
                     "SELECT count(*)::int AS n FROM pg_stat_activity WHERE "
                     "wait_event_type = 'Lock' AND datname = current_database()"})
             .one()["n"]
             .as<int>() == 0) {
  }
  const KeyId id = next_key_id(holder);
  holder.rollback();
  waiting.join();
  EXPECT_EQ(open().rows().keys.back().key.id, id + 1);
}

// Several at once, and a rotation among them: each is done whole, or told that it came too late.
TEST_F(Changes, KeepTheKeyringWholeWhenManyComeAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 5;
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  const auto work = [&](int number) {
    db::Database mine = connect();
    SystemRandom own_random;
    pcx::testing::FakeClock own_clock;
    const KekTools own_tools{environment, own_random};
    for (int round = 0; round < kRounds; ++round) {
      try {
        const Keks all = load_keks(require_rows(mine), {}, own_tools);
        const ChangeTools with{mine, all, own_clock, own_random, journal()};
        if (number == 0) {
          rotate_kek(with, only_kek(require_rows(mine)), file_source("kek" + std::to_string(round)),
                     own_tools);
        } else {
          create_key(with, Purpose::field);
          ++made;
        }
      } catch (const Error& error) {
        EXPECT_EQ(error.reason(), "changed_meanwhile") << error.what();
      }
    }
  };
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  const Keyring keyring = open();
  EXPECT_GT(made, 0);
  EXPECT_EQ(keyring.rows().keys.size(), 2u + static_cast<std::size_t>(made));
  for (const KeyRow& row : keyring.rows().keys) EXPECT_EQ(keyring.wrap_count(row.key.id), 2u);
}

TEST_F(Changes, ActivateOneOfTwoAtOnce) {
  const KeyId ids[] = {create().id, create().id};
  std::vector<std::thread> threads;
  for (const KeyId id : ids) {
    threads.emplace_back([&, id] {
      db::Database mine = connect();
      const Keks all = load_keks(require_rows(mine), {}, kek_tools());
      activate_key({mine, all, clock, random, journal()}, id);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Keyring keyring = open();
  const KeyState states[] = {keyring.require(ids[0]).state, keyring.require(ids[1]).state};
  EXPECT_THAT(states, ::testing::UnorderedElementsAre(KeyState::active, KeyState::decrypt_only));
}

TEST_F(Changes, WantAKeyringThatIsStillThere) {
  const Keks all = keks();
  sql("TRUNCATE pcx.data_key_wrap, pcx.data_key, pcx.kek, pcx.keyring CASCADE");
  EXPECT_EQ(error_of([&] { create_key(tools(all), Purpose::field); }).code(), ErrorCode::conflict);
  EXPECT_EQ(error_of([&] { open(); }).reason(), "no_keyring");
}

TEST_F(Changes, CountSealsUpToTheLimit) {
  const KeyId id = create().id;
  db::Transaction tx = database().begin();
  EXPECT_EQ(count_seals(tx, id, 5), 5);
  EXPECT_EQ(count_seals(tx, id, kSealsMax - 5), kSealsMax);
  EXPECT_EQ(error_of([&] { count_seals(tx, id, 1); }).reason(), "seal_budget");
}

}  // namespace
}  // namespace pcx::keyring
