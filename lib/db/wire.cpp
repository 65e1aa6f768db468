#include "db/wire.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <poll.h>
#include <utility>

#include <fmt/format.h>
#include <libpq-events.h>
#include <libpq-fe.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"
#include "db/wire_cancel.h"
#include "db/wire_error.h"

namespace pcx::db::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kCancelPatience{5'000};

struct ResultCloser {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultCloser>;

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

std::size_t number_or_zero(const char* text) {
  std::size_t number = 0;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
  return number;
}

ServerError error_of(const PGresult* result) {
  const auto field = [&](int code) { return text_or_empty(PQresultErrorField(result, code)); };
  return {
      .sqlstate = field(PG_DIAG_SQLSTATE),
      .message = field(PG_DIAG_MESSAGE_PRIMARY),
      .detail = field(PG_DIAG_MESSAGE_DETAIL),
      .hint = field(PG_DIAG_MESSAGE_HINT),
      .schema = field(PG_DIAG_SCHEMA_NAME),
      .table = field(PG_DIAG_TABLE_NAME),
      .column = field(PG_DIAG_COLUMN_NAME),
      .constraint = field(PG_DIAG_CONSTRAINT_NAME),
      .context = field(PG_DIAG_CONTEXT),
      .internal_query = field(PG_DIAG_INTERNAL_QUERY),
      .position = number_or_zero(PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION)),
      .internal_position = number_or_zero(PQresultErrorField(result, PG_DIAG_INTERNAL_POSITION))};
}

// Called by libpq for every result it makes on the connection (libpq 15 documentation, 34.14).
// Results without a SQLSTATE are libpq's own words about a lost connection: see last_words().
int on_event(PGEventId event, void* info, void* watch_pointer) {
  if (event != PGEVT_RESULTCREATE) return 1;
  const PGresult* result = static_cast<PGEventResultCreate*>(info)->result;
  if (PQresultErrorField(result, PG_DIAG_SQLSTATE) == nullptr) return 1;
  auto& watch = *static_cast<Watch*>(watch_pointer);
  if (PQresultStatus(result) == PGRES_FATAL_ERROR && !watch.error) watch.error = error_of(result);
  return 1;
}

void on_notice(void* watch_pointer, const PGresult* notice) {
  const auto& watch = *static_cast<Watch*>(watch_pointer);
  if (!watch.on_notice) return;
  watch.on_notice(text_or_empty(PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED)),
                  text_or_empty(PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY)));
}

steady_clock::time_point now() { return SystemClock{}.steady_now(); }

// Waits until `events` can be done. False when `until` passed first.
bool wait_for(int socket, short events, steady_clock::time_point until,
              const Interrupt* interrupt) {
  constexpr milliseconds slice_max{50};  // how late a requested stop may be noticed
  for (;;) {
    if (interrupt != nullptr) interrupt->throw_if_requested();
    const auto left = std::chrono::duration_cast<milliseconds>(until - now()) + milliseconds{1};
    if (left <= milliseconds{0}) return false;
    pollfd waiting{socket, events, 0};
    const auto slice = std::min(left, slice_max);
    if (poll(&waiting, 1, static_cast<int>(slice.count())) > 0) return true;
  }
}

steady_clock::time_point deadline_after(milliseconds timeout) {
  return timeout.count() > 0 ? now() + timeout : steady_clock::time_point::max();
}

// libpq takes C strings: the secret with a NUL byte behind it, in locked memory like itself.
Secret with_terminator(const Secret& secret) {
  Secret copy = Secret::with_size(secret.size() + 1);
  std::copy_n(secret.reveal_bytes().begin(), secret.size(), copy.writable_bytes().begin());
  return copy;
}

// libpq would print them to stderr.
void ignore_notice(void*, const PGresult*) {}

