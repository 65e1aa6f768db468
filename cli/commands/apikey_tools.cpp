#include "cli/commands/apikey_tools.h"

#include <variant>

#include <fmt/format.h>

#include "apikey/revoke.h"
#include "apikey/store.h"
#include "apikey/token.h"
#include "cli/commands/key_tools.h"
#include "cli/commands/suggestions.h"
#include "core/duration.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "db/journal.h"

namespace pcx::cli {

using apikey::Filter;

std::vector<apikey::Pepper> open_peppers(Context& context, const Values& values) {
  return apikey::peppers_of(open_keyring(context, values));
}

Arg key_id_argument(std::string_view name, std::string_view help, bool repeated) {
  return {.name = name, .help = help, .dynamic = "apikeys", .repeated = repeated};
}

std::string require_key_id(std::string_view text) {
  if (apikey::is_key_id(text)) return std::string{text};
  if (std::holds_alternative<apikey::ParsedToken>(apikey::parse_token(text))) {
    const auto token = std::get<apikey::ParsedToken>(apikey::parse_token(text));
    Error error{ErrorCode::usage, "a whole key stands on the command line",
                fmt::format("Others can read it there, and in the shell's history: revoke it, and "
                            "name it by its id: {}",
                            token.id)};
    throw error.because("whole_key");
  }
  // What is longer may be a key that was adopted, of whatever format.
  throw Error{ErrorCode::usage,
              text.size() > apikey::kIdDigits
                  ? fmt::format("{} bytes are no id of an API key", text.size())
                  : fmt::format("'{}' is no id of an API key", escape_controls(text)),
              "Ids are ten letters and digits: see 'pcx apikey list'."};
}

apikey::Key require_key(db::Transaction& tx, const std::string& id) {
  auto keys = apikey::find_keys(tx, {id});
  if (!keys.empty()) return std::move(keys.front());
  throw Error{ErrorCode::not_found, fmt::format("there is no API key {}", id),
              "See 'pcx apikey list --all'."}
      .because("no_such_key");
}

std::vector<Opt> filter_options() {
  return {{.name = "--owner", .metavar = "OWNER", .help = "keys of this owner"},
          {.name = "--scope", .metavar = "SCOPE", .help = "keys that may do this"},
          {.name = "--created-before",
           .metavar = "TIME",
           .help = "keys made before: 2026-01-31, 2026-01-31T12:00:00Z, or 90d for 90 days ago"},
          {.name = "--unused-for",
           .type = Type::duration,
           .metavar = "TIME",
           .help = "keys that were not used for this time, and are as old: 90d"}};
}

Filter filter_in(const Values& values, Time now) {
  Filter filter{.owner = values.optional_text("--owner")};
  if (const auto scope = values.optional_text("--scope")) {
    filter.scope = apikey::require_scopes(std::vector<std::string>{*scope}).front();
  }
  if (const auto text = values.optional_text("--created-before")) {
    filter.created_before = instant_in("--created-before", *text, now, Direction::back);
  }
  if (values.has("--unused-for")) filter.unused_since = now - values.duration("--unused-for");
  return filter;
}

Time instant_in(std::string_view option, const std::string& text, Time now, Direction direction) {
  if (const auto duration = parse_duration(text)) {
    return direction == Direction::ahead ? now + *duration : now - *duration;
  }
  if (const auto instant = parse_rfc3339(text)) return *instant;
  if (const auto day = parse_rfc3339(text + "T00:00:00Z")) return *day;
  throw Error{ErrorCode::usage,
              fmt::format("option {}: '{}' is no time", option, escape_controls(text)),
              "Write a day (2027-01-31), an instant (2027-01-31T12:00:00Z) or a span (90d)."};
}

void show_made_key(Prompt& prompt, const apikey::Token& token) {
  try {
    prompt.show_secret("The key, shown this once:", token.text);
  } catch (const Error& error) {
    throw Error{error.code(),
                fmt::format("key {} was made, and could not be shown: {}", token.id, error.what()),
                fmt::format("Nobody has it. Run 'pcx apikey revoke {}', and make another one with "
                            "'pcx apikey create'.",
                            token.id)}
        .because("not_shown");
  }
}

void commit_unseen(const std::string& id, const std::function<void()>& commit) {
  try {
    commit();
  } catch (const Error& error) {
    if (error.reason() != "in_doubt") throw;
    Error told{error.code(), error.what(),
               fmt::format("Nobody knows whether key {} was made, and nobody was shown it: run "
                           "'pcx apikey revoke {}', and make another one.",
                           id, id)};
    throw told.because(error.reason()).with_sqlstate(error.sqlstate()).with_detail(error.detail());
  }
}

void with_holders_named(Context& context, const std::vector<std::string>& ids,
                        const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.sqlstate() != "55P03") throw;
    throw apikey::naming_holders(context.database(), error, ids);
  }
}

std::string mark_revoked(Context& context, db::Database& database,
                         const std::vector<std::string>& ids) {
  const auto left = apikey::mark_revoked({database, context.clock(), context.interrupt()}, ids);
  if (left.empty()) return {};
  constexpr std::size_t kNamedMax = 5;
  const std::string next = left.size() > kNamedMax
                               ? "'pcx doctor' says how to set it."
                               : fmt::format("run 'pcx apikey revoke {}' again.", join(left, " "));
  return fmt::format("Of {} the status in api_keys was locked by somebody: {}",
                     counted(static_cast<long long>(left.size()), "key"), next);
}

std::string doer(Context& context) {
  return fmt::format("{}@{}", context.actor().os_user, context.actor().host);
}

void record(Context& context, db::Transaction& tx, const db::Deed& deed) {
  db::record_deed(tx, context.actor(), context.agreed(deed));
}

std::vector<Suggestion> suggest_apikeys(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  db::Database database = tools.open_database();
  db::Transaction tx = database.begin();
  apikey::require_tables(tx);
  for (const apikey::Key& key : apikey::list_keys(tx)) {
    if (!key.revoked) suggestions.push_back({key.id, escape_controls(key.name)});
  }
  return suggestions;
}

}  // namespace pcx::cli
