#include "db/session.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <pqxx/connectionpolicy>
#include <pqxx/prepared_statement>
#include <pqxx/result>

#include "core/log.h"
#include "core/text.h"
#include "db/query.h"
#include "db/result_data.h"
#include "db/settings.h"
#include "db/wire_error.h"

namespace pcx::db {
namespace {

using std::chrono::milliseconds;

Target copy_of(const Target& target) {
  return {.keywords = target.keywords,
          .password = target.password.clone(),
          .key_password = target.key_password.clone(),
          .holds_secret = target.holds_secret,
          .schema = target.schema,
          .expects_pooler = target.expects_pooler,
          .ignored_parameters = target.ignored_parameters};
}

int number_of(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// libpq sends texts up to their first NUL byte: what it would cut is refused.
std::vector<const char*> pointers_of(const Params& params, std::string_view name) {
  std::vector<const char*> pointers;
  pointers.reserve(params.size());
  for (const Param& param : params) {
    const auto& text = param.text();
    if (text && text->find('\0') != std::string::npos) {
      throw Error{ErrorCode::data, fmt::format("{}: a text holds a NUL byte", name),
                  "PostgreSQL cannot store NUL bytes in text. Remove them from the input."};
    }
    pointers.push_back(text ? text->c_str() : nullptr);
  }
  return pointers;
}

}  // namespace

class AdoptedConnection::Policy final : public pqxx::connectionpolicy {
 public:
  explicit Policy(wire::Connection connection)
      : connectionpolicy(std::string{}), connection_(std::move(connection)) {}

  handle do_startconnect(handle orig) override {
    if (orig != nullptr) return orig;  // libpqxx asks again before it believes that it is open
    if (!connection_ || std::exchange(handed_out_, true)) {
      throw pqxx::broken_connection{"the connection is lost"};
    }
    return connection_.get();
  }
  handle do_completeconnect(handle orig) override { return orig; }
  handle do_dropconnect(handle) noexcept override { return nullptr; }
  handle do_disconnect(handle) noexcept override {
    connection_.reset();
    return nullptr;
  }
  bool is_ready(handle orig) const noexcept override { return orig != nullptr; }

