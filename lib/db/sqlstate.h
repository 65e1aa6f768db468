// SQLSTATE to ErrorCode and hint. Source: PostgreSQL 15 documentation, appendix A.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace pcx::db {

// 28xxx, 42501, 25006 -> permission; 3D000, 57P04 -> not_found; 53100, 58xxx, XXxxx, F0xxx -> io;
// 55P03, 40P01, 40001, 57P03 and the rest of 53xxx -> busy; 08xxx, 25P03 and the rest of 57xxx ->
// unreachable; 57014 -> interrupted; everything else -> data: the script's or the rows' own fault.
ErrorCode code_of_sqlstate(std::string_view sqlstate);

// What to do next, a sentence; empty when there is nothing better than the server's own hint.
std::string hint_of_sqlstate(std::string_view sqlstate);

// True for what goes away when the whole transaction runs again: 40001, 40P01, 55P03, class 08,
// 57P01, 57P02, 57P03.
bool is_transient(std::string_view sqlstate);

}  // namespace pcx::db
