// Prints the tree of a YAML file that travels inside the binary: pcx_tree_writer FILE PATH, PATH as
// it is called there.
#include <cstdio>
#include <exception>
#include <string>

#include "core/error.h"
#include "core/file.h"
#include "core/yaml_tree.h"

namespace {

constexpr std::size_t kBytesMax = std::size_t{1024} * 1024;

int write_tree(const std::string& path, const std::string& name) {
  const std::string text = pcx::read_file(path, kBytesMax);
  const std::string tree = pcx::to_tree(pcx::parse_yaml(text, name));
  const bool is_written = std::fwrite(tree.data(), 1, tree.size(), stdout) == tree.size();
  return is_written && std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: pcx_tree_writer FILE PATH\n", stderr);
    return 2;
  }
  try {
    return write_tree(argv[1], argv[2]);
  } catch (const pcx::Error& error) {
    std::fprintf(stderr, "%s: %s\n", to_string(error.location()).c_str(), error.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 1;
}
