#include "db/settings.h"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace pcx::db {
namespace {

using std::chrono::milliseconds;

std::string in_ms(milliseconds duration) { return fmt::format("{}ms", duration.count()); }

}  // namespace

wire::Keywords connection_keywords(const Target& target, const ConnectOptions& options) {
  wire::Keywords keywords{{"keepalives", "1"},
                          {"keepalives_idle", "30"},
                          {"keepalives_interval", "10"},
                          {"keepalives_count", "3"},
                          // For what was sent, a cancel request included: TCP alone would try for
                          // a quarter of an hour.
                          {"tcp_user_timeout", "60000"}};
  keywords.insert(keywords.end(), target.keywords.begin(), target.keywords.end());
  keywords.emplace_back("application_name", options.application_name);
  keywords.emplace_back("client_encoding", "UTF8");
  return keywords;
}

milliseconds connect_timeout(const Target& target, const ConnectOptions& options) {
  milliseconds timeout = options.connect_timeout;
  for (const auto& [key, value] : target.keywords) {
    int seconds = 0;
    if (key != "connect_timeout") continue;
    const auto end = value.data() + value.size();
    if (std::from_chars(value.data(), end, seconds).ptr == end) {
      timeout = std::chrono::seconds{seconds};
    }
  }
  return timeout;
}

std::string settings_sql(const ConnectOptions& options, int server_version, Scope scope) {
  std::string sql = "SELECT ";
  const auto set = [&](std::string_view name, std::string_view value) {
    if (sql.size() > 7) sql += ", ";
    sql += fmt::format("pg_catalog.set_config('{}', '{}', {})", name, value,
                       scope == Scope::transaction);
  };
  set("search_path", "pg_catalog");
  set("TimeZone", "UTC");
  set("DateStyle", "ISO, YMD");
  set("IntervalStyle", "postgres");
  set("bytea_output", "hex");
  set("extra_float_digits", "1");
  set("standard_conforming_strings", "on");
  set("statement_timeout", in_ms(options.statement_timeout));
  // The server's own limits stay where nothing is asked for: somebody set them to protect it.
  if (options.lock_timeout.count() > 0) set("lock_timeout", in_ms(options.lock_timeout));
  if (options.idle_in_transaction_timeout.count() > 0) {
    set("idle_in_transaction_session_timeout", in_ms(options.idle_in_transaction_timeout));
  }
  // A killed pcx must not leave its statement (and its locks) running on the server.
  if (server_version >= 140000) set("client_connection_check_interval", "500ms");
  if (scope == Scope::session) {
    set("default_transaction_isolation", "read committed");
    // Never "off": a database or role that is read-only by default is so on purpose.
    if (options.read_only) set("default_transaction_read_only", "on");
  } else if (options.read_only) {
    set("transaction_read_only", "on");
  }
  return sql;
}

}  // namespace pcx::db
