#include "audit/anchor.h"

#include <gmock/gmock.h>

#include "core/file.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kFirst = "origin\n1\nroot\n\n\xe2\x80\x94 key AAAA\n";
const std::string kSecond = "origin\n2\nroot\n\n\xe2\x80\x94 key BBBB\n\xe2\x80\x94 other CCCC\n";

TEST(SplitNotes, EndsANoteBehindItsSignatures) {
  EXPECT_THAT(split_notes(""), IsEmpty());
  EXPECT_THAT(split_notes(kFirst), ElementsAre(kFirst));
  EXPECT_THAT(split_notes(kSecond + kFirst + kFirst), ElementsAre(kSecond, kFirst, kFirst));
  EXPECT_THAT(split_notes(kFirst + "cut"), ElementsAre(kFirst, "cut"));
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

TEST(AppendNote, RefusesToGoOnBehindWhatWasCutOff) {
  const testing::TemporaryFolder folder;
  for (const std::string cut :
       {"origin\n2", "origin\n2\n", "\xe2\x80\x94 key", "no note at all\n"}) {
    const auto file = folder.write("notes", kFirst + cut);
    EXPECT_EQ(testing::error_of([&] { append_note(file, kSecond); }).code(), ErrorCode::data)
        << cut;
    EXPECT_EQ(read_file(file), kFirst + cut);
  }
}

TEST(AppendNote, NamesAFolderThatIsNotThere) {
  EXPECT_EQ(testing::error_of([] { append_note("/nowhere/notes", kFirst); }).code(),
            ErrorCode::cannot_create);
}

}  // namespace
}  // namespace pcx::audit
