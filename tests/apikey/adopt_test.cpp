#include "apikey/adopt.h"

#include <gmock/gmock.h>

#include "apikey/plain_fence.h"
#include "apikey/prune.h"
#include "crypto/digest.h"
#include "crypto/encoding.h"
#include "db/listen.h"
#include "tests/apikey/fixture.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Adopt : public ApikeyFixture {
 protected:
  void insert_plain(const std::string& row_id, const std::string& key) {
    database().query({"test.insert",
                      "INSERT INTO public.api_keys (id, name, key, permissions, \"updatedAt\") "
                      "VALUES ($1, 'name of ' || $1, $2, '{patients:read}', '2020-01-01')"},
                     {row_id, key});
  }

  AdoptReport adopt(std::int64_t batch_rows = 300) {
    Hashers hashers{peppers()};
    return adopt_with(hashers, database(), batch_rows);
  }
  AdoptReport adopt_with(Hashers& hashers, db::Database& on, std::int64_t batch_rows) {
    return adopt_keys(
        {.database = on,
         .hashers = hashers,
         .random = random,
         .clock = clock,
         .interrupt = interrupt,
         .created_by = "ann@desk",
         .record = [](db::Transaction& tx,
                      const db::Deed& deed) { db::record_deed(tx, {.os_user = "ann"}, deed); },
         .on_batch = [this](std::int64_t, std::int64_t) { on_batch(); }},
        batch_rows);
  }

  std::optional<Key> presented(const std::string& text) {
    Hashers hashers{peppers()};
    db::Transaction tx = database().begin();
    return find_presented(tx, hashers.every_hash(text), text);
  }
  std::string text_of(const std::string& row_id) {
    return database()
        .query({"test.key", "SELECT key FROM public.api_keys WHERE id = $1"}, {row_id})
        .one()["key"]
        .as<std::string>();
  }
  static std::vector<std::string> described(const AdoptReport& report) {
    std::vector<std::string> lines;
    for (const LeftRow& left : report.left) {
      lines.push_back(left.row.row_id + " " + left.described());
    }
    return lines;
  }

  Interrupt interrupt;
  std::function<void()> on_batch = [] {};
};

TEST_F(Adopt, TakesEachKeyAsBefore) {
  insert_plain("1", "a-key-that-a-person-made-up");
  insert_plain("2", "and another one, with 'quotes' and \\ {}");
  insert_plain("3", "schl\u00fcssel-mit-\u00e4-und-mehr");
  const AdoptReport report = adopt(2);
  EXPECT_EQ(report.adopted, 3);
  EXPECT_THAT(report.left, IsEmpty());
  EXPECT_EQ(report.busy, 0);
  const auto key = presented("and another one, with 'quotes' and \\ {}");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->row_id, "2");
  EXPECT_EQ(key->kind, Kind::adopted);
  EXPECT_TRUE(is_key_id(key->id));
  EXPECT_EQ(key->name, "name of 2");
  EXPECT_THAT(key->scopes, ElementsAre("patients:read"));
  EXPECT_EQ(key->created_by, "ann@desk");
  EXPECT_FALSE(key->owner);
  EXPECT_EQ(text_of("2"), placeholder(key->id));
  EXPECT_TRUE(presented("schl\u00fcssel-mit-\u00e4-und-mehr"));
  EXPECT_FALSE(presented(text_of("1")));
  EXPECT_EQ(count("public.api_keys WHERE \"updatedAt\" > now() - interval '1 day'"), 3);
  EXPECT_EQ(adopt().adopted, 0);
}

TEST_F(Adopt, LeavesWhatIsNoKeyAndSaysWhy) {
  insert_plain("a", "");
  insert_plain("b", std::string(257, 'k'));
  insert_plain("c", "sha256:" + crypto::sha256_hex("key"));
  insert_plain("d", "\\x00ff");
  insert_plain("e", "pcx_live_mistyped");
  insert_plain("f", crypto::sha256_hex("key"));
  insert_plain("g", "short");
  const AdoptReport plan = plan_adoption(database(), interrupt);
  const AdoptReport report = adopt(1);
  for (const AdoptReport* each : {&plan, &report}) {
    EXPECT_EQ(each->adopted, 2);
    EXPECT_EQ(each->hexadecimal, 1);
    EXPECT_THAT(described(*each),
                ElementsAre("a is empty: nobody can present it",
                            "b is longer than 256 bytes: no verifier takes it",
                            "c is a digest already: nobody can tell its key",
                            "d is a digest already: nobody can tell its key",
                            "e begins as a key of pcx: no verifier takes it from here"));
    ASSERT_EQ(each->weak.size(), 1U);
    EXPECT_EQ(each->weak[0].row.row_id, "g");
  }
  EXPECT_EQ(placeholder(report.weak[0].id), text_of("g"));
  EXPECT_EQ(text_of("e"), "pcx_live_mistyped");
}

