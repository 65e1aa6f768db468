// Where somebody who reads the trail in its order goes on: a file of JSON that is written whole or
// not at all, and only when what it says is done is safe on the disk. So nothing is left out after
// a crash, and at most what came behind it is told twice.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "audit/export_manifest.h"
#include "audit/patched_tree.h"

namespace pcx::audit {

// How far a file of an export has come.
struct ExportProgress {
  std::string file;  // absolute
  ExportFormat format = ExportFormat::jsonl;
  bool is_guarded = false;
  bool has_bom = false;
  bool is_finished = false;       // with a manifest; more may be added
  std::optional<Position> after;  // another file has what is up to there
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;          // of the file
  std::uint64_t proof_hashes = 0;   // without those behind the last row
  std::vector<ManifestTree> trees;  // the last one is under way, and has no checkpoint yet
  PatchedTree patched;              // of the one under way
};

struct StreamCursor {
  TrailFilter filter;
  Position position;  // of the last row; what is behind it comes next
  std::optional<ExportProgress> progress;
};

// std::nullopt when there is no such file. Throws Error{data} with reason "cursor" when it is none,
// and as read_file().
std::optional<StreamCursor> read_cursor(const std::filesystem::path& path);

// Throws as write_file_atomically().
void write_cursor(const std::filesystem::path& path, const StreamCursor& cursor);

// Throws Error{conflict} with reason "filter" when the cursor was made with another one.
void require_filter(const StreamCursor& cursor, const TrailFilter& filter,
                    const std::filesystem::path& path);

}  // namespace pcx::audit
