// FILE.manifest.json: what an exported file is, and what it is verified against.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/export_line.h"
#include "core/document.h"

namespace pcx::audit {

inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
inline constexpr std::size_t kManifestBytesMax = std::size_t{16} << 20;

struct ManifestTree {
  int number = 0;
  std::uint64_t rows = 0;
  std::uint64_t first_index = 0;  // they mean nothing when there are no rows
  std::uint64_t last_index = 0;
  std::uint64_t resealed = 0;  // rows that a rotation of keys wrote anew: the new ones are exported
  std::string checkpoint;      // the signed note
  bool operator==(const ManifestTree&) const = default;
};

struct ExportManifest {
  std::string file;  // name without folder
  ExportFormat format = ExportFormat::jsonl;
  bool is_guarded = false;  // csv only, as has_bom
  bool has_bom = false;
  TrailFilter filter;
  std::optional<Position> after;  // another file has what is up to there
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  Hash sha256{};
  std::string proof;  // name without folder
  std::uint64_t proof_hashes = 0;
  std::vector<ManifestTree> trees;  // from left to right
  Time exported_at;
  bool operator==(const ExportManifest&) const = default;
};

Document to_document(const ExportManifest& manifest);

// Throws Error{data} with reason "manifest", which names `name`.
ExportManifest parse_manifest(std::string_view json, std::string_view name);

// Parts that cursors have, too (audit/stream_cursor.h).
Document to_document(const Position& position);
Document to_document(const TrailFilter& filter);
std::optional<Position> position_of(const Document& document);
std::optional<TrailFilter> filter_of(const Document& document);

}  // namespace pcx::audit
