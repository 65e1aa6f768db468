#include "inspect/verification.h"

#include <gmock/gmock.h>

#include "tests/inspect/fixture.h"
#include "tests/support/errors.h"

namespace pcx::inspect {
namespace {

using fields::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr KeyId kLegacy = 3;
constexpr KeyId kActive = 4;
const crypto::Column kSsn{"clients", "ssn"};

class Verify : public InspectFixture {
 protected:
  void SetUp() override {
    InspectFixture::SetUp();
    sql(R"(CREATE TABLE public.clients (id text PRIMARY KEY, ssn text);
           CREATE TABLE public.audit_logs
             (id int, resource text, "resourceId" text, changes jsonb))");
  }

  void put(const std::string& row, const std::optional<std::string>& value) {
    database().query({"test.put", "INSERT INTO public.clients VALUES ($1, $2)"}, {row, value});
  }
  void put_copy(const std::optional<std::string>& resource, const std::optional<std::string>& row,
                const std::string& value) {
    database().query({"test.put_copy",
                      R"(INSERT INTO public.audit_logs
                         VALUES (1, $1, $2, pg_catalog.jsonb_build_object('ssn', $3::text)))"},
                     {resource, row, value});
  }
  std::string sealed(std::string_view row, std::string_view text = "756") {
    return v2(kActive, kSsn, row, text);
  }
  std::vector<Field> ssn() const { return {field("clients", "ssn")}; }
  std::vector<Field> ssn_and_copy() const {
    return {field("clients", "ssn"), copy(field("clients", "ssn"), "audit_logs", "changes", "ssn")};
  }
};

TEST_F(Verify, CountsByKindAndKey) {
  put("1", sealed("1"));
  put("2", v1(kLegacy, "756"));
  put("3", std::nullopt);
  put("4", "");
  const Verification result = verify_all(ssn());
  EXPECT_EQ(result.verdict(), Verdict::passed);
  EXPECT_EQ(result.rows, 4);
  ASSERT_EQ(result.fields.size(), 1u);
  const FieldTally& field = result.fields[0];
  EXPECT_EQ(field.heap, "clients");
  EXPECT_EQ(field.field, "clients.ssn");
  EXPECT_EQ(field.count(Kind::authentic), 2);
  EXPECT_EQ(field.count(Kind::empty), 2);
  EXPECT_EQ(field.values(), 4);
  EXPECT_EQ(field.bad(), 0);
  EXPECT_THAT(result.keys(),
              ElementsAre(std::pair{SealedUnder{kLegacy, Format::v1}, std::int64_t{1}},
                          std::pair{SealedUnder{kActive, Format::v2}, std::int64_t{1}}));
}

TEST_F(Verify, NamesCiphertextInsideOfPlaintext) {
  put("1", "see " + v1(kLegacy, "756"));
  put("2", v1(kLegacy, "see " + v1(kLegacy, "756")));
  const Verification result = verify_all(ssn());
  EXPECT_EQ(result.verdict(), Verdict::failed);
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].kind, Kind::double_encrypted);
  EXPECT_EQ(result.findings[0].key, 0);
  EXPECT_EQ(result.findings[1].kind, Kind::double_encrypted);
  EXPECT_EQ(result.findings[1].key, kLegacy);
  // Only one of them was opened.
  EXPECT_THAT(result.keys(),
              ElementsAre(std::pair{SealedUnder{kLegacy, Format::v1}, std::int64_t{1}}));
}

TEST_F(Verify, ListsWhatAProfileHasAndTheDatabaseDoesNot) {
  put("1", sealed("1"));
  const auto verify_profile = [&](const std::vector<Field>& fields) {
    auto all = heaps(fields);
    all.excuse_missing();
    const Opened opened{open()};
    return verify(database(), verify_job(all, opened));
  };
  const Verification some = verify_profile({field("clients", "ssn"), field("nowhere", "ssn")});
  EXPECT_EQ(some.verdict(), Verdict::passed);
  ASSERT_EQ(some.not_verified.size(), 1u);
  EXPECT_EQ(some.not_verified[0].place, "nowhere.ssn");
  EXPECT_TRUE(some.not_verified[0].is_absent);
  const Verification none = verify_profile({field("nowhere", "ssn")});
  EXPECT_EQ(none.verdict(), Verdict::incomplete);
  EXPECT_EQ(none.not_verified.size(), 1u);
  // One that somebody registered is a gap.
  EXPECT_EQ(verify_all({field("clients", "ssn"), field("nowhere", "ssn")}).verdict(),
            Verdict::incomplete);
}

