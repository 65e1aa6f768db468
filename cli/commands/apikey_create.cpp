// pcx apikey create, rotate: flags -> lib/apikey -> show. The key itself goes to the terminal or to
// a new file, and nowhere else.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "apikey/issue.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/key_tools.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "core/time.h"
#include "keyring/made_files.h"

namespace pcx::cli {

namespace {

using apikey::Key;
using apikey::Token;
using apikey::Wish;

// Where a new key goes. A file is on disk before anything is committed, and removed again when
// nothing is; the terminal is shown it afterwards.
class Delivery {
 public:
  // Throws Error{usage} with reason "no_terminal" when it would go to a pipe.
  Delivery(Context& context, const Values& values)
      : context_(context), file_(values.optional_text("--out")) {
    if (file_ == "-") {
      throw Error{ErrorCode::usage, "--out wants the name of a new file",
                  "Leave --out away to see the key on the terminal."};
    }
    if (file_ || context.prompt().has_terminal()) return;
    Error error{ErrorCode::usage, "there is no terminal to show the key on",
                "Give --out FILE: a new file, which only you may read."};
    throw error.because("no_terminal");
  }

  void commit(db::Transaction& tx, const Token& token) {
    if (!file_) {
      commit_unseen(token.id, [&] { tx.commit(); });
      show_made_key(context_.prompt(), token);
      return;
    }
    made_.keep_if_committed([&] {
      create_secret_file(*file_, line_of(token.text));
      made_.add(*file_);
      tx.commit();
    });
  }

  std::string where() const {
    return file_ ? fmt::format("The key is in {}.", escape_controls(*file_))
                 : "It was shown this once: nothing keeps it.";
  }

 private:
  static Secret line_of(const Secret& key) {
    Secret line = Secret::with_size(key.reveal_bytes().size() + 1);
    const auto bytes = line.writable_bytes();
    std::ranges::copy(key.reveal_bytes(), bytes.begin());
    bytes.back() = std::byte{'\n'};
    return line;
  }

