#include "audit/anchor.h"

#include <gmock/gmock.h>

#include "core/file.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::audit {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kDash = "\xe2\x80\x94 ";
const std::string kSigned = std::string(90, 'A') + "==\n";
const std::string kFirst = "origin\n1\nroot\n\n" + kDash + "key " + kSigned;
const std::string kSecond =
    "origin\n2\nroot\n\n" + kDash + "key " + kSigned + kDash + "other " + kSigned;

TEST(SplitNotes, EndsANoteBehindItsSignatures) {
  EXPECT_THAT(split_notes(""), IsEmpty());
  EXPECT_THAT(split_notes(kFirst), ElementsAre(kFirst));
  EXPECT_THAT(split_notes(kSecond + kFirst + kFirst), ElementsAre(kSecond, kFirst, kFirst));
  EXPECT_THAT(split_notes(kSecond + "\n\n" + kFirst + "\n"), ElementsAre(kSecond, kFirst));
  EXPECT_THAT(split_notes(kFirst + "cut"), ElementsAre(kFirst));
  EXPECT_THAT(split_notes("no note at all\n"), IsEmpty());
}

TEST(AppendNote, AddsEachOnce) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "notes";
  EXPECT_TRUE(append_note(file, kFirst));
  EXPECT_FALSE(append_note(file, kFirst));
  EXPECT_TRUE(append_note(file, kSecond));
  EXPECT_FALSE(append_note(file, kFirst));
  EXPECT_EQ(read_file(file), kFirst + kSecond);
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms{0644});
}

// Wherever the disk was full.
TEST(AppendNote, BeginsAfreshBehindWhatWasCutOff) {
  const testing::TemporaryFolder folder;
  for (std::size_t length = 1; length <= kFirst.size(); ++length) {
    const std::string cut = kFirst.substr(0, length);
    const auto file = folder.write("notes", kSecond + cut);
    EXPECT_TRUE(append_note(file, kFirst) || length == kFirst.size()) << cut;
    const std::string kept = read_file(file);
    EXPECT_TRUE(kept.starts_with(kSecond + cut));
    // Twice where nothing but the last line's end was missing.
    EXPECT_THAT(split_notes(kept),
                AnyOf(ElementsAre(kSecond, kFirst), ElementsAre(kSecond, kFirst, kFirst)))
        << cut;
    EXPECT_FALSE(append_note(file, kFirst));
  }
}

// As a file that was made beforehand, in a folder that whoever appends may not look into.
TEST(AppendNote, FillsAnEmptyFile) {
  const testing::TemporaryFolder folder;
  const auto file = folder.write("notes", "");
  EXPECT_TRUE(append_note(file, kFirst));
  EXPECT_EQ(read_file(file), kFirst);
}

TEST(AppendNote, MakesWhatALinkLeadsTo) {
  const testing::TemporaryFolder folder;
  const auto link = folder.path() / "link";
  std::filesystem::create_directory(folder.path() / "witness");
  std::filesystem::create_symlink("witness/notes", link);
  EXPECT_TRUE(append_note(link, kFirst));
  EXPECT_FALSE(append_note(link, kFirst));
  EXPECT_EQ(read_file(folder.path() / "witness" / "notes"), kFirst);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
}

TEST(AppendNote, SaysThatADeviceIsFull) {
  EXPECT_EQ(testing::error_of([] { append_note("/dev/full", kFirst); }).code(), ErrorCode::io);
  EXPECT_TRUE(append_note("/dev/null", kFirst));
}

TEST(AppendNote, NamesAFolderThatIsNotThere) {
  EXPECT_EQ(testing::error_of([] { append_note("/nowhere/notes", kFirst); }).code(),
            ErrorCode::cannot_create);
}

}  // namespace
}  // namespace pcx::audit
