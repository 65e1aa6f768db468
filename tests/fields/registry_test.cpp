#include "fields/registry.h"

#include <gmock/gmock.h>

#include "db/schema.h"
#include "fields/profile.h"
#include "fields/sql.h"
#include "tests/db/fixture.h"
#include "tests/support/errors.h"
#include "tests/support/statements.h"
#include "tests/support/temporary_folder.h"

namespace pcx::fields {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

Config config(const std::string& yaml) {
  const testing::TemporaryFolder folder;
  return read_config(folder.write("c.yaml", yaml), config_keys());
}

TEST(ReadConfigFields, ReadsAllThatCanBeSaid) {
  const auto fields = read_config_fields(config(R"(fields:
  - column: clients.ssn
  - column: clinic.notes.text
    name: visit_notes.body
    bind: column
  - {column: clients.data, member: card number, name: clients.card}
  - column: audit_logs.changes
    member: ssn
    copy_of: clients.ssn
    row_column: resourceId
    match_column: resource
    match_value: Client
)"));
  ASSERT_EQ(fields.size(), 4u);
  EXPECT_EQ(fields[0], (Field{.schema = "public",
                              .table = "clients",
                              .column = "ssn",
                              .name = {"clients", "ssn"},
                              .copy = {}}));
  EXPECT_EQ(to_string(fields[1]), "clinic.notes.text");
  EXPECT_EQ(fields[1].name, (crypto::Column{"visit_notes", "body"}));
  EXPECT_EQ(fields[1].bind, Bind::column);
  EXPECT_EQ(to_string(fields[2]), "clients.data.card number");
  EXPECT_EQ(to_string(fields[3]), "audit_logs.changes.ssn");
  EXPECT_EQ(fields[3].name, (crypto::Column{"clients", "ssn"}));
  EXPECT_EQ(fields[3].copy, (Copy{"resourceId", "resource", "Client"}));
}

TEST(ReadConfigFields, ReadsNothingWithoutTheSection) {
  EXPECT_THAT(read_config_fields(Config{}), IsEmpty());
  EXPECT_THAT(read_config_fields(config("fields:\n")), IsEmpty());
}

struct Refused {
  const char* name;
  const char* yaml;  // below "fields:"
  const char* message;
  int line;
};
class RefusedFields : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedFields, AreNamedWithTheirPlace) {
  const Config read = config(std::string{"fields:\n"} + GetParam().yaml);
  const Error error = testing::error_of([&] { read_config_fields(read); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_STREQ(error.what(), GetParam().message);
  EXPECT_EQ(error.location().line, GetParam().line);
  EXPECT_FALSE(error.hint().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedFields,
    ::testing::Values(
        Refused{"no_column", "  - name: a.b\n", "fields: a field without a column", 2},
        Refused{"no_table", "  - column: ssn\n", "fields: ssn is no column", 2},
        Refused{"too_many_parts", "  - column: a.b.c.d\n", "fields: a.b.c.d is no column", 2},
        Refused{"empty_part", "  - column: a..b\n", "fields: a..b is no column", 2},
        Refused{"empty", "  - column: \"\"\n", "fields: column is not a text", 2},
        Refused{"bad_name", "  - column: a.b\n    name: b\n", "fields: b is no name of a field", 3},
        Refused{"empty_name_part", "  - column: a.b\n    name: b.\n",
                "fields: b. is no name of a field", 3},
        Refused{"bad_bind", "  - column: a.b\n    bind: table\n",
                "fields: bind is row or column, not table", 3},
        Refused{"name_of_copy", "  - column: a.b\n    copy_of: c.d\n    name: a.b\n",
                "fields: name does not go with copy_of", 4},
        Refused{"bind_of_copy", "  - column: a.b\n    copy_of: c.d\n    bind: row\n",
                "fields: bind does not go with copy_of", 4},
        Refused{"copy_without_row", "  - column: a.b\n    copy_of: c.d\n",
                "fields: a copy without a row_column", 2},
        Refused{"half_a_match",
                "  - column: a.b\n    copy_of: c.d\n    row_column: r\n    match_value: v\n",
                "fields: match_column and match_value go together", 2},
        Refused{"row_column_of_no_copy", "  - column: a.b\n    row_column: r\n",
                "fields: row_column does not go with a field that is no copy", 3},
        Refused{"match_of_no_copy", "  - column: a.b\n    match_value: r\n",
                "fields: match_value does not go with a field that is no copy", 3},
        Refused{"twice", "  - column: a.b\n  - column: public.a.b\n", "fields: a.b is there twice",
                3}),
    [](const auto& refused) { return std::string{refused.param.name}; });

class RegistryTable : public testing::DatabaseFixture {
 protected:
  void SetUp() override {
    database_.emplace(connect());
    db::upgrade_schema(*database_);
  }
  void save(const std::vector<Field>& fields) {
    db::Transaction tx = database_->begin();
    register_fields(tx, fields);
    tx.commit();
  }
  Registry read(const std::string& yaml = "{}\n") {
    return read_registry(*database_, config(yaml));
  }

  std::optional<db::Database> database_;
};

TEST_F(RegistryTable, IsUnderstoodByTheServer) {
  EXPECT_THAT(testing::find_broken_statements(*database_, sql::kStatements), IsEmpty());
}

TEST_F(RegistryTable, GivesBackWhatWasSaved) {
  auto fields = purple_cross();
  fields.push_back({.schema = "clinic",
                    .table = "notes",
                    .column = "text",
                    .name = {"visit", "body"},
                    .bind = Bind::column,
                    .copy = {}});
  save(fields);
  EXPECT_THAT(read_registered(*database_), UnorderedElementsAreArray(fields));
  save({fields.front()});
  EXPECT_THAT(read_registered(*database_), ElementsAre(fields.front()));
}

TEST_F(RegistryTable, WinsOverTheConfigurationAndTellsHowItDiffers) {
  EXPECT_EQ(read().origin, Origin::profile);
  EXPECT_EQ(read().fields, purple_cross());
  const std::string yaml = "fields:\n  - column: a.b\n  - {column: c.d, bind: column}\n";
  EXPECT_EQ(read(yaml).origin, Origin::config);
  EXPECT_EQ(read(yaml).fields.size(), 2u);

  save(read_config_fields(config("fields:\n  - column: c.d\n  - column: e.f\n")));
  const Registry registry = read(yaml);
  EXPECT_EQ(registry.origin, Origin::table);
  EXPECT_THAT(registry.differences, ElementsAre("a.b is configured and not registered",
                                                "c.d is configured otherwise than it is registered",
                                                "e.f is registered and not configured"));
  EXPECT_THAT(read().differences, IsEmpty());
}

TEST_F(RegistryTable, IsEmptyWithoutASchema) {
  db::Database other{db::parse_target(testing::Postgres::shared().url(
                         testing::Postgres::shared().fresh_database())),
                     {}};
  EXPECT_THAT(read_registered(other), IsEmpty());
}

}  // namespace
}  // namespace pcx::fields
