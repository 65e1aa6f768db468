// Exporting sealed rows of the trail into a file that verifies alone (audit/export_file.h). Rows
// that are not sealed yet have no place in a tree: they come with the next export.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "audit/export_manifest.h"
#include "audit/stream_cursor.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "db/database.h"

namespace pcx::audit {

struct ExportJob {
  std::filesystem::path file;
  std::filesystem::path manifest;               // empty: beside the file
  std::optional<std::filesystem::path> cursor;  // where it goes on, and is kept meanwhile
  ExportFormat format = ExportFormat::jsonl;
  bool is_guarded = false;  // csv only, as has_bom
  bool has_bom = false;
  TrailFilter filter;
};

struct ExportResult {
  ExportManifest manifest;
  std::filesystem::path manifest_file;
  std::filesystem::path proof_file;
  std::uint64_t new_rows = 0;  // in this run
  std::int64_t unsealed = 0;   // rows that wait for the next seal
  bool is_resumed = false;     // the file was there, and was added to
};

// With a cursor, a file that was being written when pcx was killed is cut back to what the cursor
// says and goes on there; a finished one grows; another file begins where the last one ended. The
// cursor is written after the rows are on the disk, every few MiB, so that no row is left out and
// none comes twice. Without a cursor, files of an export that fails are removed.
//
// `connect` opens two more sessions on the same server. Throws Error{not_found} with reason
// "not_sealed" when there is no checkpoint; Error{critical} with reason "altered" when a row is not
// the one that was sealed; Error{conflict} with reason "unfinished" (the cursor's last file is
// another one, and has no manifest yet), "shape" (format or options differ), and as ExportOutput
// and require_filter(); Error{usage} when the file is a device or a pipe and no manifest is named.
ExportResult export_trail(db::Database& database, const std::function<db::Database()>& connect,
                          const ExportJob& job, const Clock& clock, const Interrupt& interrupt);

}  // namespace pcx::audit
