// One exported row as text, so that its leaf can be computed from the text alone.
//
// jsonl: an object a line, keys always in this order, a column that is NULL left out:
//   {"index":7,"segment":3,"xid":1234,"seq":55,"at":"2026-01-31T23:59:59.123456Z",
//    "source":"trigger","relation":"public.patients",...,"after":{"name": "Rex"}}
// Behind "source" come the columns of the record (audit/record.h). jsonb is what PostgreSQL prints,
// byte for byte: it never has `,"` with a letter behind it, which is how its end is found.
//
// csv (RFC 4180, lines end with CR LF): the same names as columns, those of all sources side by
// side. NULL is nothing at all, an empty text is "". With the guard a cell that a spreadsheet would
// run as a formula, or that begins with a quote ('), gets a quote in front: one is taken away
// again.
//
// Of rows of the application (source "app") `segment`, `xid`, `seq` and `at` say where and when pcx
// saw them; they are not part of the leaf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/export_cell.h"
#include "audit/trail_event.h"

namespace pcx::audit {

enum class ExportFormat { jsonl, csv };

const char* to_string(ExportFormat format) noexcept;  // "jsonl"

// Of a line that is read; PostgreSQL has no row above 1 GiB.
inline constexpr std::size_t kExportLineBytesMax = std::size_t{2} << 30;

// Appends the row and its line break. Without an index "index" is left out: it is not sealed yet.
// Throws Error{data} for values that are not as PostgreSQL sends them.
void append_json_line(std::string& out, const TrailEvent& event,
                      std::optional<std::uint64_t> index);
void append_csv_line(std::string& out, const TrailEvent& event, std::uint64_t index,
                     bool is_guarded);
std::string csv_header();  // with its line break

struct ExportedRow {
  std::uint64_t index = 0;
  TrailEvent event;
};

// Read a line (without its line break) again: std::nullopt when it is not exactly as written above.
// What is returned is valid as long as the line is and `fields` are not used again.
std::optional<ExportedRow> read_json_line(std::string_view line, RowFields& fields);
std::optional<ExportedRow> read_csv_line(std::string_view line, bool is_guarded, RowFields& fields);

}  // namespace pcx::audit
