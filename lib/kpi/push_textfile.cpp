#include "kpi/push_textfile.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "kpi/exposition.h"
#include "kpi/measurement.h"

namespace pcx::kpi {

Outcome push_textfile(const Report& report, const std::filesystem::path& path) {
  if (!report.runtime) throw Error{ErrorCode::internal, "a textfile without the time of its run"};
  if (path.extension() != ".prom") {
    throw Error{ErrorCode::usage,
                fmt::format("{}: the name does not end with .prom", escape_controls(path.string())),
                "node_exporter's textfile collector reads *.prom only."};
  }
  write_file_atomically(path, exposition(report, TextFormat::prometheus), 0644);
  Outcome outcome;
  outcome.bodies = 1;
  outcome.points = static_cast<int>(measurements(report).size());
  return outcome;
}

}  // namespace pcx::kpi
