// Man pages from the command table, in mdoc(7).
#pragma once

#include <string>
#include <vector>

namespace pcx::cli {

struct ManPage {
  std::string file;  // "pcx-migrate-up.1"
  std::string text;
};

// pcx.1 and one page for each visible command that runs. The date is that of the release, so the
// same source gives the same bytes on any day.
std::vector<ManPage> man_pages();

// Text for mdoc: no line is taken for a request, backslashes and quotes stand for themselves.
std::string mdoc_escaped(std::string_view text);

}  // namespace pcx::cli
