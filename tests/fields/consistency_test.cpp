#include "fields/consistency.h"

#include <gmock/gmock.h>

#include "fields/profile.h"

namespace pcx::fields {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Field field(const char* table, const char* column, const char* member = "") {
  return {.schema = "public",
          .table = table,
          .column = column,
          .member = member,
          .name = {table, column},
          .copy = {}};
}

Field copy(Field field, const char* table, const char* column) {
  field.name = {table, column};
  field.copy = Copy{"resourceId", "", ""};
  return field;
}

TEST(FieldConsistency, FindsNothingInTheProfile) {
  EXPECT_THAT(find_contradictions(purple_cross()), IsEmpty());
}

TEST(FieldConsistency, FindsACopyOfNothing) {
  EXPECT_THAT(find_contradictions({copy(field("audit", "changes", "ssn"), "clients", "ssn")}),
              ElementsAre("audit.changes.ssn is a copy of clients.ssn, which is the name of no "
                          "field"));
  // Not of another copy either.
  const Field first = copy(field("a", "x"), "clients", "ssn");
  const Field second = copy(field("b", "x"), "clients", "ssn");
  EXPECT_EQ(find_contradictions({first, second}).size(), 2u);
}

TEST(FieldConsistency, LetsARegisteredCopyOutliveItsOriginal) {
  const Field one = copy(field("audit", "changes", "ssn"), "clients", "ssn");
  EXPECT_THAT(find_contradictions({one}, {field("clients", "ssn"), one}), IsEmpty());
  EXPECT_EQ(find_contradictions({copy(field("audit", "changes", "ssn"), "clients", "iban")}, {one})
                .size(),
            1u);
}

TEST(FieldConsistency, FindsACopyOfWhatHasNoRow) {
  Field origin = field("clients", "ssn");
  origin.bind = Bind::column;
  EXPECT_THAT(find_contradictions({origin, copy(field("a", "x"), "clients", "ssn")}),
              ElementsAre("a.x is a copy of clients.ssn, which is bound to no row: give it that "
                          "name and bind: column instead"));
}

TEST(FieldConsistency, FindsACopyThatNamesItself) {
  Field one = copy(field("a", "x"), "clients", "ssn");
  one.copy->row_column = "x";
  EXPECT_THAT(find_contradictions({field("clients", "ssn"), one}),
              ElementsAre("a.x is a copy of clients.ssn, and names itself as its row_column"));
}

TEST(FieldConsistency, FindsTwoFieldsWithOneName) {
  Field other = field("old_clients", "ssn");
  other.name = {"clients", "ssn"};
  EXPECT_THAT(find_contradictions({field("clients", "ssn"), other}),
              ElementsAre("clients.ssn and old_clients.ssn have the name clients.ssn: make one a "
                          "copy_of the other"));
  // What is bound to no row may be anywhere.
  Field free = field("clients", "ssn");
  free.bind = Bind::column;
  other.bind = Bind::column;
  EXPECT_THAT(find_contradictions({free, other}), IsEmpty());
}

TEST(FieldConsistency, FindsAColumnInPartAndAsAWhole) {
  Field part = field("t", "data", "ssn");
  part.name = {"t", "ssn"};
  EXPECT_THAT(find_contradictions({field("t", "data"), part}),
              ElementsAre("t.data is a field as a whole and in part"));
  EXPECT_THAT(find_contradictions({part, field("t", "data")}),
              ElementsAre("t.data is a field as a whole and in part"));
}

TEST(FieldConsistency, FindsThePlaceTwice) {
  Field again = field("t", "a");
  again.name = {"t", "b"};
  EXPECT_THAT(find_contradictions({field("t", "a"), again}), ElementsAre("t.a is there twice"));
}

TEST(FieldConsistency, FindsWhatIsPcxsOwn) {
  Field own = field("journal", "details");
  own.schema = "pcx";
  EXPECT_THAT(find_contradictions({own}), ElementsAre("pcx.journal.details belongs to pcx itself"));
}

}  // namespace
}  // namespace pcx::fields
