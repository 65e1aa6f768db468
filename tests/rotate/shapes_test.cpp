// Tables of other shapes than the application's: the guide's objects, composite keys, partitions,
// heirs.
#include <gmock/gmock.h>

#include "crypto/guide_envelope.h"
#include "tests/rotate/rotation_fixture.h"
#include "tests/support/errors.h"

namespace pcx::testing {
namespace {

using fields::Bind;
using fields::Field;

constexpr const char* kGuideKey =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

class Shapes : public RotationFixture {
 protected:
  void SetUp() override {
    clinic(1);
    guide_ = clinic().import_guide_key(kGuideKey);
  }

  std::string guide_object(const std::string& text) {
    return crypto::GuideEnvelope{Secret{std::string_view{kGuideKey}}}.seal(text, random);
  }

  // Rotates `fields` alone.
  rotate::RotationReport rotate_only(const std::vector<Field>& fields) {
    Wish wish;
    wish.fields = fields;
    return rotate_all(wish);
  }

  std::string open(const Field& field, const std::string& row, const std::string& value) {
    const Clinic::Keys keys{clinic().open_keyring()};
    fields::Reader reader{field.name, keys.keys()};
    const auto reading = reader.read(row, value);
    EXPECT_EQ(reading.kind, fields::Kind::authentic) << value;
    EXPECT_EQ(reading.key, clinic().fresh);
    return std::string{reading.plaintext.reveal_text()};
  }

  static Field field(const std::string& table, const std::string& column) {
    return {.schema = "public", .table = table, .column = column, .name = {table, column}};
  }

