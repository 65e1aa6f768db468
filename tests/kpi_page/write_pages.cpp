// Writes the reports that tests/kpi_page/run looks at, as NAME.html.
//
// usage: kpi_pages FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>

#include "kpi/report_html.h"
#include "tests/kpi/sample_report.h"

namespace {

bool write(const std::filesystem::path& path, const pcx::kpi::Report& report) {
  std::ofstream file{path, std::ios::binary};
  file << pcx::kpi::report_html(report);
  file.close();
  if (!file) std::cerr << "cannot write " << path << "\n";
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: kpi_pages FOLDER\n";
    return 64;
  }
  const std::filesystem::path folder{argv[1]};
  const bool is_written = write(folder / "day.html", pcx::kpi::sample_report()) &&
                          write(folder / "week.html", pcx::kpi::sample_week()) &&
                          write(folder / "large.html", pcx::kpi::large_report(33, 3));
  return is_written ? 0 : 74;
}
