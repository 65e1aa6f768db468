// pcx audit install, uninstall: flags -> lib/audit -> show.
#include <algorithm>

#include <fmt/format.h>

#include "audit/installer.h"
#include "audit/signing_key_file.h"
#include "cli/commands/audit_install_tools.h"
#include "cli/commands/audit_tools.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using audit::InstallPlan;
using audit::InstallStep;
using audit::InstallWish;

std::vector<audit::ColumnName> columns_in(const Values& values, std::string_view option) {
  std::vector<audit::ColumnName> columns;
  for (const std::string& text : values.texts(option)) {
    const auto column = audit::parse_column(text);
    if (!column) {
      throw Error{ErrorCode::usage,
                  fmt::format("option {}: '{}' is no column", option, escape_controls(text)),
                  "Write table.column, or schema.table.column."};
    }
    columns.push_back(*column);
  }
  return columns;
}

// What the profile says of a table holds for a named one, too: a password is one either way.
audit::TableRule rule_for(const audit::RelationName& name) {
  for (audit::TableRule& rule : audit::purple_cross_rules()) {
    if (rule.schema == name.schema && rule.table == name.table) return std::move(rule);
  }
  return {.schema = name.schema, .table = name.table};
}

InstallWish wish_in(const Values& values) {
  InstallWish wish{.dropped = columns_in(values, "--drop"), .hashed = columns_in(values, "--hash")};
  if (const auto text = values.optional_text("--on-error")) {
    wish.on_error = *text == "spill" ? audit::OnError::spill : audit::OnError::block;
  }
  const auto names = relations_in(values);
  if (names.empty()) {
    wish.rules = audit::purple_cross_rules();
    return wish;
  }
  if (values.entry("--profile").source == Source::flag) {
    throw Error{ErrorCode::usage, "--tables and --profile exclude each other", "Give one of them."};
  }
  wish.is_profile = false;
  for (const auto& name : names) {
    const audit::TableRule rule = rule_for(name);
    if (rule.relation() == audit::kLogRelation) continue;  // it is always a part of the trail
    if (std::ranges::find(wish.rules, rule) == wish.rules.end()) wish.rules.push_back(rule);
  }
  return wish;
}

std::string columns_text(const std::vector<std::string>& names) {
  return escape_controls(join(names, " "));
}

std::vector<Cell> move_row(const audit::RuleMove& move) {
  const std::string note = move.now ? fmt::format("is {}.{} now", move.now->schema, move.now->table)
                                    : "is not there any more";
  return {escape_controls(move.relation),
          move.now ? "follow" : "forget",
          Cell{},
          Cell{},
          Cell{},
          Cell{},
          escape_controls(note)};
}

