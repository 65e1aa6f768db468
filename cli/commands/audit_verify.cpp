// pcx audit verify: flags -> lib/audit -> show.
#include <fmt/format.h>

#include "audit/catalog.h"
#include "audit/export_file.h"
#include "audit/prove.h"
#include "audit/reader_rights.h"
#include "audit/verify.h"
#include "cli/commands/audit_tools.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/encoding.h"

namespace pcx::cli {

namespace {

using audit::VerifyLevel;
using audit::VerifyReport;

constexpr const char* kLevels[] = {"--quick", "--ledger", "--full"};

VerifyLevel level_of(const Values& values) {
  VerifyLevel level = VerifyLevel::full;
  int given = 0;
  for (int i = 0; i < 3; ++i) {
    if (!values.flag(kLevels[i])) continue;
    level = static_cast<VerifyLevel>(i);
    ++given;
  }
  if (given <= 1) return level;
  throw Error{ErrorCode::usage, "--quick, --ledger and --full are one or the other",
              "Each of them looks at what those before it look at, too."};
}

std::vector<std::string> kept_notes(const Values& values) {
  std::vector<std::string> notes;
  for (const std::string& file : values.texts("--against")) {
    for (std::string& note : notes_in_file(file)) notes.push_back(std::move(note));
  }
  return notes;
}

std::optional<Time> known_until_in(Context& context, const Values& values) {
  const auto text = values.optional_text("--known-until");
  if (!text) return std::nullopt;
  const auto instant = parse_rfc3339(*text);
  if (!instant) {
    throw Error{
        ErrorCode::usage,
        fmt::format("option --known-until: '{}' is no instant", escape_controls(*text)),
        "Write RFC 3339 (2027-01-31T12:00:00Z): when the report was made that you looked at."};
  }
  if (*instant > context.clock().wall_now()) {
    throw Error{ErrorCode::usage,
                fmt::format("option --known-until: {} is still to come", to_rfc3339(*instant)),
                "Nobody knows yet what happens until then: give the time of a report."};
  }
  return instant;
}

const char* severity_text(Finding severity) {
  switch (severity) {
    case Finding::critical: return "tampering";
    case Finding::unknown: return "unknown";
    case Finding::warning: return "warning";
    case Finding::ok: return "ok";
  }
  return "";
}

Cell index_cell(const audit::TrailFinding& finding) {
  if (!finding.index) return Cell{};
  return static_cast<std::int64_t>(*finding.index);
}

void add_count(View& view, const char* what, std::int64_t count) {
  view.rows.push_back(
      {std::string{"checked"}, std::string{what}, Cell{}, Cell{}, Cell{}, count, Cell{}});
}

void add_finding(View& view, const audit::TrailFinding& finding) {
  view.rows.push_back(
      {std::string{severity_text(finding.severity)}, std::string{to_string(finding.attack)},
       finding.epoch == 0 ? Cell{} : Cell{std::int64_t{finding.epoch}}, index_cell(finding),
       finding.index ? Cell{std::string{finding.is_exact ? "at" : "not before"}} : Cell{}, Cell{},
       escape_controls(finding.what)});
}

std::string summary_of(const VerifyReport& report) {
  switch (report.verdict()) {
    case Finding::critical: {
      const auto& first = report.findings.front();
      std::string text = fmt::format("The trail was tampered with: {}", to_string(first.attack));
      if (first.index) {
        text += fmt::format(", {} leaf {} of tree {}", first.is_exact ? "at" : "not before",
                            *first.index, first.epoch);
      }
      return text + ". runbooks/audit.md says what to do now.";
    }
    case Finding::unknown: return "Something could not be verified.";
    case Finding::warning: return "Nothing was tampered with; not everything is as it should be.";
    case Finding::ok: return "The trail is what was sealed.";
  }
  return {};
}

Outcome show(const VerifyReport& report, VerifyLevel level) {
  View view{.columns = {{"what", "WHAT"},
                        {"class", "CLASS"},
                        {"tree", "TREE"},
                        {"index", "LEAF"},
                        {"precision", "WHERE"},
                        {"count", "COUNT"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = summary_of(report)};
  add_count(view, "trees", report.epochs);
  add_count(view, "checkpoints", report.checkpoints);
  add_count(view, "leaves", static_cast<std::int64_t>(report.leaves));
  if (level != VerifyLevel::quick) add_count(view, "rows of the ledger", report.ledger_rows);
  if (level == VerifyLevel::full) add_count(view, "rows", report.rows);
  add_count(view, "rows not sealed yet", report.unsealed);
  if (report.compared > 0) add_count(view, "kept checkpoints", report.compared);
  if (report.known > 0) add_count(view, "known warnings", report.known);
  for (const auto& month : report.retained) {
    const std::string what = fmt::format("rows of {} that retention dropped", month.month);
    add_count(view, what.c_str(), month.dropped);
  }
  for (const auto& finding : report.findings) add_finding(view, finding);
  return {std::move(view), report.verdict()};
}

Document texts_of(const std::vector<audit::Hash>& hashes) {
  Document texts = Document::array();
  for (const audit::Hash& hash : hashes) texts.add(crypto::to_base64(hash));
  return texts;
}

Outcome prove(Context& context, const Values& values, db::Database& database,
              const std::string& record) {
  audit::require_trail(database);
  auto given = verifier_keys(context, values, &database);
  db::Transaction tx = database.begin(db::Access::read_only);
  const audit::TrustedKeys keys{std::move(given), audit::list_key_changes(tx)};
  const auto proof = audit::prove_record(tx, keys, record);
  const auto& tree = proof.tree.checkpoint;
  Document document = Document::object();
  document.set("place", to_string(proof.position));
  if (!proof.row_id.empty()) document.set("id", escape_controls(proof.row_id));
  document.set("holds", proof.holds());
  document.set("origin", tree.origin);
  document.set("index", static_cast<std::int64_t>(proof.index));
  document.set("leaf", crypto::to_base64(proof.leaf));
  document.set("size", static_cast<std::int64_t>(tree.tree.size));
  document.set("root", crypto::to_base64(tree.tree.root));
  document.set("proof", texts_of(proof.proof));
  document.set("checkpoint", proof.checkpoint);
  const char* const what = proof.holds()                  ? "The row is what was sealed."
                           : !proof.content               ? "The row is gone."
                           : *proof.content == proof.leaf ? "The tree has another leaf there."
                                                          : "The row is not what was sealed.";
  return {Tree{std::move(document), what}, proof.holds() ? Finding::ok : Finding::critical};
}

std::string fault_text(const audit::ExportFault& fault) {
  std::string text = fault.what;
  if (fault.line > 0) text += fmt::format(", line {}", fault.line);
  if (fault.tree && fault.index)
    text += fmt::format(", leaf {} of tree {}", *fault.index, *fault.tree);
  return text;
}

Document document_of(const audit::ExportedTree& tree) {
  Document document = Document::object();
  document.set("origin", tree.origin);
  document.set("size", static_cast<std::int64_t>(tree.size));
  document.set("rows", static_cast<std::int64_t>(tree.rows));
  if (tree.rows > 0) {
    document.set("first_index", static_cast<std::int64_t>(tree.first_index));
    document.set("last_index", static_cast<std::int64_t>(tree.last_index));
  }
  document.set("missing", static_cast<std::int64_t>(tree.missing));
  return document;
}

// A file that was exported, without a database.
Outcome verify_file(Context& context, const Values& values, const std::string& file) {
  const auto report = audit::verify_export_file(file, verifier_keys(context, values, nullptr), {},
                                                &context.interrupt());
  Document document = Document::object();
  document.set("rows", static_cast<std::int64_t>(report.rows));
  document.set("complete", !report.fault && report.is_complete());
  Document trees = Document::array();
  for (const auto& tree : report.trees) trees.add(document_of(tree));
  document.set("trees", std::move(trees));
  if (!report.fault) {
    return {
        Tree{std::move(document),
             report.is_complete()
                 ? "Every row of its trees is there, as it was sealed."
                 : "Every row is as it was sealed; rows that the export left out are not here."}};
  }
  document.set("fault", to_string(report.fault->kind));
  document.set("what", escape_controls(fault_text(*report.fault)));
  return {Tree{std::move(document), "The file is not what was exported."}, Finding::critical};
}

Outcome verify_all(Context& context, const Values& values, db::Database& database,
                   audit::VerifyOptions options) {
  if (options.against.empty()) audit::require_trail(database);
  options.keys = verifier_keys(context, values, &database);
  const audit::VerifyTools tools{
      database,
      [&context] { return context.open_database({.application_name = "pcx audit verify"}); },
      context.random()};
  return show(audit::verify_trail(tools, options), options.level);
}

Outcome run_verify(Context& context, const Values& values) {
  if (const auto file = values.optional_text("--file")) return verify_file(context, values, *file);
  const auto record = values.optional_text("--record");
  const audit::VerifyOptions options{.level = level_of(values),
                                     .keys = {},
                                     .against = kept_notes(values),
                                     .known_until = known_until_in(context, values),
                                     .lag_max = values.duration("--max-lag")};
  db::Database database = context.open_database(db::ConnectOptions{});
  Outcome outcome{PlainText{}};
  audit::with_reader_rights(database, [&] {
    outcome = record ? prove(context, values, database, *record)
                     : verify_all(context, values, database, options);
  });
  return outcome;
}

}  // namespace

std::vector<Cmd> audit_verify_commands() {
  return {
      {.path = "audit verify",
       .summary = "Prove that the trail is what was sealed",
       .detail =
           "--quick looks at signatures and at how each tree goes on from the one before, --ledger "
           "at every leaf as well, --full, the default, at every row. All of it in one snapshot, "
           "while everything runs.\n\nWhat is wrong is named with its class and with the index of "
           "the first leaf that is concerned, or the leaf that it is not before. Classes of "
           "tampering: row altered, row deleted, row inserted, rows swapped, row re-timed, ledger "
           "altered, tail dropped, checkpoint forged, checkpoint replaced, tiles altered, trigger "
           "disabled, function replaced, capture bypassed, partition restored. 'gap' (not "
           "everything is captured or sealed, as is "
           "known) and 'restored' are warnings. A gap says when the trail's triggers of a table "
           "were off, "
           "by whom and why. Gaps, doubts and restores are told every time, whatever was kept "
           "since: who has looked at a report says so (--known-until).\n\nNothing in the "
           "database is believed but what a "
           "known key has signed. Who has that key, and the database, can write another trail: "
           "only a checkpoint that was kept elsewhere tells (--against).",
       .options =
           {{.name = "--quick", .type = Type::flag, .help = "signatures and checkpoints only"},
            {.name = "--ledger", .type = Type::flag, .help = "and every leaf"},
            {.name = "--full", .type = Type::flag, .help = "and every row (the default)"},
            {.name = "--against",
             .type = Type::file,
             .metavar = "FILE",
             .help = "checkpoints that were kept elsewhere: the trail must go on from them",
             .repeated = true},
            {.name = "--known-until",
             .metavar = "TIME",
             .help = "warnings of what had ended before that are known, and only counted; a "
                     "restore when the tree after it was sealed before (RFC 3339)"},
            {.name = "--file",
             .type = Type::file,
             .metavar = "FILE",
             .help = "only a file of 'pcx audit export', with what is beside it; no database"},
            {.name = "--record",
             .metavar = "ID",
             .help = "only one row: an id of audit_logs, or segment.xid.seq; with the proof "
                     "that its leaf is in the newest tree"},
            {.name = "--max-lag",
             .type = Type::duration,
             .metavar = "TIME",
             .help = "rows that are not sealed for longer are a warning",
             .fallback = "5m"},
            verifier_key_option(),
            signing_key_option()},
       .examples = {{"pcx audit verify --against /mnt/worm/audit.checkpoints",
                     "everything, and that history is still the same"},
                    {"pcx audit verify --quick --verifier-key \"$(cat audit.pub)\"",
                     "in a second, as an auditor"},
                    {"pcx audit verify --file trail.jsonl --verifier-key \"$(cat audit.pub)\"",
                     "an exported file, far from the database"},
                    {"pcx audit verify --record 3.4711.12 --format json",
                     "one change, and a proof for others' tools"}},
       .exits = {{0, "the trail is what was sealed"},
                 {1, "rows wait for their seal, something is not captured, or it was restored"},
                 {2, "the trail was tampered with"},
                 {3,
                  "it could not be verified: no key, none that has signed it, no rights, no trail, "
                  "or an error"}},
       .needs = Needs::config,
       .unknown_on_error = true,
       .run = run_verify}};
}

}  // namespace pcx::cli