Connection start(const Access& access) {
  std::vector<const char*> keys;
  std::vector<const char*> values;
  const auto add = [&](const char* key, const char* value) {
    keys.push_back(key);
    values.push_back(value);
  };
  for (const auto& [key, value] : access.keywords) add(key.c_str(), value.c_str());

  std::vector<Secret> terminated;  // lives until libpq has made its own copies
  const auto add_secret = [&](const char* key, const Secret* secret) {
    if (secret == nullptr || secret->empty()) return;
    terminated.push_back(with_terminator(*secret));
    add(key, terminated.back().reveal_text().data());
  };
  add_secret("password", access.password);
  add_secret("sslpassword", access.key_password);
  add(nullptr, nullptr);

  Connection connection{PQconnectStartParams(keys.data(), values.data(), 0)};
  if (!connection) throw Error{ErrorCode::internal, "out of memory while connecting"};
  PQsetNoticeReceiver(connection.get(), ignore_notice, nullptr);  // until attach()
  return connection;
}

ConnectFailure failure_of(const PGconn* connection) {
  return {.text = text_or_empty(PQerrorMessage(connection)),
          .described =
              describe_server(text_or_empty(PQuser(connection)), text_or_empty(PQhost(connection)),
                              text_or_empty(PQport(connection)), text_or_empty(PQdb(connection))),
          .needs_password = PQconnectionNeedsPassword(connection) != 0};
}

void finish_connecting(PGconn* connection, const Access& access) {
  auto until = deadline_after(access.timeout);
  auto meanwhile = access.meanwhile;
  auto wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (PQstatus(connection) == CONNECTION_BAD || wanted == PGRES_POLLING_FAILED) {
      throw connect_error(failure_of(connection));
    }
    const auto events = static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT);
    if (meanwhile && PQstatus(connection) == CONNECTION_AWAITING_RESPONSE) {
      const auto began = now();
      std::exchange(meanwhile, nullptr)();
      if (access.timeout.count() > 0) until += now() - began;
    }
    if (!wait_for(PQsocket(connection), events, until, access.interrupt)) {
      throw connect_timeout_error(failure_of(connection), access.timeout);
    }
    wanted = PQconnectPoll(connection);
  }
}

bool is_done(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

void drain_copy_out(PGconn* connection) {
  char* line = nullptr;
  while (PQgetCopyData(connection, &line, 0) > 0) PQfreemem(line);
}

void drain(PGconn* connection) {
  while (const ResultPtr result{PQgetResult(connection)}) {
    if (PQresultStatus(result.get()) == PGRES_COPY_OUT) drain_copy_out(connection);
  }
}

// The tag of a COMMIT that had nothing to commit any more is ROLLBACK.
bool is_commit(PGresult* result) {
  const std::string_view tag = PQcmdStatus(result);
  return tag == "COMMIT" || tag == "PREPARE TRANSACTION";
}

// Reads one result into `answer`; a COPY is brought to its end.
void take(PGconn* connection, PGresult* result, Answer& answer) {
  if (PQresultStatus(result) == PGRES_COPY_IN) {
    answer.copy_refused = true;
    PQputCopyEnd(connection, "there is no data to copy");
  } else if (PQresultStatus(result) == PGRES_COPY_OUT) {
    drain_copy_out(connection);
  } else if (!is_done(result)) {
    answer.failed = true;
  } else {
    ++answer.statements_done;
    answer.committed = answer.committed || is_commit(result);
    if (PQntuples(result) > 0 && PQnfields(result) > 0) {
      answer.first_value = PQgetvalue(result, 0, 0);
    }
  }
}

// Results come statement by statement, each list ended by a null, the last is the sync's own.
void read_pipeline(PGconn* connection, Answer& answer) {
  for (bool synced = false; !synced;) {
    const ResultPtr result{PQgetResult(connection)};
    if (!result) {
      if (PQstatus(connection) == CONNECTION_BAD) break;
      continue;
    }
    const auto status = PQresultStatus(result.get());
    synced = status == PGRES_PIPELINE_SYNC;
    if (!synced && status != PGRES_PIPELINE_ABORTED) take(connection, result.get(), answer);
    if (PQstatus(connection) == CONNECTION_BAD) answer.failed = true;
  }
  if (PQstatus(connection) == CONNECTION_BAD) answer.failed = true;
}

bool send_step(PGconn* connection, const Step& step) {
  const int count = static_cast<int>(step.params.size());
  switch (step.kind) {
    case Step::Kind::parse:
      return PQsendPrepare(connection, step.prepared.c_str(), step.sql.c_str(), 0, nullptr) == 1;
    case Step::Kind::run_prepared:
      return PQsendQueryPrepared(connection, step.prepared.c_str(), count, step.params.data(),
                                 nullptr, nullptr, 0) == 1;
    case Step::Kind::run:
      return PQsendQueryParams(connection, step.sql.c_str(), count, nullptr, step.params.data(),
                               nullptr, nullptr, 0) == 1;
  }
  return false;
}

// Reads every result into `answer`. `wait` returns when there is more to read, or false to give up:
// then this returns false.
bool read_results(PGconn* connection, Answer& answer, const std::function<bool()>& wait) {
  for (;;) {
    while (PQisBusy(connection) != 0) {
      if (!wait()) return false;
      if (PQconsumeInput(connection) == 0) {  // an earlier failure must not be forgotten here
        answer.failed = true;
        return true;
      }
    }
    const ResultPtr result{PQgetResult(connection)};
    if (!result) return true;
    take(connection, result.get(), answer);
  }
}

std::int64_t rows_of(PGresult* result) {
  return static_cast<std::int64_t>(number_or_zero(PQcmdTuples(result)));
}

}  // namespace

