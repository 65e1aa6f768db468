#include "db/identifier.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace pcx::db {
namespace {

TEST(QuoteIdentifier, DoublesQuotes) {
  EXPECT_EQ(quote_identifier("patients"), "\"patients\"");
  EXPECT_EQ(quote_identifier("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
  EXPECT_EQ(quote_identifier("pcx", "B\xc3\xa9te"), "\"pcx\".\"B\xc3\xa9te\"");
}

class QuoteIdentifierRefuses : public ::testing::TestWithParam<std::string> {};

TEST_P(QuoteIdentifierRefuses, WhatTheServerWouldChange) {
  EXPECT_THROW(quote_identifier(GetParam()), Error);
}

INSTANTIATE_TEST_SUITE_P(Names, QuoteIdentifierRefuses,
                         ::testing::Values("", std::string{"a\0b", 3}, std::string(64, 'a')));

TEST(QuoteIdentifier, AcceptsTheLongestName) {
  EXPECT_EQ(quote_identifier(std::string(63, 'a')).size(), 65u);
}

}  // namespace
}  // namespace pcx::db
