// What was done with keys, as `pcx apikey usage` shows it: some lines for a key, and a document
// with the whole series. Names and endpoints are data of others: control characters are escaped.
#pragma once

#include "apikey/usage_report.h"
#include "cli/view.h"

namespace pcx::cli {

PlainText usage_text(const apikey::UsageReport& report, const apikey::UsageQuestion& question);

}  // namespace pcx::cli
