// What a stolen database gives: nothing that is taken for a key. A program that knows nothing of
// pcx (dump_reader.py) collects everything in a dump that looks like one.
#include <algorithm>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "apikey/adopt.h"
#include "apikey/issue.h"
#include "apikey/verifier.h"
#include "crypto/digest.h"
#include "crypto/encoding.h"
#include "tests/apikey/fixture.h"
#include "tests/support/paths.h"
#include "tests/support/postgres.h"

namespace pcx::apikey {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kOfEachKind = 500;
// Of pg_dump: COPY, and an INSERT a row.
const std::vector<std::vector<std::string>> kFormats{{}, {"--inserts"}};

class StolenDump : public ApikeyFixture {
 protected:
  void SetUp() override {
    ApikeyFixture::SetUp();
    Hashers hashers{peppers()};
    db::Transaction tx = database().begin();
    const IssueTools tools{hashers, random, "ann@desk"};
    for (std::size_t i = 0; i < kOfEachKind; ++i) {
      created_.push_back(issue_key(tx, {.name = "key " + std::to_string(i)}, tools));
    }
    tx.commit();
    sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") SELECT 'row-' || n, 'old ' || "
        "n, "
        "'legacy_' || md5('a key ' || n) || '.' || n, now() FROM generate_series(1, " +
        std::to_string(kOfEachKind) + ") AS n");
  }

  void adopt() {
    Hashers hashers{peppers()};
    const AdoptReport report = adopt_keys(
        {.database = database(),
         .hashers = hashers,
         .random = random,
         .clock = clock,
         .interrupt = interrupt,
         .created_by = "ann@desk",
         .record = [](db::Transaction& tx,
                      const db::Deed& deed) { db::record_deed(tx, {.os_user = "ann"}, deed); },
         .on_batch = [](std::int64_t, std::int64_t) {}},
        100);
    ASSERT_EQ(report.adopted, std::int64_t{kOfEachKind});
  }

  std::set<std::string> candidates(const std::vector<std::string>& options) {
    const std::string dump = folder.path() / "dump";
    std::vector<std::string> words{pcx::testing::postgres_programs() / "pg_dump", "--file", dump};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(url());
    pcx::testing::run_program(words);
    const std::string list = folder.path() / "candidates";
    pcx::testing::run_program(
        {pcx::testing::source_folder() / "tests/apikey/dump_reader.py", dump, list});
    std::set<std::string> texts;
    std::ifstream lines{list};
    for (std::string line; std::getline(lines, line);) {
      texts.insert(crypto::from_hex(line).value());
    }
    return texts;
  }

  // Those that are taken; all of them are presented.
  std::vector<std::string> usable(const std::set<std::string>& texts) {
    db::Database session = connect();
    KeyCache no_cache{{.ttl = std::chrono::milliseconds{0}}};
    const SystemClock now;
    Verifier verifier{{session, no_cache, nullptr, now}, peppers()};
    std::vector<std::string> taken;
    std::copy_if(texts.begin(), texts.end(), std::back_inserter(taken),
                 [&](const auto& text) { return verifier.verify({.key = text}).is_valid(); });
    return taken;
  }
  bool is_usable(const std::string& text) { return usable({text}).size() == 1; }

  Key key_of(const std::string& id) {
    db::Transaction tx = database().begin();
    return find_keys(tx, {id}).at(0);
  }
  // Puts `digest` where that of the key with this id is.
  void plant(const std::string& id, const KeyHash& digest) {
    database().query({"test.plant", "UPDATE pcx.apikey SET hash = $2::bytea WHERE id = $1"},
                     {id, crypto::Bytes{digest}});
  }

  std::vector<Token> created_;
  Interrupt interrupt;
};

TEST_F(StolenDump, GivesKeysWhileTheyAreInPlain) {  // else the reader would prove nothing
  std::set<std::string> keys;
  const db::Result rows = database().query(
      {"test.keys", "SELECT key FROM public.api_keys WHERE NOT key ^@ 'pcx:' ORDER BY id"});
  for (const db::Row row : rows) keys.insert(row["key"].as<std::string>());
  EXPECT_EQ(keys.size(), kOfEachKind);
  for (const auto& options : kFormats) {
    const auto texts = candidates(options);
    EXPECT_TRUE(std::includes(texts.begin(), texts.end(), keys.begin(), keys.end()));
  }
  EXPECT_TRUE(is_usable(*keys.begin()));
}

TEST_F(StolenDump, GivesNoKey) {
  adopt();
  const std::string stored = crypto::to_hex(key_of(created_[7].id).hash);
  std::set<std::string> texts;
  for (const auto& options : kFormats) {
    const auto of_one = candidates(options);
    EXPECT_TRUE(of_one.contains(stored));
    EXPECT_GT(of_one.size(), 20U * 2 * kOfEachKind);
    texts.insert(of_one.begin(), of_one.end());
  }
  EXPECT_THAT(usable(texts), IsEmpty());
  EXPECT_TRUE(is_usable(std::string{created_[7].text.reveal_text()}));
}

TEST_F(StolenDump, IsNoUseWithADigestOfOnesOwn) {
  const std::string known = "a-key-that-somebody-knows-because-he-made-it-up";
  const auto digest = crypto::sha256(known);
  plant(created_[0].id, digest);
  plant(created_[1].id, KeyHasher{Secret{std::string(32, 'p')}}.hash(known));  // a wrong pepper
  EXPECT_FALSE(is_usable(known));
  EXPECT_FALSE(is_usable(crypto::to_hex(digest)));
  Hashers hashers{peppers()};
  plant(created_[2].id, hashers.hash(known).hash);  // what only pcx can do
  EXPECT_TRUE(is_usable(known));
}

TEST_F(StolenDump, TakesNothingThatIsStored) {
  for (const Token& token : created_) {
    const KeyHash hash = key_of(token.id).hash;
    const std::string digits = crypto::to_hex(hash);
    const std::string bytes{crypto::text_of(crypto::Bytes{hash})};
    EXPECT_THAT(usable({digits, "\\x" + digits, "sha256:" + digits, bytes, token.id,
                        placeholder(token.id), "pcx_live_" + token.id}),
                IsEmpty());
    if (&token == &created_[20]) break;
  }
}

}  // namespace
}  // namespace pcx::apikey