  Context& context_;
  std::optional<std::string> file_;
  keyring::MadeFiles made_{
      {.told_by = "'pcx apikey verify < FILE' shows whether the key in it was made",
       .worth_nothing = "the key in it was not made"}};
};

Opt out_option() {
  return {.name = "--out",
          .type = Type::file,
          .metavar = "FILE",
          .help = "new file for the key, mode 0600 (default: the terminal)"};
}

std::optional<Time> end_in(const Values& values, Time now) {
  const auto text = values.optional_text("--expires");
  if (!text) return std::nullopt;
  return instant_in("--expires", *text, now, Direction::ahead);
}

Wish wish_in(const Values& values, Time now) {
  return {.kind = values.flag("--test") ? apikey::Kind::test : apikey::Kind::live,
          .name = values.text("--name"),
          .scopes = values.texts("--scope"),
          .rate = values.optional_integer("--rate"),
          .expires_at = end_in(values, now),
          .owner = values.optional_text("--owner"),
          .tenant = values.optional_text("--tenant"),
          .cidrs = values.texts("--cidr")};
}

Document texts(const std::vector<std::string>& all) {
  Document list = Document::array();
  for (const std::string& text : all) list.add(text);
  return list;
}

db::Deed create_deed(const Token& token, const Wish& wish) {
  Document details = Document::object();
  details.set("name", wish.name);
  if (wish.owner) details.set("owner", *wish.owner);
  details.set("scopes", texts(wish.scopes));
  details.set("cidrs", texts(wish.cidrs));
  if (wish.expires_at) details.set("expires_at", to_rfc3339(*wish.expires_at));
  return {"apikey.create", token.id, std::move(details)};
}

Outcome run_create(Context& context, const Values& values) {
  const Time now = context.clock().wall_now();
  const Wish wish = wish_in(values, now);
  apikey::require_valid(wish, now);
  Delivery delivery{context, values};
  apikey::Hashers hashers{open_peppers(context, values)};
  {
    db::Transaction looking = context.database().begin();
    apikey::require_application_table(looking);
  }
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  const Token token = apikey::issue_key(tx, wish, {hashers, context.random(), doer(context)});
  record(context, tx, create_deed(token, wish));
  delivery.commit(tx, token);
  View view{.columns = {{"id", "ID"}, {"kind", "KIND"}, {"name", "NAME"}},
            .rows = {{token.id, std::string{to_string(token.kind)}, escape_controls(wish.name)}},
            .summary = delivery.where()};
  if (wish.scopes.empty()) view.summary += " It has no scope: what asks for one refuses it.";
  return {std::move(view)};
}

db::Deed rotate_deed(const Key& old, const apikey::Rotation& rotation) {
  Document details = Document::object();
  details.set("replaced_by", rotation.token.id);
  details.set("grace_until", to_rfc3339(rotation.grace_until));
  return {"apikey.rotate", old.id, std::move(details)};
}

// What the new key may do is what the old one may when that is committed: read under its lock.
Key locked_key(db::Transaction& tx, const std::string& id) {
  const auto keys = apikey::lock_keys(tx, {id});
  return keys.empty() ? require_key(tx, id) : keys.front();
}

struct Rotated {
  Key old;
  apikey::Rotation rotation;
};

std::optional<Time> new_end_in(const Values& values, const std::string& id, Time now) {
  const auto expires_at = end_in(values, now);
  if (expires_at && *expires_at <= now)
    apikey::require_valid({.name = id, .expires_at = expires_at}, now);
  return expires_at;
}

Rotated rotate(Context& context, const Values& values, const std::string& id, Delivery& delivery,
               apikey::Hashers& hashers) {
  const Time now = context.clock().wall_now();
  const auto expires_at = new_end_in(values, id, now);
  db::Transaction tx = context.database().begin();
  Key old = locked_key(tx, id);
  auto rotation = apikey::rotate_key(tx, old, values.duration("--grace"), expires_at, now,
                                     {hashers, context.random(), doer(context)});
  record(context, tx, rotate_deed(old, rotation));
  delivery.commit(tx, rotation.token);
  return {std::move(old), std::move(rotation)};
}

// The old key's own expiry may come before the end of its grace.
Time end_of_old(const Rotated& rotated) {
  return std::min(rotated.rotation.grace_until,
                  rotated.old.expires_at.value_or(rotated.rotation.grace_until));
}

View rotated_view(const Rotated& rotated) {
  const auto& [old, rotation] = rotated;
  return {.columns = {{"id", "ID"},
                      {"name", "NAME"},
                      {"replaces", "REPLACES"},
                      {"grace_until", "TAKEN UNTIL"},
                      {"expires_at", "EXPIRES"}},
          .rows = {{rotation.token.id, escape_controls(old.name), old.id, end_of_old(rotated),
                    rotation.expires_at ? Cell{*rotation.expires_at} : Cell{}}},
          .summary = {}};
}

Outcome run_rotate(Context& context, const Values& values) {
  const std::string id = require_key_id(values.text("ID"));
  new_end_in(values, id, context.clock().wall_now());
  Delivery delivery{context, values};
  apikey::Hashers hashers{open_peppers(context, values)};
  db::Transaction looking = context.database().begin();
  apikey::require_tables(looking);
  looking.rollback();
  context.upgrade_schema();
  std::optional<Rotated> rotated;
  with_holders_named(context, {id},
                     [&] { rotated = rotate(context, values, id, delivery, hashers); });
  View view = rotated_view(*rotated);
  view.summary = delivery.where();
  if (end_of_old(*rotated) < rotated->rotation.grace_until) {
    view.summary += " The old key expires before its grace is over.";
  }
  if (values.duration("--grace").count() == 0) {
    const std::string left = mark_revoked(context, context.database(), {id});
    if (!left.empty()) view.summary += " " + left;
  }
  return {std::move(view)};
}

const ExitNote kNoPepperNote{
    66, "there is no keyring, no active pepper, no table api_keys, or no such key"};

Cmd create_command() {
  return {
      .path = "apikey create",
      .summary = "Make an API key; it is shown once",
      .detail =
          "The key is pcx_live_<id>_<secret and checksum>, 256 random bits. It goes to the "
          "terminal, "
          "whatever standard output is, or with --out to a new file of mode 0600, which is on disk "
          "before anything is committed. The database keeps its digest under the active pepper "
          "(reason no_pepper: make one with 'pcx key create --purpose pepper' and activate it), "
          "and "
          "a row of api_keys with its name, permissions, rateLimit and expiresAt, whose column key "
          "holds pcx:<id>.\n\n"
          "Scopes are resource:action, such as patients:read; '*' stands for one segment, '**' at "
          "the end for all the rest. What no scope allows is refused. Ranges of addresses are as "
          "in PostgreSQL's cidr; without one the key may be used from anywhere.",
      .options = {{.name = "--name",
                   .metavar = "NAME",
                   .help = "what it is for, as people call it",
                   .required = true},
                  {.name = "--owner", .metavar = "OWNER", .help = "whose it is: a user's id"},
                  {.name = "--tenant", .metavar = "TENANT", .help = "the tenant it belongs to"},
                  {.name = "--scope",
                   .metavar = "SCOPE",
                   .help = "what it may do: patients:read, invoices:*, **",
                   .repeated = true},
                  {.name = "--expires",
                   .metavar = "TIME",
                   .help = "not taken from then on: 90d, 2027-01-31, 2027-01-31T12:00:00Z"},
                  {.name = "--cidr",
                   .metavar = "RANGE",
                   .help = "addresses it may be used from: 10.0.0.0/8, 2001:db8::/32",
                   .repeated = true},
                  {.name = "--rate",
                   .type = Type::integer,
                   .metavar = "N",
                   .help = "rateLimit, which the application enforces",
                   .minimum = 1,
                   .maximum = 2147483647},
                  {.name = "--test",
                   .type = Type::flag,
                   .help = "a key for tests: it begins with pcx_test_"},
                  out_option(),
                  kek_option()},
      .examples = {{"pcx apikey create --name laboratory --scope patients:read --expires 90d",
                    "shown on the terminal"},
                   {"pcx apikey create --name ci --owner 42 --scope 'appointments:*' --out ci.key",
                    "into a new file"}},
      .exits = {{0, "made"},
                {64, "a scope, range or time that is none, or no terminal and no --out"},
                kNoPepperNote,
                {73, "the file is there already, or cannot be made; no key was made"},
                {80, "the keyring was changed without pcx"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_create};
}

Cmd rotate_command() {
  return {
      .path = "apikey rotate",
      .summary = "Replace an API key; the old one is taken for a while",
      .detail =
          "The new key may do what the old one may, for the same owner and from the same "
          "addresses. "
          "The old one is taken until the grace is over, by the database's clock, and not at that "
          "instant; with --grace 0s it is revoked (reason 'rotated'), and refused whatever the "
          "clocks of verifiers say. Where the old key expires, the new one gets a life of the same "
          "length, unless --expires says otherwise. What somebody has locked is waited for, 5 s at "
          "most.",
      .options = {{.name = "--grace",
                   .type = Type::duration,
                   .metavar = "TIME",
                   .help = "how long the old key is taken",
                   .fallback = "7d"},
                  {.name = "--expires",
                   .metavar = "TIME",
                   .help = "when the new key expires: 90d, 2027-01-31"},
                  out_option(),
                  kek_option()},
      .arguments = {key_id_argument("ID", "id of the key to replace")},
      .examples = {{"pcx apikey rotate 7Fq2vXb0Ka --grace 7d --out new.key",
                    "a week for the change"},
                   {"pcx apikey rotate 7Fq2vXb0Ka --grace 0s", "the old one leaked"}},
      .exits = {{0, "rotated"},
                {64, "no id, a time that is none, or no terminal and no --out"},
                kNoPepperNote,
                {73, "the file is there already, or cannot be made; nothing was changed"},
                {75, "somebody has locked the key or its row in api_keys"},
                {79, "the key is not taken, or was replaced already (reason not_taken)"},
                {80, "the keyring was changed without pcx"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_rotate};
}

}  // namespace

std::vector<Cmd> apikey_create_commands() { return {create_command(), rotate_command()}; }

}  // namespace pcx::cli
