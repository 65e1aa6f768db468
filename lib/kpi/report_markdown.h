// A report for issues, wikis and chats: GitHub Flavored Markdown (github.github.com/gfm, 4.10
// tables).
#pragma once

#include <string>

#include "kpi/report.h"

namespace pcx::kpi {

// The tables of the text, and of several days also one with each day's value. Data cannot become
// markup: what would mean something is written with a backslash, <, > and & as references.
std::string report_markdown(const Report& report);

}  // namespace pcx::kpi
