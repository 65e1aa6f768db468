#include "apikey/walk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>

#include "core/descriptor.h"
#include "core/error.h"
#include "tests/apikey/keys.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::apikey {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::random_key;

class Walk : public ::testing::Test {
 protected:
  ScanTotals walk(const fs::path& path, Interrupt* interrupt = nullptr) {
    return scan_path(path, events_, interrupt);
  }
  // "name:line:column" below the folder.
  std::string shown(const fs::path& path) const {
    return path.lexically_relative(folder_.path()).string();
  }

  pcx::testing::TemporaryFolder folder_;
  SeededRandom random_{11};
  std::string key_ = random_key(random_);
  std::vector<std::string> found_;
  std::vector<std::string> keys_;
  std::vector<std::string> unread_;
  ScanEvents events_{
      .found =
          [this](const fs::path& path, const FoundKey& found) {
            found_.push_back(shown(path) + ":" + std::to_string(found.line) + ":" +
                             std::to_string(found.column));
            keys_.emplace_back(found.key.reveal_text());
          },
      .unread = [this](const fs::path& path,
                       const std::string& why) { unread_.push_back(shown(path) + ": " + why); }};
};

TEST_F(Walk, ReadsAFile) {
  const fs::path file = folder_.write("app.log", "first line\nkey=" + key_ + "\n");
  const ScanTotals totals = walk(file);
  EXPECT_THAT(found_, ElementsAre("app.log:2:5"));
  EXPECT_THAT(keys_, ElementsAre(key_));
  EXPECT_EQ(totals.files, 1u);
  EXPECT_EQ(totals.keys, 1u);
  EXPECT_EQ(totals.bytes, fs::file_size(file));
  EXPECT_THAT(unread_, IsEmpty());
}

// Depth first, by the bytes of names, hidden and binary files too.
TEST_F(Walk, ReadsAFolderInAFixedOrder) {
  for (const char* name : {"b", "a/z", "a/B", "a/a/deep", ".hidden", "\xc3\xbc", "Z", "a.txt"}) {
    folder_.write(name, std::string("\0\xff\xfe\n", 4) + key_);
  }
  folder_.write("a/empty", "");
  const ScanTotals totals = walk(folder_.path());
  EXPECT_THAT(found_, ElementsAre(".hidden:2:1", "Z:2:1", "a/B:2:1", "a/a/deep:2:1", "a/z:2:1",
                                  "a.txt:2:1", "b:2:1", "\xc3\xbc:2:1"));
  EXPECT_EQ(totals.files, 9u);
  EXPECT_EQ(totals.keys, 8u);
}

// A file larger than a block, with keys across the borders of blocks.
TEST_F(Walk, ReadsALargeFileInBlocks) {
  constexpr std::size_t kBlock = std::size_t{256} * 1024;
  std::string content(4 * kBlock + 100, ' ');
  std::vector<std::string> expected;
  for (std::size_t border = 1; border <= 4; ++border) {
    const std::size_t at = border * kBlock - border * 15;
    content.replace(at, key_.size(), key_);
    expected.push_back("large:1:" + std::to_string(at + 1));
  }
  walk(folder_.write("large", content));
  EXPECT_EQ(found_, expected);
}

TEST_F(Walk, FollowsNoLinkButTheNamedOne) {
  const fs::path file = folder_.write("real/key", key_);
  fs::create_directory(folder_.path() / "links");
  fs::create_symlink(file, folder_.path() / "links/file");
  fs::create_directory_symlink(folder_.path(), folder_.path() / "links/loop");
  fs::create_symlink("nowhere", folder_.path() / "links/broken");
  EXPECT_EQ(walk(folder_.path()).skipped, 3u);
  EXPECT_THAT(found_, ElementsAre("real/key:1:1"));
  found_.clear();
  EXPECT_EQ(walk(folder_.path() / "links/file").files, 1u);
  EXPECT_THAT(found_, ElementsAre("links/file:1:1"));
  EXPECT_THAT(unread_, IsEmpty());
}

