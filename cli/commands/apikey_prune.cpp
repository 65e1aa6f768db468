// pcx apikey prune: flags -> lib/apikey -> show.
#include <chrono>
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

using apikey::Ended;
using apikey::EndedKey;
using apikey::Kept;

constexpr const char* kRowless = "rowless";

long long number_of(std::size_t count) { return static_cast<long long>(count); }

// Rows of counts that were deleted, or would be.
std::string usage_text(std::int64_t days) {
  return fmt::format("{} of counts of uses, older than {} years", counted(days, "day"),
                     apikey::kUsageYearsMax);
}

std::vector<std::string> deletable_ids(const std::vector<EndedKey>& ended) {
  std::vector<std::string> ids;
  for (const EndedKey& each : ended) {
    if (each.is_deletable()) ids.push_back(each.key.id);
  }
  return ids;
}

std::string standing_text(const EndedKey& each, Time now) {
  return each.has_row ? to_string(standing_of(each.key, now)) : kRowless;
}

std::vector<std::string> consequences_of(const Ended& ended, std::int64_t usage_days) {
  std::map<std::string, long long> counts;
  for (const EndedKey& each : ended.keys) {
    if (each.is_deletable()) ++counts[standing_text(each, ended.now)];
  }
  std::vector<std::string> lines;
  for (const auto& [standing, count] : counts) {
    if (standing == kRowless) continue;
    const char* whose = count == 1 ? "its" : "their";
    lines.push_back(fmt::format("{} {} {}, {} {} in api_keys and the counts of {} uses are deleted",
                                count, standing, count == 1 ? "key" : "keys", whose,
                                count == 1 ? "row" : "rows", whose));
  }
  if (const auto rowless = counts.find(kRowless); rowless != counts.end()) {
    lines.push_back(
        fmt::format("{} without a row in api_keys {} deleted, with the counts of {} uses",
                    counted(rowless->second, "key"), rowless->second == 1 ? "is" : "are",
                    rowless->second == 1 ? "its" : "their"));
  }
  if (usage_days > 0) {
    lines.push_back(
        fmt::format("{}, {} deleted", usage_text(usage_days), usage_days == 1 ? "is" : "are"));
  }
  return lines;
}

db::Deed prune_deed(const std::vector<EndedKey>& deleted, std::int64_t usage_days) {
  Document keys = Document::array();
  for (const EndedKey& each : deleted) {
    Document key = Document::object();
    key.set("id", each.key.id);
    key.set("name", escape_controls(each.key.name));
    key.set("since", each.since ? Document{to_rfc3339(*each.since)} : Document{});
    keys.add(std::move(key));
  }
  Document details = Document::object();
  details.set("count", static_cast<std::int64_t>(deleted.size()));
  details.set("keys", std::move(keys));
  details.set("usage_days", usage_days);
  return {"apikey.prune", deleted.size() == 1 ? deleted.front().key.id : "", std::move(details)};
}

std::string deed_text(const EndedKey& each, bool is_dry_run) {
  switch (each.kept) {
    case Kept::no: return is_dry_run ? "would be deleted" : "deleted";
    case Kept::text: return "kept: its row holds something else than its placeholder";
    case Kept::time: return "kept: its row does not say since when: correct updatedAt in it";
    case Kept::row: return "kept: it has no row in api_keys: restore it, or revoke the key first";
  }
  return {};
}

View view_of(const Ended& ended, bool is_dry_run) {
  View view{.columns = {{"id", "ID"},
                        {"name", "NAME"},
                        {"owner", "OWNER"},
                        {"standing", "STANDING"},
                        {"since", "NOT TAKEN SINCE"},
                        {"deed", "DEED"}},
            .rows = {},
            .summary = {}};
  for (const EndedKey& each : ended.keys) {
    view.rows.push_back({each.key.id, escape_controls(each.key.name),
                         each.key.owner ? Cell{escape_controls(*each.key.owner)} : Cell{},
                         standing_text(each, ended.now), each.since ? Cell{*each.since} : Cell{},
                         deed_text(each, is_dry_run)});
  }
  return view;
}

