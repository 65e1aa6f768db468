#include "core/file.h"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/descriptor.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, {}));
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

class FileTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }
  testing::TemporaryFolder folder_;
};

TEST_F(FileTest, ReadsTheWholeFile) {
  const std::string content = std::string(200'000, 'x') + std::string("\0end", 4);
  EXPECT_EQ(read_file(folder_.write("a", content)), content);
  EXPECT_EQ(read_file(folder_.write("a", content), content.size()), content);
}

TEST_F(FileTest, NamesTheFileItCannotRead) {
  const Error missing = error_of([&] { read_file(file("no")); });
  EXPECT_EQ(missing.code(), ErrorCode::not_found);
  EXPECT_STREQ(missing.what(),
               ("cannot read " + file("no").native() + ": No such file or directory").c_str());
  const Error below = error_of([&] { read_file(folder_.write("plain", "") / "x"); });
  EXPECT_EQ(below.code(), ErrorCode::not_found);
  const Error folder = error_of([&] { read_file(folder_.path()); });
  EXPECT_EQ(folder.code(), ErrorCode::data);
  EXPECT_THAT(folder.what(), HasSubstr("is a folder, not a file"));
  const Error loop = error_of([&] {
    std::filesystem::create_symlink("loop", file("loop"));
    read_file(file("loop"));
  });
  EXPECT_EQ(loop.code(), ErrorCode::io);
}

TEST_F(FileTest, ListsAFolderOrSaysWhyNot) {
  write_file_atomically(file("a"), "");
  write_file_atomically(file(".b"), "");
  EXPECT_THAT(paths_in(folder_.path()), UnorderedElementsAre(file("a"), file(".b")));
  const Error missing = error_of([&] { paths_in(file("none")); });
  EXPECT_EQ(missing.code(), ErrorCode::not_found);
  EXPECT_THAT(missing.what(), StartsWith("cannot read folder " + file("none").native()));
  EXPECT_EQ(error_of([&] { paths_in(file("a")); }).code(), ErrorCode::data);
}

TEST_F(FileTest, DisarmsThePathInMessages) {
  EXPECT_THAT(error_of([] { read_file("/no/\x1b[31m"); }).what(), HasSubstr("/no/\\x1b[31m"));
}

TEST_F(FileTest, RefusesWhatIsTooLong) {
  const Error error = error_of([&] { read_file(folder_.write("a", "12345"), 4); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(error.what(), HasSubstr("is longer than 4 bytes"));
}

TEST_F(FileTest, WaitsForASlowPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Descriptor read_end{ends[0]};
  std::thread writer{[write_end = Descriptor{ends[1]}] {
    for (const char* piece : {"slow", "ly"}) {
      std::this_thread::yield();
      EXPECT_GT(::write(write_end.number(), piece, std::string_view{piece}.size()), 0);
    }
  }};
  const auto path = "/dev/fd/" + std::to_string(read_end.number());
  EXPECT_EQ(read_file(path), "slowly");
  writer.join();
}

TEST_F(FileTest, MayNotReadWhatBelongsToOthers) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const auto secret = folder_.write("a", "x", 0600);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  ASSERT_EQ(::seteuid(65534), 0);
  const Error error = error_of([&] { read_file(secret); });
  ASSERT_EQ(::seteuid(0), 0);
  EXPECT_EQ(error.code(), ErrorCode::permission);
}

TEST_F(FileTest, ReadsASecretWithoutItsLineBreak) {
  EXPECT_EQ(read_secret_file(folder_.write("a", "key\n", 0600)).reveal_text(), "key");
  EXPECT_EQ(read_secret_file(folder_.write("b", "key\r\n", 0400)).reveal_text(), "key");
  EXPECT_EQ(read_secret_file(folder_.write("c", "key\n\n", 0600)).reveal_text(), "key\n");
  EXPECT_EQ(read_secret_file(folder_.write("d", "key\r", 0600)).reveal_text(), "key\r");
  EXPECT_TRUE(read_secret_file(folder_.write("e", "", 0600)).empty());
}

TEST_F(FileTest, RefusesASecretThatOthersMayRead) {
  for (const unsigned mode : {0640u, 0604u, 0620u, 0644u}) {
    const auto path = folder_.write("a", "key", mode);
    const Error error = error_of([&] { read_secret_file(path); });
    EXPECT_EQ(error.code(), ErrorCode::permission);
    EXPECT_EQ(error.hint(), "Run: chmod 600 " + path.native());
  }
}

TEST_F(FileTest, RefusesASecretOfSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to give a file away";
  const auto path = folder_.write("a", "key", 0600);
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  EXPECT_EQ(error_of([&] { read_secret_file(path); }).code(), ErrorCode::permission);
}

TEST_F(FileTest, RefusesASecretThatIsTooLong) {
  const auto path = folder_.write("a", "12345", 0600);
  EXPECT_EQ(error_of([&] { read_secret_file(path, 4); }).code(), ErrorCode::data);
  EXPECT_EQ(read_secret_file(path, 5).size(), 5u);
}

TEST_F(FileTest, WritesAFileWithItsMode) {
  write_file_atomically(file("a"), "content", 0640);
  EXPECT_EQ(read_file(file("a")), "content");
  EXPECT_EQ(mode_of(file("a")), 0640u);
  write_file_atomically(file("a"), std::string(100'000, 'y'), 0600);
  EXPECT_EQ(read_file(file("a")).size(), 100'000u);
  EXPECT_EQ(mode_of(file("a")), 0600u);
  EXPECT_EQ(files_in(folder_.path()), 1u);
}

TEST_F(FileTest, LeavesTheOldFileWhenTheDiskIsFull) {
  write_file_atomically(file("a"), "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1000, before.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Error error = error_of([&] { write_file_atomically(file("a"), std::string(5000, 'x')); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), StartsWith("cannot write " + file("a").native()));
  EXPECT_EQ(error.hint(), "Free some space and try again; the old file is as it was.");
  EXPECT_EQ(read_file(file("a")), "old");
  EXPECT_EQ(files_in(folder_.path()), 1u) << "the temporary file is gone";
}

TEST_F(FileTest, KnowsBeforehandWhatCannotBeWritten) {
  require_writable(file("new"));
  require_writable("/dev/null");
  EXPECT_EQ(files_in(folder_.path()), 0u) << "nothing is left behind";
  const Error nowhere = error_of([] { require_writable("/nowhere/report"); });
  EXPECT_EQ(nowhere.code(), ErrorCode::cannot_create);
  EXPECT_STREQ(nowhere.what(), "cannot write /nowhere/report: No such file or directory");
  const Error folder = error_of([&] { require_writable(folder_.path()); });
  EXPECT_EQ(folder.code(), ErrorCode::cannot_create);
}

TEST_F(FileTest, WritesIntoDevicesInsteadOfReplacingThem) {
  write_file_atomically("/dev/null", "x");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  const Error full = error_of([] { write_file_atomically("/dev/full", "x"); });
  EXPECT_EQ(full.code(), ErrorCode::io);
  EXPECT_STREQ(full.what(), "cannot write /dev/full: No space left on device");
}

TEST_F(FileTest, AppendsToWhatStandardOutputStandsFor) {
  const auto log = folder_.write("log", "before\n");
  const Descriptor open{::open(log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
  write_file_atomically("/dev/fd/" + std::to_string(open.number()), "after\n");
  EXPECT_EQ(read_file(log), "before\nafter\n");
}

// /dev/shm is a file system like others, whatever its place.
TEST_F(FileTest, ReplacesFilesInMemory) {
  std::string folder = "/dev/shm/pcx-test.XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::filesystem::path path = folder + "/report";
  require_writable(path);
  write_file_atomically(path, "old");
  write_file_atomically(path, "new", 0600);
  EXPECT_EQ(read_file(path), "new");
  EXPECT_EQ(mode_of(path), 0600u);
  std::filesystem::remove_all(folder);
}

TEST_F(FileTest, FollowsLinksToOpenFiles) {
  const auto log = folder_.write("log", "before\n");
  const Descriptor open{::open(log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
  std::filesystem::create_symlink("/dev/fd/" + std::to_string(open.number()), file("link"));
  std::filesystem::create_symlink("link", file("second"));
  require_writable(file("second"));
  write_file_atomically(file("second"), "after\n");
  EXPECT_EQ(read_file(log), "before\nafter\n");
  EXPECT_EQ(files_in(folder_.path()), 3u);
}

TEST_F(FileTest, ReplacesWhatALinkPointsTo) {
  folder_.write("real/a", "old");
  std::filesystem::create_symlink("real/a", file("link"));
  write_file_atomically(file("link"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(file("link")));
  EXPECT_EQ(read_file(file("real/a")), "new");
  std::filesystem::create_symlink("nothing", file("dangling"));
  write_file_atomically(file("dangling"), "new");
  EXPECT_FALSE(std::filesystem::is_symlink(file("dangling")));
}

TEST_F(FileTest, SaysWhereItCannotWrite) {
  const Error missing = error_of([&] { write_file_atomically(file("no/a"), "x"); });
  EXPECT_EQ(missing.code(), ErrorCode::cannot_create);
  EXPECT_THAT(missing.what(), HasSubstr("no/a: No such file or directory"));
  const Error folder = error_of([&] { write_file_atomically(folder_.path(), "x"); });
  EXPECT_EQ(folder.code(), ErrorCode::cannot_create);
  EXPECT_THAT(folder.what(), HasSubstr("Is a directory"));
}

TEST_F(FileTest, WritesIntoTheWorkingFolder) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  write_file_atomically("bare", "x");
  const bool trusted = is_trusted("bare");
  std::filesystem::current_path(before);
  EXPECT_EQ(read_file(file("bare")), "x");
  EXPECT_TRUE(trusted);
}

TEST_F(FileTest, CreatesASecretThatNobodyElseMayRead) {
  create_secret_file(file("key"), Secret{"secret"});
  EXPECT_EQ(mode_of(file("key")), 0600u);
  EXPECT_EQ(read_secret_file(file("key")).reveal_text(), "secret");
  EXPECT_EQ(files_in(folder_.path()), 1u);
}

TEST_F(FileTest, CreatesNoSecretOverWhatIsThere) {
  folder_.write("key", "old");
  std::filesystem::create_symlink("nowhere", file("link"));
  for (const char* name : {"key", "link"}) {
    const Error error = error_of([&] { create_secret_file(file(name), Secret{"new"}); });
    EXPECT_EQ(error.code(), ErrorCode::cannot_create);
    EXPECT_EQ(error.reason(), "exists");
    EXPECT_THAT(error.what(), HasSubstr("exists already"));
  }
  EXPECT_EQ(read_file(file("key")), "old");
  EXPECT_EQ(files_in(folder_.path()), 2u);
  EXPECT_EQ(error_of([&] { create_secret_file(file("no/key"), Secret{"new"}); }).code(),
            ErrorCode::cannot_create);
}

TEST_F(FileTest, TrustsOnlyWhatNobodyElseMayWrite) {
  const auto path = folder_.write("a", "", 0644);
  EXPECT_TRUE(is_trusted(path));
  EXPECT_FALSE(is_trusted(file("no")));
  folder_.write("a", "", 0664);
  EXPECT_FALSE(is_trusted(path));
  folder_.write("a", "", 0646);
  EXPECT_FALSE(is_trusted(path));
  folder_.write("a", "", 0644);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  EXPECT_FALSE(is_trusted(path));
}

TEST_F(FileTest, DoesNotTrustWhatBelongsToSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to give a file away";
  const auto path = folder_.write("a", "", 0644);
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  EXPECT_FALSE(is_trusted(path));
}

}  // namespace
}  // namespace pcx
