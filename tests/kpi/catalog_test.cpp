// Definitions of a folder, behind those that come with pcx.
#include <filesystem>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/yaml_tree.h"
#include "kpi/definition.h"
#include "kpi/definitions_files.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::NotNull;
using testing::TemporaryFolder;

std::string source(const std::string& name) {
  return "sources:\n  " + name + ": {help: H, rows: day, tables: [no_such_table], sql: SELECT 1}\n";
}

std::string kpi(const std::string& name, const std::string& from) {
  return "kpis:\n  " + name + ": {title: T, kind: ratio, better: more, from: " + from +
         ", value: avg(1), help: H}\n";
}

// The names of the folder's KPIs, without pcx's own.
std::vector<std::string> names_in(const TemporaryFolder& folder) {
  const Catalog catalog = read_catalog(folder.path());
  std::vector<std::string> names;
  for (const Definition& definition : catalog.definitions) {
    if (!definition.place.file.starts_with("builtin:")) names.push_back(definition.name);
  }
  return names;
}

Error error_of(const std::string& folder) {
  return testing::error_of([&] { read_catalog(folder); });
}

TEST(ReadCatalog, HasTheTreesOfItsOwnFilesAsTheyStand) {
  for (const EmbeddedFile& file : definitions_files()) {
    EXPECT_EQ(file.tree, to_tree(parse_yaml(file.bytes, builtin_name(file))));
    Catalog read;  // within the limits of anybody's
    read_definitions(read, file.bytes, builtin_name(file));
  }
}

TEST(ReadCatalog, ReadsFilesInTheOrderOfTheirBytes) {
  const TemporaryFolder folder;
  folder.write("b.yml", kpi("own_second", "own_source"));
  folder.write("B.yaml", source("own_source"));
  folder.write("a.yaml", kpi("own_first", "own_source"));
  folder.write("\xc3\xa4.yaml", kpi("own_third", "own_source"));
  EXPECT_THAT(names_in(folder), ElementsAre("own_first", "own_second", "own_third"));
}

TEST(ReadCatalog, LeavesOtherFilesAlone) {
  const TemporaryFolder folder;
  for (const char* name :
       {".hidden.yaml", "a.yaml~", "a.json", "README", "deeper/a.yaml", "A.YAML"}) {
    folder.write(name, "not: [a definition");
  }
  EXPECT_THAT(names_in(folder), ElementsAre());
}

TEST(ReadCatalog, FollowsLinks) {
  const TemporaryFolder folder;
  folder.write("..data/real", source("own_source") + kpi("own", "own_source"));
  std::filesystem::create_symlink("..data/real", folder.path() / "own.yaml");
  EXPECT_THAT(names_in(folder), ElementsAre("own"));
}

TEST(ReadCatalog, SetsHashesAndPlaces) {
  const TemporaryFolder folder;
  const auto path = folder.write("own.yaml", source("own_source") + kpi("own", "own_source"));
  const Catalog catalog = read_catalog(folder.path());
  const Definition* own = catalog.find("own");
  ASSERT_THAT(own, NotNull());
  EXPECT_EQ(own->hash, definition_hash(catalog, *own));
  EXPECT_EQ(catalog.hash, catalog_hash(catalog));
  EXPECT_NE(catalog.hash, read_catalog("").hash);
  EXPECT_EQ(to_string(own->place), path.native() + ":4:3");
}

TEST(ReadCatalog, SaysWhichFileIsWrong) {
  const TemporaryFolder folder;
  const auto path = folder.write("own.yaml", kpi("own", "nowhere_to_be_found"));
  EXPECT_EQ(to_string(error_of(folder.path()).location()), path.native() + ":2:52");
}

TEST(ReadCatalog, RefusesFoldersThatAreNone) {
  const TemporaryFolder folder;
  const Error missing = error_of(folder.path() / "missing");
  EXPECT_EQ(missing.code(), ErrorCode::not_found);
  EXPECT_THAT(missing.what(), HasSubstr("cannot read folder"));
  const Error file = error_of(folder.write("file", ""));
  EXPECT_EQ(file.code(), ErrorCode::data);
}

TEST(ReadCatalog, RefusesWhatIsNoRegularFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder.path() / "pipe.yaml").c_str(), 0600), 0);
  const Error pipe = error_of(folder.path());
  EXPECT_EQ(pipe.code(), ErrorCode::data);
  EXPECT_THAT(pipe.what(), HasSubstr("pipe.yaml is no regular file"));
  std::filesystem::remove(folder.path() / "pipe.yaml");
  std::filesystem::create_directory(folder.path() / "folder.yml");
  EXPECT_THAT(error_of(folder.path()).what(), HasSubstr("folder.yml is no regular file"));
}

TEST(ReadCatalog, RefusesLinksToNothing) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("nothing", folder.path() / "a.yaml");
  EXPECT_EQ(error_of(folder.path()).code(), ErrorCode::not_found);
}

TEST(ReadCatalog, RefusesWhatIsTooLongOrTooMuch) {
  const TemporaryFolder folder;
  folder.write("a.yaml", std::string(kDefinitionFileBytesMax + 1, '#'));
  EXPECT_EQ(error_of(folder.path()).code(), ErrorCode::data);
  const TemporaryFolder full;
  for (std::size_t i = 0; i <= kDefinitionFilesMax; ++i) {
    full.write(std::to_string(i) + ".yaml", "");
  }
  EXPECT_THAT(error_of(full.path()).what(), HasSubstr("holds more than 200 files of definitions"));
}

}  // namespace
}  // namespace pcx::kpi
