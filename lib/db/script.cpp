#include "db/script.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "db/identifier.h"
#include "db/query.h"
#include "db/session.h"
#include "db/wire_error.h"

namespace pcx::db {
namespace {

Location place_at(std::string_view sql, const std::string& file, std::size_t byte_offset) {
  const auto at = line_column_at(sql, byte_offset);
  return {file, at.line, at.column};
}

// What libpq would cut, and what the server would refuse without saying where.
void refuse_bad_text(std::string_view sql, const std::string& file) {
  if (const auto bad = find_invalid_utf8(sql)) {
    throw Error{ErrorCode::data, "the script is not valid UTF-8", "Save the file in UTF-8."}.at(
        place_at(sql, file, *bad));
  }
  if (const auto nul = sql.find('\0'); nul != std::string_view::npos) {
    throw Error{ErrorCode::data, "the script holds a NUL byte"}.at(place_at(sql, file, nul));
  }
}

bool has_copy_end(std::string_view sql) { return sql.find("\n\\.") != std::string_view::npos; }

constexpr const char* kNoCopyData =
    "Data in a script (COPY FROM STDIN) is not supported. Use INSERT, e.g. from `pg_dump "
    "--inserts`.";

struct Script {
  std::string_view sql;
  const std::string& file;
  std::vector<std::size_t> statement_offsets;
};

// `prefix` characters before the script were sent in front of it.
Error locate(Error error, const wire::ServerError& server, const Script& script,
             std::size_t prefix) {
  const auto offset = byte_offset_of_character(script.sql, server.position - prefix);
  return error.at(place_at(script.sql, script.file, offset));
}

// An error at run time has no position of its own: the statement's is the next best, its number the
// last.
Error locate_statement(Error error, const Script& script, int statements_done) {
  const auto done = static_cast<std::size_t>(statements_done);
  if (done < script.statement_offsets.size()) {
    return error.at(place_at(script.sql, script.file, script.statement_offsets[done]));
  }
  error.at({script.file});
  if (statements_done == 0) return error;
  const std::string number = fmt::format("in statement {} of the script", done + 1);
  return error.with_detail(error.detail().empty() ? number : error.detail() + "\n" + number);
}

Error script_error(Session& session, const wire::Answer& answer, const Script& script) {
  if (answer.copy_refused) {
    Error refused{ErrorCode::data, "COPY FROM STDIN inside a script", kNoCopyData};
    return locate_statement(refused.with_sqlstate("57014"), script, answer.statements_done);
  }
  Error error = session.last_error("", "the server gave no answer");
  const auto& server = session.watch().error;
  if (!server) return error.at({script.file});
  if (server->position == 0) return locate_statement(error, script, answer.statements_done);
  if (server->sqlstate == "42601" && has_copy_end(script.sql)) {
    Error told{error.code(), error.what(), kNoCopyData};
    return locate(told.with_sqlstate(server->sqlstate), *server, script, 0);
  }
  return locate(error, *server, script, 0);
}

wire::Answer run(Session& session, const Script& script, const Ticker& ticker = {}) {
  refuse_bad_text(script.sql, script.file);
  session.watch().error.reset();
  const std::string sql{script.sql};
  const wire::Answer answer =
      ticker.on_tick ? wire::run_simple(session.raw(), sql, ticker.period, ticker.on_tick)
                     : wire::run_simple(session.raw(), sql);
  if (!answer.failed) return answer;
  Error error = script_error(session, answer, script);
  throw answer.committed ? error.because("part_committed") : error;
}

constexpr std::string_view kDeclare = "DECLARE pcx_question NO SCROLL CURSOR FOR ";

void declare_question(Transaction& tx, std::string_view sql, const std::string& file) {
  const std::string text = std::string{kDeclare} + std::string{sql};
  try {
    tx.query(Statement{"", text});  // the extended protocol takes one statement only
  } catch (const Error& error) {
    const auto& server = tx.session().watch().error;
    if (!server) throw;
    if (server->position <= kDeclare.size()) throw Error{error}.at({file});
    throw locate(error, *server, {sql, file, {}}, kDeclare.size());
  }
}

Query local_limits(std::string_view schema, std::chrono::milliseconds timeout) {
  Query settings{"read_only"};
  settings.sql("SELECT pg_catalog.set_config('search_path', ")
      .param(quote_identifier(schema))
      .sql(", true), pg_catalog.set_config('statement_timeout', ")
      .param(fmt::format("{}ms", timeout.count()))
      // All rows are wanted, so the planner must not favour the first ones as for other cursors.
      .sql(", true), pg_catalog.set_config('cursor_tuple_fraction', '1', true)");
  return settings;
}

Query fetch(std::size_t rows) {
  Query query{""};
  query.sql("FETCH FORWARD ").number(static_cast<std::int64_t>(rows)).sql(" FROM pcx_question");
  return query;
}

}  // namespace

void run_script(Transaction& tx, std::string_view sql, const std::string& file,
                const std::vector<std::size_t>& statement_offsets) {
  if (!run(tx.session(), {sql, file, statement_offsets}).committed) return;
  throw Error{ErrorCode::critical, "the script ended the transaction in which it ran"}
      .at({file})
      .because("part_committed");
}

void run_script(Database& database, std::string_view sql, const std::string& file,
                const Ticker& ticker) {
  run(database.session(), {sql, file, {}}, ticker);
}

Query take_back_session(const std::vector<std::int64_t>& locks) {
  Query query{"take_back_session"};
  // NULL is what RESET does (PostgreSQL 15: set_config_by_name).
  query.sql(
      "SELECT pg_catalog.set_config('session_authorization', NULL, false),"
      " pg_catalog.set_config('role', NULL, false),"
      " pg_catalog.set_config('client_encoding', 'UTF8', false)");
  for (const std::int64_t lock : locks) {  // released before it is taken: it is never held twice
    query.sql(", CASE WHEN pg_catalog.pg_advisory_unlock(").number(lock);
    query.sql(") IS NOT NULL THEN pg_catalog.pg_try_advisory_lock(").number(lock).sql(") END");
  }
  return query.prepared();
}

Result run_read_only(Database& database, std::string_view sql, const std::string& file,
                     std::chrono::milliseconds timeout, std::size_t rows_max) {
  refuse_bad_text(sql, file);
  Transaction tx = database.begin(Access::read_only);
  tx.query(local_limits(database.schema(), timeout));
  declare_question(tx, sql, file);
  try {
    Result rows = tx.query(fetch(rows_max + 1));
    if (rows.size() > rows_max) {
      throw Error{ErrorCode::data, fmt::format("the query returns more than {} rows", rows_max),
                  "Aggregate in the query, or add a LIMIT."};
    }
    tx.rollback();
    return rows;
  } catch (Error& error) {
    throw error.at({file});
  }
}

}  // namespace pcx::db
