#include "core/stream.h"

#include <fcntl.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/descriptor.h"
#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx {
namespace {

using testing::error_of;

class Stream : public ::testing::Test {
 protected:
  Stream() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reading = Descriptor{ends[0]};
    writing = Descriptor{ends[1]};
  }
  std::string read_all(const std::string& text, std::size_t bytes_max) {
    std::thread writer{[&] {
      for (std::size_t at = 0; at < text.size();) {
        const ssize_t written = ::write(writing.number(), text.data() + at, text.size() - at);
        if (written < 0) break;
        at += static_cast<std::size_t>(written);
      }
      writing.close_now();
    }};
    std::string read = read_stream(reading.number(), "the pipe", bytes_max, interrupt);
    writer.join();
    return read;
  }

  Interrupt interrupt;
  Descriptor reading;
  Descriptor writing;
};

TEST_F(Stream, IsReadAsItIs) {
  EXPECT_EQ(read_all(std::string{"a\0b\r\n\n", 6}, 6), (std::string{"a\0b\r\n\n", 6}));
}

TEST_F(Stream, MayBeEmpty) { EXPECT_EQ(read_all("", 0), ""); }

TEST_F(Stream, GrowsUpToItsLimit) {
  std::string text(300'000, 'x');
  text.back() = 'y';
  EXPECT_EQ(read_all(text, text.size()), text);
}

TEST_F(Stream, IsRefusedBeyondItsLimit) {
  EXPECT_EQ(::write(writing.number(), "12345", 5), 5);
  const Error error = error_of([&] { read_stream(reading.number(), "the pipe", 4, interrupt); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), "the pipe is longer than 4 bytes");
}

TEST_F(Stream, SaysWhatCannotBeRead) {
  const Descriptor folder{::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const Error error = error_of([&] { read_stream(folder.number(), "the folder", 4, interrupt); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_STREQ(error.what(), "cannot read the folder: Is a directory");
}

// Nobody writes, and nobody closes.
TEST_F(Stream, EndsWhenAStopIsRequestedMeanwhile) {
  EXPECT_EQ(::write(writing.number(), "12345", 5), 5);
  std::thread stopper{[&] { interrupt.request(Interrupt::Signal::terminate); }};
  EXPECT_EQ(error_of([&] { read_stream(reading.number(), "", 9, interrupt); }).code(),
            ErrorCode::terminated);
  stopper.join();
}

}  // namespace
}  // namespace pcx
