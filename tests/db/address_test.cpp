#include "db/address.h"

#include <cstdlib>
#include <optional>

#include <gmock/gmock.h>

namespace pcx::db {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A variable as libpq sees it.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

std::string address(std::string_view text) { return address_of(parse_target(text)); }

TEST(AddressOf, IsTheSameHoweverItIsWritten) {
  const std::string written = address("postgresql://who@db.example/practice");
  EXPECT_EQ(written, "host=db.example port=5432 dbname=practice ");
  EXPECT_EQ(address("postgresql://other:secret@db.example:5432/practice?schema=x"), written);
  EXPECT_EQ(address("dbname=practice host=db.example port=5432 user=who"), written);
}

TEST(AddressOf, KnowsWhatLibpqTakesFromTheEnvironment) {
  const Variable host{"PGHOST", "db.example"}, database{"PGDATABASE", "one"};
  EXPECT_EQ(address(""), "host=db.example port=5432 dbname=one ");
  const Variable other{"PGDATABASE", "two"};
  EXPECT_EQ(address(""), "host=db.example port=5432 dbname=two ");
}

TEST(AddressOf, TellsServersApart) {
  const char* const texts[] = {"host=a dbname=d", "host=b dbname=d", "host=a port=1 dbname=d",
                               "host=a hostaddr=127.0.0.1 dbname=d", "host=a dbname=e"};
  for (const char* const one : texts) {
    for (const char* const other : texts) {
      EXPECT_EQ(address(one) == address(other), one == other) << one << ", " << other;
    }
  }
}

TEST(AddressOf, HasNoPassword) {
  const Variable password{"PGPASSWORD", "hunter2"};
  EXPECT_THAT(address("postgresql://who:hunter2@h/d"), Not(HasSubstr("hunter2")));
}

TEST(AddressOf, IsTheUsersDatabaseWithoutAName) {
  const Variable host{"PGHOST", "h"}, user{"PGUSER", "who"};
  ::unsetenv("PGDATABASE");
  EXPECT_THAT(address(""), HasSubstr("dbname=who "));
}

}  // namespace
}  // namespace pcx::db
