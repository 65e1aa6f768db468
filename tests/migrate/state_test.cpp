#include "migrate/state.h"

#include <gmock/gmock.h>

#include "tests/migrate/support.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using ::testing::ElementsAre;

std::vector<std::string> states(const Folder& folder, const Ledger& ledger) {
  std::vector<std::string> found;
  for (const auto& entry : compare(folder, ledger)) {
    found.push_back(entry.name + " " + to_string(entry.state));
  }
  return found;
}

TEST(Compare, TellsAppliedFromPending) {
  EXPECT_THAT(states(folder_of({file("001"), file("002")}), ledger_of({applied("001")})),
              ElementsAre("001 applied", "002 pending"));
}

TEST(Compare, SeesAnEditedFile) {
  EXPECT_THAT(states(folder_of({file("001", "SELECT 2;")}), ledger_of({applied("001")})),
              ElementsAre("001 edited"));
}

TEST(Compare, DoesNotMindOtherLineEnds) {
  const auto folder = folder_of({file("001", "SELECT 1;\r\nSELECT 2;\r\n")});
  EXPECT_THAT(states(folder, ledger_of({applied("001", "SELECT 1;\nSELECT 2;\n")})),
              ElementsAre("001 applied"));
  const auto unix_folder = folder_of({file("001", "SELECT 1;\nSELECT 2;\n")});
  EXPECT_THAT(states(unix_folder, ledger_of({applied("001", "SELECT 1;\r\nSELECT 2;\r\n")})),
              ElementsAre("001 applied"));
}

TEST(Compare, AcceptsChecksumsPrintedWithoutZeroPadding) {
  // SHA-256 of "abc", its bytes 01, 03, 00 and 15 printed as "1", "3", "0" and "15".
  LedgerRow row = applied("001", "abc");
  row.checksum = "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad";
  EXPECT_THAT(states(folder_of({file("001", "abc")}), ledger_of({row})),
              ElementsAre("001 applied"));
}

TEST(Compare, SeesADeletedFolder) {
  EXPECT_THAT(states(folder_of({file("002")}), ledger_of({applied("001"), applied("002")})),
              ElementsAre("001 missing", "002 applied"));
}

// As read_folder() sorts the files: by number where versions are numbers.
TEST(Compare, PutsAMissingNameWhereItsFileWouldStand) {
  const Ledger ledger = ledger_of({applied("2_b"), applied("10_j"), applied("alien")});
  for (const Layout layout : {Layout::pairs, Layout::sections}) {
    Folder folder = folder_of({file("9_i"), file("11_k")});
    folder.layout = layout;
    EXPECT_THAT(states(folder, ledger),
                ElementsAre("alien missing", "2_b missing", "9_i out_of_order", "10_j missing",
                            "11_k pending"));
  }
  EXPECT_THAT(states(folder_of({file("11_k"), file("9_i")}), ledger),
              ElementsAre("10_j missing", "11_k out_of_order", "2_b missing", "9_i out_of_order",
                          "alien missing"));
}

TEST(Compare, SeesWhatArrivedLate) {
  EXPECT_THAT(
      states(folder_of({file("001"), file("002"), file("003")}), ledger_of({applied("002")})),
      ElementsAre("001 out_of_order", "002 applied", "003 pending"));
}

TEST(Compare, SeesAFailedRowEvenBesideAFinishedOne) {
  EXPECT_THAT(states(folder_of({file("001")}), ledger_of({applied("001"), failed("001")})),
              ElementsAre("001 failed"));
}

TEST(Compare, DoesNotCountRowsThatWereRolledBack) {
  EXPECT_THAT(states(folder_of({file("001")}), ledger_of({rolled_back(failed("001"))})),
              ElementsAre("001 pending"));
  EXPECT_THAT(
      states(folder_of({file("001")}), ledger_of({rolled_back(applied("001")), applied("001")})),
      ElementsAre("001 applied"));
}

}  // namespace
}  // namespace pcx::migrate
