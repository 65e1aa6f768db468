// pcx audit retain, and legal holds: flags -> lib/audit -> show.
#include <fmt/format.h>

#include "audit/catalog.h"
#include "audit/hold.h"
#include "audit/retain.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/audit_tools.h"
#include "cli/values.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using audit::Hold;
using audit::Month;
using audit::MonthState;

std::string doer_of(Context& context) {
  return fmt::format("{}@{}", context.actor().os_user, context.actor().host);
}

int keep_in(const Values& values) {
  const std::string& text = values.text("--keep");
  if (const int months = audit::parse_keep_months(text); months > 0) return months;
  throw Error{ErrorCode::usage,
              fmt::format("option --keep: '{}' is no time to keep", escape_controls(text)),
              "Write years or months: 6y, 72mo."};
}

void require_begun(Context& context) {
  db::Transaction tx = context.database().begin(db::Access::read_only);
  audit::require_begun(tx);
}

std::string note_on(const Month& month) {
  switch (month.state) {
    case MonthState::unsealed: return "rows of it are in no checkpoint: run pcx audit seal";
    case MonthState::altered: return "it is not what was sealed: run pcx audit verify --full";
    case MonthState::held: {
      std::vector<std::string> numbers;
      for (const auto id : month.holds) numbers.push_back(std::to_string(id));
      return "hold " + join(numbers, ", ");
    }
    case MonthState::empty: return "was dropped before";
    case MonthState::droppable: return {};
  }
  return {};
}

bool is_kept(const Month& month) {
  return month.state != MonthState::droppable && month.state != MonthState::empty;
}

