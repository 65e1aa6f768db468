// pcx apikey list, show: flags -> lib/apikey -> show.
#include <fmt/format.h>

#include "apikey/review.h"
#include "apikey/store.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/apikey_views.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using apikey::Filter;
using apikey::Key;

// Of the questions that a review asks; the filter of `list` without them hides nobody of interest.
bool is_review(const Values& values) {
  return values.has("--expiring") || values.has("--unused-for") || values.flag("--never-used") ||
         values.flag("--over-scoped");
}

Filter review_in(const Values& values, Time now) {
  Filter filter = filter_in(values, now);
  if (values.has("--expiring")) filter.expires_before = now + values.duration("--expiring");
  filter.never_used = values.flag("--never-used");
  filter.over_scoped = values.flag("--over-scoped");
  filter.revoked = values.flag("--revoked");
  return filter;
}

std::vector<Opt> list_options() {
  std::vector<Opt> options = filter_options();
  for (const Opt& option : std::vector<Opt>{
           {.name = "--expiring",
     .type = Type::duration,
     .metavar = "TIME",
     .help = "keys that are not taken any more after this time, unless replaced: 30d"},
           {.name = "--never-used", .type = Type::flag, .help = "keys that were never used"},
           {.name = "--over-scoped",
           .type = Type::flag,
           .help = "keys with a scope that names nothing"},
           {.name = "--revoked",
           .type = Type::flag,
           .help = "keys that are not taken any more: revoked, replaced, expired"},
           {.name = "--all", .type = Type::flag, .help = "keys that are not taken, too"}}) {
    options.push_back(option);
  }
  return options;
}

std::string words_about_plain_rows(std::int64_t rows) {
  if (rows == 0) return {};
  return fmt::format(
      " {} of api_keys in plain: run 'pcx apikey adopt', which shows what it cannot adopt.",
      counted(rows, "key"));
}

Outcome run_list(Context& context, const Values& values) {
  const Time now = context.clock().wall_now();
  const Filter filter = review_in(values, now);
  db::Transaction tx = context.database().begin();
  apikey::require_tables(tx);
  auto keys = apikey::filtered(apikey::list_keys(tx), filter, now);
  std::size_t hidden = 0;
  if (!values.flag("--all") && !filter.revoked) {
    hidden = std::erase_if(keys, [&](const Key& key) { return !is_taken(standing_of(key, now)); });
  }
  const std::int64_t plain = apikey::count_plain_rows(tx);
  View view = keys_view(keys, now);
  view.summary = fmt::format("{}.{}{}", counted(static_cast<long long>(keys.size()), "key"),
                             hidden == 0 ? "" : fmt::format(" {} more not taken: --all.", hidden),
                             words_about_plain_rows(plain));
  const bool is_found = is_review(values) && !keys.empty();
  return {std::move(view), is_found ? Finding::warning : Finding::ok};
}

Outcome run_show(Context& context, const Values& values) {
  const std::string id = require_key_id(values.text("ID"));
  db::Transaction tx = context.database().begin();
  apikey::require_tables(tx);
  return {key_tree(require_key(tx, id), context.clock().wall_now())};
}

Cmd list_command() {
  return {
      .path = "apikey list",
      .summary = "List API keys: those that are taken, or those to look at",
      .detail =
          "Without options: keys that are taken now. Options are put together: a key is shown when "
          "all of them fit. --expiring, --unused-for, --never-used and --over-scoped are the "
          "questions of a review, and end with exit status 1 when there is such a key, for cron. "
          "--expiring leaves out keys that were replaced: their end is planned. "
          "A scope is too wide when it names nothing: '**', '*', '*:*'.\n\n"
          "STANDING is good, in grace (replaced, and taken until its grace is over: see 'pcx "
          "apikey "
          "show'), expired (from its EXPIRES on), or revoked: by pcx, by a status in api_keys that "
          "is not 'active', because its grace is over, or because its row in api_keys is gone.\n\n"
          "Uses are known to the minute, and only those that were told: by 'pcx apikey verify' and "
          "by the application's adapter.",
      .options = list_options(),
      .examples = {{"pcx apikey list", "all keys that are taken"},
                   {"pcx apikey list --expiring 30d", "exit status 1 when somebody has to act"},
                   {"pcx apikey list --unused-for 90d -o csv", "for the quarterly review"}},
      .exits = {{0, "listed; with a question of a review: there is no such key"},
                {1, "with a question of a review: there are such keys"},
                {66, "there is no table api_keys, or no key of pcx"},
                {77, "the role may not read schema pcx or api_keys"}},
      .needs = Needs::database,
      .run = run_list};
}

Cmd show_command() {
  return {.path = "apikey show",
          .summary = "Show all that is known of one API key",
          .detail = "The key itself is not known: it was shown when it was made.",
          .arguments = {key_id_argument("ID", "id of the key: the ten characters in its middle")},
          .examples = {{"pcx apikey show 7Fq2vXb0Ka", "its scopes, addresses, expiry, standing"}},
          .exits = {{0, "shown"}, {66, "there is no such key"}},
          .needs = Needs::database,
          .run = run_show};
}

}  // namespace

std::vector<Cmd> apikey_list_commands() { return {list_command(), show_command()}; }

}  // namespace pcx::cli
