#include "apikey/transfer_store.h"

#include <gmock/gmock.h>

#include "apikey/prune.h"
#include "db/listen.h"
#include "tests/apikey/fixture.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

using pcx::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ApikeyTransferStore : public ApikeyFixture {
 protected:
  Transfer exported() {
    const keyring::Rows rows = keyring::require_rows(database());
    db::Transaction tx = database().begin(db::Access::read_only, db::Isolation::repeatable_read);
    Transfer transfer{
        .written_at = clock.wall_now(), .peppers = {}, .keys = read_transfer_keys(tx)};
    transfer.peppers = peppers_for(transfer.keys, rows);
    return transfer;
  }
  ImportPlan planned(const Transfer& transfer) {
    db::Transaction tx = database().begin();
    return plan_import(tx, transfer.keys);
  }
  ImportPlan imported(Transfer transfer) {
    adopt_peppers(transfer, open());
    db::Transaction tx = database().begin();
    ImportPlan plan = plan_import(tx, std::move(transfer.keys));
    write_import(tx, plan);
    tx.commit();
    return plan;
  }
  void prune(const Token& token) {
    sql("UPDATE pcx.apikey SET revoked_at = now() - interval '2 days', revoked_by = 'ann' WHERE id "
        "= '" +
        token.id + "'");
    db::Transaction tx = database().begin();
    ASSERT_THAT(delete_ended(tx, {token.id}, std::chrono::hours{24}).keys, SizeIs(1));
    tx.commit();
  }
  void forget_everything() { sql("TRUNCATE pcx.apikey CASCADE; TRUNCATE public.api_keys"); }
  bool is_found(const Token& token) {
    Hashers hashers{peppers()};
    db::Transaction tx = database().begin();
    const auto key = find_presented(tx, hashers.every_hash(token.text.reveal_text()), std::nullopt);
    return key && key->id == token.id;
  }
};

TEST_F(ApikeyTransferStore, BringsBackEverythingExceptTheKeys) {
  const Token token = insert({.kind = Kind::test,
                              .name = "laboratory \"1\"\n",
                              .scopes = {"patients:read", "{a,b}", ""},
                              .rate = 600,
                              .expires_at = parse_rfc3339("2027-01-31T12:00:00.250Z"),
                              .owner = "user-7",
                              .tenant = "tenant-1",
                              .cidrs = {"10.0.0.0/8", "10.1.2.3/32", "2001:db8::/32"}});
  const Token revoked = insert();
  const Token rotated = insert();
  sql("UPDATE public.api_keys SET permissions = NULL WHERE id = 'row-" + rotated.id + "'");
  {
    db::Transaction tx = database().begin();
    revoke_keys(tx, {revoked.id}, "ann", "leaked");
    replace_key(tx, rotated.id, token.id, std::chrono::hours{1});
    tx.commit();
  }
  const std::string before = to_lines(exported());
  forget_everything();
  EXPECT_FALSE(is_found(token));
  const ImportPlan plan = imported(parse_transfer(before, "f"));
  EXPECT_THAT(plan.fresh, SizeIs(3));
  EXPECT_EQ(to_lines(exported()), before);
  EXPECT_TRUE(is_found(token));
  EXPECT_EQ(count("public.api_keys AS a JOIN pcx.apikey AS k ON a.key = 'pcx:' || k.id"), 3);
}

TEST_F(ApikeyTransferStore, TakesWhatIsHereAlreadyOnce) {
  insert();
  const Token other = insert();
  Transfer transfer = exported();
  sql("UPDATE public.api_keys SET \"lastUsedAt\" = now(), \"updatedAt\" = now()");
  EXPECT_EQ(planned(transfer).identical, 2);
  {
    db::Transaction tx = database().begin();
    revoke_keys(tx, {other.id}, "ann", "leaked");
    tx.commit();
  }
  const ImportPlan plan = imported(transfer);
  EXPECT_EQ(plan.identical, 1);
  EXPECT_THAT(plan.different, ElementsAre(other.id));
  EXPECT_THAT(plan.fresh, IsEmpty());
  EXPECT_EQ(count("pcx.apikey WHERE revoked_at IS NOT NULL"), 1);
}