View view_of(const std::vector<Month>& months, bool is_done) {
  View view{.columns = {{"month", "MONTH"},
                        {"changes", "CHANGES"},
                        {"bytes", "BYTES"},
                        {"state", "STATE"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = {}};
  std::int64_t changes = 0;
  long long dropped = 0;
  for (const Month& month : months) {
    const bool goes = month.state == MonthState::droppable;
    view.rows.push_back({month.name, month.changes, month.bytes,
                         goes && is_done ? "dropped" : to_string(month.state), note_on(month)});
    dropped += goes ? 1 : 0;
    changes += goes ? month.changes : 0;
  }
  view.summary = dropped == 0 ? "No month is to be dropped."
                              : fmt::format("{} of {} {}dropped.", counted(changes, "change"),
                                            counted(dropped, "month"), is_done ? "" : "would be ");
  return view;
}

Outcome show(const std::vector<Month>& months, bool is_done) {
  bool is_found = false;
  for (const Month& month : months) {
    is_found = is_found || is_kept(month) || (!is_done && month.state == MonthState::droppable);
  }
  return {view_of(months, is_done), is_found ? Finding::warning : Finding::ok};
}

// `key`: nullptr for whoever only looks.
std::vector<Month> find(Context& context, int keep_months, const audit::SigningKey* key) {
  db::Transaction tx = context.database().begin(db::Access::read_only);
  if (key != nullptr) audit::require_sealer(tx, key->verifier());
  return audit::find_old_months(tx, keep_months);
}

std::vector<std::string> consequences_of(const std::vector<Month>& months) {
  std::vector<std::string> lines;
  for (const Month& month : months) {
    if (month.state != MonthState::droppable) continue;
    lines.push_back(fmt::format("{} of {} are deleted for good; their leaves stay in the tree",
                                counted(month.changes, "captured change"), month.name));
  }
  return lines;
}

void drop(Context& context, const audit::RetainTools& tools, const Month& month) {
  if (month.state == MonthState::droppable) {
    context.progress().update(fmt::format("dropping {}", month.name), "", 0, 0, "step");
    audit::drop_month(tools, month, [&](db::Transaction& tx) {
      Document details = Document::object();
      details.set("changes", month.changes);
      record_audit(context, tx, {"audit.retain", month.name, std::move(details)});
    });
  }
  if (is_kept(month) || audit::drop_empty_partition(tools, month)) return;
  context.progress().clear();
  context.progress().say(fmt::format(
      "the empty partition of {} stays until the next run: pcx.change is in use", month.name));
}

Outcome run_retain(Context& context, const Values& values) {
  const int keep_months = keep_in(values);
  require_begun(context);
  if (values.flag("--dry-run")) return show(find(context, keep_months, nullptr), false);
  // Asked for also when nothing is to be dropped, so that a timer does not fail after years only.
  const audit::SigningKey key = open_signing_key(context, values);
  const auto months = find(context, keep_months, &key);
  if (months.empty()) return show(months, true);
  const auto consequences = consequences_of(months);
  if (!consequences.empty()) {
    context.confirm(values, fmt::format("Drop what is older than {}?", values.text("--keep")),
                    consequences);
  }
  const audit::RetainTools tools{.database = context.database(),
                                 .clock = context.clock(),
                                 .interrupt = context.interrupt(),
                                 .key = key,
                                 .by = doer_of(context),
                                 .reason = context.actor().reason};
  for (const Month& month : months) drop(context, tools, month);
  context.progress().clear();
  return show(months, true);
}

// --- holds

std::string require_reason(Context& context) {
  if (!context.actor().reason.empty()) return context.actor().reason;
  throw Error{ErrorCode::usage, "option --reason is missing",
              "Give --reason TEXT: who asked for it."};
}

std::optional<std::string> relation_in(const Values& values) {
  const auto name = values.optional_text("--relation");
  if (!name || name->find('.') != std::string::npos) return name;
  return "public." + *name;
}

std::optional<Time> time_in(const Values& values, const char* option, Time now) {
  const auto text = values.optional_text(option);
  return text ? std::optional{instant_in(option, *text, now, Direction::back)} : std::nullopt;
}

audit::HoldFilter filter_in_hold(const Values& values, Time now) {
  return {.tenant = values.optional_text("--tenant"),
          .relation = relation_in(values),
          .row = values.optional_text("--row"),
          .actor = values.optional_text("--user"),
          .since = time_in(values, "--since", now),
          .until = time_in(values, "--until", now)};
}

Cell cell_of(const std::optional<std::string>& text) {
  return text ? Cell{escape_controls(*text)} : Cell{};
}

Cell cell_of(const std::optional<Time>& time) { return time ? Cell{*time} : Cell{}; }

View view_of(const std::vector<Hold>& holds) {
  View view{.columns = {{"id", "ID"},
                        {"tenant", "TENANT"},
                        {"relation", "RELATION"},
                        {"row", "ROW"},
                        {"user", "USER"},
                        {"since", "SINCE"},
                        {"until", "UNTIL"},
                        {"reason", "REASON"},
                        {"placed_at", "PLACED"},
                        {"placed_by", "BY"},
                        {"released_at", "RELEASED"}},
            .rows = {},
            .summary = holds.empty() ? "No legal hold." : ""};
  for (const Hold& hold : holds) {
    const auto& filter = hold.filter;
    view.rows.push_back({hold.id, cell_of(filter.tenant), cell_of(filter.relation),
                         cell_of(filter.row), cell_of(filter.actor), cell_of(filter.since),
                         cell_of(filter.until), escape_controls(hold.reason), hold.placed_at,
                         escape_controls(hold.placed_by), cell_of(hold.released_at)});
  }
  return view;
}

Outcome run_place(Context& context, const Values& values) {
  const std::string reason = require_reason(context);
  const auto filter = filter_in_hold(values, context.clock().wall_now());
  filter.require_order();
  require_begun(context);
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  audit::require_known_relation(tx, filter);
  const std::int64_t id = audit::place_hold(tx, filter, reason, doer_of(context));
  record_audit(context, tx, {"audit.hold.place", std::to_string(id), Document::object()});
  const audit::HeldChanges held = audit::count_held(tx, id);
  tx.commit();
  return {PlainText{
      fmt::format("Hold {}: {}. It keeps {}{} that {} there now.\n", id,
                  escape_controls(filter.described()), held.has_more ? "more than " : "",
                  counted(held.count, "change"), held.count == 1 ? "is" : "are"),
      Document::object().set("id", id).set("changes", held.count).set("has_more", held.has_more)}};
}

std::int64_t hold_number(const std::string& text) {
  const auto number = parse_integer(text);
  if (number && *number > 0) return *number;
  throw Error{ErrorCode::usage, fmt::format("'{}' is no number of a hold", escape_controls(text)),
              "See 'pcx audit hold list'."};
}

Outcome run_release(Context& context, const Values& values) {
  const std::string reason = require_reason(context);
  const std::int64_t id = hold_number(values.text("ID"));
  db::Transaction tx = context.database().begin();
  audit::require_begun(tx);
  audit::release_hold(tx, id, reason, doer_of(context));
  record_audit(context, tx, {"audit.hold.release", std::to_string(id), Document::object()});
  tx.commit();
  return {PlainText{fmt::format("Hold {} is released.\n", id), Document::object().set("id", id)}};
}

Outcome run_list(Context& context, const Values& values) {
  db::Transaction tx = context.database().begin(db::Access::read_only);
  audit::require_begun(tx);
  const auto which = values.flag("--all") ? audit::Which::all : audit::Which::standing;
  return {view_of(audit::read_holds(tx, which))};
}

Cmd retain_command() {
  return {
      .path = "audit retain",
      .summary = "Drop captured changes that have been kept for long enough",
      .detail =
          "Whole months of pcx.change that were over before the time to keep began. Their leaves "
          "stay in the tree, so everything else still verifies, and so does what was exported "
          "before; a note in the trail tells what was dropped, by whom and why, signed by the key "
          "that seals: rows that are missing without one were deleted. The application's "
          "audit_logs is not touched.\n\nA month stays, and all later ones, when rows of it are in "
          "no checkpoint, when it is not what was sealed, or when a legal hold is on one of its "
          "changes. Nothing is deleted row by row, and nobody who writes waits for more than a "
          "fiftieth of a second. It can be stopped at any time, also by kill -9: run it again.",
      .options = {{.name = "--keep",
                   .metavar = "TIME",
                   .help = "what is younger stays: 6y, 72mo; whole calendar months",
                   .required = true},
                  {.name = "--dry-run",
                   .type = Type::flag,
                   .help =
                       "show what would be dropped, without a signing key; exit 1 when there is "
                       "something"},
                  signing_key_option()},
      .examples = {{"pcx audit retain --keep 6y --dry-run", "what would go"},
                   {"pcx audit retain --keep 6y --yes --reason \"yearly\"", "from a timer"}},
      .exits = {{0, "dropped, or there was nothing to drop"},
                {1, "with --dry-run: there is something to drop; or a month was kept"},
                {66, "there is no trail, or no signing key is named"},
                {77, "the role may not truncate pcx's tables"},
                {79, "the signing key is not the one that seals"}},
      .needs = Needs::database_state,
      .locks = {&audit::kRetainKey},
      .mutating = true,
      .schema_when_asked = true,
      .destructive = true,
      .run = run_retain};
}

std::vector<Opt> filter_options_of_holds() {
  return {{.name = "--tenant", .metavar = "ID", .help = "changes of this tenant only"},
          {.name = "--relation", .metavar = "TABLE", .help = "of this table only"},
          {.name = "--row", .metavar = "KEY", .help = "of the row with this primary key only"},
          {.name = "--user", .metavar = "ID", .help = "by this user only"},
          {.name = "--since", .metavar = "TIME", .help = "from then on only: 2027-01-31, 90d"},
          {.name = "--until", .metavar = "TIME", .help = "before then only"}};
}

Cmd place_command() {
  return {
      .path = "audit hold place",
      .summary = "Keep captured changes from being dropped",
      .detail =
          "Those that fit all options, now and in future; without any, all. A month with one of "
          "them stays as a whole. It is told in the trail, and in the journal. Says how many "
          "changes there are now that it keeps; 100,000 are counted at most.",
      .options = filter_options_of_holds(),
      .examples = {{"pcx audit hold place --tenant t1 --since 2027-01-01 --reason \"case 12\"",
                    "until it is released"}},
      .exits =
          {{64, "no --reason was given, or --since is not before --until (reason range)"},
           {66, "there is no trail (reason no_trail), or no table of that name (reason no_table)"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_place};
}

Cmd release_command() {
  return {.path = "audit hold release",
          .summary = "End a legal hold",
          .arguments = {{.name = "ID", .help = "its number"}},
          .examples = {{"pcx audit hold release 3 --reason \"case 12 is closed\"",
                        "retention goes on with the next run"}},
          .exits = {{64, "no --reason was given"}, {66, "there is no such hold, or no trail"}},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_release};
}

Cmd list_command() {
  return {.path = "audit hold list",
          .summary = "Show legal holds",
          .options = {{.name = "--all", .type = Type::flag, .help = "released ones, too"}},
          .examples = {{"pcx audit hold list --all", "with those of before"}},
          .exits = {{66, "there is no trail"}},
          .needs = Needs::database,
          .run = run_list};
}

}  // namespace

std::vector<Cmd> audit_retain_commands() {
  return {{.path = "audit hold", .summary = "What must not leave the trail, however old it is"},
          list_command(),
          place_command(),
          release_command(),
          retain_command()};
}

}  // namespace pcx::cli
