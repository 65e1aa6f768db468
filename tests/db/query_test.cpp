#include "db/query.h"

#include <gtest/gtest.h>

namespace pcx::db {
namespace {

TEST(Query, NumbersItsParameters) {
  Query query{"test.find"};
  query.sql("SELECT * FROM ").identifier("public", "a\"b").sql(" WHERE x = ").param("1");
  query.sql(" AND ").identifier("y").sql(" > ").param(2).sql(" LIMIT ").number(10);
  EXPECT_EQ(query.text(),
            "SELECT * FROM \"public\".\"a\"\"b\" WHERE x = $1 AND \"y\" > $2 LIMIT 10");
  ASSERT_EQ(query.params().size(), 2u);
  EXPECT_EQ(query.params()[1].text(), "2");
  EXPECT_EQ(query.name(), "test.find");
}

}  // namespace
}  // namespace pcx::db
