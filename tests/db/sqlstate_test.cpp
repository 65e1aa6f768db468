#include "db/sqlstate.h"

#include <gtest/gtest.h>

namespace pcx::db {
namespace {

struct Known {
  const char* sqlstate;
  ErrorCode code;
  bool is_transient;
};

class CodeOfSqlstate : public ::testing::TestWithParam<Known> {};

TEST_P(CodeOfSqlstate, KnowsWhatToDo) {
  EXPECT_EQ(code_of_sqlstate(GetParam().sqlstate), GetParam().code);
  EXPECT_EQ(is_transient(GetParam().sqlstate), GetParam().is_transient);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CodeOfSqlstate,
    ::testing::Values(
        Known{"28P01", ErrorCode::permission, false}, Known{"28000", ErrorCode::permission, false},
        Known{"28ZZZ", ErrorCode::permission, false}, Known{"42501", ErrorCode::permission, false},
        Known{"25006", ErrorCode::permission, false}, Known{"3D000", ErrorCode::not_found, false},
        Known{"53100", ErrorCode::io, false}, Known{"53300", ErrorCode::busy, false},
        Known{"57P03", ErrorCode::busy, true}, Known{"55P03", ErrorCode::busy, true},
        Known{"40P01", ErrorCode::busy, true}, Known{"40001", ErrorCode::busy, true},
        Known{"08006", ErrorCode::unreachable, true}, Known{"57P01", ErrorCode::unreachable, true},
        Known{"57P02", ErrorCode::unreachable, true}, Known{"57014", ErrorCode::interrupted, false},
        Known{"57P04", ErrorCode::not_found, false}, Known{"57P05", ErrorCode::unreachable, false},
        Known{"57000", ErrorCode::unreachable, false},
        Known{"25P03", ErrorCode::unreachable, false}, Known{"53200", ErrorCode::busy, false},
        Known{"53400", ErrorCode::busy, false}, Known{"53000", ErrorCode::busy, false},
        Known{"58000", ErrorCode::io, false}, Known{"58030", ErrorCode::io, false},
        Known{"58P01", ErrorCode::io, false}, Known{"F0000", ErrorCode::io, false},
        Known{"XX000", ErrorCode::io, false}, Known{"XX001", ErrorCode::io, false},
        Known{"25P02", ErrorCode::data, false}, Known{"42601", ErrorCode::data, false},
        Known{"23505", ErrorCode::data, false}, Known{"", ErrorCode::data, false}));

TEST(HintOfSqlstate, IsASentenceOrNothing) {
  EXPECT_EQ(hint_of_sqlstate("42601"), "");
  for (const char* state : {"28P01", "3D000", "53300", "55P03", "08006", "57P01", "25P03", "53200",
                            "53400", "57P04", "57P05", "57000", "58030", "XX000", "F0000"}) {
    EXPECT_EQ(hint_of_sqlstate(state).back(), '.') << state;
  }
}

}  // namespace
}  // namespace pcx::db
