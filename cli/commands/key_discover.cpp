// pcx key discover: flags -> lib/inspect -> show.
#include <fmt/format.h>

#include "cli/commands/key_field_tools.h"
#include "cli/commands/key_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "inspect/discovery.h"

namespace pcx::cli {

namespace {

constexpr std::int64_t kSampleRows = 10'000;

std::string summary_of(const inspect::Discovery& discovery) {
  const std::string looked_at = fmt::format(
      "Looked at {}{}.", counted(static_cast<long long>(discovery.tables), "table"),
      discovery.sampled > 0 ? fmt::format(", {} of them by a sample", discovery.sampled) : "");
  if (discovery.found.empty() && discovery.hidden.empty()) {
    return looked_at + " Every encrypted value is in a field, as far as can be seen.";
  }
  return looked_at + " Entries go to the section `fields` of the configuration: pcx key fields.";
}

Outcome show(const inspect::Discovery& discovery) {
  View view{.columns = {{"table", "TABLE"},
                        {"place", "PLACE"},
                        {"kind", "KIND"},
                        {"meaning", "MEANING"},
                        {"count", "COUNT"},
                        {"estimate", "ESTIMATE"},
                        {"suggestion", "SUGGESTION"}},
            .rows = {},
            .summary = summary_of(discovery)};
  for (const auto& found : discovery.found) {
    view.rows.push_back({escape_controls(found.table), escape_controls(found.place),
                         std::string{to_string(found.mark)}, std::string{explain(found.mark)},
                         found.count, found.estimate, escape_controls(found.suggestion)});
  }
  for (const auto& hidden : discovery.hidden) {
    view.rows.push_back({escape_controls(hidden.table), Cell{}, std::string{"not_looked_at"},
                         escape_controls(hidden.why), Cell{}, Cell{}, Cell{}});
  }
  const bool is_clean = discovery.found.empty() && discovery.hidden.empty();
  return {std::move(view), is_clean ? Finding::ok : Finding::warning};
}

Outcome run_discover(Context& context, const Values& values) {
  if (values.flag("--full") && values.has("--sample")) {
    throw Error{ErrorCode::usage, "--full and --sample exclude each other", "Give one of them."};
  }
  std::optional<std::int64_t> sample;
  if (!values.flag("--full")) {
    sample = values.optional_integer("--sample").value_or(kSampleRows);
  }
  db::Database& database = context.database();
  const FieldPlaces places = read_field_places(context, database);
  const auto discovery = inspect::discover(
      database, {.heaps = places.heaps,
                 .sample_rows = sample,
                 .random = context.random(),
                 .interrupt = context.interrupt(),
                 .on_table = [&](const std::string& table, std::int64_t done, std::int64_t total) {
                   context.progress().update("discovering", escape_controls(table), done, total,
                                             "table");
                 }});
  context.progress().clear();
  return show(discovery);
}

}  // namespace

std::vector<Cmd> key_discover_commands() {
  return {
      {.path = "key discover",
       .summary = "Find encrypted values outside of fields, and plaintext in them",
       .detail =
           "Looks through every column of every table, partition and materialised view that can "
           "hold a text: for values of pcx, of the guide, of Vault, cloak and OpenPGP where no "
           "field is registered, at any path of JSON values; for values of fields that are not "
           "encrypted; and for columns whose names make one expect encryption (ssn, creditCard, "
           "iban, passport) and that have none. By default a sample of pages of each table is "
           "read; tables of some 20,000 rows or fewer as a whole.\n\nThe server does the looking: "
           "no value leaves it, names inside of JSON that may be data are shown as *. Names "
           "inside of JSON are not taken for a hint. What is compressed, or encoded once more, is "
           "not found.",
       .options = {{.name = "--full", .type = Type::flag, .help = "every row"},
                   {.name = "--sample",
                    .type = Type::integer,
                    .metavar = "N",
                    .help = "some N rows of each table (default: 10000)",
                    .minimum = 1}},
       .examples = {{"pcx key discover", "a sample of each table"},
                    {"pcx key discover --full -o csv", "all rows, for a report"}},
       .exits = {{0, "nothing was found"}, {1, "something was found, or could not be looked at"}},
       .needs = Needs::database,
       .run = run_discover}};
}

}  // namespace pcx::cli
