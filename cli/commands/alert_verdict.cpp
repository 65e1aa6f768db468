#include "cli/commands/alert_verdict.h"

#include <algorithm>
#include <utility>

#include "alert/nagios.h"

namespace pcx::cli {

Outcome outcome_of(Verdict verdict) {
  verdict.document.set("finding", static_cast<int>(verdict.finding));
  verdict.document.set("line", verdict.line);
  return {PlainText{verdict.line + "\n", std::move(verdict.document)}, verdict.finding};
}

std::string with_remark(std::string line, const std::string& remark) {
  const auto data = std::min(line.find(" | "), line.size());
  if (line.size() + remark.size() > alert::kPluginLineBytesMax) line.resize(data);
  if (line.size() + remark.size() <= alert::kPluginLineBytesMax) line.insert(data, remark);
  return line;
}

}  // namespace pcx::cli
