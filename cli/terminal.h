// What the terminal can do: colour, columns.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/environment.h"

namespace pcx::cli {

inline constexpr std::size_t kHelpColumnsMax = 100;

// Colour on a stream, in this order: --color always or never (`choice`), NO_COLOR, CLICOLOR_FORCE,
// CLICOLOR=0, else when it is a terminal and TERM is not "dumb" (no-color.org,
// bixense.com/clicolors). Set but empty variables count as unset.
bool use_color(std::string_view choice, bool is_terminal, const Environment& environment);

bool is_terminal(int descriptor);

// Columns of the terminal at `descriptor`, else of COLUMNS, else 80; at least 20.
std::size_t terminal_columns(int descriptor, const Environment& environment);

// Columns for help: those of standard output's terminal, of COLUMNS, or 80; from 40 to 100.
std::size_t help_columns(const Environment& environment);

}  // namespace pcx::cli
