// pcx apikey prune: flags -> lib/apikey -> show.
#include <map>

#include <fmt/format.h>

#include "apikey/prune.h"
#include "apikey/store.h"
#include "cli/commands/apikey_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using apikey::EndedKey;

long long number_of(std::size_t count) { return static_cast<long long>(count); }

std::vector<std::string> deletable_ids(const std::vector<EndedKey>& ended) {
  std::vector<std::string> ids;
  for (const EndedKey& each : ended) {
    if (each.is_deletable) ids.push_back(each.key.id);
  }
  return ids;
}

std::vector<std::string> consequences_of(const std::vector<EndedKey>& ended, Time now) {
  std::map<std::string, long long> counts;
  for (const EndedKey& each : ended) {
    if (each.is_deletable) ++counts[to_string(standing_of(each.key, now))];
  }
  std::vector<std::string> lines;
  for (const auto& [standing, count] : counts) {
    const char* whose = count == 1 ? "its" : "their";
    lines.push_back(fmt::format("{} {} {}, {} {} in api_keys and the counts of {} uses are deleted",
                                count, standing, count == 1 ? "key" : "keys", whose,
                                count == 1 ? "row" : "rows", whose));
  }
  return lines;
}

db::Deed prune_deed(const std::vector<EndedKey>& deleted) {
  Document keys = Document::array();
  for (const EndedKey& each : deleted) {
    Document key = Document::object();
    key.set("id", each.key.id);
    key.set("name", escape_controls(each.key.name));
    key.set("since", to_rfc3339(each.since));
    keys.add(std::move(key));
  }
  Document details = Document::object();
  details.set("count", static_cast<std::int64_t>(deleted.size()));
  details.set("keys", std::move(keys));
  return {"apikey.prune", deleted.size() == 1 ? deleted.front().key.id : "", std::move(details)};
}

std::string deed_text(const EndedKey& each, bool is_dry_run) {
  if (!each.is_deletable) return "kept: its row holds something else than its placeholder";
  return is_dry_run ? "would be deleted" : "deleted";
}

View view_of(const std::vector<EndedKey>& ended, bool is_dry_run, Time now) {
  View view{.columns = {{"id", "ID"},
                        {"name", "NAME"},
                        {"owner", "OWNER"},
                        {"standing", "STANDING"},
                        {"since", "NOT TAKEN SINCE"},
                        {"deed", "DEED"}},
            .rows = {},
            .summary = {}};
  for (const EndedKey& each : ended) {
    view.rows.push_back({each.key.id, escape_controls(each.key.name),
                         each.key.owner ? Cell{escape_controls(*each.key.owner)} : Cell{},
                         std::string{to_string(standing_of(each.key, now))}, each.since,
                         deed_text(each, is_dry_run)});
  }
  return view;
}

std::string summary_of(std::size_t deleted, std::size_t kept, bool is_dry_run) {
  std::string text = deleted == 0 ? std::string{"Nothing to delete."}
                                  : fmt::format("{} {}.", counted(number_of(deleted), "key"),
                                                is_dry_run ? "would be deleted" : "deleted");
  if (deleted > 0) text += " What api_usage_metrics has of them stays.";
  if (kept > 0) text += fmt::format(" {} kept.", counted(number_of(kept), "key"));
  return text;
}

Outcome show(const std::vector<EndedKey>& ended, bool is_dry_run, Time now) {
  const std::size_t deleted = deletable_ids(ended).size();
  const std::size_t kept = ended.size() - deleted;
  View view = view_of(ended, is_dry_run, now);
  view.summary = summary_of(deleted, kept, is_dry_run);
  const bool is_found = kept > 0 || (is_dry_run && deleted > 0);
  return {std::move(view), is_found ? Finding::warning : Finding::ok};
}

std::vector<EndedKey> find(Context& context, Time before, Time now) {
  db::Transaction tx = context.database().begin(db::Access::read_only);
  apikey::require_tables(tx);
  return apikey::find_ended(tx, before, now);
}

Outcome run_prune(Context& context, const Values& values) {
  const Time now = context.clock().wall_now();
  const Time before = now - values.duration("--older-than");
  std::vector<EndedKey> ended = find(context, before, now);
  const auto ids = deletable_ids(ended);
  if (values.flag("--dry-run") || ids.empty()) {
    return show(ended, values.flag("--dry-run"), now);
  }
  context.confirm(values, fmt::format("Delete {} for good?", counted(number_of(ids.size()), "key")),
                  consequences_of(ended, now));
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  auto deleted = apikey::delete_ended(tx, ids, before, now);
  if (!deleted.empty()) record(context, tx, prune_deed(deleted));
  tx.commit();
  std::erase_if(ended, [](const EndedKey& each) { return each.is_deletable; });
  for (EndedKey& kept : ended) deleted.push_back(std::move(kept));
  return show(deleted, false, now);
}

}  // namespace

std::vector<Cmd> apikey_prune_commands() {
  return {
      {.path = "apikey prune",
       .summary = "Delete API keys that have not been taken for long",
       .detail =
           "Keys that were revoked, that expired, or whose grace after a rotation is over, for "
           "longer than --older-than; never one that is taken. A key that only the application's "
           "status switched off counts from the last change of its row. They are deleted from "
           "pcx.apikey, with their counts of uses, and from api_keys, in one transaction; the "
           "journal keeps their ids and names. What the application recorded in api_usage_metrics "
           "stays, and says nothing about whose it was any more.\n\nA key whose row in api_keys "
           "holds something else than its placeholder is kept and shown: that may be a key in "
           "plain, which is taken.",
       .options = {{.name = "--older-than",
                    .type = Type::duration,
                    .metavar = "TIME",
                    .help = "not taken for longer than this: 90d",
                    .required = true},
                   {.name = "--dry-run",
                    .type = Type::flag,
                    .help = "show what would be deleted; exit 1 when there is something"}},
       .examples = {{"pcx apikey prune --older-than 90d --dry-run", "what would go"},
                    {"pcx apikey prune --older-than 365d --reason \"yearly review\"",
                     "after a question"}},
       .exits =
           {{0, "deleted, or there was nothing to delete"},
            {1,
             "with --dry-run: there is something to delete; or a key was kept; or the question "
             "was answered with no"},
            {66, "there is no table api_keys, or no key of pcx"},
            {77, "the role may not delete from pcx.apikey or api_keys"}},
       .needs = Needs::database,
       .mutating = true,
       .schema_when_asked = true,
       .destructive = true,
       .run = run_prune}};
}

}  // namespace pcx::cli
