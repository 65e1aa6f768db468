// pcx audit status, pause, resume: flags -> lib/audit -> show.
#include <algorithm>

#include <fmt/format.h>

#include "audit/trail_status.h"
#include "cli/commands/audit_install_tools.h"
#include "cli/commands/audit_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using audit::Capture;
using audit::InstalledRule;
using audit::TrailStatus;

constexpr std::chrono::hours kUnsealedMax{1};

std::string note_of(const audit::TableStatus& table) {
  if (table.capture == Capture::paused) return escape_controls(table.paused_because);
  if (!table.why.empty()) return escape_controls(table.why);
  if (table.lost) return fmt::format("lost last with SQLSTATE {}", table.lost->sqlstate);
  return {};
}

std::vector<Cell> row_of(const audit::TableStatus& table) {
  std::optional<Time> since = table.paused_at;
  if (table.lost) since = table.lost->last_at;
  return {"table",
          escape_controls(table.rule.relation()),
          std::string{to_string(table.capture)},
          std::string{to_string(table.rule.on_error)},
          Cell{},
          table.lost ? Cell{table.lost->changes} : Cell{std::int64_t{0}},
          since ? Cell{*since} : Cell{},
          text_or_nothing(note_of(table))};
}

std::vector<Cell> fact(const char* what, const std::string& name, const std::string& state,
                       std::optional<std::int64_t> rows, std::optional<Time> since,
                       const std::string& note) {
  return {std::string{what},
          text_or_nothing(name),
          text_or_nothing(state),
          Cell{},
          rows ? Cell{*rows} : Cell{},
          Cell{},
          since ? Cell{*since} : Cell{},
          text_or_nothing(note)};
}

void add_facts(const TrailStatus& status, View& view) {
  view.rows.push_back(fact("log", audit::kLogRelation,
                           status.is_adopted ? to_string(status.log) : "unfinished", {}, {}, {}));
  view.rows.push_back(
      fact("event triggers", {}, status.event_triggers.are_on() ? "on" : "missing", {}, {}, {}));
  for (const auto& guard : status.guards_off) {
    view.rows.push_back(fact("guard", guard.guard, guard.state, {}, {}, {}));
  }
  view.rows.push_back(fact("functions", {}, status.replaced.empty() ? "unchanged" : "changed", {},
                           {}, escape_controls(join(status.replaced, ", "))));
  view.rows.push_back(fact("months ahead", {}, {}, status.months_ahead, {},
                           status.has_late ? "rows in the default partitions" : ""));
  const auto& seal = status.seal;
  view.rows.push_back(fact("unsealed", {}, {}, seal.unsealed, seal.oldest_unsealed,
                           seal.has_more ? "and more: not counted further" : ""));
  view.rows.push_back(fact("checkpoint", seal.epoch ? fmt::format("epoch {}", *seal.epoch) : "",
                           seal.epoch ? "" : "none",
                           seal.epoch ? std::optional{seal.size} : std::nullopt, seal.sealed_at,
                           {}));
}

Finding worse(Finding left, Finding right) { return std::max(left, right); }

// What is wrong, in sentences, and how bad it is.
struct Judgement {
  Finding finding = Finding::ok;
  std::vector<std::string> sentences;
  void add(Finding found, const std::string& sentence) {
    finding = worse(finding, found);
    sentences.push_back(sentence);
  }
};

// Of `captures`, by name: "public.a, public.b and 3 more".
std::string names_of(const TrailStatus& status, std::initializer_list<Capture> captures) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> names;
  for (const auto& table : status.tables) {
    if (std::ranges::find(captures, table.capture) != captures.end()) {
      names.push_back(escape_controls(table.rule.relation()));
    }
  }
  if (names.size() <= kNamed) return join(names, ", ");
  const auto more = names.size() - kNamed;
  names.resize(kNamed);
  return fmt::format("{} and {} more", join(names, ", "), more);
}

std::int64_t count(const TrailStatus& status, std::initializer_list<Capture> captures) {
  return std::ranges::count_if(status.tables, [&](const auto& each) {
    return std::ranges::find(captures, each.capture) != captures.end();
  });
}

