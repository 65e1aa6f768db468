// Columns that line up on a terminal.
#pragma once

#include <string>
#include <vector>

namespace pcx::cli {

struct TableCell {
  std::string text;  // without control characters
  bool right = false;
};

// Lines of cells two blanks apart, each column as wide as its widest cell; no blanks at the end of
// a line. `bold_heading` wraps the first line in SGR 1. REQUIRES: all rows are equally long.
std::string table(const std::vector<std::vector<TableCell>>& rows, bool bold_heading = false);

}  // namespace pcx::cli
