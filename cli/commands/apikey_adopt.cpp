// pcx apikey adopt: flags -> lib/apikey -> show.
#include <fmt/format.h>

#include "apikey/adopt.h"
#include "apikey/plain_fence.h"
#include "apikey/store.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/key_tools.h"
#include "core/text.h"
#include "db/journal.h"

namespace pcx::cli {

namespace {

using apikey::AdoptReport;
using apikey::FenceState;

void require_application_table(Context& context) {
  db::Transaction tx = context.database().begin();
  apikey::require_application_table(tx);
}

std::vector<Cell> row_of(const char* what, const apikey::NamedRow& row, const std::string& id,
                         const std::string& note) {
  return {std::string{what},
          escape_controls(row.row_id),
          escape_controls(row.name),
          id.empty() ? Cell{} : Cell{id},
          Cell{},
          note};
}

std::vector<Cell> count_of(const char* what, std::int64_t count, const std::string& note) {
  return {std::string{what}, Cell{}, Cell{}, Cell{}, count, note.empty() ? Cell{} : Cell{note}};
}

std::vector<Cell> note_of(const char* what, const std::string& note) {
  return {std::string{what}, Cell{}, Cell{}, Cell{}, Cell{}, note};
}

View report_view(const AdoptReport& report, const char* adopted) {
  View view{.columns = {{"what", "WHAT"},
                        {"row", "ROW"},
                        {"name", "NAME"},
                        {"id", "KEY"},
                        {"count", "COUNT"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = {}};
  view.rows.push_back(count_of(adopted, report.adopted, {}));
  if (report.hexadecimal > 0) {
    view.rows.push_back(
        count_of("hexadecimal", report.hexadecimal,
                 "of these are 64 hexadecimal digits: taken for keys, not digests"));
  }
  for (const auto& weak : report.weak) {
    view.rows.push_back(
        row_of("weak", weak.row, weak.id, "may be found by trying: rotate it soon"));
  }
  for (const auto& left : report.left) {
    view.rows.push_back(row_of("left", left.row, left.key_id, left.described()));
  }
  if (report.busy > 0) {
    view.rows.push_back(
        count_of("busy", report.busy, "locked, or written all the time: run it again"));
  }
  return view;
}

Finding finding_of(const AdoptReport& report) {
  return report.left.empty() && report.busy == 0 ? Finding::ok : Finding::warning;
}

Outcome show_plan(const AdoptReport& plan) {
  View view = report_view(plan, "adoptable");
  view.summary = fmt::format("{} can be adopted, {} cannot. Nothing was changed.",
                             counted(plan.adopted, "key"), counted(std::ssize(plan.left), "row"));
  const bool is_idle = plan.adopted == 0 && plan.left.empty();
  return {std::move(view), is_idle ? Finding::ok : Finding::warning};
}

// One run: what it needs, step by step.
class Adopting {
 public:
  Adopting(Context& context, const Values& values)
      : context_(context),
        values_(values),
        peppers_(open_peppers(context, values)),
        hashers_(peppers_) {
    wants_fence_ = values.flag("--fence");
    if (wants_fence_ && fence() != FenceState::valid) {
      context.confirm(
          values, "Adopt the keys, then put up the fence?",
          {"from then on the application can store no key in plain: whatever it writes into "
           "api_keys.key has to begin with pcx:",
           "new keys come from 'pcx apikey create' and 'pcx apikey rotate' only"});
    }
    context.upgrade_schema();
  }

  Outcome run() {
    adopt();
    std::optional<Error> error = report_.ended_by;
    if (!error && wants_fence_) error = fence_off();
    context_.progress().clear();
    View view = report_view(report_, "adopted");
    if (!error) conclude(view);
    return {std::move(view), finding_of(report_), std::move(error)};
  }

 private:
  FenceState fence() { return apikey::read_plain_fence(context_.database()); }

  void adopt() {
    const apikey::AdoptTools tools{
        .database = context_.database(),
        .hashers = hashers_,
        .random = context_.random(),
        .clock = context_.clock(),
        .interrupt = context_.interrupt(),
        .created_by = doer(context_),
        .record = [this](db::Transaction& tx,
                         const db::Deed& deed) { db::record_deed(tx, context_.actor(), deed); },
        .on_batch =
            [this](std::int64_t done, std::int64_t total) {
              context_.progress().update("adopting", "", done, total, "key");
            }};
    apikey::add_report(report_, apikey::adopt_keys(tools, values_.integer("--batch")));
  }

  std::int64_t unplaced() {
    db::Transaction tx = context_.database().begin();
    return apikey::count_unplaced_rows(tx);
  }

  Error refusal() {
    Error error{ErrorCode::conflict,
                fmt::format("no fence can be put up: {} of api_keys {} something else than a "
                            "placeholder",
                            counted(unplaced(), "row"), unplaced() == 1 ? "holds" : "hold"),
                "Delete those that are shown as left, or give them keys of pcx (pcx apikey "
                "create); then run it again."};
    return error.because("plain_rows");
  }

  std::function<void(db::Transaction&)> journal(const char* step) {
    return [this, step](db::Transaction& tx) {
      Document details = Document::object();
      details.set("step", step);
      record(context_, tx, {"apikey.fence", apikey::kFenceName, std::move(details)});
    };
  }

  // What is adopted is shown, whatever becomes of the fence.
  std::optional<Error> fence_off() {
    try {
      return put_up_fence();
    } catch (const Error& error) {
      return error;
    }
  }

  // Rows that were written while it went up are adopted behind it: then there can be no more.
  std::optional<Error> put_up_fence() {
    const FenceState before = fence();
    if (before == FenceState::valid) return std::nullopt;
    if (unplaced() > 0) return refusal();
    const db::PoliteTools tools{context_.database(), context_.clock(), context_.interrupt()};
    context_.progress().update("putting up the fence", "", 0, 0, "step");
    if (before == FenceState::absent) apikey::add_plain_fence(tools, journal("added"));
    if (apikey::validate_plain_fence(tools)) return std::nullopt;
    adopt();
    if (report_.ended_by) return report_.ended_by;
    if (apikey::validate_plain_fence(tools)) return std::nullopt;
    apikey::drop_plain_fence(tools, journal("dropped"));
    return refusal();
  }

  void conclude(View& view) {
    view.summary = "Nothing to adopt.";
    if (report_.adopted > 0) {
      add_copies(view);
      view.summary = fmt::format(
          "{} adopted; each is taken as before. Copies from before hold them in plain: rotate "
          "them, "
          "with 'pcx apikey rotate ID --grace 30d'.",
          counted(report_.adopted, "key"));
    }
    const FenceState now = fence();
    if (now == FenceState::valid) {
      view.summary += " A fence keeps keys in plain out of api_keys.";
      return;
    }
    add_migration(view, now);
    view.summary += now == FenceState::unproven ? " The fence around api_keys is not proven yet"
                                                : " No fence keeps keys in plain out of api_keys";
    view.summary +=
        ": run it with --fence, or put what is shown as migration into one, with 'pcx migrate new "
        "fence_api_keys'.";
  }

  // Where the keys still are as they were.
  static void add_copies(View& view) {
    view.rows.push_back(note_of(
        "backups", "those from before hold the keys in plain, for as long as they are kept"));
    view.rows.push_back(note_of("wal_archives", "those from before, too"));
    view.rows.push_back(
        note_of("replicas", "those that are behind hold them until they have caught up"));
    view.rows.push_back(note_of(
        "dead_rows", "in the table and its indexes: VACUUM frees them and does not wipe them"));
    view.rows.push_back(note_of(
        "dead_rows", "VACUUM FULL public.api_keys writes the table anew, and locks it meanwhile"));
  }

  // What is there already would fail.
  static void add_migration(View& view, FenceState fence) {
    const auto statements = apikey::fence_migration();
    for (std::size_t i = fence == FenceState::unproven ? 1 : 0; i < statements.size(); ++i) {
      view.rows.push_back(note_of("migration", statements[i]));
    }
  }

  Context& context_;
  const Values& values_;
  std::vector<apikey::Pepper> peppers_;
  apikey::Hashers hashers_;
  bool wants_fence_ = false;
  AdoptReport report_;
};

Outcome run_adopt(Context& context, const Values& values) {
  require_application_table(context);
  if (values.flag("--dry-run")) {
    return show_plan(apikey::plan_adoption(context.database(), context.interrupt()));
  }
  return Adopting{context, values}.run();
}

}  // namespace

std::vector<Cmd> apikey_adopt_commands() {
  return {
      {.path = "apikey adopt",
       .summary = "Turn the keys that api_keys holds in plain into digests",
       .detail =
           "Beside an application that reads and writes them: in batches, each a transaction of "
           "its own, that pass over rows which somebody else is changing and come back to them. At "
           "no moment is a key refused that was taken before. api_keys.key holds pcx:<id> then, "
           "which is never taken for a key; updatedAt is set to now, and everything else in the "
           "row "
           "stays as it is. Interrupted or killed, run it again: what is done is done.\n\nLeft as "
           "they are, and shown: texts that are digests already (sha256:, $2b$, {SSHA} and the "
           "like, or \\x and hexadecimal digits), that begin as a key of pcx, that are empty or "
           "longer than 256 bytes, and a key that pcx has already, or deleted. Somebody has to "
           "delete them or "
           "replace them by hand. Weak keys (below 16 characters "
           "or 64 bits) are adopted, and shown.\n\n--fence puts a CHECK constraint around the "
           "column once no key is left in plain, so that none can be written again.",
       .options = {{.name = "--batch",
                    .type = Type::integer,
                    .metavar = "ROWS",
                    .help = "rows a transaction",
                    .fallback = "300",
                    .minimum = 1,
                    .maximum = 10'000},
                   {.name = "--fence",
                    .type = Type::flag,
                    .help = "then let the database refuse keys in plain"},
                   {.name = "--dry-run",
                    .type = Type::flag,
                    .help = "show what there is to adopt; exit 1 when there is"},
                   kek_option()},
       .examples = {{"pcx apikey adopt --dry-run",
                     "how many keys are in plain, and which cannot be "
                     "adopted"},
                    {"pcx apikey adopt --reason \"no keys in plain\"", "all of them"},
                    {"pcx apikey adopt --fence --yes", "and none in plain ever again"}},
       .exits = {{0, "adopted; with --dry-run: there is nothing to adopt"},
                 {1,
                  "with --dry-run: there is something to adopt; else: rows were left as they are"},
                 {66, "there is no table api_keys, no keyring, or no active pepper"},
                 {75, "a lock was not to be had for minutes"},
                 {77, "the role may not change api_keys; for --fence it has to own it"},
                 {79,
                  "--fence: rows are left in plain (reason plain_rows); or another pepper was "
                  "activated meanwhile (pepper_changed)"},
                 {130, "interrupted; what is done is done"}},
       .needs = Needs::database,
       .mutating = true,
       .schema_when_asked = true,
       .destructive = true,
       .run = run_adopt}};
}

}  // namespace pcx::cli