  keyring::KeyId guide_ = 0;
};

TEST_F(Shapes, TheGuidesObjectInTextAndInJsonbBecomesEncV2) {
  sql("CREATE TABLE public.clients (id bigint PRIMARY KEY, ssn_encrypted text, "
      "credit_card_encrypted jsonb)");
  sql("INSERT INTO public.clients VALUES (7, '" + guide_object("123-45-6789") + "', '" +
      guide_object("4111 1111") + "'), (8, NULL, NULL), (9, '', '" + guide_object("") + "')");
  const Field ssn = field("clients", "ssn_encrypted");
  const Field card = field("clients", "credit_card_encrypted");
  const auto report = rotate_only({ssn, card});
  EXPECT_TRUE(report.is_complete());
  EXPECT_EQ(open(ssn, "7", ask("SELECT ssn_encrypted FROM public.clients WHERE id = 7")),
            "123-45-6789");
  EXPECT_EQ(ask("SELECT jsonb_typeof(credit_card_encrypted) FROM public.clients WHERE id = 7"),
            "string");
  const std::string stored =
      "SELECT credit_card_encrypted #>> '{}' FROM public.clients WHERE id = ";
  EXPECT_EQ(open(card, "7", ask(stored + "7")), "4111 1111");
  EXPECT_EQ(open(card, "9", ask(stored + "9")), "");
  EXPECT_EQ(
      ask("SELECT ssn_encrypted IS NULL AND credit_card_encrypted IS NULL FROM public.clients "
          "WHERE id = 8"),
      "t");
  EXPECT_TRUE(report.fields[0].is_fenced && report.fields[1].is_fenced);
}

TEST_F(Shapes, AKeyOfTwoColumnsBindsToTheColumn) {
  sql("CREATE TABLE public.visits (patient uuid, day date, remark varchar(400), PRIMARY KEY "
      "(patient, "
      "day))");
  sql("INSERT INTO public.visits SELECT gen_random_uuid(), current_date, '" +
      Clinic::seal("well again") + "' FROM generate_series(1, 30)");
  Field remark = field("visits", "remark");
  remark.bind = Bind::column;
  EXPECT_TRUE(rotate_only({remark}).is_complete());
  EXPECT_EQ(open(remark, fields::kAnyRow, ask("SELECT remark FROM public.visits LIMIT 1")),
            "well again");
}

TEST_F(Shapes, AValueThatBecomesTooLongForItsColumnIsRefused) {
  sql("CREATE TABLE public.pets (id int PRIMARY KEY, name varchar(60), tag varchar(60)); INSERT "
      "INTO public.pets SELECT n, CASE WHEN n = 7 THEN repeat('x', 40) ELSE 'Rex' END, 'a1' FROM "
      "generate_series(1, 9) n");
  Wish wish;
  wish.fields = {field("pets", "name"), field("pets", "tag")};
  wish.plaintext = rotate::Plaintext::seal;
  const auto report = rotate_all(wish);
  EXPECT_EQ(report.fields.front().left, 1);
  EXPECT_TRUE(report.fields.back().is_fenced);
  EXPECT_EQ(ask("SELECT concat_ws(' ', column_name, row_key, kind, refusal) FROM pcx.quarantine"),
            "name {7} refused 22001");
  EXPECT_EQ(ask("SELECT name FROM public.pets WHERE id = 7"), std::string(40, 'x'));
  sql("ALTER TABLE public.pets ALTER name TYPE text");
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask("SELECT count(*) FROM pcx.quarantine"), "0");
}

TEST_F(Shapes, EachPartitionIsRotatedAndTheParentIsFenced) {
  sql("CREATE TABLE public.notes (id int, kind text, body text, PRIMARY KEY (id, kind)) PARTITION "
      "BY "
      "LIST (kind); CREATE TABLE public.notes_a PARTITION OF public.notes FOR VALUES IN ('a'); "
      "CREATE SCHEMA away; CREATE TABLE away.notes_b PARTITION OF public.notes DEFAULT");
  sql("INSERT INTO public.notes SELECT n, CASE WHEN n % 2 = 0 THEN 'a' ELSE 'b' END, '" +
      Clinic::seal("text") + "' FROM generate_series(1, 50) n");
  Field body = field("notes", "body");
  body.bind = Bind::column;
  const auto report = rotate_only({body});
  EXPECT_TRUE(report.is_complete());
  EXPECT_EQ(report.fields.size(), 2U);
  EXPECT_EQ(ask("SELECT count(*) FROM public.notes WHERE body ^@ 'enc:v2:'"), "50");
  EXPECT_EQ(ask("SELECT string_agg(conrelid::regclass::text, ',' ORDER BY 1) FROM (SELECT conrelid "
                "FROM pg_constraint WHERE conname ^@ 'pcx_sealed_body' AND convalidated ORDER BY "
                "conrelid::regclass::text) x"),
            "away.notes_b,public.notes,public.notes_a");
}

TEST_F(Shapes, APartitionThatIsAttachedMeanwhileIsSwept) {
  sql("CREATE TABLE public.notes (id int PRIMARY KEY, body text) PARTITION BY RANGE (id); CREATE "
      "TABLE public.notes_1 PARTITION OF public.notes FOR VALUES FROM (0) TO (100); CREATE TABLE "
      "public.notes_2 (id int PRIMARY KEY, body text)");
  const std::string text = Clinic::seal("text");
  sql("INSERT INTO public.notes SELECT n, '" + text + "' FROM generate_series(1, 50) n; INSERT " +
      "INTO public.notes_2 SELECT n, '" + text + "' FROM generate_series(101, 150) n");
  Wish wish;
  wish.fields = {field("notes", "body")};
  bool is_attached = false;
  wish.on_window = [&] {
    if (is_attached) return;
    is_attached = true;
    sql("ALTER TABLE public.notes ATTACH PARTITION public.notes_2 FOR VALUES FROM (100) TO (200)");
  };
  const auto report = rotate_all(wish);
  EXPECT_EQ(report.fields.size(), 2U);
  EXPECT_TRUE(report.is_complete() && report.fields.back().is_fenced);
  EXPECT_EQ(ask("SELECT count(*) FROM public.notes WHERE body ^@ 'enc:v2:'"), "100");
}

TEST_F(Shapes, AnHeirIsRotatedWithItsParent) {
  sql("CREATE TABLE public.files (id int PRIMARY KEY, body text); CREATE TABLE public.old_files "
      "(PRIMARY KEY (id)) INHERITS (public.files)");
  sql("INSERT INTO public.files VALUES (1, '" + Clinic::seal("one") +
      "'); INSERT INTO "
      "public.old_files VALUES (2, '" +
      Clinic::seal("two") + "')");
  const Field body = field("files", "body");
  EXPECT_TRUE(rotate_only({body}).is_complete());
  EXPECT_EQ(open(body, "2", ask("SELECT body FROM public.old_files")), "two");
}

TEST_F(Shapes, NamesThatNeedQuotesAndKeysThatNeedThemToo) {
  sql("CREATE SCHEMA \"Odd \"\"one\"; CREATE TABLE \"Odd \"\"one\".\"a table\" (\"the key\" text "
      "PRIMARY "
      "KEY, \"it's\" text)");
  sql("INSERT INTO \"Odd \"\"one\".\"a table\" VALUES (E'{\"x\",\\\\y} NULL', '" +
      Clinic::seal("quoted") + "'), ('', '" + Clinic::seal("no key") + "')");
  const Field odd{
      .schema = "Odd \"one", .table = "a table", .column = "it's", .name = {"a table", "it's"}};
  const auto report = rotate_only({odd});
  EXPECT_EQ(report.fields.front().left, 1);  // an empty key binds nothing
  EXPECT_EQ(ask("SELECT kind FROM pcx.quarantine"), "unbound");
  EXPECT_EQ(open(odd, "{\"x\",\\y} NULL",
                 ask("SELECT \"it's\" FROM \"Odd \"\"one\".\"a table\" WHERE \"the key\" <> ''")),
            "quoted");
}

// What each fence of a table looks at, by its name.
std::string fences_of(const char* table) {
  return fmt::format(
      "SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_constraint k JOIN pg_attribute "
      "a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE conname ^@ 'pcx_sealed_' "
      "AND convalidated AND conrelid = 'public.{}'::regclass",
      table);
}

TEST_F(Shapes, ColumnsWithLongNamesHaveAFenceEach) {
  const std::string same(62, 'n');
  std::string umlauts;
  while (umlauts.size() < 62) umlauts += "\u00e4";
  sql(
      fmt::format("CREATE TABLE public.wide (id int PRIMARY KEY, {0}1 text, {0}2 text, {1} text); "
                  "INSERT INTO public.wide VALUES (1, '{2}', '{2}', '{2}')",
                  same, umlauts, Clinic::seal("text")));
  const std::vector<Field> all = {field("wide", same + "1"), field("wide", same + "2"),
                                  field("wide", umlauts)};
  for (const auto& outcome : rotate_only(all).fields) EXPECT_TRUE(outcome.is_fenced);
  EXPECT_EQ(ask(fences_of("wide")), same + "1," + same + "2," + umlauts);
  for (const auto& outcome : rotate_only(all).fields) EXPECT_TRUE(outcome.is_fenced);
}

TEST_F(Shapes, AColumnThatIsCalledAsAFenceEndsHasItsOwn) {
  sql("CREATE TABLE public.odd (id int PRIMARY KEY, x text, x_k5 text); INSERT INTO public.odd "
      "VALUES (1, '" +
      Clinic::seal("a") + "', '" + Clinic::seal("b") + "')");
  rotate_only({field("odd", "x"), field("odd", "x_k5")});
  EXPECT_EQ(ask(fences_of("odd")), "x,x_k5");
}

TEST_F(Shapes, AConstraintOfTheSameNameIsNoProof) {
  const std::string name = fmt::format("pcx_sealed_x_k{}", clinic().fresh);
  sql("CREATE TABLE public.odd (id int PRIMARY KEY, x text, CONSTRAINT " + name +
      " CHECK (x <> 'q')); INSERT INTO public.odd VALUES (1, '" + Clinic::seal("a") + "')");
  EXPECT_EQ(error_of([&] { rotate_only({field("odd", "x")}); }).reason(), "fence_name");
  sql("ALTER TABLE public.odd RENAME CONSTRAINT " + name + " TO mine");
  EXPECT_TRUE(rotate_only({field("odd", "x")}).fields.front().is_fenced);
}

TEST_F(Shapes, ACopyOfOneTableIsNoneOfAnother) {
  sql("CREATE TABLE public.trail (id int PRIMARY KEY, kind text, of text, body jsonb); INSERT INTO "
      "public.trail VALUES (1, 'pet', 'p', '{\"name\": \"Rex\", \"phone\": \"left alone\"}'), "
      "(2, 'owner', 'o', '{\"name\": \"Ann\", \"phone\": \"555\"}')");
  Field name = field("trail", "body");
  name.member = "name";
  name.copy = fields::Copy{.row_column = "of", .match_column = "kind", .match_value = "pet"};
  Field phone = field("trail", "body");
  phone.member = "phone";
  phone.copy = fields::Copy{.row_column = "of", .match_column = "kind", .match_value = "owner"};
  Wish wish;
  wish.fields = {name, phone};
  wish.plaintext = rotate::Plaintext::seal;
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask("SELECT body ->> 'phone' FROM public.trail WHERE id = 1"), "left alone");
  EXPECT_EQ(ask("SELECT body ->> 'name' FROM public.trail WHERE id = 2"), "Ann");
  EXPECT_EQ(open(name, "p", ask("SELECT body ->> 'name' FROM public.trail WHERE id = 1")), "Rex");
  EXPECT_EQ(open(phone, "o", ask("SELECT body ->> 'phone' FROM public.trail WHERE id = 2")), "555");
}