TEST_F(Adopt, RecordsEachBatchAndNoKey) {
  for (int i = 0; i < 5; ++i) insert_plain(std::to_string(i), "a-legacy-key-" + std::to_string(i));
  adopt(2);
  EXPECT_EQ(count("pcx.journal WHERE action = 'apikey.adopt'"), 3);
  EXPECT_EQ(count("pcx.journal WHERE action = 'apikey.adopt' AND (details->>'count')::int = 2 AND "
                  "(SELECT count(*) FROM jsonb_each_text(details->'keys') AS e(id, row) JOIN "
                  "pcx.apikey AS k ON k.id = e.id AND k.row_id = e.row) = 2"),
            2);
  EXPECT_EQ(count("pcx.journal AS j WHERE j::text LIKE '%a-legacy-key%'"), 0);
}

TEST_F(Adopt, TellsWhoeverListens) {
  insert_plain("1", "a-legacy-key-that-is-long");
  db::Database second = connect();
  db::Listener listener{second, kChannel};
  adopt();
  const auto told = listener.wait(std::chrono::seconds{10});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->payload, kToldAll);
}

TEST_F(Adopt, TakesRowsThatAreWrittenMeanwhile) {
  insert_plain("5", "a-legacy-key-that-is-long");
  int written = 0;
  on_batch = [&] {  // before the cursor
    if (written < 3)
      insert_plain(std::to_string(4 - written),
                   "a-key-that-is-written-meanwhile-" + std::to_string(written));
    ++written;
  };
  const AdoptReport report = adopt();
  EXPECT_EQ(report.adopted, 4);
  EXPECT_EQ(count("public.api_keys WHERE NOT key ^@ 'pcx:'"), 0);
}

TEST_F(Adopt, PassesOverRowsThatSomebodyIsChanging) {
  insert_plain("1", "a-legacy-key-that-is-long");
  insert_plain("2", "another-legacy-key-that-is-long");
  db::Database second = connect();
  db::Transaction holder = second.begin();
  holder.query({"test.hold",
                "UPDATE public.api_keys SET key = 'replaced-in-between-by-somebody' "
                "WHERE id = '1'"});
  const AdoptReport report = adopt();
  EXPECT_EQ(report.adopted, 1);
  EXPECT_EQ(report.busy, 1);
  holder.commit();
  EXPECT_EQ(adopt().adopted, 1);
  EXPECT_TRUE(presented("replaced-in-between-by-somebody"));
  EXPECT_FALSE(presented("a-legacy-key-that-is-long"));
}

TEST_F(Adopt, GivesARowThatWasWrittenOverItsIdAgain) {
  insert_plain("1", "a-legacy-key-that-is-long");
  adopt();
  const std::string before = text_of("1");
  sql("UPDATE public.api_keys SET key = 'the-application-wrote-another' WHERE id = '1'");
  EXPECT_EQ(adopt().adopted, 1);
  EXPECT_EQ(text_of("1"), before);
  EXPECT_TRUE(presented("the-application-wrote-another"));
  EXPECT_FALSE(presented("a-legacy-key-that-is-long"));
}

TEST_F(Adopt, DoesNotBringBackWhatWasRevoked) {
  insert_plain("1", "a-legacy-key-that-is-long");
  adopt();
  const std::string id = text_of("1").substr(4);
  {
    db::Transaction tx = database().begin();
    revoke_keys(tx, {id}, "ann", "leaked");
    tx.commit();
  }
  sql("UPDATE public.api_keys SET key = 'written-over-its-placeholder' WHERE id = '1'");
  // The same key in another row, under a pepper of before, too.
  make_pepper();
  insert_plain("2", "a-legacy-key-that-is-long");
  const AdoptReport report = adopt();
  EXPECT_EQ(report.adopted, 0);
  EXPECT_THAT(described(report),
              ElementsAre("1 stands where key " + id + " was, which pcx has revoked or rotated",
                          "2 is key " + id + " of another row"));
}

// Deleting a revoked key must not make a copy of it good that stands in another row.
TEST_F(Adopt, DoesNotBringBackWhatWasDeleted) {
  insert_plain("1", "a-legacy-key-that-is-long");
  adopt();
  const std::string id = text_of("1").substr(4);
  insert_plain("2", "a-legacy-key-that-is-long");
  sql("UPDATE pcx.apikey SET revoked_at = now() - interval '2 days', revoked_by = 'ann'");
  {
    db::Transaction tx = database().begin();
    ASSERT_EQ(delete_ended(tx, {id}, std::chrono::hours{24}).keys.size(), 1U);
    tx.commit();
  }
  EXPECT_FALSE(presented("a-legacy-key-that-is-long"));
  make_pepper();
  const AdoptReport report = adopt();
  EXPECT_EQ(report.adopted, 0);
  EXPECT_THAT(described(report),
              ElementsAre("2 is key " + id + ", which is over and was deleted: it is refused"));
  EXPECT_FALSE(presented("a-legacy-key-that-is-long"));
}

