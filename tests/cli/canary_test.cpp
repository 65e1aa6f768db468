// A plaintext, the application's secret and every key of a keyring are looked for, in every
// spelling, wherever pcx and the server leave traces: command lines, environments, what was said,
// the server's log, its statistics, its files. Only the keyfile and the safe have them.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/environment.h"
#include "core/random.h"
#include "core/text.h"
#include "crypto/enc_v1.h"
#include "crypto/encoding.h"
#include "db/database.h"
#include "db/script.h"
#include "keyring/keyring.h"
#include "tests/support/postgres.h"
#include "tests/support/shell.h"

namespace pcx::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Ran;

constexpr const char* kPlaintext = "Rex-canary-1b9e-limps";
constexpr const char* kSecret = "legacy-secret-canary-77ac";
constexpr const char* kHexSecret =
    "00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210";

using Needles = std::map<std::string, std::string>;  // spelling -> what it is

void add_key(Needles& needles, const std::string& name, const Secret& key) {
  const auto bytes = key.reveal_bytes();
  const std::string hex = crypto::to_hex(bytes);
  std::string upper = hex;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return std::toupper(c); });
  const auto unpadded = [](std::string text) { return text.substr(0, text.find('=')); };
  needles.emplace(key.reveal_text(), name + " raw");
  needles.emplace(hex, name + " as hex");
  needles.emplace(upper, name + " as HEX");
  needles.emplace(unpadded(crypto::to_base64(bytes)), name + " as base64");
  needles.emplace(crypto::to_base64url(bytes), name + " as base64url");  // now and then the same
}

// Which of them are in it.
std::set<std::string> found_in(const std::string& hay, const Needles& needles) {
  std::set<std::string> found;
  for (const auto& [spelling, name] : needles) {
    if (hay.find(spelling) != std::string::npos) found.insert(name);
  }
  return found;
}

std::string whole_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

// Command lines and environments of all processes below this one but the server's, and what the
// server says of its sessions, as often as it goes.
class Watcher {
 public:
  Watcher(const std::string& url, pid_t server)
      : database_(db::parse_target(url), {}), server_(server), thread_([this] { run(); }) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { stop(); }

  const std::set<std::string>& stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return seen_;
  }

 private:
  static constexpr db::Statement kActivity = {
      "test.activity", "SELECT DISTINCT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()"};

  void run() {
    while (!is_stopping_) {
      look_at_processes();
      for (const db::Row row : database_.query(kActivity)) {
        seen_.insert(db::nullable<std::string>(row[0]).value_or(""));
      }
    }
  }

  void look_at_processes() {
    std::map<pid_t, pid_t> parents;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
      const pid_t pid = std::atoi(entry.path().filename().c_str());
      if (pid > 0) parents[pid] = parent_of(pid);
    }
    for (const auto& [pid, parent] : parents) {
      if (!is_below(parents, pid)) continue;
      const std::string folder = "/proc/" + std::to_string(pid);
      seen_.insert(whole_file(folder + "/cmdline"));
      seen_.insert(whole_file(folder + "/environ"));
    }
  }

  // The fourth word of /proc/PID/stat, after the name in parentheses; 0 when it is gone.
  static pid_t parent_of(pid_t pid) {
    const std::string stat = whole_file("/proc/" + std::to_string(pid) + "/stat");
    const auto end = stat.rfind(") ");
    return end == std::string::npos ? 0 : std::atoi(stat.c_str() + end + 4);
  }

  bool is_below(const std::map<pid_t, pid_t>& parents, pid_t pid) const {
    for (auto at = parents.find(pid); at != parents.end(); at = parents.find(at->second)) {
      if (at->first == server_) return false;
      if (at->second == getpid()) return true;
    }
    return false;
  }

  db::Database database_;
  pid_t server_;
  std::atomic<bool> is_stopping_ = false;
  std::set<std::string> seen_;
  std::thread thread_;
};

// A key management service that turns letters around, and takes its time.
constexpr const char* kService = R"(#!/bin/sh
sleep 0.05
case "$1" in
wrap) printf wrapped:; tr A-Za-z N-ZA-Mn-za-m ;;
unwrap) cut -d: -f2- | tr A-Za-z N-ZA-Mn-za-m ;;
esac
)";

class Canary : public ::testing::Test {
 protected:
  Canary()
      : url_(server_.url(server_.fresh_database())),
        shell_({{"DATABASE_URL", url_}, {"PCX_REASON", "canary"}}) {
    write("service", kService);
    write("secret", kSecret);
    write("hexadecimal", kHexSecret);
    write("plaintext", kPlaintext);
    shell_.run("chmod 600 *; chmod 700 service");
    make_records();
  }

  std::string url() const { return url_; }
  testing::Postgres& server() { return server_; }
  std::string folder() const { return shell_.folder().string(); }

  // What it said must not have any of it but on stdout, where that is `confidential`.
  std::string run(const std::string& command, bool is_confidential = false) {
    const Ran ran = shell_.run(command);
    EXPECT_EQ(ran.exit, 0) << command << "\n" << ran.err;
    said_ += ran.err + (is_confidential ? "" : ran.out);
    return ran.out;
  }
  // As text and as JSON, both as talkative as it gets.
  std::string pcx(const std::string& words, const std::string& format, bool confidential = false) {
    return run("PCX_KEYRING_KEK=command:$PWD/service pcx " + words + " -v --log-format " + format,
               confidential);
  }
  const std::string& said() const { return said_; }