TEST_F(Shapes, LargeValuesAreReadAFewAtATime) {
  sql("CREATE TABLE public.scans (id int PRIMARY KEY, body text); ALTER TABLE public.scans ALTER "
      "body SET STORAGE EXTERNAL; INSERT INTO public.scans SELECT n, repeat('x', 200000) FROM "
      "generate_series(1, 500) n");
  const Field body = field("scans", "body");
  db::Database database = connect();
  const auto heaps = rotate::read_heaps(database, {body}).heaps;
  const Clinic::Keys keys{clinic().open_keyring()};
  const auto reseal_keys = keys.to(clinic().fresh);
  rotate::RowResealer resealer{heaps.front().target, reseal_keys, rotate::Plaintext::seal, random};
  rotate::WindowReader reader{database, heaps.front().target, resealer};
  std::int64_t rows = 0;
  for (std::int64_t block = 0; block < heaps.front().blocks;) {
    const rotate::Work work = reader.read({block, heaps.front().blocks});
    EXPECT_LT(work.rows_read, 300);  // 100 MB in all are more than one window
    block = work.blocks.to;
    rows += work.rows_read;
  }
  EXPECT_EQ(rows, 500);
}

TEST_F(Shapes, AFenceIsMadeAnewWhenTheFieldIsRegisteredOtherwise) {
  sql("CREATE TABLE public.copies (id int PRIMARY KEY, kind text, of text, body text); INSERT INTO "
      "public.copies VALUES (1, 'note', '7', '" +
      Clinic::seal("a") + "'), (2, 'other', '7', '" + Clinic::seal("b") + "')");
  Field copy = field("copies", "body");
  copy.copy = fields::Copy{.row_column = "of", .match_column = "kind", .match_value = "note"};
  EXPECT_TRUE(rotate_only({copy}).fields.front().is_fenced);
  copy.copy->match_value = "other";
  EXPECT_TRUE(rotate_only({copy}).fields.front().is_fenced);
  EXPECT_EQ(ask("SELECT count(*) FROM pg_constraint WHERE conname ^@ 'pcx_sealed_body' AND "
                "pg_get_constraintdef(oid) LIKE '%''other''%'"),
            "1");
  copy.copy->match_column.clear();
  EXPECT_TRUE(rotate_only({copy}).fields.front().is_fenced);
  EXPECT_EQ(ask(fences_of("copies")), "body");
}

TEST_F(Shapes, OfflineValuesStayEncV1UnderTheNewSecret) {
  sql("INSERT INTO public.medical_records VALUES ('r', 'p', '" + Clinic::seal("a") + "', '" +
      Clinic::seal("b") + "', '', NULL)");
  const keyring::KeyId target = clinic().import_pending("another secret of the application");
  Wish wish;
  wish.mode = rotate::Mode::offline;
  wish.target = target;
  EXPECT_TRUE(rotate_all(wish).is_complete());
  crypto::EncV1 cipher{Secret{std::string_view{"another secret of the application"}}};
  const auto opened =
      cipher.open(ask("SELECT diagnosis FROM public.medical_records WHERE id = 'r'"));
  EXPECT_EQ(opened.verdict, crypto::Verdict::authentic);
  EXPECT_EQ(opened.plaintext.reveal_text(), "b");
}

}  // namespace
}  // namespace pcx::testing
