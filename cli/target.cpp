#include "cli/target.h"

#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "cli/commands.h"
#include "core/error.h"

namespace pcx::cli {

namespace {

bool libpq_is_told(const Environment& environment) {
  for (const std::string_view name : {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"}) {
    const auto value = environment.get(name);
    if (value && !value->empty()) return true;
  }
  return false;
}

void refuse_exposed_password(const Values::Entry& url, const Config& config) {
  if (url.source == Source::flag) {
    throw Error{ErrorCode::usage, "--database-url holds a password",
                "Everybody on this machine can read command lines. Put it into PCX_DATABASE_URL, "
                "PGPASSWORD, ~/.pgpass, a service file, or a configuration file of mode 0600."};
  }
  if (url.source != Source::file) return;
  using std::filesystem::perms;
  const auto rights = std::filesystem::status(config.path()).permissions();
  if ((rights & (perms::group_all | perms::others_all)) == perms::none) return;
  throw Error{ErrorCode::permission,
              "the configuration file holds a password and others may read it",
              fmt::format("Run 'chmod 0600 {}'.", config.path().string())}
      .at({config.path().string()});
}

std::string place_of(const Values::Entry& url) {
  if (url.source == Source::flag) return "option " + url.origin;
  return url.source == Source::environment ? "variable " + url.origin : url.origin;
}

// An error says where the URL was given, too. An empty option is a variable of a script that is not
// set: to go on with libpq's defaults would change another database than the one that was meant.
db::Target parse_given(const Values::Entry& url) {
  if (url.texts.front().empty()) {
    throw Error{ErrorCode::usage, place_of(url) + ": the value is empty",
                "Give the URL, or leave the option out to use DATABASE_URL or libpq's variables."};
  }
  try {
    return db::parse_target(url.texts.front());
  } catch (const Error& mistake) {
    const bool is_usage = url.source == Source::flag;
    throw Error{is_usage ? ErrorCode::usage : ErrorCode::config,
                fmt::format("{}: {}", place_of(url), mistake.what()), mistake.hint()};
  }
}

}  // namespace

ChosenTarget choose_target(const Values::Entry& url, const Environment& environment,
                           const Config& config) {
  if (!url.texts.empty()) {
    db::Target target = parse_given(url);
    if (target.holds_secret) refuse_exposed_password(url, config);
    return {std::move(target), url.origin};
  }
  const bool is_named = libpq_is_told(environment);
  const bool may_be_sandbox = !is_named && config.find("database") == nullptr;
  if (may_be_sandbox && find_running_sandbox()) {
    if (auto target = find_running_sandbox()(environment)) {
      return {std::move(*target), "the running sandbox", true, true};
    }
  }
  return {db::parse_target(""), "libpq's defaults", is_named};
}

}  // namespace pcx::cli
