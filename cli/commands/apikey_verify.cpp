// pcx apikey verify: a key on standard input -> lib/apikey -> the verdict.
#include <optional>
#include <unistd.h>
#include <variant>

#include <fmt/format.h>

#include "apikey/store.h"
#include "apikey/verifier.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/apikey_views.h"
#include "cli/commands/key_tools.h"
#include "cli/terminal.h"
#include "core/error.h"
#include "core/secret_stream.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using apikey::Address;
using apikey::Scope;

constexpr std::string_view kLineBreak = "\r\n";

std::vector<Scope> wanted_in(const Values& values) {
  std::vector<Scope> wanted;
  for (const std::string& text : values.texts("--scope")) {
    const auto parsed = Scope::parse_wanted(text);
    if (const auto* const scope = std::get_if<Scope>(&parsed)) {
      wanted.push_back(*scope);
      continue;
    }
    const auto& refusal = std::get<apikey::ScopeRefusal>(parsed);
    throw Error{
        ErrorCode::usage,
        fmt::format("'{}' is no scope that a request can want: {}, at byte {}",
                    escape_controls(std::string_view{text}.substr(0, apikey::kScopeBytesMax)),
                    to_string(refusal.fault), refusal.at + 1),
        "Name one thing that is to be done, as patients:read; give --scope again for another."}
        .because("scope");
  }
  return wanted;
}

std::optional<Address> address_in(const Values& values) {
  const auto text = values.optional_text("--address");
  if (!text) return std::nullopt;
  if (const auto address = Address::parse(*text)) return address;
  throw Error{
      ErrorCode::usage,
      fmt::format("'{}' is no address", escape_controls(std::string_view{*text}.substr(0, 64))),
      "Give one address without a port: 10.1.2.3 or 2001:db8::1."}
      .because("address");
}

// std::nullopt: longer than any key.
std::optional<Secret> read_key(Context& context) {
  if (is_terminal(STDIN_FILENO) && context.prompt().available()) {
    return context.prompt().ask_secret("The key:");
  }
  return read_short_secret(STDIN_FILENO, "standard input",
                           apikey::kPresentedBytesMax + kLineBreak.size(), &context.interrupt());
}

std::string_view without_line_break(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

void require_keys(db::Database& database) {
  db::Transaction tx = database.begin(db::Access::read_only);
  apikey::require_tables(tx);
}

Outcome run_verify(Context& context, const Values& values) {
  const auto wanted = wanted_in(values);
  const auto address = address_in(values);
  const auto presented = read_key(context);
  require_keys(context.database());
  apikey::KeyCache cache{{.ttl = std::chrono::milliseconds{0}}};
  apikey::Usage usage{context.clock()};
  apikey::Verifier verifier{{.database = context.database(),
                             .cache = cache,
                             .usage = values.flag("--no-usage") ? nullptr : &usage,
                             .clock = context.clock()},
                            open_peppers(context, values),
                            {.takes_plain = !values.flag("--no-plain")}};
  apikey::Verdict verdict;
  if (presented) {
    verdict = verifier.verify({.key = without_line_break(presented->reveal_text()),
                               .address = address,
                               .wanted = wanted});
  }
  return {verdict_tree(verdict, wanted, address),
          verdict.is_valid() ? Finding::ok : Finding::warning};
}

}  // namespace

std::vector<Cmd> apikey_verify_commands() {
  return {
      {.path = "apikey verify",
       .summary = "Say whether an API key is good, and for what",
       .detail =
           "The key is read from standard input, with or without a line break behind it; on a "
           "terminal it is asked for. It never stands on the command line, where others could "
           "read it.\n\nThe verdict is VALID, or the first of these that is true: BAD_CHECKSUM (it "
           "begins as a key of pcx and is none: mistyped, or cut off), NOT_FOUND (there is no such "
           "key), REVOKED (also: replaced, and its grace is over; or status in api_keys is not "
           "active), EXPIRED, IP_DENIED (the key has addresses, and --address is none of them or "
           "not given), INSUFFICIENT_SCOPE. A key that api_keys still holds in plain counts, "
           "too, unless --no-plain says otherwise: whoever may write that table makes a key by "
           "writing one into it, as long as no fence is around it (pcx apikey adopt "
           "--fence).\n\nIt is a use: it is counted, and the key's last use is now. With "
           "--no-usage "
           "it is not. A key whose digest is under a pepper of before gets one under the active "
           "pepper in any case.",
       .options = {{.name = "--scope",
                    .metavar = "SCOPE",
                    .help = "that it may do this, as patients:read; may be repeated: all of them",
                    .repeated = true},
                   {.name = "--address",
                    .metavar = "ADDRESS",
                    .help = "that it may be used from there"},
                   {.name = "--no-plain",
                    .type = Type::flag,
                    .help = "take no key that api_keys holds in plain"},
                   {.name = "--no-usage", .type = Type::flag, .help = "do not count it as a use"},
                   kek_option()},
       .examples = {{"pcx apikey verify < laboratory.key", "is it good?"},
                    {"pcx apikey verify --scope patients:read --address 10.1.2.3 < laboratory.key",
                     "may it do this, from there?"}},
       .exits =
           {{0, "VALID"},
            {1, "refused: any other verdict"},
            {3,
             "it could not be found out, whatever the reason: no database, keyring, pepper, table "
             "or right; the error in JSON has its own code"}},
       .needs = Needs::database,
       .unknown_on_error = true,
       .run = run_verify}};
}

}  // namespace pcx::cli