void Closer::operator()(PGconn* connection) const noexcept { PQfinish(connection); }

Connection connect(const Access& access) {
  Connection connection = start(access);
  // The verbose text is the only place where libpq 15 tells the SQLSTATE of a refused connection.
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  finish_connecting(connection.get(), access);
  PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
  return connection;
}

std::optional<Keywords> parse_conninfo(const std::string& text) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(text.c_str(), &message);
  PQfreemem(message);
  if (options == nullptr) return std::nullopt;
  Keywords keywords;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) keywords.emplace_back(option->keyword, option->val);
  }
  PQconninfoFree(options);
  return keywords;
}

bool is_keyword(const std::string& name) {
  PQconninfoOption* options = PQconndefaults();
  bool found = false;
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr;
       ++option) {
    found = found || name == option->keyword;
  }
  PQconninfoFree(options);
  return found;
}

void attach(PGconn* connection, Watch& watch) {
  PQsetNoticeReceiver(connection, on_notice, &watch);
  if (PQregisterEventProc(connection, on_event, "pcx", &watch) == 0) {
    throw Error{ErrorCode::internal, "out of memory while connecting"};
  }
}

// One read is not enough: the server's last words come before the end of the stream.
bool is_alive(PGconn* connection) noexcept {
  while (PQstatus(connection) == CONNECTION_OK && PQconsumeInput(connection) == 1) {
    pollfd more{PQsocket(connection), POLLIN, 0};
    if (poll(&more, 1, 0) <= 0) return true;
  }
  return false;
}

std::string last_words(PGconn* connection) {
  return std::string{trim(first_line(text_or_empty(PQerrorMessage(connection))))};
}

Block transaction_block(PGconn* connection) noexcept {
  switch (PQtransactionStatus(connection)) {
    case PQTRANS_IDLE: return Block::none;
    case PQTRANS_ACTIVE: return Block::open;
    case PQTRANS_INTRANS: return Block::open;
    case PQTRANS_INERROR: return Block::failed;
    case PQTRANS_UNKNOWN: return Block::lost;
  }
  return Block::lost;
}

int announced_pid(PGconn* connection) noexcept { return PQbackendPID(connection); }
int server_version(PGconn* connection) noexcept { return PQserverVersion(connection); }
std::string user(PGconn* connection) { return text_or_empty(PQuser(connection)); }
std::string host(PGconn* connection) { return text_or_empty(PQhost(connection)); }
std::string port(PGconn* connection) { return text_or_empty(PQport(connection)); }
std::string database(PGconn* connection) { return text_or_empty(PQdb(connection)); }

Answer run_simple(PGconn* connection, const std::string& sql) {
  Answer answer{.failed = PQsendQuery(connection, sql.c_str()) == 0};
  if (answer.failed) return answer;
  while (const ResultPtr result{PQgetResult(connection)}) take(connection, result.get(), answer);
  return answer;
}