TEST_F(Verify, NamesWhatDoesNotOpenAndWhere) {
  put("1", sealed("2"));
  put("2", sealed("2").substr(0, 13));
  put("3", "plain");
  const Verification result = verify_all(ssn());
  EXPECT_EQ(result.verdict(), Verdict::failed);
  ASSERT_EQ(result.findings.size(), 3u);
  EXPECT_THAT(result.findings[0].row_key, ElementsAre("1"));
  EXPECT_EQ(result.findings[0].kind, Kind::not_authentic);
  EXPECT_EQ(result.findings[0].key, kActive);
  EXPECT_EQ(result.findings[1].kind, Kind::malformed);
  EXPECT_EQ(result.findings[1].refusal, crypto::Refusal::nonce_size);
  EXPECT_EQ(result.findings[2].kind, Kind::plaintext);
}

TEST_F(Verify, TellsPlaintextFromDamage) {
  put("1", sealed("1"));
  put("2", "plain");
  EXPECT_EQ(verify_all(ssn()).verdict(), Verdict::plaintext);
}

// A copy opens with the row that it is a copy of; rows that do not match are none.
TEST_F(Verify, OpensCopiesWithTheRowTheyAreOf) {
  put_copy("Client", "1", sealed("1"));
  put_copy("Client", "2", sealed("1"));
  put_copy("Client", std::nullopt, sealed("1"));
  put_copy("Client", "", sealed("1"));
  put_copy("Pet", "1", "a text of another kind");
  put_copy(std::nullopt, "1", "another one");
  const Verification result = verify_all(ssn_and_copy());
  ASSERT_EQ(result.fields.size(), 2u);
  const auto copied = std::find_if(result.fields.begin(), result.fields.end(),
                                   [](const auto& one) { return one.heap == "audit_logs"; });
  EXPECT_EQ(copied->count(Kind::authentic), 1);
  EXPECT_EQ(copied->count(Kind::not_authentic), 1);
  EXPECT_EQ(copied->count(Kind::unbound), 2);
  EXPECT_EQ(copied->values(), 4);
  // There is no primary key: the place of the row stands for it.
  EXPECT_THAT(result.findings.at(0).row_key, ElementsAre("(0,2)"));
}

TEST_F(Verify, OpensValuesThatAreBoundToNoRow) {
  Field free = field("clients", "ssn");
  free.bind = fields::Bind::column;
  put("1", sealed(fields::kAnyRow));
  put("2", sealed("2"));
  const Verification result = verify_all({free});
  EXPECT_EQ(result.fields[0].count(Kind::authentic), 1);
  EXPECT_EQ(result.fields[0].count(Kind::not_authentic), 1);
}

TEST_F(Verify, ReadsPartitionsAndWholeJsonColumns) {
  sql("CREATE TABLE public.log (id int, doc jsonb, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
      "CREATE TABLE public.log_1 PARTITION OF public.log FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE public.log_2 PARTITION OF public.log FOR VALUES FROM (10) TO (20);");
  database().query({"test.put",
                    "INSERT INTO public.log VALUES (1, pg_catalog.to_jsonb($1::text)),"
                    " (11, pg_catalog.to_jsonb($2::text))"},
                   {v2(kActive, {"log", "doc"}, "1", "a"), v2(kActive, {"log", "doc"}, "1", "a")});
  const Verification result = verify_all({field("log", "doc")});
  EXPECT_EQ(result.rows, 2);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].heap, "log_2");
  EXPECT_EQ(result.findings[0].field, "log.doc");
}

