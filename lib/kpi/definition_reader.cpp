// Files of definitions: one, and all of them.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/file.h"
#include "core/text.h"
#include "core/yaml.h"
#include "core/yaml_tree.h"
#include "kpi/definition.h"
#include "kpi/definition_fields.h"
#include "kpi/definitions_files.h"
#include "kpi/kpi_reader.h"
#include "kpi/source_reader.h"

namespace pcx::kpi {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kKeys[] = {"sources", "kpis"};
constexpr YamlLimits kLimits{
    .bytes_max = kDefinitionFileBytesMax, .depth_max = 10, .nodes_max = 50'000};

bool is_definition_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"));
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::ranges::copy_if(paths_in(folder), std::back_inserter(files), is_definition_file);
  if (files.size() > kDefinitionFilesMax) {
    refuse(fmt::format("{} holds more than {} files of definitions",
                       escape_controls(folder.native()), kDefinitionFilesMax),
           {});
  }
  std::ranges::sort(files, {}, [](const fs::path& path) { return path.filename().native(); });
  return files;
}

// A pipe would be waited for. What cannot be looked at, reading it says.
void require_regular(const fs::path& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (failed || !fs::exists(status) || fs::is_regular_file(status)) return;
  refuse(fmt::format("{} is no regular file", escape_controls(path.native())), {});
}

// `root`: what `text` says.
void read_tree(Catalog& catalog, std::string_view text, const YamlNode& root) {
  Catalog made = catalog;
  const std::size_t first = made.definitions.size();
  if (root.kind != YamlNode::Kind::null) {
    const Fields fields{text, "the file", root, root.place, kKeys};
    if (fields.has("sources")) read_sources(made, text, fields.need("sources"));
    if (fields.has("kpis")) read_kpis(made, text, fields.need("kpis"));
  }
  for (std::size_t i = first; i < made.definitions.size(); ++i) {
    made.definitions[i].hash = definition_hash(made, made.definitions[i]);
  }
  made.hash = catalog_hash(made);
  catalog = std::move(made);
}

}  // namespace

void read_definitions(Catalog& catalog, std::string_view text, const std::string& file) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  read_tree(catalog, text, parse_yaml(text, file, kLimits));
}

Catalog read_catalog(const std::string& folder) {
  Catalog catalog;
  for (const EmbeddedFile& file : definitions_files()) {
    read_tree(catalog, file.bytes, parse_yaml(file));
  }
  if (folder.empty()) return catalog;
  for (const fs::path& path : files_of(folder)) {
    require_regular(path);
    read_definitions(catalog, read_file(path, kDefinitionFileBytesMax), path.native());
  }
  return catalog;
}

}  // namespace pcx::kpi
