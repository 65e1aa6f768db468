// Files that travel inside the binary: written by pcx_embed_folder() (scripts/cmake/Modules.cmake).
#pragma once

#include <string_view>

namespace pcx {

struct EmbeddedFile {
  std::string_view path;  // below the folder: "20251006081500_core_practice/down.sql"
  std::string_view bytes;
  std::string_view tree = {};  // of folders embedded with TREES: core/yaml_tree.h
};

}  // namespace pcx
