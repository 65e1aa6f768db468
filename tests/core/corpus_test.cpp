// The fuzz targets of core, fed with their seeds: what a fuzzer found once stays found. A broken
// promise aborts the test.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/paths.h"

// Both targets have libFuzzer's one name; here each gets its own.
#define LLVMFuzzerTestOneInput fuzz_json
#include "tests/fuzz/json_fuzz.cpp"  // NOLINT(bugprone-suspicious-include)
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_yaml
#include "tests/fuzz/yaml_fuzz.cpp"  // NOLINT(bugprone-suspicious-include)
#undef LLVMFuzzerTestOneInput

namespace pcx {
namespace {

std::vector<std::filesystem::path> seeds(const std::string& target) {
  const std::filesystem::directory_iterator folder{testing::source_folder() / "tests/fuzz" /
                                                   target};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : folder) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void replay(const std::string& target, int (*one_input)(const std::uint8_t*, std::size_t)) {
  const auto files = seeds(target);
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    const std::string bytes = read_file(file);
    EXPECT_EQ(one_input(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0)
        << file;
  }
}

TEST(Corpus, OfJsonKeepsItsPromises) { replay("json", fuzz_json); }
TEST(Corpus, OfYamlKeepsItsPromises) { replay("yaml", fuzz_yaml); }

}  // namespace
}  // namespace pcx
