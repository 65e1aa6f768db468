// SQL text without the values written in it. Included by files of lib/db only.
#pragma once

#include <string>
#include <string_view>

namespace pcx::db {

// `sql` with the content of every string constant ('...', E'...', $tag$...$tag$) replaced by ***,
// line breaks kept, so that lines keep their numbers. Names in quotes and comments stay. Where the
// end of a constant is not certain (no closing quote, a backslash before one), all of the rest is
// taken for its content.
//
// Source: PostgreSQL 15 documentation, 4.1 "Lexical Structure".
std::string mask_literals(std::string_view sql);

}  // namespace pcx::db
