#include "core/secret_stream.h"

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

class SecretStream : public ::testing::Test {
 protected:
  SecretStream() {
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
    const Secret secret = read_secret_stream(reading.number(), "the pipe", bytes_max, nullptr);
    writer.join();
    return std::string{secret.reveal_text()};
  }

  Descriptor reading;
  Descriptor writing;
};

TEST_F(SecretStream, IsReadAsItIs) {
  EXPECT_EQ(read_all(std::string{"a\0b\r\n\n", 6}, 6), (std::string{"a\0b\r\n\n", 6}));
}

TEST_F(SecretStream, MayBeEmpty) { EXPECT_EQ(read_all("", 0), ""); }

TEST_F(SecretStream, GrowsUpToItsLimit) {
  std::string text(100'000, 'x');
  text.back() = 'y';
  EXPECT_EQ(read_all(text, text.size()), text);
}

TEST_F(SecretStream, IsRefusedBeyondItsLimit) {
  EXPECT_EQ(::write(writing.number(), "12345", 5), 5);
  const Error error =
      error_of([&] { read_secret_stream(reading.number(), "the pipe", 4, nullptr); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), "the pipe is longer than 4 bytes");
}

TEST_F(SecretStream, EndsWhenAStopIsRequested) {
  Interrupt interrupt;
  interrupt.request(Interrupt::Signal::interrupt);
  EXPECT_EQ(error_of([&] { read_secret_stream(reading.number(), "", 4, &interrupt); }).code(),
            ErrorCode::interrupted);
}

TEST_F(SecretStream, SaysWhatCannotBeRead) {
  const Descriptor folder{::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const Error error = error_of([&] { read_secret_stream(folder.number(), "it", 4, nullptr); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_STREQ(error.what(), "cannot read it: Is a directory");
}

}  // namespace
}  // namespace pcx
