#include "sandbox/bulk_load.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace pcx::sandbox {
namespace {

constexpr SampleTable kTable{"things", "a"};

struct SlowSink final : RowSink {
  void write(const SampleTable&, std::string_view rows) override {
    if (rows == "bad\n") throw Error{ErrorCode::io, "the disk is full"};
    text += rows;
  }
  std::string text;
};

TEST(BackgroundSink, KeepsTheOrder) {
  SlowSink slow;
  BackgroundSink sink{slow};
  std::string want;
  for (int i = 0; i < 1000; ++i) {
    const std::string row = std::to_string(i) + "\n";
    sink.write(kTable, row);
    want += row;
  }
  sink.finish();
  EXPECT_EQ(slow.text, want);
}

TEST(BackgroundSink, FailsWhereTheNextOneFailed) {
  SlowSink slow;
  BackgroundSink sink{slow};
  const Error error = testing::error_of([&] {
    sink.write(kTable, "bad\n");
    while (true) sink.write(kTable, "row\n");
  });
  EXPECT_STREQ(error.what(), "the disk is full");
  EXPECT_STREQ(testing::error_of([&] { sink.finish(); }).what(), "the disk is full");
  EXPECT_EQ(slow.text, "");
}

TEST(BackgroundSink, MayBeGivenUp) {
  SlowSink slow;
  {
    BackgroundSink sink{slow};
    sink.write(kTable, "row\n");
  }
  EXPECT_TRUE(slow.text.empty() || slow.text == "row\n");
}

}  // namespace
}  // namespace pcx::sandbox
