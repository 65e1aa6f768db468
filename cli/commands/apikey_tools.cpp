#include "cli/commands/apikey_tools.h"

#include <variant>

#include <fmt/format.h>

#include "apikey/store.h"
#include "apikey/token.h"
#include "cli/commands/key_tools.h"
#include "cli/commands/suggestions.h"
#include "core/error.h"
#include "core/text.h"
#include "db/journal.h"

namespace pcx::cli {

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
  throw Error{ErrorCode::usage, fmt::format("'{}' is no id of an API key", escape_controls(text)),
              "Ids are ten letters and digits: see 'pcx apikey list'."};
}

apikey::Key require_key(db::Transaction& tx, const std::string& id) {
  auto keys = apikey::find_keys(tx, {id});
  if (!keys.empty()) return std::move(keys.front());
  throw Error{ErrorCode::not_found, fmt::format("there is no API key {}", id),
              "See 'pcx apikey list --all'."}
      .because("no_such_key");
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
