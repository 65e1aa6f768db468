#include "cli/commands/load_reports.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/file.h"
#include "core/text.h"
#include "core/time.h"
#include "load/report.h"

namespace pcx::cli {

namespace {

constexpr ReportForm kForms[] = {
    {"json", ".json", load::report_artillery}, {"html", ".html", load::report_html},
    {"junit", ".xml", load::report_junit},     {"hlog", ".hlog", load::report_hlog},
    {"text", ".txt", load::report_text},       {"", ".pcxr", load::to_file}};

// "artillery_report_20260131_235959.json", in UTC.
std::string artillery_name(Time now) {
  std::string digits;
  for (const char c : to_rfc3339(now).substr(0, 19)) {
    if (c == 'T') digits += '_';
    if (c >= '0' && c <= '9') digits += c;
  }
  return fmt::format("artillery_report_{}.json", digits);
}

}  // namespace

const ReportForm& form_named(std::string_view name) {
  return *std::ranges::find(kForms, name, &ReportForm::name);
}

const ReportForm& form_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().native();
  const auto* const found = std::ranges::find(kForms, extension, &ReportForm::extension);
  return found != std::end(kForms) ? *found : kForms[0];
}

std::vector<ReportFile> report_files(const std::vector<std::string>& names, Time now) {
  std::vector<ReportFile> files;
  for (const std::string& name : names) {
    std::filesystem::path path{name};
    std::error_code unknown;  // require_writable says what is wrong
    if (std::filesystem::is_directory(path, unknown)) path /= artillery_name(now);
    if (std::ranges::find(files, path, &ReportFile::path) != files.end()) {
      throw Error{ErrorCode::usage,
                  fmt::format("two reports would go to {}", escape_controls(path.native())),
                  "Give each a file of its own."};
    }
    require_writable(path);
    const ReportForm& form = form_of(path);
    files.push_back({std::move(path), &form});
  }
  return files;
}

std::optional<Error> write_reports(const std::vector<ReportFile>& files,
                                   const load::Result& result) {
  std::optional<Error> failure;
  for (const ReportFile& file : files) {
    try {
      write_file_atomically(file.path, file.form->write(result));
    } catch (const Error& error) {
      if (!failure) failure = error;
    }
  }
  return failure;
}

}  // namespace pcx::cli
