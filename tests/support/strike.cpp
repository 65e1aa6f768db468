#include "tests/support/strike.h"

#include <csignal>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "db/query.h"
#include "tests/support/paths.h"
#include "tests/support/shell.h"

namespace pcx::testing {
namespace {

using std::chrono::steady_clock;

constexpr db::Statement kEndBackends{"test.end_backends",
                                     "SELECT count(pg_terminate_backend(pid, 10000))::int AS n "
                                     "FROM pg_stat_activity WHERE datname = $1"};
constexpr db::Statement kCountSessions{
    "test.count_sessions", "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1"};

constexpr db::Statement kHeldUp{
    "test.held_up",
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock' "
    "AND $2::int = ANY (pg_blocking_pids(pid)))"};
constexpr db::Statement kCountOthers{
    "test.count_others",
    "SELECT count(*)::int FROM pg_stat_activity WHERE datname = $1 AND pid <> $2"};
constexpr db::Statement kEndOthers{
    "test.end_others",
    "SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity "
    "WHERE datname = $1 AND pid <> $2"};

// `condition` is asked until it holds.
template <typename Condition>
void wait_until(Condition condition, const char* what) {
  const auto until = steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (steady_clock::now() > until) throw std::runtime_error{std::string{"no end of: "} + what};
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

std::vector<std::string> command_line(const std::vector<std::string>& words,
                                      const std::string& url) {
  std::vector<std::string> line{"env", "-i", "LANG=C.UTF-8", "DATABASE_URL=" + url, pcx_binary()};
  line.insert(line.end(), words.begin(), words.end());
  return line;
}

}  // namespace

std::string to_string(Blow blow) {
  switch (blow) {
    case Blow::kill_client: return "kill_client";
    case Blow::end_backend: return "end_backend";
    case Blow::cut_connection: return "cut_connection";
  }
  return "";
}

void wait_until(db::Database& session, const db::Statement& question, const db::Params& params) {
  const std::string what{question.name};
  wait_until([&] { return session.query(question, params).one()[0].as<bool>(); }, what.c_str());
}

void PrintTo(Blow blow, std::ostream* out) { *out << to_string(blow); }

Arena::Arena()
    : server_({.tcp = true}),
      proxy_(server_.port()),
      admin_(db::parse_target(server_.url("postgres")), {}) {}

std::string Arena::make_database(const std::string& original) {
  const std::string name = "arena_" + std::to_string(++databases_);
  db::Query create{"test.create_database"};
  create.sql("CREATE DATABASE ").identifier(name).sql(" TEMPLATE ").identifier(original);
  admin_.query(create);
  return name;
}

void Arena::drop_database(const std::string& name) {
  db::Query drop{"test.drop_database"};
  admin_.query(drop.sql("DROP DATABASE ").identifier(name).sql(" WITH (FORCE)"));
}

std::filesystem::path Arena::output() const { return server_.folder() / "said"; }

std::string Arena::said() const { return content_of(output()); }

pid_t Arena::start(const std::vector<std::string>& words, const std::string& url, int output_fd) {
  std::filesystem::remove(output());
  return spawn(command_line(words, url),
               {.output = output(), .output_fd = output_fd, .signal_when_parent_dies = SIGKILL});
}

StruckRun Arena::run(const std::vector<std::string>& words, const std::string& database,
                     const std::optional<Point>& point) {
  StruckRun run;
  const auto began = steady_clock::now();
  const pid_t client = start(words, proxy_.url(database));
  const auto observe = [&](const WireProxy::Message& message) {
    run.messages.push_back(
        {message.connection, message.from_client, message.type, std::string{message.body}});
    const bool is_here = point && point->message > 0 &&
                         run.messages.size() == static_cast<std::size_t>(point->message);
    if (!is_here) return WireProxy::Then::carry_on;
    run.was_struck = true;
    return strike(*point, client, database);
  };
  std::optional<WireProxy::Alarm> alarm;
  if (point && point->message == 0) {
    alarm = WireProxy::Alarm{point->after, [&] {
                               run.was_struck = true;
                               return strike(*point, client, database);
                             }};
  }
  run.exit = proxy_.run(client, observe, alarm);
  run.took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began);
  run.said = said();
  wait_until_left_alone(database);
  return run;
}

int Arena::strike_held_up(const std::vector<std::string>& words, const std::string& database,
                          const std::vector<const char*>& hold, Blow blow) {
  db::Database session{db::parse_target(url(database)), {}};
  db::Transaction holder = session.begin();
  for (const char* sql : hold) holder.query({"test.hold", sql});
  const db::Params here{database, session.backend_pid()};
  const pid_t client = start(words, url(database));
  wait_until_held_up(database, session.backend_pid());
  switch (blow) {
    case Blow::kill_client: kill(client, SIGKILL); break;
    case Blow::end_backend: admin_.query(kEndOthers, here); break;
    case Blow::cut_connection: throw std::logic_error{"there is no proxy to cut"};
  }
  const int exit = wait_for_end(client);
  wait_until([&] { return admin_.query(kCountOthers, here).one()[0].as<int>() == 0; },
             "sessions that were left behind");
  holder.rollback();
  return exit;
}

WireProxy::Then Arena::strike(const Point& point, pid_t client, const std::string& database) {
  switch (point.blow) {
    case Blow::kill_client: kill(client, SIGKILL); break;
    case Blow::end_backend: end_backends(database, point); return WireProxy::Then::carry_on;
    case Blow::cut_connection: break;
  }
  return WireProxy::Then::cut;
}

// After the start-up packet the server needs a moment to make the session; at other points there is
// one, or it has said farewell.
void Arena::end_backends(const std::string& database, const Point& point) {
  const auto count = [&] { return admin_.query(kEndBackends, {database}).one()["n"].as<int>(); };
  if (point.message != 1) {
    count();
  } else {
    wait_until([&] { return count() > 0; }, "waiting for a session");
  }
}

void Arena::wait_until_held_up(const std::string& database, int holder) {
  wait_until(admin_, kHeldUp, {database, holder});
}

void Arena::wait_until_left_alone(const std::string& database) {
  wait_until([&] { return admin_.query(kCountSessions, {database}).one()["n"].as<int>() == 0; },
             "sessions that were left behind");
}

std::string Arena::dump(const std::string& database, const std::vector<std::string>& options) {
  const std::filesystem::path output = server_.folder() / "dump";
  std::filesystem::remove(output);
  std::vector<std::string> line{postgres_programs() / "pg_dump", "--dbname=" + url(database)};
  line.insert(line.end(), options.begin(), options.end());
  if (wait_for_end(spawn(line, {.output = output})) != 0) {
    throw std::runtime_error{content_of(output)};
  }
  std::istringstream lines{content_of(output)};
  std::string text;
  for (std::string one; std::getline(lines, one);) {
    const bool is_random = one.starts_with("\\restrict") || one.starts_with("\\unrestrict");
    if (!is_random) text += one + "\n";
  }
  return text;
}

std::vector<std::string> Arena::ask(const std::string& database, const char* sql) {
  db::Database session{db::parse_target(url(database)), {}};
  std::vector<std::string> values;
  for (const auto& row : session.query({"test.ask", sql})) {
    values.push_back(row[0].as<std::string>());
  }
  return values;
}

}  // namespace pcx::testing