void judge_rules(const TrailStatus& status, Judgement& judgement) {
  if (const auto names = names_of(status, {Capture::outdated}); !names.empty()) {
    judgement.add(
        Finding::critical,
        fmt::format("Columns that rules of {} name are gone or renamed, so nothing of these "
                    "rows is told, or of which row it is: 'pcx audit install' repairs it, or "
                    "says what to do.",
                    names));
  }
  if (const auto names = names_of(status, {Capture::unsafe}); !names.empty()) {
    judgement.add(
        Finding::critical,
        fmt::format("Somebody's function runs as the owner of schema pcx when {} changes: "
                    "drop the cast to json of that type.",
                    names));
  }
  const bool is_unfinished = !status.is_adopted || count(status, {Capture::unfinished}) > 0;
  if (is_unfinished) {
    judgement.add(Finding::critical, "'pcx audit install' was not finished: run the same again.");
  }
  if (const auto names = names_of(status, {Capture::absent}); !names.empty()) {
    judgement.add(
        Finding::warning,
        fmt::format("{} not there any more: 'pcx audit install' follows what was renamed, "
                    "and forgets the rest.",
                    names));
  }
}

void judge_guards(const TrailStatus& status, Judgement& judgement) {
  if (!status.guards_off.empty()) {
    judgement.add(
        Finding::critical,
        fmt::format(
            "{} of the trail's own tables off: what is in it can be changed. Find out who did "
            "it, enable it always (ALTER TABLE ... ENABLE ALWAYS TRIGGER), and run 'pcx audit "
            "verify'.",
            counted(std::ssize(status.guards_off), "guard")));
  }
  if (status.wants_event_triggers && !status.event_triggers.are_on()) {
    judgement.add(
        Finding::critical,
        "Event triggers are off that are to be on: DDL leaves no note. Run 'pcx audit install' "
        "as a superuser.");
  }
}

void judge_tables(const TrailStatus& status, Judgement& judgement) {
  if (status.tables.empty() && status.log != Capture::on) {
    judgement.add(Finding::warning, "Nothing is audited any more.");
  }
  const auto touched = count(status, {Capture::missing, Capture::disabled, Capture::changed});
  if (touched > 0) {
    judgement.add(Finding::critical,
                  fmt::format("Somebody took the triggers off {}: 'pcx audit install' repairs it.",
                              counted(touched, "table")));
  }
  const auto paused = count(status, {Capture::paused});
  if (paused > 0) {
    judgement.add(Finding::warning,
                  fmt::format("{} paused: run 'pcx audit resume'.", counted(paused, "table")));
  }
  judge_rules(status, judgement);
  std::int64_t lost = 0;
  for (const auto& table : status.tables) lost += table.lost ? table.lost->changes : 0;
  if (lost > 0) {
    judgement.add(Finding::warning,
                  fmt::format("{} in {} days could not be captured, and were let pass.",
                              counted(lost, "change"), audit::kLossDays));
  }
}

Judgement judge(const TrailStatus& status, Time now) {
  Judgement judgement;
  judge_tables(status, judgement);
  if (finding_of(status.log) == Finding::critical) {
    judgement.add(Finding::critical,
                  fmt::format("The triggers of {} are {}: 'pcx audit install' repairs it.",
                              audit::kLogRelation, to_string(status.log)));
  }
  judge_guards(status, judgement);
  if (!status.replaced.empty()) {
    judgement.add(
        Finding::critical,
        fmt::format("{} of the trail not this pcx's: what they write is not to be believed.",
                    counted(std::ssize(status.replaced), "function")));
  }
  if (!status.has_digest_key) {
    judgement.add(Finding::critical,
                  "The key of digests is gone: 'pcx audit install' makes another one.");
  }
  if (status.months_ahead == 0) {
    judgement.add(Finding::warning, "There is no partition for next month: run 'pcx audit seal'.");
  }
  const auto& oldest = status.seal.oldest_unsealed;
  if (oldest && now - *oldest > kUnsealedMax) {
    judgement.add(Finding::warning, "Nothing was sealed for an hour: run 'pcx audit seal'.");
  }
  return judgement;
}

