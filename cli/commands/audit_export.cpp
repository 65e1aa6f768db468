// pcx audit export: flags -> lib/audit/export -> show.
#include <fmt/format.h>

#include "audit/catalog.h"
#include "audit/event_stream.h"
#include "audit/export.h"
#include "audit/reader_rights.h"
#include "cli/commands/audit_stream_tools.h"
#include "cli/commands/audit_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::cli {

namespace {

audit::ExportJob job_in(Context& context, const Values& values) {
  audit::ExportJob job;
  job.file = values.text("--out");
  if (const auto manifest = values.optional_text("--manifest")) job.manifest = *manifest;
  if (const auto cursor = values.optional_text("--cursor")) job.cursor = *cursor;
  const bool is_csv = values.text("--format") == "csv";
  job.format = is_csv ? audit::ExportFormat::csv : audit::ExportFormat::jsonl;
  if (!is_csv && (values.flag("--no-guard") || values.flag("--bom"))) {
    throw Error{ErrorCode::usage, "--no-guard and --bom are for csv only",
                "Say -o csv, or leave them out."};
  }
  job.is_guarded = is_csv && !values.flag("--no-guard");
  job.has_bom = values.flag("--bom");
  job.filter = stream_filter_in(context, values);
  return job;
}

Document tree_document(const audit::ManifestTree& tree) {
  Document object = Document::object();
  object.set("tree", tree.number);
  object.set("rows", static_cast<std::int64_t>(tree.rows));
  if (tree.rows > 0) {
    object.set("first_index", static_cast<std::int64_t>(tree.first_index));
    object.set("last_index", static_cast<std::int64_t>(tree.last_index));
  }
  if (tree.resealed > 0) object.set("resealed", static_cast<std::int64_t>(tree.resealed));
  return object;
}

std::string summary_of(const audit::ExportResult& result) {
  std::string text =
      fmt::format("{} {} {}.", rows_text(result.new_rows), result.new_rows == 1 ? "was" : "were",
                  result.is_resumed ? "added" : "exported");
  if (result.unsealed > 0) {
    text += fmt::format(" {} {} for the next seal.",
                        rows_text(static_cast<std::uint64_t>(result.unsealed)),
                        result.unsealed == 1 ? "waits" : "wait");
  }
  return text;
}

Outcome write_export(Context& context, const Values& values) {
  audit::require_trail(context.database());
  const audit::ExportJob job = job_in(context, values);
  const auto connect = [&] {
    return context.open_database({.application_name = "pcx audit export", .read_only = true});
  };
  const audit::ExportResult result =
      export_trail(context.database(), connect, job, context.clock(), context.interrupt());
  Document document = Document::object();
  document.set("file", job.file.string());
  document.set("manifest", result.manifest_file.string());
  document.set("proof", result.proof_file.string());
  document.set("rows", static_cast<std::int64_t>(result.manifest.rows));
  document.set("new_rows", static_cast<std::int64_t>(result.new_rows));
  document.set("bytes", static_cast<std::int64_t>(result.manifest.bytes));
  document.set("sha256", crypto::to_hex(result.manifest.sha256));
  document.set("unsealed", result.unsealed);
  Document trees = Document::array();
  for (const auto& tree : result.manifest.trees) trees.add(tree_document(tree));
  document.set("trees", std::move(trees));
  return {Tree{std::move(document), summary_of(result)}};
}

Outcome run_export(Context& context, const Values& values) {
  Outcome outcome{PlainText{}};
  audit::with_reader_rights(context.database(), [&] { outcome = write_export(context, values); });
  return outcome;
}

std::vector<Opt> options() {
  std::vector<Opt> all = {
      {.name = "--out",
       .type = Type::file,
       .metavar = "FILE",
       .help = "where the rows go, a new file with mode 0600",
       .required = true},
      {.name = "--format",
       .letter = 'o',
       .type = Type::choice,
       .metavar = "FORMAT",
       .help = "form of the rows",
       .choices = {"jsonl", "csv"},
       .fallback = "jsonl"},
      stream_source_option(),
      stream_cursor_option("go on where this file says, and keep it; made when it is not there"),
      {.name = "--manifest",
       .type = Type::file,
       .metavar = "FILE",
       .help = "where the manifest goes, and the proof beside it; else beside the rows"},
      {.name = "--no-guard",
       .type = Type::flag,
       .help = "csv: no quote in front of what a spreadsheet would run"},
      {.name = "--bom", .type = Type::flag, .help = "csv: begin with a byte order mark"}};
  for (Opt& option : stream_time_options()) all.push_back(option);
  return all;
}

}  // namespace

std::vector<Cmd> audit_export_commands() {
  return {
      {.path = "audit export",
       .summary = "Write the sealed trail to a file that verifies alone",
       .detail =
           "Rows come in the order in which they were sealed, each with its index in the tree; "
           "rows "
           "that no checkpoint has yet wait for the next export. Beside FILE are made "
           "FILE.manifest.json (counts, SHA-256, the signed checkpoint) and FILE.proof (hashes "
           "that "
           "lead from the rows to what is signed): 'pcx audit verify --file FILE' needs them and "
           "the verifier key, and no database. Who filters by source or time proves of each row "
           "that it was sealed, but not that none is missing; without a filter that, too.\n\n"
           "jsonl: an object a line, columns that are NULL left out, JSON as PostgreSQL prints it. "
           "csv: RFC 4180; a cell that a spreadsheet would run gets a quote (') in front, and so "
           "does one that begins with a quote, so that it can be taken away again.\n\nWith "
           "--cursor "
           "an export that was killed goes on: FILE is cut back to the last rows that were known "
           "to "
           "be on the disk. The same command again adds what was sealed since; with another --out "
           "the new file begins where the last one ended. --since and --until ask when pcx saw a "
           "row. Rows that a rotation of keys wrote anew are exported once, as they are now. "
           "Without "
           "--cursor an export that fails leaves no file behind.",
       .options = options(),
       .examples = {{"pcx audit export --out trail.jsonl", "everything that is sealed"},
                    {"pcx audit export --out trail.csv -o csv --source app --since -30d",
                     "a month of the application's rows, for a spreadsheet"},
                    {"pcx audit export --out /srv/trail.jsonl --cursor /srv/trail.cursor",
                     "every night: what was sealed since"}},
       .exits = {{0, "written"},
                 {2, "a row is not the one that was sealed (reason altered)"},
                 {64, "an option or time that does not hold up, or since after until"},
                 {65, "the cursor's file is none (reason cursor)"},
                 {66, "there is no trail (reason no_trail), or nothing is sealed"},
                 {73, "the file is there already (reason exists), or cannot be made"},
                 {76, "reached through a transaction pooler"},
                 {77, "the role may not read the trail (reason rights)"},
                 {79,
                  "the cursor is of another export (reason filter, shape, unfinished, shorter)"}},
       .needs = Needs::database_state,
       .own_format = true,
       .run = run_export}};
}

}  // namespace pcx::cli
