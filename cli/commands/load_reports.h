// The forms in which a load test's result is told, and the files they are written to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "core/error.h"
#include "load/result.h"

namespace pcx::cli {

struct ReportForm {
  std::string_view name;       // of `load report -o`: "junit"; empty: none
  std::string_view extension;  // of `load run -o`: ".xml"
  std::string (*write)(const load::Result& result);
};

const ReportForm& form_named(std::string_view name);  // REQUIRES: there is one
// By the extension; Artillery's JSON for every other one.
const ReportForm& form_of(const std::filesystem::path& file);

struct ReportFile {
  std::filesystem::path path;
  const ReportForm* form = nullptr;
};

// Of the names of -o. A folder gets Artillery's JSON under Artillery's name, with the time in it.
// Throws Error{usage} for a file that is named twice, and as require_writable() does.
std::vector<ReportFile> report_files(const std::vector<std::string>& names, Time now);

// All of them, as far as it goes. The first failure; std::nullopt: none.
std::optional<Error> write_reports(const std::vector<ReportFile>& files,
                                   const load::Result& result);

}  // namespace pcx::cli