std::string summary_of(std::size_t deleted, std::size_t kept, std::int64_t usage_days,
                       bool is_dry_run) {
  const char* deed = is_dry_run ? "would be deleted" : "deleted";
  std::string text;
  if (deleted > 0) {
    text = fmt::format("{} {}. What api_usage_metrics has of them stays.",
                       counted(number_of(deleted), "key"), deed);
  }
  if (usage_days > 0) {
    text += fmt::format("{}{}, {}.", text.empty() ? "" : " ", usage_text(usage_days), deed);
  }
  if (text.empty()) text = "Nothing to delete.";
  if (kept > 0) text += fmt::format(" {} kept.", counted(number_of(kept), "key"));
  return text;
}

Outcome show(const Ended& ended, std::int64_t usage_days, bool is_dry_run) {
  const std::size_t deleted = deletable_ids(ended.keys).size();
  const std::size_t kept = ended.keys.size() - deleted;
  View view = view_of(ended, is_dry_run);
  view.summary = summary_of(deleted, kept, usage_days, is_dry_run);
  const bool is_found = kept > 0 || (is_dry_run && (deleted > 0 || usage_days > 0));
  return {std::move(view), is_found ? Finding::warning : Finding::ok};
}

struct Found {
  Ended ended;
  std::int64_t usage_days = 0;
};

Found find(Context& context, std::chrono::milliseconds for_longer) {
  db::Transaction tx = context.database().begin(db::Access::read_only);
  apikey::require_tables(tx);
  Ended ended = apikey::find_ended(tx, for_longer);
  return {std::move(ended), apikey::count_old_usage(tx)};
}

std::string question_about(std::size_t keys, std::int64_t usage_days) {
  if (keys == 0) return fmt::format("Delete {}?", usage_text(usage_days));
  return fmt::format("Delete {} for good?", counted(number_of(keys), "key"));
}

// All of it, with its entry in the journal; returns what went.
Found delete_all(Context& context, const std::vector<std::string>& ids,
                 std::chrono::milliseconds for_longer) {
  db::Transaction tx = context.database().begin();
  Found deleted{.ended = apikey::delete_ended(tx, ids, for_longer)};
  deleted.usage_days = apikey::delete_old_usage(tx);
  if (!deleted.ended.keys.empty() || deleted.usage_days > 0) {
    record(context, tx, prune_deed(deleted.ended.keys, deleted.usage_days));
  }
  tx.commit();
  return deleted;
}

Outcome run_prune(Context& context, const Values& values) {
  const auto for_longer = values.duration("--older-than");
  const bool is_dry_run = values.flag("--dry-run");
  Found found = find(context, for_longer);
  const auto ids = deletable_ids(found.ended.keys);
  if (is_dry_run || (ids.empty() && found.usage_days == 0)) {
    return show(found.ended, found.usage_days, is_dry_run);
  }
  context.confirm(values, question_about(ids.size(), found.usage_days),
                  consequences_of(found.ended, found.usage_days));
  context.upgrade_schema();
  Found deleted = delete_all(context, ids, for_longer);
  for (EndedKey& each : found.ended.keys) {
    if (!each.is_deletable()) deleted.ended.keys.push_back(std::move(each));
  }
  return show(deleted.ended, deleted.usage_days, false);
}

}  // namespace

std::vector<Cmd> apikey_prune_commands() {
  return {
      {.path = "apikey prune",
       .summary = "Delete API keys that have not been taken for long",
       .detail =
           "Keys that were revoked, that expired, or whose grace after a rotation is over, for "
           "longer than --older-than; never one that is taken. A key that only the application's "
           "status switched off counts from the last change of its row. The server's clock "
           "decides. "
           "A key whose row in api_keys is gone stays until somebody revokes it: a table that was "
           "lost may come back. They are deleted from pcx.apikey, with "
           "their counts of uses, and from api_keys, in one transaction; the journal keeps their "
           "ids and names, and pcx.apikey_gone their digests, so that no import and no copy in "
           "plain makes one good again. Counts of uses (pcx.apikey_usage) that are older than two "
           "years are deleted, too, of all keys. What the application recorded in "
           "api_usage_metrics "
           "stays, and says nothing about whose it was any more.\n\nA key whose row in api_keys "
           "holds something else than its placeholder is kept and shown: that may be a key in "
           "plain, which is taken. So is one that is only switched off, by a row whose updatedAt "
           "is no time (infinity).",
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
