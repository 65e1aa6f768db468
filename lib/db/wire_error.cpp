#include "db/wire_error.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "db/server_words.h"
#include "db/sqlstate.h"

namespace pcx::db::wire {
namespace {

constexpr std::string_view kRefusedHint =
    "Check that the server runs and that host and port (or the socket folder) are right.";

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

struct Verbose {
  std::string sqlstate;
  std::string message;
};

// libpq's verbose form is "<where> failed: FATAL:  28P01: password ... failed", more lines behind.
Verbose read_verbose(const std::string& text) {
  for (auto at = text.find(":  "); at != std::string::npos; at = text.find(":  ", at + 1)) {
    const auto state = std::string_view{text}.substr(at + 3, 5);
    if (is_sqlstate(state) && text.compare(at + 8, 2, ": ") == 0) {
      return {std::string{state}, std::string{first_line(std::string_view{text}.substr(at + 10))}};
    }
  }
  const std::string line{trim(first_line(text))};
  const auto failed = line.find(" failed: ");
  return {"", failed == std::string::npos ? line : line.substr(failed + 9)};
}

void add_line(std::string& detail, const std::string& line) {
  if (line.empty()) return;
  if (!detail.empty()) detail += '\n';
  detail += line;
}

std::string object_line(const ServerError& error) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view kind, const std::string& name) {
    if (!name.empty()) parts.push_back(fmt::format("{} \"{}\"", kind, name));
  };
  add("constraint", error.constraint);
  add("column", error.column);
  add("table", error.table);
  add("schema", error.schema);
  return join(parts, ", ");
}

std::string with_name(std::string_view name, std::string_view message) {
  return name.empty() ? std::string{message} : fmt::format("{}: {}", name, message);
}

}  // namespace

std::string describe_server(const std::string& user, const std::string& host,
                            const std::string& port, const std::string& database) {
  if (host.empty() || host.front() == '/' || host.front() == '@') {
    std::vector<std::string> parts;
    // The whole name of the socket (libpq's UNIXSOCK_PATH): a wrong port is seen at once.
    const bool is_known = !host.empty() && !port.empty();
    const std::string socket = is_known ? host + "/.s.PGSQL." + port : host;
    for (const std::string& part : {socket, database}) {
      if (!part.empty()) parts.push_back(part);
    }
    return parts.empty() ? "the default server" : join(parts, " ");
  }
  const bool is_ipv6 = host.find(':') != std::string::npos;
  std::string text = "postgresql://";
  if (!user.empty()) text += user + "@";
  text += is_ipv6 ? "[" + host + "]" : host;
  if (!port.empty()) text += ":" + port;
  if (!database.empty()) text += "/" + database;
  return text;
}

Error connect_error(const ConnectFailure& failure) {
  const Verbose verbose = read_verbose(failure.text);
  const std::string message =
      fmt::format("cannot connect to {}: {}", failure.described, verbose.message);
  if (failure.needs_password) {
    Error error{ErrorCode::permission,
                fmt::format("cannot connect to {}: no password supplied", failure.described),
                hint_of_sqlstate("28P01")};
    return error.with_sqlstate("28P01");
  }
  if (verbose.sqlstate.empty()) {
    Error error{ErrorCode::unreachable, message, std::string{kRefusedHint}};
    return error.with_sqlstate("08001");
  }
  Error error{code_of_sqlstate(verbose.sqlstate), message, hint_of_sqlstate(verbose.sqlstate)};
  return error.with_sqlstate(verbose.sqlstate);
}

Error connect_timeout_error(const ConnectFailure& failure, std::chrono::milliseconds timeout) {
  Error error{ErrorCode::unreachable,
              fmt::format("cannot connect to {}: no answer within {}", failure.described,
                          to_short_text(timeout)),
              "Check host, port and firewall; connect_timeout in the URL allows more time."};
  return error.with_sqlstate("08001");
}

Error to_error(const ServerError& error, std::string_view name) {
  const std::string words = shown_message(error);
  std::string message{first_line(words)};
  std::string detail{trim(std::string_view{words}.substr(message.size()))};
  add_line(detail, shown_detail(error));
  add_line(detail, object_line(error));
  add_line(detail, shown_inner_query(error));
  add_line(detail, shown_context(error));
  const std::string hint = shown_hint(error);
  Error translated{code_of_sqlstate(error.sqlstate), with_name(name, message),
                   hint.empty() ? hint_of_sqlstate(error.sqlstate) : hint};
  return translated.with_sqlstate(error.sqlstate).with_detail(std::move(detail));
}

Error lost_error(std::string_view words, std::string_view name) {
  const auto said = words.empty() ? std::string_view{"the server closed the connection"} : words;
  Error error{ErrorCode::unreachable, with_name(name, said), hint_of_sqlstate("08006")};
  return error.with_sqlstate("08006");
}

}  // namespace pcx::db::wire