// Using a key makes its digest anew, under the pepper of today.
TEST_F(ApikeyTransferStore, KnowsAKeyWhoseDigestWasMadeAnew) {
  const Token token = insert();
  const Token other = insert();
  const Transfer transfer = exported();
  make_pepper();
  Hashers hashers{peppers()};
  for (const TransferKey& each : transfer.keys) {
    const Token& of = each.key.id == token.id ? token : other;
    ASSERT_TRUE(rehash_key(database(), each.key, hashers.hash(of.text.reveal_text())));
  }
  sql("UPDATE public.api_keys SET name = 'renamed' WHERE id = 'row-" + other.id + "'");
  const ImportPlan plan = imported(transfer);
  EXPECT_EQ(plan.identical, 1);
  EXPECT_THAT(plan.different, ElementsAre(other.id));
  EXPECT_TRUE(is_found(token));
  Transfer of_other_kind = transfer;
  for (TransferKey& each : of_other_kind.keys) each.key.kind = Kind::test;
  EXPECT_EQ(error_of([&] { planned(of_other_kind); }).reason(), "taken");
}

TEST_F(ApikeyTransferStore, BringsNoKeyBackThatWasDeleted) {
  const Token token = insert();
  const Token other = insert();
  const Transfer transfer = exported();
  prune(token);
  const Error error = error_of([&] { imported(transfer); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "gone");
  EXPECT_THAT(error.what(), HasSubstr("1 key of the file was deleted here: " + token.id));
  EXPECT_FALSE(is_found(token));
  Transfer under_another_id = transfer;
  for (TransferKey& each : under_another_id.keys) {
    if (each.key.id == token.id) each.key.id = "0000000000";
  }
  EXPECT_EQ(error_of([&] { imported(under_another_id); }).reason(), "gone");
  EXPECT_EQ(count("pcx.apikey"), 1);
}

TEST_F(ApikeyTransferStore, CopesWithTimesThatAreNone) {
  const Token token = insert();
  sql("UPDATE public.api_keys SET \"createdAt\" = 'infinity', \"updatedAt\" = '12026-01-01', "
      "\"lastUsedAt\" = '0044-03-15 BC'");
  const std::string lines = to_lines(exported());
  EXPECT_THAT(lines, HasSubstr("\"lastUsedAt\":null,\"createdAt\":null,\"updatedAt\":null"));
  const Transfer transfer = parse_transfer(lines, "f");
  EXPECT_EQ(planned(transfer).identical, 1);
  forget_everything();
  EXPECT_THAT(imported(transfer).fresh, SizeIs(1));
  EXPECT_TRUE(is_found(token));
  EXPECT_EQ(planned(transfer).identical, 1);
  EXPECT_EQ(count("public.api_keys AS a JOIN pcx.apikey AS k ON a.id = k.row_id WHERE "
                  "abs(extract(epoch FROM a.\"createdAt\" - k.created_at AT TIME ZONE 'UTC')) < "
                  "0.001 AND a.\"updatedAt\" < now() + interval '1 day'"),
            1);
}

TEST_F(ApikeyTransferStore, LeavesOutKeysWithoutARowAndSeesThemInTheWay) {
  const Token token = insert();
  const Transfer transfer = exported();
  sql("DELETE FROM public.api_keys");
  EXPECT_THAT(exported().keys, IsEmpty());
  EXPECT_EQ(error_of([&] { imported(transfer); }).reason(), "taken");
}

TEST_F(ApikeyTransferStore, ForetellsWhatItWouldDoBeforeThereIsATable) {
  insert();
  const Transfer transfer = exported();
  forget_everything();
  sql("DROP TABLE pcx.apikey CASCADE; DROP TABLE pcx.apikey_gone");
  EXPECT_THAT(planned(transfer).fresh, SizeIs(1));
  sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES ('" +
      transfer.keys[0].key.row_id + "', 'x', 'x', now())");
  EXPECT_EQ(error_of([&] { planned(transfer); }).reason(), "taken");
}

// The same pepper has another number in another keyring.
TEST_F(ApikeyTransferStore, KnowsAPepperByItsCheck) {
  const Token token = insert();
  Transfer transfer = exported();
  forget_everything();
  transfer.peppers[0].id = 99;
  transfer.keys[0].key.pepper = 99;
  imported(transfer);
  EXPECT_TRUE(is_found(token));
}

TEST_F(ApikeyTransferStore, RefusesDigestsUnderAPepperThatIsNotHere) {
  insert();
  make_pepper();
  insert();
  Transfer transfer = exported();
  ASSERT_THAT(transfer.peppers, SizeIs(2));
  transfer.peppers[1].check = "otherkey";
  const Error error = error_of([&] { adopt_peppers(transfer, open()); });
  EXPECT_EQ(error.code(), ErrorCode::crypto);
  EXPECT_EQ(error.reason(), "pepper");
  EXPECT_THAT(error.what(), HasSubstr("pepper " + std::to_string(transfer.peppers[1].id) + " of"));
  transfer.keys.pop_back();  // what no key needs is nobody's business
  adopt_peppers(transfer, open());
}

TEST_F(ApikeyTransferStore, IsAllOrNothingWhereAnotherKeyIsInTheWay) {
  insert();
  insert();
  const Transfer before = exported();
  const std::string& id = before.keys[0].key.id;
  const std::string& row_id = before.keys[0].key.row_id;
  const auto expect_conflict = [&](const Transfer& transfer) {
    const Error error = error_of([&] { imported(transfer); });
    EXPECT_EQ(error.code(), ErrorCode::conflict);
    EXPECT_EQ(error.reason(), "taken");
    EXPECT_THAT(error.what(), HasSubstr("1 key of the file"));
  };
  Transfer same_id = before;
  same_id.keys[0].key.hash.fill(std::byte{1});
  expect_conflict(same_id);
  Transfer same_row = before;
  same_row.keys[0].key.id = "0000000000";
  expect_conflict(same_row);
  Transfer same_hash = same_row;
  same_hash.keys[0].key.row_id = "other";
  expect_conflict(same_hash);
  sql("DELETE FROM pcx.apikey WHERE id = '" + id + "'");  // the application's row is there still
  expect_conflict(before);
  sql("UPDATE public.api_keys SET id = 'moved' WHERE id = '" + row_id + "'");
  expect_conflict(before);  // and has the placeholder
  EXPECT_EQ(count("pcx.apikey"), 1);
  EXPECT_EQ(count("public.api_keys"), 2);
}

TEST_F(ApikeyTransferStore, NamesTenOfTheConflicts) {
  for (int i = 0; i < 12; ++i) insert();
  Transfer transfer = exported();
  for (TransferKey& key : transfer.keys) key.key.hash[0] ^= std::byte{1};
  const Error error = error_of([&] { planned(transfer); });
  EXPECT_THAT(error.what(), HasSubstr("12 keys of the file: "));
  EXPECT_THAT(error.what(), HasSubstr(" and 2 more"));
}

TEST_F(ApikeyTransferStore, TellsWhoeverListens) {
  insert();
  const Transfer transfer = exported();
  forget_everything();
  db::Database second = connect();
  db::Listener listener{second, kChannel};
  imported(transfer);
  const auto told = listener.wait(std::chrono::seconds{10});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->payload, kToldAll);
}

TEST_F(ApikeyTransferStore, WritesMoreThanABatch) {
  insert();
  Transfer transfer = exported();
  const TransferKey model = transfer.keys[0];
  forget_everything();
  for (int i = 0; i < 2500; ++i) {
    TransferKey key = model;
    key.key.id = "k" + std::to_string(100'000'000 + i);
    key.key.row_id = "r" + std::to_string(i);
    key.key.hash[0] = static_cast<std::byte>(i);
    key.key.hash[1] = static_cast<std::byte>(i >> 8);
    key.key.hash[2] = ~model.key.hash[2];  // none of them is the model's own
    transfer.keys.push_back(key);
  }
  EXPECT_THAT(imported(transfer).fresh, SizeIs(2501));
  EXPECT_EQ(count("pcx.apikey"), 2501);
  EXPECT_EQ(imported(transfer).identical, 2501);
}

}  // namespace
}  // namespace pcx::apikey