Outcome run_status(Context& context, const Values& /*values*/) {
  const Time now = context.clock().wall_now();
  const auto status = audit::read_trail_status(context.database(), now);
  View view{.columns = {{"what", "WHAT"},
                        {"name", "NAME"},
                        {"state", "STATE"},
                        {"on_error", "ON ERROR"},
                        {"rows", "ROWS"},
                        {"lost", "LOST"},
                        {"since", "SINCE"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = "Nothing is audited: see 'pcx audit install --dry-run'."};
  if (!status) return {std::move(view), Finding::warning};
  for (const auto& table : status->tables) view.rows.push_back(row_of(table));
  add_facts(*status, view);
  const Judgement judgement = judge(*status, now);
  view.summary = judgement.sentences.empty()
                     ? fmt::format("{} audited.", counted(std::ssize(status->tables), "table"))
                     : join(judgement.sentences, " ");
  return {std::move(view), judgement.finding};
}

Cmd status_command() {
  return {
      .path = "audit status",
      .summary = "Show what is audited, whether it is, and whether it is sealed",
      .detail =
          "Of each audited table: on, paused (pcx audit pause), missing, disabled or changed "
          "(somebody did something to its triggers), outdated (columns that its rule names are "
          "gone "
          "or renamed), unsafe (a column's cast to json is somebody's function), unfinished (the "
          "installation was stopped), absent (no such table any more, or renamed); changes of "
          "the last 30 days that could not be captured (--on-error spill). Of the trail: the "
          "triggers of audit_logs, the event triggers, guards of pcx's own tables that are off, "
          "functions that are not those of this pcx, months that have partitions, rows that no "
          "checkpoint covers yet (100,000 are counted at most) with the oldest one's time, the "
          "newest "
          "checkpoint. Changes nothing.",
      .examples = {{"pcx audit status", "all of it"},
                   {"pcx audit status -o json", "the same for a monitoring system"}},
      .exits =
          {{0, "everything is captured"},
           {1,
            "nothing is audited, a table is paused or gone, changes were lost, nothing was "
            "sealed for an hour, or next month has no partition"},
           {2,
            "triggers or guards are missing, disabled or others than pcx's, a rule does not fit "
            "its table, the installation is unfinished, functions are others, or the key of "
            "digests is gone"},
           {66, "tables, columns or functions of the trail are gone (reason trail_incomplete)"}},
      .needs = Needs::database,
      .run = run_status};
}

// --- pause, resume

struct Chosen {
  std::vector<InstalledRule> rules;
  std::vector<std::string> paused;  // of them
};

// Throws Error{not_found} for a named table that is not audited.
Chosen chosen_rules(Context& context, const Values& values) {
  db::Transaction tx = context.database().begin();
  Chosen chosen;
  if (audit::has_trail(tx)) chosen.rules = audit::read_rules(tx);
  const auto names = relations_in(values);
  const auto is_named = [&](const InstalledRule& each) {
    return std::ranges::find(names, audit::RelationName{each.rule.schema, each.rule.table}) !=
           names.end();
  };
  for (const auto& name : names) {
    const bool is_there = std::ranges::any_of(chosen.rules, [&](const InstalledRule& each) {
      return each.rule.schema == name.schema && each.rule.table == name.table;
    });
    if (is_there) continue;
    throw Error{ErrorCode::not_found,
                fmt::format("{}.{} is not audited", escape_controls(name.schema),
                            escape_controls(name.table)),
                "'pcx audit status' shows which tables are."}
        .because("not_audited");
  }
  if (!names.empty()) {
    std::erase_if(chosen.rules, [&](const InstalledRule& each) { return !is_named(each); });
  }
  if (chosen.rules.empty()) {
    throw Error{ErrorCode::not_found, "nothing is audited", "See 'pcx audit install --dry-run'."}
        .because("not_audited");
  }
  for (const auto& each : audit::read_standings(tx)) {
    if (each.standing == audit::Standing::paused) chosen.paused.push_back(each.relation);
  }
  return chosen;
}

bool is_paused(const Chosen& chosen, const InstalledRule& installed) {
  return std::ranges::find(chosen.paused, installed.rule.relation()) != chosen.paused.end();
}

View switched_view(const std::vector<std::string>& relations, const char* state) {
  View view{.columns = {{"relation", "TABLE"}, {"state", "STATE"}}, .rows = {}, .summary = {}};
  for (const std::string& relation : relations) {
    view.rows.push_back({escape_controls(relation), std::string{state}});
  }
  return view;
}

void require_reason(Context& context) {
  if (!context.actor().reason.empty()) return;
  throw Error{ErrorCode::usage, "option --reason is missing",
              "The trail says why it has a gap: give --reason TEXT."};
}

Outcome run_pause(Context& context, const Values& values) {
  require_reason(context);
  const Chosen chosen = chosen_rules(context, values);
  context.upgrade_schema();
  require_trail_rights(context);
  const auto tools = audit_install_tools(context);
  std::vector<std::string> done;
  for (const auto& each : chosen.rules) {
    if (is_paused(chosen, each)) continue;
    context.interrupt().throw_if_requested();
    audit::pause_table(tools, each.rule, context.actor().reason);
    done.push_back(each.rule.relation());
  }
  View view = switched_view(done, "paused");
  view.summary = done.empty() ? "Already paused; nothing was changed."
                              : fmt::format(
                                    "{} paused: what happens to them now is not in the "
                                    "trail. Run 'pcx audit resume' as soon as you can.",
                                    counted(std::ssize(done), "table"));
  return {std::move(view)};
}

Outcome run_resume(Context& context, const Values& values) {
  const Chosen chosen = chosen_rules(context, values);
  context.upgrade_schema();
  require_trail_rights(context);
  const auto tools = audit_install_tools(context);
  std::vector<std::string> done;
  for (const auto& each : chosen.rules) {
    if (!is_paused(chosen, each)) continue;
    context.interrupt().throw_if_requested();
    audit::resume_table(tools, each);
    done.push_back(each.rule.relation());
  }
  View view = switched_view(done, "audited");
  view.summary = done.empty()
                     ? "Nothing was paused; nothing was changed."
                     : fmt::format("{} audited again.", counted(std::ssize(done), "table"));
  return {std::move(view)};
}

Cmd pause_command() {
  return {.path = "audit pause",
          .summary = "Capture nothing of tables for a while, and say why",
          .detail =
              "Disables the triggers of audited tables, each with a note in the trail that says "
              "who, when and why (--reason). Nothing that happens to their rows is captured until "
              "'pcx audit resume'. The application's audit_logs is never paused.",
          .options = {tables_option("these tables (default: all that are audited)")},
          .examples = {{"pcx audit pause --tables patients --reason \"import of the old practice\"",
                        "for a bulk load that nobody needs row by row"}},
          .exits = {{0, "paused"},
                    {64, "no --reason"},
                    {66, "a named table is not audited (reason not_audited)"},
                    {75, "a lock was not to be had for minutes, or somebody else installs"},
                    {77, "the role owns a table not, or is no member of schema pcx's owner"}},
          .needs = Needs::database_state,
          .locks = {&audit::kInstallKey},
          .mutating = true,
          .schema_when_asked = true,
          .run = run_pause};
}

Cmd resume_command() {
  return {.path = "audit resume",
          .summary = "Capture again what was paused",
          .detail =
              "Makes the triggers of paused tables anew and enables them, each with a note "
              "in the trail, where the gap ends.",
          .options = {tables_option("these tables (default: all that are paused)")},
          .examples = {{"pcx audit resume", "all that are paused"}},
          .exits = {{0, "audited again, or nothing was paused"},
                    {66, "a named table is not audited (reason not_audited)"},
                    {75, "a lock was not to be had for minutes, or somebody else installs"},
                    {77, "the role owns a table not, or is no member of schema pcx's owner"}},
          .needs = Needs::database_state,
          .locks = {&audit::kInstallKey},
          .mutating = true,
          .schema_when_asked = true,
          .run = run_resume};
}

}  // namespace

std::vector<Cmd> audit_status_commands() {
  return {pause_command(), resume_command(), status_command()};
}

}  // namespace pcx::cli
