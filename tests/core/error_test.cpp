#include "core/error.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(Location, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(to_string(Location{"f", 3, 7}), "f:3:7");
  EXPECT_EQ(to_string(Location{"f", 3, 0}), "f:3");
  EXPECT_EQ(to_string(Location{"f", 0, 0}), "f");
  EXPECT_EQ(to_string(Location{"", 3, 7}), "3:7");
  EXPECT_EQ(to_string(Location{}), "");
}

TEST(Error, CarriesWhatItsBuildersSet) {
  Error error{ErrorCode::conflict, "migration 001 was edited", "Write a new one."};
  error.at({"m.sql", 2, 5}).because("edited").with_sqlstate("42601").with_detail("near \"x\"");
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_STREQ(error.what(), "migration 001 was edited");
  EXPECT_EQ(error.hint(), "Write a new one.");
  EXPECT_EQ(to_string(error.location()), "m.sql:2:5");
  EXPECT_EQ(error.reason(), "edited");
  EXPECT_EQ(error.sqlstate(), "42601");
  EXPECT_EQ(error.detail(), "near \"x\"");
}

TEST(ErrorCode, HasAStableNameOfItsOwn) {
  std::set<std::string> names;
  constexpr int kLast = static_cast<int>(ErrorCode::terminated);
  for (int code = 0; code <= kLast; ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kLast) + 1);
  EXPECT_STREQ(to_string(ErrorCode::unsafe_connection), "unsafe_connection");
  EXPECT_STREQ(to_string(static_cast<ErrorCode>(999)), "internal");
}

}  // namespace
}  // namespace pcx
