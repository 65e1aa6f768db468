// A file for the textfile collector of node_exporter
// (github.com/prometheus/node_exporter#textfile-collector).
#pragma once

#include <filesystem>

#include "kpi/push.h"
#include "kpi/report.h"

namespace pcx::kpi {

// Writes all tenants into one file (two with the same metrics would be one too many): a temporary
// file beside it that the collector does not look at, fsync, rename. Its mode is 0644, whatever the
// umask: node_exporter is another user. report.runtime is set, for
// pcx_kpi_last_success_timestamp_seconds: it is all that tells a file that nobody writes any more
// from a quiet practice.
//
// Throws Error{usage} for a name that does not end with ".prom" (the collector reads no other), as
// exposition(), and as write_file_atomically(); the old file then is as it was.
// REQUIRES: report.runtime
Outcome push_textfile(const Report& report, const std::filesystem::path& path);

}  // namespace pcx::kpi
