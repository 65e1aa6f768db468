// Writes the reports that tests/report_page/run looks at, as NAME.html and NAME.json; of the
// endless one the page only, since its JSON is as long as its run.
//
// usage: report_pages FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>

#include "load/report.h"
#include "tests/load/golden.h"
#include "tests/report_page/overloaded.h"

namespace {

bool write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  file.close();
  if (!file) std::cerr << "cannot write " << path << "\n";
  return static_cast<bool>(file);
}

bool write_reports(const std::filesystem::path& folder, const std::string& name,
                   const pcx::load::Result& result) {
  return write(folder / (name + ".html"), pcx::load::report_html(result)) &&
         write(folder / (name + ".json"), pcx::load::report_artillery(result));
}

pcx::load::Result nothing() {
  pcx::load::Result result;
  result.verdict = pcx::load::grade(result);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: report_pages FOLDER\n";
    return 64;
  }
  const std::filesystem::path folder{argv[1]};
  const bool is_written =
      write_reports(folder, "sample", pcx::load::judged_sample()) &&
      write_reports(folder, "overloaded", pcx::load::OverloadedRun{}.take()) &&
      write_reports(folder, "hostile", pcx::load::hostile()) &&
      write_reports(folder, "empty", nothing()) &&
      write(folder / "endless.html", pcx::load::report_html(pcx::load::endless()));
  return is_written ? 0 : 74;
}