std::optional<Answer> run_simple(PGconn* connection, const std::string& sql,
                                 milliseconds deadline) {
  Answer answer{.failed = PQsendQuery(connection, sql.c_str()) == 0};
  if (answer.failed) return answer;
  const auto until = deadline_after(deadline);
  const auto wait = [&] { return wait_for(PQsocket(connection), POLLIN, until, nullptr); };
  return read_results(connection, answer, wait) ? std::optional{answer} : std::nullopt;
}

Answer run_simple(PGconn* connection, const std::string& sql, milliseconds period,
                  const std::function<void()>& on_tick) {
  Answer answer{.failed = PQsendQuery(connection, sql.c_str()) == 0};
  if (answer.failed) return answer;
  auto next = deadline_after(period);  // not anew with each notice: a server that talks hides none
  read_results(connection, answer, [&] {
    while (!wait_for(PQsocket(connection), POLLIN, next, nullptr)) {
      on_tick();
      next = deadline_after(period);
    }
    return true;
  });
  return answer;
}

Answer run_pipeline(PGconn* connection, const std::vector<Step>& steps) {
  Answer answer;
  answer.failed = PQenterPipelineMode(connection) == 0;
  for (const Step& step : steps) {
    answer.failed = answer.failed || !send_step(connection, step);
  }
  answer.failed = answer.failed || PQpipelineSync(connection) == 0;
  if (answer.failed) return answer;
  read_pipeline(connection, answer);
  PQexitPipelineMode(connection);
  return answer;
}

bool prepare(PGconn* connection, const std::string& prepared, const std::string& sql) {
  const ResultPtr result{PQprepare(connection, prepared.c_str(), sql.c_str(), 0, nullptr)};
  return PQresultStatus(result.get()) == PGRES_COMMAND_OK;
}

std::optional<std::int64_t> run_prepared(PGconn* connection, const std::string& prepared,
                                         const std::vector<std::string_view>& params) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const std::string_view param : params) {
    values.push_back(param.data());
    lengths.push_back(static_cast<int>(param.size()));
  }
  const std::vector<int> formats(params.size(), 1);
  const ResultPtr result{PQexecPrepared(connection, prepared.c_str(),
                                        static_cast<int>(params.size()), values.data(),
                                        lengths.data(), formats.data(), 0)};
  if (!is_done(result.get())) return std::nullopt;
  return rows_of(result.get());
}

bool start_copy(PGconn* connection, const std::string& sql) {
  const ResultPtr result{PQexec(connection, sql.c_str())};
  const auto status = PQresultStatus(result.get());
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
}

bool put_copy(PGconn* connection, std::string_view data) {
  return PQputCopyData(connection, data.data(), static_cast<int>(data.size())) == 1;
}

std::optional<std::int64_t> end_copy_in(PGconn* connection, const char* reason) {
  PQputCopyEnd(connection, reason);  // when it fails, the result below says why
  const ResultPtr result{PQgetResult(connection)};
  const bool stored = PQresultStatus(result.get()) == PGRES_COMMAND_OK;
  drain(connection);
  if (!stored) return std::nullopt;
  return rows_of(result.get());
}

std::optional<std::int64_t> read_copy(PGconn* connection,
                                      const std::function<void(std::string_view)>& visit) {
  return read_copy_messages(connection, [&](std::string_view message) {
    message.remove_suffix(1);  // the line break
    visit(message);
  });
}

std::optional<std::int64_t> read_copy_messages(PGconn* connection,
                                               const std::function<void(std::string_view)>& visit) {
  const auto free_line = [](char* line) { PQfreemem(line); };
  try {
    char* data = nullptr;
    std::int64_t lines = 0;
    for (int size = 0; (size = PQgetCopyData(connection, &data, 0)) > 0; ++lines) {
      const std::unique_ptr<char, decltype(free_line)> line{data, free_line};
      visit({data, static_cast<std::size_t>(size)});
    }
    const ResultPtr result{PQgetResult(connection)};
    const bool complete = PQresultStatus(result.get()) == PGRES_COMMAND_OK;
    drain(connection);
    return complete ? std::optional{lines} : std::nullopt;
  } catch (...) {
    // Waits for the answer: a late cancel would hit the next statement.
    Canceller{connection}.cancel_within(kCancelPatience);
    drain_copy_out(connection);
    drain(connection);
    throw;
  }
}

}  // namespace pcx::db::wire