  Needles needles() const {
    Needles needles = {{kPlaintext, "the plaintext"},
                       {kSecret, "the secret"},
                       {kHexSecret, "the hexadecimal secret"}};
    db::Database database{db::parse_target(url_), {}};
    SystemRandom random;
    const MapEnvironment environment{{{"PATH", "/usr/bin:/bin"}}};
    const keyring::KekTools tools{environment, random};
    const std::vector<keyring::KekSource> named = {
        keyring::parse_kek_source("command:" + folder() + "/service")};
    const auto keyring = keyring::open_keyring(database, named, tools);
    for (const auto& row : keyring.rows().keys) {
      add_key(needles, fmt::format("key {}", row.key.id), keyring.unwrap(row.key));
    }
    for (const auto& [id, key] : keyring::load_keks(keyring.rows(), named, tools).keys) {
      add_key(needles, fmt::format("key-encryption key {}", id), key);
    }
    return needles;
  }

  // Every row of every table of schema pcx.
  std::string tables() const {
    db::Database database{db::parse_target(url_), {}};
    std::string text;
    for (const db::Row table : database.query(db::Statement{
             "test.tables", "SELECT tablename FROM pg_tables WHERE schemaname = 'pcx'"})) {
      db::Query rows{"test.rows"};
      rows.sql("SELECT t::text FROM ").identifier("pcx", table[0].as<std::string>()).sql(" AS t");
      for (const db::Row row : database.query(rows)) text += row[0].as<std::string>() + "\n";
    }
    return text;
  }

 private:
  void write(const std::string& name, const std::string& content) {
    std::ofstream{shell_.folder() / name} << content;
  }

  void make_records() {
    db::Database database{db::parse_target(url_), {}};
    db::run_script(database, R"(CREATE TABLE public.medical_records (
        id text PRIMARY KEY, "chiefComplaint" text, diagnosis text, treatment text, notes text))",
                   "test");
    SystemRandom random;
    crypto::EncV1 cipher{Secret{std::string_view{kSecret}}};
    db::Transaction tx = database.begin();
    for (int i = 0; i < 2'000; ++i) {
      tx.query(db::Statement{"test.insert",
                             "INSERT INTO public.medical_records (id, diagnosis) VALUES ($1, $2)"},
               {std::to_string(i), cipher.seal(kPlaintext, random)});
    }
    tx.commit();
  }

  testing::Postgres server_{
      {.settings = {"log_statement=all", "log_connections=on", "log_min_messages=debug1",
                    "log_error_verbosity=verbose", "log_min_duration_statement=0"}}};
  std::string url_;
  testing::Shell shell_;
  std::string said_;
};

TEST_F(Canary, IsFoundOnlyWhereItBelongs) {
  Watcher watcher{url(), server().pid()};
  pcx("key init --kek command:$PWD/service --recovery safe.pem", "text");
  pcx("key kek add file:kek", "json");
  pcx("key import --as v1 < secret", "text");
  pcx("key import --as json --secret-file hexadecimal", "json");
  pcx("key create", "json");
  pcx("key create", "text");
  pcx("key activate 5", "text");
  pcx("key activate 6", "json");
  const std::string sealed = pcx("key seal --column clients.phone --row 1 < plaintext", "json");
  std::ofstream{std::filesystem::path{folder()} / "sealed"} << sealed;
  const std::string opened =
      pcx("key open --column clients.phone --row 1 < sealed", "json", /*confidential=*/true);
  pcx("key keyfile --out keys.json", "text");
  pcx("key rotate --settle 0s --max-rate 1000", "text");
  pcx("key rotate --settle 0s", "json");
  pcx("key status", "json");
  // Controls: what is there is seen.
  run("CONTROL=control-of-environments sh -c 'sleep 0.3' control-of-command-lines");
  run("psql -X -q \"$DATABASE_URL\" -c \"SELECT pg_sleep(0.3), 'control-of-statements'\"");
  const std::set<std::string> seen = watcher.stop();
  std::string all_seen;
  for (const std::string& text : seen) all_seen += text + "\n";

  const Needles needles = this->needles();
  EXPECT_GT(needles.size(), 30u);
  EXPECT_THAT(found_in(said(), needles), IsEmpty());
  EXPECT_THAT(found_in(all_seen, needles), IsEmpty());
  EXPECT_THAT(found_in(tables(), needles), IsEmpty());
  EXPECT_THAT(found_in(server().log(), needles), IsEmpty());
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator{server().folder() / "data"}) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(found_in(whole_file(entry.path()), needles), IsEmpty()) << entry.path();
  }

  EXPECT_THAT(all_seen, HasSubstr("control-of-environments"));
  EXPECT_THAT(all_seen, HasSubstr("control-of-command-lines"));
  EXPECT_THAT(all_seen, HasSubstr("control-of-statements"));
  EXPECT_THAT(all_seen, HasSubstr("/service"));
  EXPECT_THAT(server().log(), HasSubstr("control-of-statements"));
  EXPECT_THAT(server().log(), HasSubstr("enc:v2:6:"));  // parameters are in it
  EXPECT_THAT(tables(), HasSubstr("key.open"));
  EXPECT_EQ(opened, kPlaintext);
  const auto in_keyfile = found_in(whole_file(folder() + "/keys.json"), needles);
  EXPECT_THAT(in_keyfile, Contains("key 6 as base64"));
  EXPECT_THAT(in_keyfile, Contains("key 3 as base64"));
  EXPECT_THAT(found_in(whole_file(folder() + "/kek"), needles),
              Contains("key-encryption key 3 as base64"));
}

}  // namespace
}  // namespace pcx::cli
