#include "rotate/preflight.h"

#include <gmock/gmock.h>

#include "tests/rotate/rotation_fixture.h"

namespace pcx::testing {
namespace {

using rotate::Triggers;
using ::testing::HasSubstr;

// What is in the way after `change`, as "message" of the fatal ones and "(message)" of the others.
struct Case {
  const char* name;
  const char* change;
  const char* found;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class Preflight : public RotationFixture, public ::testing::WithParamInterface<Case> {
 protected:
  std::string found(Triggers triggers = Triggers::refuse) {
    db::Database database = connect();
    std::string all;
    for (const auto& obstacle :
         rotate::find_obstacles(rotate::read_heaps(database, fields::purple_cross()), triggers)) {
      all += obstacle.is_fatal ? obstacle.message + "; " : "(" + obstacle.message + "); ";
    }
    return all;
  }
};

TEST_P(Preflight, Finds) {
  clinic(1);
  ASSERT_EQ(found(), "");
  sql(GetParam().change);
  EXPECT_THAT(found(), HasSubstr(GetParam().found));
}

INSTANTIATE_TEST_SUITE_P(
    Obstacles, Preflight,
    ::testing::Values(
        Case{"no_table", "DROP TABLE public.audit_logs",
             "the table of audit_logs.changes.notes is not there"},
        Case{"no_column", "ALTER TABLE public.medical_records RENAME notes TO remarks",
             "medical_records.notes is registered and not there"},
        Case{"no_primary_key",
             "ALTER TABLE public.medical_records DROP CONSTRAINT medical_records_pkey",
             "medical_records has no primary key"},
        Case{
            "key_of_two",
            "ALTER TABLE public.medical_records DROP CONSTRAINT medical_records_pkey, ADD PRIMARY "
            "KEY (id, version)",
            "medical_records.diagnosis is bound to its row, and the primary key of medical_records "
            "has 2 columns"},
        Case{"wrong_type", "ALTER TABLE public.medical_records ALTER notes TYPE bytea USING NULL",
             "medical_records.notes is of type bytea"},
        Case{"no_members", "ALTER TABLE public.audit_logs ALTER changes TYPE text",
             "audit_logs.changes has no members: it is of type text"},
        Case{"generated",
             "ALTER TABLE public.medical_records DROP notes, ADD notes text GENERATED ALWAYS AS "
             "(diagnosis) STORED",
             "medical_records.notes is generated"},
        Case{"indexed", "CREATE INDEX ON public.medical_records (notes)",
             "(medical_records.notes is indexed)"},
        Case{"no_room",
             "UPDATE public.medical_records SET notes = NULL; ALTER TABLE public.medical_records "
             "ALTER notes TYPE varchar(47)",
             "medical_records.notes has room for 47 characters: no sealed text fits; "},
        Case{"little_room",
             "UPDATE public.medical_records SET notes = NULL; ALTER TABLE public.medical_records "
             "ALTER notes TYPE char(48)",
             "(medical_records.notes has room for 48 characters: values of more than 0 bytes may "
             "not fit when they are sealed); "},
        Case{"some_room",
             "UPDATE public.medical_records SET notes = NULL; ALTER TABLE public.medical_records "
             "ALTER notes TYPE varchar(100)",
             "(medical_records.notes has room for 100 characters: values of more than 33 bytes may "
             "not fit when they are sealed); "},
        Case{"unique", "ALTER TABLE public.medical_records ADD UNIQUE (version, notes)",
             "(medical_records.notes is unique); "},
        Case{"kept_apart",
             "ALTER TABLE public.medical_records ADD EXCLUDE USING hash (notes WITH =)",
             "(medical_records.notes is unique); "},
        Case{"in_the_key",
             "ALTER TABLE public.medical_records DROP CONSTRAINT medical_records_pkey, ADD PRIMARY "
             "KEY (diagnosis)",
             "medical_records.diagnosis is in the primary key; "},
        Case{
            "checks",
            "ALTER TABLE public.medical_records ADD CONSTRAINT short CHECK (length(diagnosis || "
            "notes) < 9999), ADD CONSTRAINT filled CHECK (notes <> '-'), ADD CONSTRAINT "
            "pcx_sealed_x CHECK (treatment <> '-')",
            "(medical_records.diagnosis has a CHECK constraint: short); (medical_records.notes has "
            "a CHECK constraint: filled, short); "},
        Case{"trigger",
             "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
             "END'; CREATE TRIGGER touch BEFORE UPDATE ON public.medical_records FOR EACH ROW "
             "EXECUTE FUNCTION public.f()",
             "medical_records has triggers that fire for an UPDATE: touch"},
        Case{"view",
             "ALTER TABLE public.audit_logs RENAME TO trail; CREATE VIEW public.audit_logs AS "
             "SELECT "
             "* FROM public.trail",
             "audit_logs is a view"}),
    [](const auto& one) { return std::string{one.param.name}; });

TEST_F(Preflight, TellsWhatAColumnHasOnce) {
  clinic(1);
  sql("ALTER TABLE public.audit_logs ADD CONSTRAINT an_object CHECK (jsonb_typeof(changes) = "
      "'object')");
  EXPECT_EQ(found(), "(audit_logs.changes has a CHECK constraint: an_object); ");
}

TEST_F(Preflight, SaysHowAColumnGetsRoom) {
  clinic(1);
  sql("ALTER TABLE public.medical_records ALTER \"chiefComplaint\" TYPE varchar(20) USING ''");
  db::Database database = connect();
  const auto obstacles = rotate::find_obstacles(
      rotate::read_heaps(database, fields::purple_cross()), Triggers::refuse);
  ASSERT_EQ(obstacles.size(), 1U);
  EXPECT_EQ(obstacles.front().hint,
            "ALTER TABLE \"public\".\"medical_records\" ALTER \"chiefComplaint\" TYPE text; of "
            "a varchar it rewrites nothing.");
}

TEST_F(Preflight, LetsTriggersFireWhenItIsToldTo) {
  clinic(1);
  sql("CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
      "CREATE TRIGGER touch AFTER UPDATE ON public.medical_records FOR EACH ROW EXECUTE FUNCTION "
      "public.f()");
  EXPECT_EQ(found(Triggers::fire), "");
  EXPECT_EQ(found(Triggers::skip), "");
}

TEST_F(Preflight, NamesTriggersThatCannotBeSkipped) {
  clinic(1);
  sql("CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
  for (const char* name : {"origin", "always", "replica", "off"}) {
    sql(
        fmt::format("CREATE TRIGGER {} AFTER UPDATE ON public.medical_records FOR EACH ROW EXECUTE "
                    "FUNCTION public.f()",
                    name));
  }
  sql("ALTER TABLE public.medical_records ENABLE ALWAYS TRIGGER always, ENABLE REPLICA TRIGGER "
      "replica, DISABLE TRIGGER off");
  EXPECT_EQ(found(Triggers::refuse),
            "medical_records has triggers that fire for an UPDATE: always, origin; ");
  EXPECT_EQ(found(Triggers::skip),
            "medical_records has triggers that --triggers skip lets fire: always, replica; ");
  EXPECT_EQ(found(Triggers::fire), "");
}

TEST_F(Preflight, SeesWhatARoleMayNotDo) {
  clinic(1);
  sql("CREATE ROLE preflight_reader LOGIN; GRANT USAGE ON SCHEMA public TO preflight_reader; GRANT "
      "SELECT ON public.medical_records TO preflight_reader; ALTER TABLE public.medical_records "
      "ENABLE ROW LEVEL SECURITY");
  db::Database reader = connect_as("preflight_reader");
  std::string all;
  for (const auto& obstacle : rotate::find_obstacles(
           rotate::read_heaps(reader, fields::purple_cross()), Triggers::refuse)) {
    all += obstacle.message + "; ";
  }
  EXPECT_THAT(all, HasSubstr("row level security hides rows of medical_records from this role"));
  EXPECT_THAT(all, HasSubstr("this role may not update medical_records.diagnosis"));
  EXPECT_THAT(all, HasSubstr("this role may not read audit_logs"));
}

TEST_F(Preflight, WantsARightOnTheTableNotOnItsColumns) {
  clinic(1);
  sql("CREATE ROLE preflight_columns LOGIN; GRANT USAGE ON SCHEMA public TO preflight_columns; "
      "GRANT SELECT, UPDATE (diagnosis) ON public.medical_records TO preflight_columns");
  db::Database database = connect_as("preflight_columns");
  const auto heaps = rotate::read_heaps(database, {{.schema = "public",
                                                    .table = "medical_records",
                                                    .column = "diagnosis",
                                                    .name = {"medical_records", "diagnosis"}}});
  const auto obstacles = rotate::find_obstacles(heaps, Triggers::refuse);
  ASSERT_EQ(obstacles.size(), 1U);
  EXPECT_EQ(obstacles.front().message,
            "this role may update columns of medical_records, and not lock it");
}

}  // namespace
}  // namespace pcx::testing