 private:
  wire::Connection connection_;
  bool handed_out_ = false;
};

AdoptedConnection::AdoptedConnection(wire::Connection connection)
    : AdoptedConnection(std::make_unique<Policy>(std::move(connection))) {}

AdoptedConnection::AdoptedConnection(std::unique_ptr<Policy> policy)
    : connection_base(*policy), policy_(std::move(policy)) {
  init();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  inhibit_reactivation(true);  // against PQreset(), which does not ask the policy
#pragma GCC diagnostic pop
}

AdoptedConnection::~AdoptedConnection() { close(); }

Session::Session(const Target& target, const ConnectOptions& options, Interrupt* interrupt)
    : target_(copy_of(target)), options_(options), interrupt_(interrupt) {
  connect();
  if (interrupt_ == nullptr) return;
  callback_ = interrupt_->add_callback([this](int requests) {
    if (requests >= 2 || in_transaction_) cancel();
  });
}

Session::~Session() {
  if (interrupt_ != nullptr) interrupt_->remove_callback(callback_);
  clean_up();
  close();
}

// A pool gives the server's session to its next client, and where its reset query is empty, with
// everything that is set, prepared, listened to or temporary in it. A session that cannot do this
// is lost, or in a transaction, and is no other client's either.
void Session::clean_up() noexcept {
  constexpr milliseconds patience{2'000};
  if (path_ != Path::session_pooler || !is_alive()) return;
  if (wire::transaction_block(raw_) != wire::Block::none) return;
  wire::run_simple(raw_, "DISCARD ALL", patience);
}

void Session::close() noexcept {
  const std::lock_guard guard{cancel_mutex_};
  canceller_.reset();
  connection_.reset();
  raw_ = nullptr;
}

wire::Connection Session::open() {
  return wire::connect({.keywords = connection_keywords(target_, options_),
                        .password = &target_.password,
                        .key_password = &target_.key_password,
                        .timeout = connect_timeout(target_, options_),
                        .interrupt = interrupt_,
                        .meanwhile = std::exchange(options_.meanwhile, nullptr)});
}

void Session::connect() {
  close();
  forget_prepared();
  own_lock_limit_.reset();
  try {
    adopt(open());
    if (!set_up_directly()) {
      path_ = find_path();
      set_up();
    }
  } catch (const Error&) {
    close();  // half a session is none
    throw;
  }
}

void Session::adopt(wire::Connection opened) {
  wire::attach(opened.get(), watch_);
  raw_ = opened.get();
  connection_ =
      translated("connect", [&] { return std::make_unique<AdoptedConnection>(std::move(opened)); });
  described_ = wire::describe_server(wire::user(raw_), wire::host(raw_), wire::port(raw_),
                                     wire::database(raw_));
  const std::lock_guard guard{cancel_mutex_};
  cancelled_ = false;
  canceller_ = std::make_unique<wire::Canceller>(raw_);
}

pqxx::connection_base& Session::pqxx() {
  if (!connection_) throw wire::lost_error("the connection is lost", "");
  return *connection_;
}

// A pooler invents the number that it announces: then nothing is set.
bool Session::set_up_directly() {
  const int announced = wire::announced_pid(raw_);
  const std::string settings = settings_sql(options_, wire::server_version(raw_), Scope::session);
  const auto answer =
      run("connect", fmt::format("{} WHERE pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) {}",
                                 settings, announced));
  if (answer.first_value.empty()) return false;
  backend_pid_ = announced;
  path_ = Path::direct;
  local_settings_.clear();
  return true;
}

Path Session::find_path() {
  backend_pid_ = number_of(run("connect", kAskPid).first_value);
  return probe_pooler();
}

// With a second connection: behind a transaction pooler the server of an idle first connection is
// free for others. The second one takes it (same pid) or, while it keeps it in a transaction, the
// first one is given another. In session mode neither ever happens, even with a single server: then
// the second one waits, and the first is still served by its own.
Path Session::probe_pooler() {
  constexpr int rounds = 3;
  constexpr milliseconds patience{2'000};
  const std::string own = std::to_string(backend_pid_);
  wire::Connection second = open();
  for (int round = 0; round < rounds; ++round) {
    const auto other = wire::run_simple(second.get(), kBeginAndAskPid, patience);
    const bool is_shared = other && other->first_value == own;
    const bool is_moved = !is_shared && run("connect", kAskPid).first_value != own;
    // A client that leaves in the middle of a transaction costs the pool its connection.
    if (other) wire::run_simple(second.get(), "COMMIT", patience);
    if (is_shared || is_moved) return Path::transaction_pooler;
    if (!other) break;
  }
  return target_.expects_pooler ? Path::transaction_pooler : Path::session_pooler;
}

void Session::set_up() {
  const int version = wire::server_version(raw_);
  if (path_ == Path::transaction_pooler) {
    local_settings_ = settings_sql(options_, version, Scope::transaction);
    return;
  }
  local_settings_.clear();
  run("connect", settings_sql(options_, version, Scope::session));
}

bool Session::is_alive() const noexcept { return raw_ != nullptr && wire::is_alive(raw_); }

void Session::cancel() noexcept {
  const std::lock_guard guard{cancel_mutex_};
  cancelled_ = true;
  if (canceller_) canceller_->cancel();
}

// By which signal, when it was one: the process ends with 130 or 143.
Error Session::stopped_error(const Error& error) const {
  const bool terminated =
      interrupt_ != nullptr && interrupt_->signal() == Interrupt::Signal::terminate;
  if (!terminated) return error;
  Error stopped{ErrorCode::terminated, error.what(), error.hint()};
  return stopped.with_sqlstate(error.sqlstate()).with_detail(error.detail());
}

Error Session::last_error(std::string_view name, std::string_view otherwise) {
  if (watch_.error) {
    Error error = wire::to_error(*watch_.error, name);
    if (watch_.error->sqlstate != "57014") return error;
    if (cancelled_.exchange(false)) return stopped_error(error);
    // Nobody here asked for it: a timeout of the server, or an administrator.
    Error timeout{ErrorCode::busy, error.what(),
                  "A time limit of the server or an administrator ended it. Run it again when the "
                  "server is less busy, or allow more time."};
    return timeout.with_sqlstate("57014").with_detail(error.detail());
  }
  // Not PQstatus(): after a write that failed it stays good until somebody reads.
  if (!is_alive()) return wire::lost_error(wire::last_words(raw_), name);
  return Error{ErrorCode::internal, fmt::format("{}: {}", name, first_line(otherwise))};
}

Result Session::query(pqxx::transaction_base& tx, std::string_view name, std::string_view sql,
                      const Params& params) {
  const auto pointers = pointers_of(params, name);
  return translated(name, [&] {
    auto rows = tx.exec_params(
        std::string{sql}, pqxx::prepare::make_dynamic_params(pointers.begin(), pointers.end()));
    return Result{std::make_shared<const ResultData>(std::move(rows))};
  });
}

wire::Answer Session::run(std::string_view name, const std::string& sql) {
  watch_.error.reset();
  wire::Answer answer = wire::run_simple(raw_, sql);
  if (answer.failed) throw last_error(name, "the server gave no answer");
  return answer;
}

std::string Session::prepare_bulk(std::string_view name, const std::string& sql) {
  std::string prepared = fmt::format("pcx_{}", ++prepared_count_);
  watch_.error.reset();
  if (!wire::prepare(raw_, prepared, sql)) throw last_error(name, "the server gave no answer");
  return prepared;
}

std::int64_t Session::run_bulk(std::string_view name, const std::string& prepared,
                               const std::vector<const TextArray*>& arrays) {
  std::vector<std::string_view> params;
  for (const TextArray* array : arrays) params.push_back(array->bytes());
  watch_.error.reset();
  const auto rows = wire::run_prepared(raw_, prepared, params);
  if (!rows) throw last_error(name, "the server gave no answer");
  return *rows;
}

// In a failed transaction the server refuses; the statement then stays until the session ends.
void Session::forget_bulk(const std::string& prepared) noexcept {
  if (is_alive()) wire::run_simple(raw_, "DEALLOCATE " + prepared);
}

// The step that runs `query`, and before it, where it is due, the one that parses it.
void Session::add_steps(const Query& query, std::vector<wire::Step>& steps) {
  using Kind = wire::Step::Kind;
  auto params = pointers_of(query.params(), query.name());
  if (!query.is_prepared() || path_ == Path::transaction_pooler) {
    steps.push_back({Kind::run, query.text(), "", std::move(params)});
    return;
  }
  const auto [known, is_new] = prepared_.try_emplace(query.text());
  if (is_new) {
    known->second = fmt::format("pcx_{}", ++prepared_count_);
    steps.push_back({Kind::parse, query.text(), known->second, {}});
  }
  steps.push_back({Kind::run_prepared, "", known->second, std::move(params)});
}

wire::Answer Session::run_together(const std::vector<Query>& queries) {
  std::vector<wire::Step> steps;
  std::vector<std::string_view> names;  // of the query each step belongs to
  for (const Query& query : queries) {
    add_steps(query, steps);
    names.resize(steps.size(), query.name());
  }
  watch_.error.reset();
  const wire::Answer answer = wire::run_pipeline(raw_, steps);
  if (!answer.failed) return answer;
  forget_prepared();  // what followed the error was not parsed
  const auto failed = static_cast<std::size_t>(answer.statements_done);
  throw last_error(names[std::min(failed, names.size() - 1)], "the server gave no answer");
}

}  // namespace pcx::db