TEST_F(Walk, OpensNoPipeOrSocketBelowTheFolder) {
  ASSERT_EQ(::mkfifo((folder_.path() / "pipe").c_str(), 0600), 0);
  const Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string place = folder_.path() / "socket";
  ASSERT_LT(place.size(), sizeof address.sun_path);
  place.copy(address.sun_path, place.size());
  ASSERT_EQ(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  folder_.write("zebra", key_);
  EXPECT_EQ(walk(folder_.path()).skipped, 2u);
  EXPECT_THAT(found_, ElementsAre("zebra:1:1"));
}

// For the thread that calls it alone, and gone when that ends; false where it may not.
bool mount_for_this_thread(const char* source, const fs::path& target) {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount(source, target.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

TEST_F(Walk, SkipsWhatTheKernelMakesUpUnlessItIsNamed) {
  fs::create_directory(folder_.path() / "proc");
  folder_.write("zebra", key_);
  std::thread{[&] {
    if (!mount_for_this_thread("/proc/sys/kernel", folder_.path() / "proc")) {
      GTEST_SKIP() << "may not mount here";
    }
    const ScanTotals totals = walk(folder_.path());
    EXPECT_EQ(totals.skipped, 1u);
    EXPECT_EQ(totals.files, 1u);
    EXPECT_THAT(unread_, IsEmpty());
    EXPECT_GT(walk(folder_.path() / "proc").files, 1u);
  }}.join();
}

TEST_F(Walk, TellsWhatItMayNotReadAndGoesOn) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  folder_.write("a", key_, 0000);
  folder_.write("closed/b", key_);
  folder_.write("c", key_);
  fs::permissions(folder_.path() / "closed", fs::perms::none);
  const ScanTotals totals = walk(folder_.path());
  fs::permissions(folder_.path() / "closed", fs::perms::owner_all);
  EXPECT_THAT(found_, ElementsAre("c:1:1"));
  EXPECT_THAT(unread_, ElementsAre("a: Permission denied", "closed: Permission denied"));
  EXPECT_EQ(totals.unread, 2u);
  EXPECT_EQ(totals.files, 1u);
}

// Nobody can name a path longer than PATH_MAX, but there may be one.
TEST_F(Walk, TellsWhatLiesTooDeepAndGoesOn) {
  const std::string name(250, 'd');
  int levels = 0;
  Descriptor place{::open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  for (; levels < 20; ++levels) {
    ASSERT_EQ(::mkdirat(place.number(), name.c_str(), 0700), 0);
    place = Descriptor{::openat(place.number(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    ASSERT_TRUE(place.is_open());
  }
  folder_.write("zebra", key_);
  EXPECT_EQ(walk(folder_.path()).unread, 1u);
  ASSERT_EQ(unread_.size(), 1u);
  EXPECT_THAT(unread_[0], ::testing::EndsWith("d: File name too long"));
  EXPECT_THAT(found_, ElementsAre("zebra:1:1"));
}

// /proc/self/mem cannot be read at its beginning, not by root either.
TEST_F(Walk, TellsWhereReadingFails) {
  const ScanTotals totals = walk("/proc/self/mem");
  ASSERT_EQ(unread_.size(), 1u);
  EXPECT_THAT(unread_[0], ::testing::EndsWith("mem: Input/output error"));
  EXPECT_EQ(totals.files, 0u);
  EXPECT_EQ(totals.unread, 1u);
}

TEST_F(Walk, ThrowsWhenTheNamedPathIsNotThere) {
  const Error error = pcx::testing::error_of([&] { walk(folder_.path() / "no\nthing"); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.what(), ::testing::EndsWith("no\\nthing: No such file or directory"));
  folder_.write("file", "");
  EXPECT_EQ(pcx::testing::error_of([&] { walk(folder_.path() / "file/below"); }).code(),
            ErrorCode::not_found);
}

TEST_F(Walk, ThrowsWhenTheNamedPathCannotBeOpened) {
  const fs::path loop = folder_.path() / "loop";
  fs::create_symlink("loop", loop);
  EXPECT_EQ(pcx::testing::error_of([&] { walk(loop); }).code(), ErrorCode::io);
  if (::geteuid() == 0) return;
  const fs::path file = folder_.write("file", key_, 0000);
  EXPECT_EQ(pcx::testing::error_of([&] { walk(file); }).code(), ErrorCode::permission);
}

// Bytes come as they come, also half a key at a time.
TEST_F(Walk, ReadsAPipeToItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Descriptor readable{ends[0]};
  std::thread writer{[&, writable = Descriptor{ends[1]}] {
    const std::string text = "a\n" + key_ + "\n" + std::string(100'000, 'b') + key_;
    for (std::size_t at = 0; at < text.size(); at += 997) {
      const std::string_view piece = std::string_view{text}.substr(at, 997);
      if (::write(writable.number(), piece.data(), piece.size()) < 0) return;
    }
  }};
  const ScanTotals totals = scan_open_file(readable.number(), folder_.path() / "stdin", events_);
  writer.join();
  EXPECT_THAT(found_, ElementsAre("stdin:2:1", "stdin:3:100001"));
  EXPECT_EQ(totals.files, 1u);
}

// Nobody writes, and nobody closes.
TEST_F(Walk, StopsWhileItWaitsForAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Descriptor readable{ends[0]};
  const Descriptor writable{ends[1]};
  ASSERT_EQ(::write(writable.number(), key_.data(), key_.size()),
            static_cast<ssize_t>(key_.size()));
  Interrupt interrupt;
  std::thread stopper;
  events_.progress = [&](const ScanTotals& totals) {
    EXPECT_EQ(totals.bytes, key_.size());
    stopper = std::thread{[&] { interrupt.request(Interrupt::Signal::terminate); }};
  };
  const Error error = pcx::testing::error_of(
      [&] { scan_open_file(readable.number(), "stdin", events_, &interrupt); });
  stopper.join();
  EXPECT_EQ(error.code(), ErrorCode::terminated);
  EXPECT_THAT(keys_, ElementsAre(key_));
}

// A stop that came with the last bytes is one.
TEST_F(Walk, StopsAtTheEndOfAFile) {
  const fs::path file = folder_.write("a", key_);
  Interrupt interrupt;
  events_.progress = [&](const ScanTotals&) { interrupt.request(Interrupt::Signal::interrupt); };
  EXPECT_EQ(pcx::testing::error_of([&] { walk(file, &interrupt); }).code(), ErrorCode::interrupted);
}

TEST_F(Walk, TellsHowFarItIs) {
  const fs::path large = folder_.write("large", std::string(std::size_t{600} * 1024, ' ') + key_);
  std::vector<std::uint64_t> bytes;
  events_.progress = [&](const ScanTotals& totals) { bytes.push_back(totals.bytes); };
  walk(folder_.path());
  EXPECT_THAT(bytes, ElementsAre(256 * 1024, 512 * 1024, fs::file_size(large)));
}

TEST_F(Walk, StopsWhenAsked) {
  folder_.write("a", key_);
  Interrupt interrupt;
  EXPECT_EQ(walk(folder_.path(), &interrupt).keys, 1u);
  interrupt.request(Interrupt::Signal::interrupt);
  EXPECT_EQ(pcx::testing::error_of([&] { walk(folder_.path(), &interrupt); }).code(),
            ErrorCode::interrupted);
}

}  // namespace
}  // namespace pcx::apikey