TEST_F(Adopt, RefusesAPepperThatIsNotActiveAnyMore) {
  insert_plain("1", "a-legacy-key-that-is-long");
  Hashers old_ones{peppers()};
  make_pepper();
  const Error error = pcx::testing::error_of([&] { adopt_with(old_ones, database(), 10); });
  EXPECT_EQ(error.reason(), "pepper_changed");
  EXPECT_EQ(text_of("1"), "a-legacy-key-that-is-long");
  EXPECT_EQ(count("pcx.apikey"), 0);
}

TEST_F(Adopt, StopsBetweenBatches) {
  for (int i = 0; i < 5; ++i) insert_plain(std::to_string(i), "a-legacy-key-" + std::to_string(i));
  on_batch = [&] { interrupt.request(Interrupt::Signal::interrupt); };
  const AdoptReport report = adopt(2);
  EXPECT_EQ(report.adopted, 2);
  ASSERT_TRUE(report.ended_by);
  EXPECT_EQ(report.ended_by->code(), ErrorCode::interrupted);
  EXPECT_EQ(count("public.api_keys WHERE key ^@ 'pcx:'"), 2);
  EXPECT_EQ(count("pcx.apikey"), 2);
}

TEST_F(Adopt, CountsDigestsOnlyWhereNoneIsBeingWritten) {
  const keyring::KeyId pepper = peppers().front().id;
  insert_plain("1", "a-legacy-key-that-is-long");
  adopt();
  db::Transaction tx = database().begin();
  EXPECT_EQ(count_digests_under(tx, pepper), 1);
  EXPECT_EQ(count_digests_under(tx, pepper + 1), 0);
  db::Database second = connect();
  db::Transaction other = second.begin();
  other.query({"test.limit", "SET LOCAL lock_timeout = '50ms'"});
  EXPECT_EQ(pcx::testing::error_of([&] {
              other.query({"test.write", "UPDATE pcx.apikey SET owner = 'ann'"});
            }).sqlstate(),
            "55P03");
}

TEST_F(Adopt, TellsWhatIsDoneWhenSomethingElseEndsIt) {
  for (int i = 0; i < 5; ++i) insert_plain(std::to_string(i), "a-legacy-key-" + std::to_string(i));
  on_batch = [&] { sql("UPDATE pcx.data_key SET state = 'decrypt_only' WHERE state = 'active'"); };
  const AdoptReport report = adopt(2);
  EXPECT_EQ(report.adopted, 2);
  ASSERT_TRUE(report.ended_by);
  EXPECT_EQ(report.ended_by->reason(), "pepper_changed");
  EXPECT_EQ(count("pcx.apikey"), 2);
}

class PlainFence : public Adopt {
 protected:
  db::PoliteTools tools() { return {database(), clock, interrupt}; }
  static constexpr auto kNothing = [](db::Transaction&) {};
};

TEST_F(PlainFence, KeepsKeysInPlainOut) {
  insert_plain("1", "a-legacy-key-that-is-long");
  adopt();
  EXPECT_EQ(read_plain_fence(database()), FenceState::absent);
  add_plain_fence(tools(), kNothing);
  EXPECT_EQ(read_plain_fence(database()), FenceState::unproven);
  EXPECT_TRUE(validate_plain_fence(tools()));
  EXPECT_EQ(read_plain_fence(database()), FenceState::valid);
  EXPECT_EQ(pcx::testing::error_of([&] { insert_plain("2", "in plain"); }).sqlstate(), "23514");
  insert({});
  drop_plain_fence(tools(), kNothing);
  EXPECT_EQ(read_plain_fence(database()), FenceState::absent);
}

TEST_F(PlainFence, IsNotProvenBesideARowThatBreaksIt) {
  insert_plain("1", "a-legacy-key-that-is-long");
  add_plain_fence(tools(), kNothing);
  EXPECT_FALSE(validate_plain_fence(tools()));
  EXPECT_EQ(adopt().adopted, 1);  // behind the fence
  EXPECT_TRUE(validate_plain_fence(tools()));
}

TEST_F(PlainFence, ReadsItsOwnMigration) {
  for (const std::string& statement : fence_migration()) sql(statement);
  EXPECT_EQ(read_plain_fence(database()), FenceState::valid);
}

TEST_F(PlainFence, KnowsSomethingElseOfItsName) {
  sql("ALTER TABLE public.api_keys ADD CONSTRAINT pcx_api_keys_fence CHECK (key <> '')");
  EXPECT_EQ(pcx::testing::error_of([&] { read_plain_fence(database()); }).reason(), "fence_name");
}

}  // namespace
}  // namespace pcx::apikey