View plan_view(const InstallPlan& plan) {
  View view{.columns = {{"relation", "TABLE"},
                        {"step", "STEP"},
                        {"on_error", "ON ERROR"},
                        {"key", "KEY"},
                        {"dropped", "DROPPED"},
                        {"hashed", "HASHED"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = {}};
  for (const auto& move : plan.moves) view.rows.push_back(move_row(move));
  for (const auto& planned : plan.tables) {
    const bool is_there =
        planned.step != InstallStep::absent && planned.step != InstallStep::refuse;
    view.rows.push_back({escape_controls(planned.rule.relation()),
                         std::string{to_string(planned.step)},
                         is_there ? Cell{std::string{to_string(planned.rule.on_error)}} : Cell{},
                         text_or_nothing(columns_text(planned.key_columns)),
                         text_or_nothing(is_there ? columns_text(planned.rule.dropped) : ""),
                         text_or_nothing(is_there ? columns_text(planned.rule.hashed) : ""),
                         text_or_nothing(escape_controls(planned.note))});
  }
  std::string log_note = plan.log_note;
  if (log_note.empty() && plan.adopt) log_note = "rows from before get their leaves";
  view.rows.push_back({std::string{audit::kLogRelation}, std::string{to_string(plan.log)}, Cell{},
                       Cell{}, Cell{}, Cell{}, text_or_nothing(escape_controls(log_note))});
  return view;
}

std::int64_t count(const InstallPlan& plan, bool (*is)(InstallStep)) {
  return std::ranges::count_if(plan.tables, [&](const auto& each) { return is(each.step); });
}

// Why some of what was asked for is not audited; begins with a space.
std::string leftover_text(const InstallPlan& plan) {
  std::string text;
  const auto paused = count(plan, [](InstallStep step) { return step == InstallStep::paused; });
  const auto absent = count(plan, [](InstallStep step) { return step == InstallStep::absent; });
  const auto refused = count(plan, [](InstallStep step) { return step == InstallStep::refuse; });
  if (absent > 0) text += fmt::format(" {} of the profile not there.", counted(absent, "table"));
  if (refused > 0) text += fmt::format(" {} cannot be audited.", counted(refused, "table"));
  if (paused > 0) {
    text += fmt::format(" {} paused: run 'pcx audit resume'.", counted(paused, "table"));
  }
  if (plan.log == InstallStep::refuse) {
    text += fmt::format(" {} is not the application's: {}.", audit::kLogRelation, plan.log_note);
  }
  return text;
}

Finding leftover_finding(const InstallPlan& plan) {
  const bool is_whole = plan.log != InstallStep::refuse && count(plan, [](InstallStep step) {
                                                             return step == InstallStep::paused ||
                                                                    step == InstallStep::refuse;
                                                           }) == 0;
  return is_whole ? Finding::ok : Finding::warning;
}

InstallPlan plan_for(Context& context, const Values& values) {
  const InstallWish wish = audit::read_whole_wish(context.database(), wish_in(values));
  return audit::plan_install(wish,
                             audit::read_install_facts(context.database(), wish, context.config()));
}

// Signing keys of others' are theirs to make.
void make_sandbox_key(Context& context) {
  const auto file = sandbox_signing_key_file(context, context.database());
  std::error_code failure;
  if (!file || std::filesystem::exists(*file, failure) || failure) return;
  const auto verifier =
      audit::create_signing_key_file(*file, audit::kSigningKeyName, context.random());
  context.progress().say(fmt::format("made the sandbox's signing key {}; its verifier key: {}",
                                     escape_controls(file->native()), verifier.text()));
}

constexpr std::string_view kNoEventTriggers =
    " There are no event triggers: DDL on audited tables becomes no note, and only the census of "
    "'pcx audit seal' tells of it. Run it again as a superuser to add them.";

Outcome show_dry_run(Context& context, const InstallPlan& plan) {
  View view = plan_view(plan);
  bool has_deeds = plan.has_deeds();
  {
    db::Transaction tx = context.database().begin(db::Access::read_only);
    const auto found = audit::read_event_triggers(tx);
    if (!found.are_on()) has_deeds = has_deeds || found.may_make;
    if (!found.are_on() && !found.may_make) view.summary = kNoEventTriggers.substr(1);
  }
  const std::string told =
      has_deeds ? "There is something to do; nothing was changed." : "All of it is audited.";
  view.summary = told + leftover_text(plan) + (view.summary.empty() ? "" : " " + view.summary);
  return {std::move(view), has_deeds ? Finding::warning : leftover_finding(plan)};
}

// Rules first go where their tables are; what there is to do then is planned anew.
InstallPlan move_rules(Context& context, const Values& values, InstallPlan plan) {
  if (plan.moves.empty()) return plan;
  audit::move_rules(audit_install_tools(context));
  InstallPlan next = plan_for(context, values);
  next.moves = std::move(plan.moves);
  return next;
}

std::int64_t install_all(Context& context, const InstallPlan& plan) {
  const auto tools = audit_install_tools(context);
  const auto deeds = count(plan, audit::is_deed);
  if (deeds > 0 || audit::is_deed(plan.log) || plan.close) audit::begin_install(tools, plan);
  const auto total = count(plan, audit::is_deed);
  std::int64_t done = 0;
  for (const auto& planned : plan.tables) {
    if (!audit::is_deed(planned.step)) continue;
    context.interrupt().throw_if_requested();
    context.progress().update("installing", planned.rule.relation(), done++, total, "table");
    audit::install_table(tools, planned);
  }
  if (audit::is_deed(plan.log)) audit::install_log(tools, plan.log);
  if (!plan.adopt) return 0;
  return audit::adopt_log_rows(tools, [&](std::int64_t rows) {
    context.progress().update("adopting", audit::kLogRelation, rows, 0, "row");
  });
}

std::string moved_text(const InstallPlan& plan) {
  const auto followed =
      std::ranges::count_if(plan.moves, [](const auto& move) { return move.now.has_value(); });
  const auto gone = std::ssize(plan.moves) - followed;
  std::string text;
  if (followed > 0) text += fmt::format(" {} followed to another name.", counted(followed, "rule"));
  if (gone > 0)
    text += fmt::format(" {} not there any more, and forgotten.", counted(gone, "table"));
  return text;
}

std::string done_text(const InstallPlan& plan, audit::EventTriggerDeed event_triggers) {
  const auto tables = count(plan, audit::is_deed);
  if (tables > 0) return fmt::format("{} audited now.", counted(tables, "table"));
  if (plan.adopt || audit::is_deed(plan.log)) {
    return fmt::format("Done: rows of {} have leaves, and stay as they are.", audit::kLogRelation);
  }
  return event_triggers == audit::EventTriggerDeed::made
             ? "Already audited; the event triggers were added."
         : plan.moves.empty() ? "Already audited; nothing was changed."
                              : "The rest is audited already.";
}

Outcome run_install(Context& context, const Values& values) {
  InstallPlan plan = plan_for(context, values);
  if (values.flag("--dry-run")) return show_dry_run(context, plan);
  context.upgrade_schema();
  require_trail_rights(context);
  make_sandbox_key(context);
  audit::prepare_trail(audit_install_tools(context));
  plan = move_rules(context, values, std::move(plan));
  const std::int64_t adopted = install_all(context, plan);
  const auto event_triggers = audit::install_event_triggers(audit_install_tools(context));
  context.progress().clear();
  View view = plan_view(plan);
  view.summary = done_text(plan, event_triggers);
  if (adopted > 0) {
    view.summary += fmt::format(" {} of {} got {}.", counted(adopted, "row"), audit::kLogRelation,
                                adopted == 1 ? "its leaf" : "their leaves");
  }
  if (plan.close) view.summary += " What an earlier installation left out is not waited for.";
  view.summary += moved_text(plan) + leftover_text(plan);
  if (event_triggers == audit::EventTriggerDeed::impossible) view.summary += kNoEventTriggers;
  return {std::move(view), leftover_finding(plan)};
}

Opt dry_run_option() {
  return {.name = "--dry-run",
          .type = Type::flag,
          .help = "show what there is to do; exit 1 when there is"};
}

constexpr const char* kInstallDetail =
    "Each table gets two triggers, in a short transaction of its own that waits politely for "
    "its lock: one writes a row into pcx.change for every row that is inserted, updated or "
    "deleted, with what it was before and after, one for TRUNCATE. They fire whatever "
    "session_replication_role says. Who did it is the setting pcx.actor of the session "
    "(SET LOCAL pcx.actor = ...; pcx.correlation and pcx.address likewise), else updatedBy "
    "or createdBy of the row, else the role. The application's audit_logs keeps its columns: "
    "its rows get leaves in the ledger, those that are there already, too, and nobody can change "
    "them any more. DDL on audited tables becomes a note where a superuser installs.\n\nOf "
    "dropped columns nothing is kept, of hashed ones a keyed digest that tells whether a "
    "value changed; encrypted fields (pcx key fields) are always hashed or dropped, and the "
    "profile drops passwords, tokens and keys. block: a change fails when its row cannot be "
    "written; spill: it is let pass, and counted.\n\nInterrupted or killed, run it again: it "
    "goes on where it was; 'pcx audit status' says what is unfinished. What is audited stays "
    "as it is, options only add to it. A table or a column of a rule that was renamed since is "
    "followed, one that is gone is forgotten, with a note in the trail. What is audited "
    "besides the profile's tables is looked after, too.\n\nA table is refused when a column's type "
    "has a cast to json by a function that somebody wrote: it would run as the owner of schema "
    "pcx, also for a column that is dropped or hashed. Values are compared as JSON: 1.0 and 1.00 "
    "are one number, and the order of keys and double keys of json are no change.";

Cmd install_command() {
  return {
      .path = "audit install",
      .summary = "Let the database write down what happens to tables",
      .detail = kInstallDetail,
      .options = {tables_option("these tables (default: those of the profile)"),
                  {.name = "--profile",
                   .type = Type::choice,
                   .metavar = "NAME",
                   .help = "the tables of an application",
                   .choices = {"purple-cross"},
                   .fallback = "purple-cross"},
                  {.name = "--on-error",
                   .type = Type::choice,
                   .metavar = "WHAT",
                   .help = "when a change cannot be captured (default: block, or as it is); not of "
                           "tables besides the profile",
                   .choices = {"block", "spill"}},
                  {.name = "--drop",
                   .metavar = "COLUMN",
                   .help = "keep nothing of table.column",
                   .repeated = true},
                  {.name = "--hash",
                   .metavar = "COLUMN",
                   .help = "keep only a digest of table.column",
                   .repeated = true},
                  dry_run_option()},
      .examples = {{"pcx audit install --dry-run", "which tables, and what is kept of them"},
                   {"pcx audit install --reason \"trail of changes\"", "all of the profile"},
                   {"pcx audit install --tables patients,clients --hash clients.phone",
                    "two tables, phone numbers as digests only"}},
      .exits = {{0, "audited; with --dry-run: there is nothing to do"},
                {1,
                 "with --dry-run: there is something to do; else: a table is paused or cannot be "
                 "audited"},
                {64, "a column of a table that is not to be audited, or of a primary key"},
                {66,
                 "a named table or column is not there, or none of the profile is (reason "
                 "no_table)"},
                {75, "a lock was not to be had for minutes, or somebody else installs"},
                {77, "the role owns a table not, or is no member of schema pcx's owner"},
                {79, "a named table cannot be audited (reason not_capturable)"},
                {130, "interrupted; what is done is done"}},
      .needs = Needs::database_state,
      .locks = {&audit::kInstallKey},
      .mutating = true,
      .schema_when_asked = true,
      .run = run_install};
}

// --- uninstall

View uninstall_view(const audit::UninstallPlan& plan) {
  View view{.columns = {{"object", "OBJECT"}, {"owner", "OWNER"}}, .rows = {}, .summary = {}};
  for (const auto& table : plan.tables) {
    view.rows.push_back(
        {escape_controls(table.relation()), text_or_nothing(escape_controls(table.owner))});
  }
  if (plan.log) view.rows.push_back({std::string{audit::kLogRelation}, Cell{}});
  for (const std::string& name : plan.event_triggers.present) {
    view.rows.push_back({"event trigger " + name, Cell{}});
  }
  return view;
}

audit::UninstallPlan uninstall_plan(Context& context) {
  db::Transaction tx = context.database().begin();
  if (!audit::has_trail(tx)) return {};
  return audit::read_uninstall_plan(tx);
}

void uninstall_all(Context& context, const audit::UninstallPlan& plan) {
  const auto tools = audit_install_tools(context);
  const auto& event_triggers = plan.event_triggers;
  if (!event_triggers.present.empty() && event_triggers.may_make) {
    audit::uninstall_event_triggers(tools, event_triggers);
  }
  std::int64_t done = 0;
  for (const auto& table : plan.tables) {
    context.interrupt().throw_if_requested();
    context.progress().update("uninstalling", table.relation(), done++, std::ssize(plan.tables),
                              "table");
    audit::uninstall_table(tools, table);
  }
  if (plan.log) audit::uninstall_log(tools);
  context.progress().clear();
}

Outcome run_uninstall(Context& context, const Values& values) {
  const auto plan = uninstall_plan(context);
  View view = uninstall_view(plan);
  if (plan.is_empty()) {
    view.summary = "Nothing is audited; nothing was changed.";
    return {std::move(view)};
  }
  if (values.flag("--dry-run")) {
    view.summary = "These would be taken off; nothing was changed. The trail stays.";
    return {std::move(view), Finding::warning};
  }
  context.confirm(values, "Stop auditing?",
                  {fmt::format("what happens to {} is not captured any more",
                               counted(std::ssize(plan.tables), "table")),
                   "rows of audit_logs can be changed and deleted, and nobody is told",
                   "the trail stays as it is, and says that it ended here"});
  context.upgrade_schema();
  require_trail_rights(context);
  uninstall_all(context, plan);
  view.summary = "Taken off. The trail stays; 'pcx audit seal' seals its last rows.";
  const bool is_left = !plan.event_triggers.present.empty() && !plan.event_triggers.may_make;
  if (is_left) {
    view.summary += " The event triggers stay, too: run it again as a superuser.";
  }
  return {std::move(view), is_left ? Finding::warning : Finding::ok};
}

Cmd uninstall_command() {
  return {.path = "audit uninstall",
          .summary = "Take the triggers off, and keep the trail",
          .detail =
              "Removes pcx's triggers from all tables, those on audit_logs and the event "
              "triggers, each table in a short transaction of its own with a note in the "
              "trail. What was captured stays, can be verified and queried.",
          .options = {dry_run_option()},
          .examples = {{"pcx audit uninstall --dry-run", "what would be taken off"},
                       {"pcx audit uninstall --yes --reason \"moved away\"", "all of it"}},
          .exits = {{0, "taken off, or nothing was audited"},
                    {1,
                     "with --dry-run: there is something to do; else: event triggers are left, or "
                     "the question was answered with no"},
                    {75, "a lock was not to be had for minutes, or somebody else installs"},
                    {77, "the role owns a table not, or is no member of schema pcx's owner"}},
          .needs = Needs::database_state,
          .locks = {&audit::kInstallKey},
          .mutating = true,
          .schema_when_asked = true,
          .destructive = true,
          .run = run_uninstall};
}

}  // namespace

std::vector<Cmd> audit_install_commands() { return {install_command(), uninstall_command()}; }

}  // namespace pcx::cli
