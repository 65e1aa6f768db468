// What monitoring is told by `pcx alert check`: a line, an exit status, and the document behind
// them.
#pragma once

#include <string>
#include <string_view>

#include "cli/context.h"

namespace pcx::cli {

inline constexpr std::string_view kAlertService = "ALERT";

struct Verdict {
  Finding finding = Finding::ok;
  std::string line;
  Document document;
};

Outcome outcome_of(Verdict verdict);

// In front of the performance data, which may be left out for it.
std::string with_remark(std::string line, const std::string& remark);

}  // namespace pcx::cli
