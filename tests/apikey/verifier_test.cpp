#include "apikey/verifier.h"

#include <future>

#include <gmock/gmock.h>

#include "crypto/encoding.h"
#include "tests/apikey/keys.h"
#include "tests/apikey/verifier_fixture.h"
#include "tests/support/pgbouncer.h"

namespace pcx::apikey {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;

class VerifierTest : public VerifierFixture {};

TEST_F(VerifierTest, AsksOnceAndThenKnows) {
  const Token token = insert({.name = "laboratory", .owner = "7", .tenant = "t"});
  const Verdict first = verify(token);
  EXPECT_EQ(first.code, Code::valid);
  EXPECT_FALSE(first.from_cache);
  sql("ALTER TABLE pcx.apikey RENAME TO elsewhere");  // nobody asks it any more
  const Verdict second = verify(token);
  EXPECT_EQ(second.code, Code::valid);
  EXPECT_TRUE(second.from_cache);
  EXPECT_EQ(second.key->key.name, "laboratory");
  EXPECT_EQ(second.key->key.owner, "7");
  EXPECT_EQ(second.key->key.tenant, "t");
}

TEST_F(VerifierTest, KnowsNobodyByHisIdAlone) {
  const Token token = insert();
  const std::string unknown{generate_token(Kind::live, random).text.reveal_text()};
  std::string wrong{token.text.reveal_text()};
  wrong[25] = wrong[25] == 'A' ? 'B' : 'A';
  wrong = testing::with_checksum(wrong.substr(0, kTokenBytes - kChecksumDigits));
  for (const std::string& text : {unknown, wrong}) {
    const Verdict verdict = verify(text);
    EXPECT_EQ(verdict.code, Code::not_found);
    EXPECT_EQ(verdict.key, nullptr);
  }
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(VerifierTest, AsksNobodyAboutWhatIsNoKey) {
  sql("ALTER TABLE pcx.apikey RENAME TO elsewhere");
  EXPECT_EQ(verify("").code, Code::not_found);
  EXPECT_EQ(verify(std::string(1'000'000, 'x')).code, Code::not_found);
  EXPECT_EQ(verify(testing::near_miss(random)).code, Code::bad_checksum);
  EXPECT_EQ(pcx::testing::error_of([&] { verify("a-legacy-key"); }).sqlstate(), "42P01");
}

TEST_F(VerifierTest, TakesNeitherWhatIsStoredNorWhatSomebodyElseStored) {
  const Token token = insert();
  const std::string digest = text("SELECT encode(hash, 'hex') FROM pcx.apikey");
  for (const std::string& stored :
       {digest, "sha256:" + digest, "\\x" + digest, placeholder(token.id),
        std::string{*crypto::from_hex(digest)}}) {
    EXPECT_EQ(verify(stored).code, Code::not_found) << stored;
  }
  // Who may write the table, and knows a key and no pepper.
  const std::string known{generate_token(Kind::live, random).text.reveal_text()};
  for (const char* made : {"sha256('%')", "decode(repeat('00', 32), 'hex')", "sha256(sha256('%'))",
                           "(SELECT hash FROM pcx.apikey_before)"}) {
    sql("DROP TABLE IF EXISTS pcx.apikey_before; CREATE TABLE pcx.apikey_before AS TABLE "
        "pcx.apikey");
    std::string planted = made;
    if (const auto at = planted.find('%'); at != std::string::npos) planted.replace(at, 1, known);
    sql("UPDATE pcx.apikey SET hash = " + planted);
    EXPECT_EQ(verify(known).code, Code::not_found) << made;
  }
}

// The digest of one pepper under the number of another one.
TEST_F(VerifierTest, TakesADigestForThePepperThatItNamesOnly) {
  const Token token = insert();
  const keyring::KeyId old_pepper = peppers().front().id;
  make_pepper();
  make_verifier();
  sql("UPDATE pcx.apikey SET pepper = " + std::to_string(peppers().front().id));
  EXPECT_EQ(verify(token).code, Code::not_found);
  sql("UPDATE pcx.apikey SET pepper = " + std::to_string(old_pepper));
  EXPECT_EQ(verify(token).code, Code::valid);
}

TEST_F(VerifierTest, MakesADigestAnewUnderTheActivePepper) {
  const Token token = insert();
  const Token other = insert();
  revoke(other.id);
  const keyring::KeyId active = make_pepper();
  make_verifier();
  EXPECT_EQ(verify(token).code, Code::valid);
  EXPECT_EQ(text("SELECT pepper FROM pcx.apikey WHERE id = '" + token.id + "'"),
            std::to_string(active));
  cache.forget_all();
  EXPECT_EQ(verify(token).code, Code::valid);
  EXPECT_EQ(verify(other).code, Code::revoked);  // and stays as it is
  EXPECT_NE(text("SELECT pepper FROM pcx.apikey WHERE id = '" + other.id + "'"),
            std::to_string(active));
}

// A verifier that has not heard of the newer pepper's activation.
TEST_F(VerifierTest, TakesNoDigestBackToAPepperOfBefore) {
  const keyring::KeyId pending = create(keyring::Purpose::pepper).id;
  make_verifier();
  const keyring::Keks all = keks();
  activate_key(tools(all), pending);
  const Token token = insert();
  EXPECT_EQ(verify(token).code, Code::valid);
  EXPECT_EQ(text("SELECT pepper FROM pcx.apikey"), std::to_string(pending));
}

TEST_F(VerifierTest, IsRightEvenIfTheDigestCannotBeMadeAnew) {
  const Token token = insert();
  make_pepper();
  std::vector<std::string> failures;
  make_verifier({.on_rehash_failure = [&](const Error& e) { failures.push_back(e.sqlstate()); }});
  sql("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE insufficient_privilege; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON pcx.apikey EXECUTE FUNCTION public.refuse()");
  EXPECT_EQ(verify(token).code, Code::valid);
  EXPECT_THAT(failures, ::testing::ElementsAre("42501"));
}

TEST_F(VerifierTest, TakesAKeyInPlainUntilItIsToldNotTo) {
  sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES"
      " ('1', 'plain', 'a-legacy-key', now()), ('2', 'empty', '', now()),"
      " ('3', 'revoked', 'another-one', now())");
  sql("UPDATE public.api_keys SET status = 'revoked' WHERE id = '3'");
  EXPECT_EQ(verify("a-legacy-key").code, Code::valid);
  EXPECT_TRUE(verify("a-legacy-key").from_cache);
  EXPECT_EQ(verify("another-one").code, Code::revoked);
  EXPECT_EQ(verify("").code, Code::not_found);
  cache.forget_all();
  make_verifier({.takes_plain = false});
  EXPECT_EQ(verify("a-legacy-key").code, Code::not_found);
}

TEST_F(VerifierTest, EndsGraceAtItsInstantFromTheCacheToo) {
  const Token old_key = insert();
  const Token new_key = insert();
  db::Transaction tx = database().begin();
  const Time until = replace_key(tx, old_key.id, new_key.id, std::chrono::hours{1}).value();
  tx.commit();
  set_clock(until - seconds{10});
  EXPECT_EQ(verify(old_key).code, Code::valid);
  clock.advance(seconds{10} - nanoseconds{1});
  const Verdict last = verify(old_key);
  EXPECT_EQ(last.code, Code::valid);
  EXPECT_TRUE(last.from_cache);
  clock.advance(nanoseconds{1});
  const Verdict over = verify(old_key);
  EXPECT_EQ(over.code, Code::revoked);
  EXPECT_TRUE(over.from_cache);
  cache.forget_all();
  EXPECT_EQ(verify(old_key).code, Code::revoked);
  EXPECT_EQ(verify(new_key).code, Code::valid);
}

TEST_F(VerifierTest, EndsExpiryAtItsInstantFromTheCacheToo) {
  const Time until = clock.wall_now() + seconds{10};
  const Token token = insert({.expires_at = until});
  EXPECT_EQ(verify(token).code, Code::valid);
  set_clock(until - nanoseconds{1});
  EXPECT_EQ(verify(token).code, Code::valid);
  set_clock(until);
  const Verdict over = verify(token);
  EXPECT_EQ(over.code, Code::expired);
  EXPECT_TRUE(over.from_cache);
}

TEST_F(VerifierTest, NoticesWhatNobodyTellsWhenItsTimeInTheCacheIsOver) {
  const Token token = insert();
  EXPECT_EQ(verify(token).code, Code::valid);
  revoke(token.id);  // nobody listens
  clock.advance(kCacheTtlMax - nanoseconds{1});
  EXPECT_EQ(verify(token).code, Code::valid);
  clock.advance(nanoseconds{1});
  EXPECT_EQ(verify(token).code, Code::revoked);
}

// The answer is on its way with what was true before; meanwhile the key is revoked, and that is
// told.
TEST_F(VerifierTest, KeepsNoAnswerThatWasOvertaken) {
  const Token token = insert();
  sql("CREATE FUNCTION public.wait() RETURNS boolean LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN true; END $$;"
      "ALTER TABLE public.api_keys RENAME TO rows;"
      "CREATE VIEW public.api_keys AS SELECT * FROM public.rows WHERE public.wait()");
  db::Transaction gate = database().begin();
  gate.query({"test.lock", "SELECT pg_advisory_xact_lock(7)"});
  auto overtaken = std::async(std::launch::async, [&] { return verify(token).code; });
  db::Database other = connect();
  while (!other
              .query({"test.waits",
                      "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND "
                      "locktype = 'advisory' AND database = (SELECT oid FROM "
                      "pg_database WHERE datname = current_database())) AS w"})
              .one()["w"]
              .as<bool>()) {
  }
  other.query({"test.revoke", "UPDATE pcx.apikey SET revoked_at = now(), revoked_by = 'ann'"});
  cache.forget(token.id);
  gate.rollback();
  EXPECT_EQ(overtaken.get(), Code::valid);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(verify(token).code, Code::revoked);
}

TEST_F(VerifierTest, ConnectsAgainWhenItsSessionWasEnded) {
  const Token token = insert();
  database().query({"test.kill", "SELECT pg_terminate_backend($1, 10000)"},
                   {session().backend_pid()});
  EXPECT_EQ(verify(token).code, Code::valid);
}

TEST_F(VerifierTest, WorksBehindATransactionPooler) {
  const Token token = insert();
  const pcx::testing::Pgbouncer pooler{pcx::testing::Postgres::shared(), {.mode = "transaction"}};
  db::Database pooled{db::parse_target(pooler.url(name())), {}};
  Verifier verifier{{.database = pooled, .cache = cache, .usage = &usage, .clock = clock},
                    peppers()};
  EXPECT_EQ(verifier.verify({.key = token.text.reveal_text(), .address = {}}).code, Code::valid);
}

TEST_F(VerifierTest, CountsUsesAndRefusalsAndTellsThemOnceAMinute) {
  const Token token = insert();
  for (int i = 0; i < 3; ++i) verify(token);
  EXPECT_EQ(count("pcx.apikey_usage"), 0);
  clock.advance(seconds{59});
  const Time last = clock.wall_now();
  verify(token);
  clock.advance(seconds{1} - nanoseconds{1});
  EXPECT_EQ(verify("a-legacy-key").code, Code::not_found);  // counted for nobody
  EXPECT_EQ(count("pcx.apikey_usage"), 0);
  clock.advance(nanoseconds{1});
  revoke(token.id);
  cache.forget_all();
  EXPECT_EQ(verify(token).code, Code::revoked);
  EXPECT_EQ(text("SELECT row(key_id, day, calls, refused) FROM pcx.apikey_usage"),
            "(" + token.id + ",2026-01-15,4,1)");
  EXPECT_EQ(
      text("SELECT to_char(\"lastUsedAt\", 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM public.api_keys"),
      to_rfc3339(last).substr(0, 19));
  for (int i = 0; i < 5; ++i) verify(token);
  EXPECT_EQ(text("SELECT refused FROM pcx.apikey_usage"), "1");
  make_verifier();  // the one before tells what is left
  EXPECT_EQ(text("SELECT refused FROM pcx.apikey_usage"), "6");
  EXPECT_THAT(usage_failures, IsEmpty());
}

TEST_F(VerifierTest, RefusesNobodyBecauseUsesCannotBeTold) {
  const Token token = insert();
  sql("ALTER TABLE pcx.apikey_usage RENAME TO elsewhere");
  verify(token);
  clock.advance(seconds{61});
  EXPECT_EQ(verify(token).code, Code::valid);
  EXPECT_EQ(usage_failures.size(), 1u);
  sql("ALTER TABLE pcx.elsewhere RENAME TO apikey_usage");
  clock.advance(seconds{61});
  EXPECT_EQ(verify(token).code, Code::valid);
  EXPECT_EQ(text("SELECT calls FROM pcx.apikey_usage"), "3");  // with those of before
}

}  // namespace
}  // namespace pcx::apikey
