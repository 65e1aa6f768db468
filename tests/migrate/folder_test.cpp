#include "migrate/folder.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/temporary_folder.h"

namespace pcx::migrate {
namespace {

using pcx::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names(const Folder& folder) {
  std::vector<std::string> found;
  for (const auto& migration : folder.migrations) found.push_back(migration.name);
  return found;
}

TEST(ReadFolder, FindsPrismasLayoutInTheOrderOfNames) {
  const TemporaryFolder folder;
  folder.write("20260102000000_b/migration.sql", "SELECT 2;");
  folder.write("20260101000000_a/migration.sql", "SELECT 1;");
  folder.write("20260101000000_a/down.sql", "SELECT 0;");
  folder.write("migration_lock.toml", "# comment\nprovider = \"postgresql\"\n");
  folder.write(".gitkeep", "");
  folder.write("README.md", "notes");

  const Folder read = read_folder(folder.path());

  EXPECT_EQ(read.layout, Layout::prisma);
  EXPECT_THAT(names(read), ElementsAre("20260101000000_a", "20260102000000_b"));
  EXPECT_TRUE(read.migrations[0].down.has_value());
  EXPECT_FALSE(read.migrations[1].down.has_value());
}

TEST(ReadFolder, TakesTheChecksumOfTheBytes) {
  const TemporaryFolder folder;
  folder.write("1_a/migration.sql", "abc");
  // FIPS 180-2, appendix B.1
  EXPECT_EQ(read_folder(folder.path()).migrations[0].checksum,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ReadFolder, OrdersPairsByNumber) {
  const TemporaryFolder folder;
  folder.write("10_c.up.sql", "SELECT 1;");
  folder.write("2_b.up.sql", "SELECT 1;");
  folder.write("001_a.up.sql", "SELECT 1;");
  folder.write("001_a.down.sql", "SELECT 1;");

  const Folder read = read_folder(folder.path());

  EXPECT_EQ(read.layout, Layout::pairs);
  EXPECT_THAT(names(read), ElementsAre("001_a", "2_b", "10_c"));
}

TEST(ReadFolder, SplitsSectionsAndKeepsTheirLines) {
  const TemporaryFolder folder;
  folder.write("1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 0;\n");

  const Folder read = read_folder(folder.path());

  EXPECT_EQ(read.layout, Layout::sections);
  EXPECT_EQ(read.migrations[0].up.text, "SELECT 1;\n");
  EXPECT_EQ(read.migrations[0].up.line_offset, 1);
  EXPECT_EQ(read.migrations[0].down->text, "SELECT 0;\n");
  EXPECT_EQ(read.migrations[0].down->line_offset, 3);
}

TEST(ReadFolder, TakesNamesThatPrismaTakes) {
  const TemporaryFolder folder;
  for (const auto& name : {std::string(255, 'x'), std::string{"a"}, std::string{"B"},
                           std::string{"10_c"}, std::string{"1_a"}, std::string{"2.md"}}) {
    folder.write(name + "/migration.sql", "");
  }
  std::vector<std::string> names;
  for (const auto& migration : read_folder(folder.path()).migrations) {
    names.push_back(migration.name.substr(0, 4));
  }
  EXPECT_THAT(names, ElementsAre("1_a", "10_c", "2.md", "a", "B", "xxxx"));
}

TEST(ReadFolder, CallsAnEmptyFolderEmpty) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_folder(folder.path()).layout, Layout::empty);
}

TEST(ReadFolder, NamesAFolderThatIsNotThere) {
  try {
    read_folder("/nonexistent/migrations");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/migrations"));
    EXPECT_THAT(error.hint(), HasSubstr("--dir"));
  }
}

struct Bad {
  std::string file;
  std::string content;
  std::string message;
  int line = 0;
  int column = 0;
};

class ReadFolderRefuses : public ::testing::TestWithParam<Bad> {};

TEST_P(ReadFolderRefuses, NamingFileAndPlace) {
  const TemporaryFolder folder;
  folder.write("20260101000000_good/migration.sql", "SELECT 1;");
  folder.write(GetParam().file, GetParam().content);
  try {
    read_folder(folder.path());
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
    EXPECT_EQ(error.location().line, GetParam().line);
    EXPECT_EQ(error.location().column, GetParam().column);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, ReadFolderRefuses,
    ::testing::Values(
        Bad{"20260102000000_x/other.sql", "SELECT 1;", "has no migration.sql"},
        Bad{"notes.md/about.txt", "", "notes.md has no migration.sql"},
        Bad{"20260102000000_x/migration.sql", "SELECT 1;\n-- \xe9\n",
            "byte 0xe9 is not valid UTF-8", 2, 4},
        Bad{"20260102000000_x/migration.sql", "\xef\xbb\xbfSELECT 1;", "byte order mark", 1, 1},
        Bad{"20260102000000_x/migration.sql", std::string{"SELECT\0 1;", 10}, "NUL byte", 1, 7},
        Bad{"20260102000000_x/down.sql", "\xff", "has no migration.sql"},
        Bad{"notes.txt", "x", "notes.txt is no migration"},
        Bad{"2_x.up.sql", "SELECT 1;", "mixes two layouts"},
        Bad{"V1__init.sql", "SELECT 1;", "belongs to a Flyway folder"},
        Bad{"sqitch.plan", "x", "belongs to a sqitch folder"},
        Bad{"atlas.sum", "x", "belongs to a Atlas folder"},
        Bad{"db.changelog-master.xml", "x", "belongs to a Liquibase folder"},
        Bad{"migration_lock.toml", "provider = \"mysql\"\n", "migrations are for mysql", 1, 1}));

TEST(ReadFolder, RefusesTwoMigrationsOfOneVersion) {
  const TemporaryFolder folder;
  folder.write("1_a.up.sql", "SELECT 1;");
  folder.write("01_b.up.sql", "SELECT 1;");
  EXPECT_THROW(read_folder(folder.path()), Error);
}

TEST(ReadFolder, RefusesADownWithoutAnUp) {
  const TemporaryFolder folder;
  folder.write("1_a.down.sql", "SELECT 1;");
  EXPECT_THROW(read_folder(folder.path()), Error);
}

TEST(ReadFolder, RefusesANameWithoutAVersion) {
  const TemporaryFolder folder;
  folder.write("init.up.sql", "SELECT 1;");
  EXPECT_THROW(read_folder(folder.path()), Error);
}

struct BadSections {
  std::string content;
  std::string message;
  int line;
};

class SectionsRefuse : public ::testing::TestWithParam<BadSections> {};

TEST_P(SectionsRefuse, NamingTheLine) {
  const TemporaryFolder folder;
  folder.write("1_a.sql", GetParam().content);
  try {
    read_folder(folder.path());
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
    EXPECT_EQ(error.location().line, GetParam().line);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Markers, SectionsRefuse,
    ::testing::Values(
        BadSections{"SELECT 1;\n", "has no -- migrate:up", 1},
        BadSections{"-- migrate:down\nSELECT 1;\n", "stands first", 1},
        BadSections{"SELECT 1;\n-- migrate:up\n", "SQL stands before", 1},
        BadSections{"-- pcx:no-transaction\n-- migrate:up\n", "stands before", 1},
        BadSections{"-- migrate:up\n-- migrate:up\n", "occurs twice", 2},
        BadSections{"-- migrate:up\n-- migrate:down\n-- migrate:down\n", "occurs twice", 3},
        BadSections{"-- migrate:up\nSELECT 1;\r-- migrate:down\r", "a lone carriage return", 2},
        BadSections{"-- migrate:up transaction:false\n", "unknown marker", 1}));

}  // namespace
}  // namespace pcx::migrate