TEST_F(Verify, SaysWhatItCouldNotLookAt) {
  sql("CREATE TABLE public.loose (ssn text); CREATE VIEW public.seen AS SELECT 1 AS ssn;"
      "CREATE TABLE public.numbers (id int PRIMARY KEY, ssn int)");
  const Verification result =
      verify_all({field("clients", "ssn"), field("nowhere", "ssn"), field("loose", "ssn"),
                  field("seen", "ssn"), field("numbers", "ssn"), field("clients", "none")});
  EXPECT_EQ(result.verdict(), Verdict::incomplete);
  std::vector<std::string> skipped;
  for (const NotVerified& one : result.not_verified) {
    skipped.push_back(one.place + ": " + one.why);
  }
  EXPECT_THAT(skipped,
              ElementsAre("nowhere.ssn: its table is not there",
                          "clients: clients.none is not there, or no text",
                          "loose: loose.ssn is bound to its row, and the table has no primary key "
                          "of one column",
                          "numbers: numbers.ssn is not there, or no text",
                          "seen: it is a view or a foreign table"));
}

TEST_F(Verify, FindsTheSameWithSeveralWorkers) {
  sql("INSERT INTO public.clients SELECT n::text, repeat('x', 500) FROM generate_series(1, 5000) "
      "n");
  put("good", sealed("good"));
  const Verification one = verify_all(ssn());
  const Verification four = verify_all(ssn(), 4);
  EXPECT_EQ(one.fields[0].kinds, four.fields[0].kinds);
  EXPECT_EQ(one.findings, four.findings);
  EXPECT_EQ(one.rows, 5001);
  EXPECT_EQ(four.rows, 5001);
}

TEST_F(Verify, ReadsARandomSample) {
  sql("INSERT INTO public.clients SELECT n::text, repeat('x', 500) FROM generate_series(1, 5000) "
      "n");
  const Verification some = verify_all(ssn(), 1, 200);
  EXPECT_GE(some.rows, 200);
  EXPECT_LT(some.rows, 230);
  const Verification others = verify_all(ssn(), 1, 200);
  EXPECT_NE(some.findings, others.findings);
  EXPECT_EQ(verify_all(ssn(), 2, 100'000).rows, 5000);
}

TEST_F(Verify, KeepsSomeFindingsAndCountsTheOthers) {
  sql("INSERT INTO public.clients SELECT n::text, 'x' FROM generate_series(1, 25000) n");
  const Verification result = verify_all(ssn(), 2);
  EXPECT_EQ(result.findings.size(), kFindingsMax);
  EXPECT_EQ(result.findings_left_out, 15'000);
  EXPECT_EQ(result.fields[0].count(Kind::plaintext), 25'000);
}

// All of one moment, whatever is written meanwhile.
TEST_F(Verify, SeesOneSnapshot) {
  sql("INSERT INTO public.clients SELECT n::text, repeat('x', 500) FROM generate_series(1, 5000) "
      "n");
  const auto all = heaps(ssn());
  const Opened opened{open()};
  VerifyJob job = verify_job(all, opened);
  db::Database other = connect();
  bool is_changed = false;
  job.on_progress = [&](std::int64_t, std::int64_t) {
    if (is_changed) return;
    is_changed = true;
    other.query({"test.change", "DELETE FROM public.clients WHERE id <> '1'"});
    other.query(
        {"test.change",
         "INSERT INTO public.clients SELECT 'n' || n, 'enc:v9' FROM generate_series(1, 9) n"});
  };
  const Verification result = verify(database(), job);
  EXPECT_TRUE(is_changed);
  EXPECT_EQ(result.rows, 5000);
  EXPECT_EQ(result.fields[0].count(Kind::plaintext), 5000);
}

TEST_F(Verify, StopsWhenAskedTo) {
  put("1", "x");
  interrupt.request(Interrupt::Signal::interrupt);
  EXPECT_EQ(testing::error_of([&] { verify_all(ssn()); }).code(), ErrorCode::interrupted);
}

TEST_F(Verify, PassesOnWhatAHelperThrew) {
  sql("INSERT INTO public.clients SELECT n::text, repeat('x', 500) FROM generate_series(1, 5000) "
      "n");
  const auto all = heaps(ssn());
  const Opened opened{open()};
  VerifyJob job = verify_job(all, opened);
  job.workers = 2;
  job.connect = []() -> db::Database { throw Error{ErrorCode::busy, "too many connections"}; };
  EXPECT_EQ(testing::error_of([&] { verify(database(), job); }).code(), ErrorCode::busy);
}

TEST_F(Verify, LooksAtNothingWithoutFields) {
  const Verification result = verify_all({});
  EXPECT_EQ(result.verdict(), Verdict::incomplete);
  EXPECT_THAT(result.fields, IsEmpty());
}

}  // namespace
}  // namespace pcx::inspect
