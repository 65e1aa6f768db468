// pcx apikey set: flags -> lib/apikey -> show.
#include <algorithm>

#include "apikey/amend.h"
#include "apikey/store.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/apikey_views.h"
#include "core/error.h"

namespace pcx::cli {

namespace {

using apikey::Amendment;
using apikey::Replacing;

bool is_cleared(const Values& values, std::string_view what) {
  const auto& cleared = values.texts("--clear");
  return std::ranges::find(cleared, what) != cleared.end();
}

// A new value, or its absence; std::nullopt: neither was asked for.
template <typename T>
std::optional<Replacing<T>> change_of(const Values& values, std::string_view what,
                                      const std::optional<T>& wanted) {
  if (!is_cleared(values, what) && !wanted) return std::nullopt;
  if (!is_cleared(values, what) || !wanted) return Replacing<T>{wanted};
  throw Error{ErrorCode::usage, "--clear and a new value exclude each other",
              "Give one of them for each thing that changes."};
}

std::optional<std::vector<std::string>> list_of(const Values& values, std::string_view what,
                                                std::string_view option) {
  std::optional<std::vector<std::string>> wanted;
  if (values.has(option)) wanted = values.texts(option);
  const auto change = change_of(values, what, wanted);
  if (!change) return std::nullopt;
  return change->value.value_or(std::vector<std::string>{});
}

Amendment amendment_in(const Values& values, Time now) {
  std::optional<Time> end;
  if (const auto text = values.optional_text("--expires")) {
    end = instant_in("--expires", *text, now, Direction::ahead);
  }
  return {.name = values.optional_text("--name"),
          .owner = change_of(values, "owner", values.optional_text("--owner")),
          .tenant = change_of(values, "tenant", values.optional_text("--tenant")),
          .scopes = list_of(values, "scopes", "--scope"),
          .cidrs = list_of(values, "cidrs", "--cidr"),
          .rate = change_of(values, "rate", values.optional_integer("--rate")),
          .expires_at = change_of(values, "expires", end)};
}

Outcome run_set(Context& context, const Values& values) {
  const std::string id = require_key_id(values.text("ID"));
  const Time now = context.clock().wall_now();
  const Amendment amendment = amendment_in(values, now);
  if (amendment.is_empty()) {
    throw Error{
        ErrorCode::usage, "nothing says what to change",
        "Give at least one of --name, --owner, --tenant, --scope, --cidr, --rate, --expires "
        "and --clear."};
  }
  apikey::require_valid(amendment, now);
  db::Transaction looking = context.database().begin();
  apikey::require_tables(looking);
  require_key(looking, id);
  looking.rollback();
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  Document changes = apikey::amend_key(tx, id, amendment);
  const bool is_changed = !changes.members().empty();
  if (is_changed) record(context, tx, {"apikey.set", id, std::move(changes)});
  const apikey::Key key = require_key(tx, id);
  tx.commit();
  Tree tree = key_tree(key, now);
  tree.summary = is_changed ? "Changed. Whoever listens knows at once, others within 30 s."
                            : "All of it was so before: nothing was changed.";
  return {std::move(tree)};
}

Cmd set_command() {
  return {
      .path = "apikey set",
      .summary = "Change what an API key may do, and whose it is",
      .detail =
          "Everything but the key itself, and from the next request on: its name, owner, tenant, "
          "scopes, ranges of addresses, rate and expiry. --scope and --cidr stand for the whole "
          "new "
          "list. What was before is in the journal. A key of another team is handed over with "
          "--owner; whoever had it still knows it, so rotate it as well.",
      .options = {{.name = "--name", .metavar = "NAME", .help = "what it is for"},
                  {.name = "--owner", .metavar = "OWNER", .help = "whose it is: a user's id"},
                  {.name = "--tenant", .metavar = "TENANT", .help = "the tenant it belongs to"},
                  {.name = "--scope",
                   .metavar = "SCOPE",
                   .help = "what it may do, in place of all before",
                   .repeated = true},
                  {.name = "--cidr",
                   .metavar = "RANGE",
                   .help = "addresses it may be used from, in place of all before",
                   .repeated = true},
                  {.name = "--rate",
                   .type = Type::integer,
                   .metavar = "N",
                   .help = "rateLimit, which the application enforces",
                   .minimum = 1,
                   .maximum = 2147483647},
                  {.name = "--expires",
                   .metavar = "TIME",
                   .help = "not taken from then on: 90d, 2027-01-31, 2027-01-31T12:00:00Z"},
                  {.name = "--clear",
                   .type = Type::choice,
                   .metavar = "WHAT",
                   .help = "take it away: no owner, from anywhere, without an end",
                   .choices = {"owner", "tenant", "scopes", "cidrs", "rate", "expires"},
                   .repeated = true}},
      .arguments = {key_id_argument("ID", "id of the key")},
      .examples = {{"pcx apikey set 7Fq2vXb0Ka --scope patients:read --reason \"review\"",
                    "less than before"},
                   {"pcx apikey set 7Fq2vXb0Ka --owner 43 --clear cidrs",
                    "another owner, from anywhere"}},
      .exits = {{0, "changed, or it was so before"},
                {64, "a scope, range, rate or time that is none, or nothing to change"},
                {66, "there is no such key, or no key of pcx"},
                {75, "somebody holds the key's rows; nothing was changed"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_set};
}

}  // namespace

std::vector<Cmd> apikey_set_commands() { return {set_command()}; }

}  // namespace pcx::cli
