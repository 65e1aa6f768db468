// Clients of an application's interface, each with a session of its own: they present keys, and the
// application writes new ones in plain and notes when one was used.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apikey/store.h"
#include "core/error.h"
#include "core/random.h"
#include "db/database.h"

namespace pcx::testing {

struct PlainKey {
  std::string row_id;
  std::string text;
};

// Keys that are there, for all threads; those that are made meanwhile come to the end.
class KnownKeys {
 public:
  explicit KnownKeys(std::vector<PlainKey> keys) : keys_(std::move(keys)) {}

  void add(PlainKey key) {
    const std::lock_guard guard{mutex_};
    keys_.push_back(std::move(key));
  }
  // One of the last hundred half of the time, else one of all.
  PlainKey pick(Random& random) const {
    const std::lock_guard guard{mutex_};
    const std::size_t among =
        random.below(2) == 0 ? std::min<std::size_t>(100, keys_.size()) : keys_.size();
    return keys_[keys_.size() - 1 - random.below(among)];
  }
  std::vector<PlainKey> all() const {
    const std::lock_guard guard{mutex_};
    return keys_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<PlainKey> keys_;
};

// Says what is wrong with the answer for a key that is good; std::nullopt: nothing.
using Asker = std::function<std::optional<std::string>(const PlainKey& key)>;
// One for each thread, by its number.
using MakeAsker = std::function<Asker(int number)>;

class ApiClient {
 public:
  ApiClient(const std::string& url, KnownKeys& known, Asker ask, int number)
      : database_(db::parse_target(url), {}),
        known_(known),
        ask_(std::move(ask)),
        random_(static_cast<std::uint64_t>(number)),
        number_(number) {}

  void run(const std::atomic<bool>& is_stopping, const std::atomic<bool>& makes_keys) {
    while (!is_stopping) {
      const auto dice = random_.below(100);
      try {
        if (dice < 2 && makes_keys && may_make_key()) {
          make_key();
        } else if (dice < 10) {
          note_use();
        } else {
          present();
        }
      } catch (const Error& error) {
        failures_.push_back(fmt::format("{} {}", error.sqlstate(), error.what()));
      }
    }
  }

  std::size_t presented() const { return presented_; }
  std::size_t made() const { return made_; }
  const std::vector<std::string>& failures() const { return failures_; }
  const std::vector<std::chrono::microseconds>& waits() const { return waits_; }

 private:
  // As often as an application does at its busiest, not as often as it can.
  bool may_make_key() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_made_ < std::chrono::milliseconds{50}) return false;
    last_made_ = now;
    return true;
  }

  void make_key() {
    PlainKey key{.row_id = fmt::format("new-{}-{}", number_, ++made_), .text = {}};
    key.text = fmt::format("made-meanwhile-{:016x}{:016x}", random_.next(), random_.next());
    write({"race.make_key",
           "INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES ($1, 'new', $2, "
           "now())"},
          {key.row_id, key.text});
    known_.add(std::move(key));
  }

  void note_use() {
    write({"race.note_use", "UPDATE public.api_keys SET \"lastUsedAt\" = now() WHERE id = $1"},
          {known_.pick(random_).row_id});
  }

  // How long the application waits for its own writes.
  void write(const db::Statement& statement, const db::Params& params) {
    const auto before = std::chrono::steady_clock::now();
    database_.query(statement, params);
    waits_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - before));
  }

  void present() {
    ++presented_;
    if (const auto wrong = ask_(known_.pick(random_))) failures_.push_back(*wrong);
  }

  db::Database database_;
  KnownKeys& known_;
  Asker ask_;
  SeededRandom random_;
  int number_;
  std::size_t presented_ = 0;
  std::size_t made_ = 0;
  std::chrono::steady_clock::time_point last_made_;
  std::vector<std::string> failures_;
  std::vector<std::chrono::microseconds> waits_;
};

// All of them, from the constructor to stop().
class ApiClients {
 public:
  // Their numbers begin with `first`: no two that share `known` have the same.
  ApiClients(const std::string& url, KnownKeys& known, const MakeAsker& make_asker, int first,
             int count) {
    for (int i = first; i < first + count; ++i) {
      clients_.push_back(std::make_unique<ApiClient>(url, known, make_asker(i), i));
    }
    for (const auto& client : clients_) {
      threads_.emplace_back([this, one = client.get()] { one->run(is_stopping_, makes_keys_); });
    }
  }
  ApiClients(const ApiClients&) = delete;
  ApiClients& operator=(const ApiClients&) = delete;
  ~ApiClients() { stop(); }

  void make_no_more_keys() { makes_keys_ = false; }
  void stop() {
    is_stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // The others REQUIRE: stop() was called.
  std::size_t presented() const { return sum(&ApiClient::presented); }
  std::size_t made() const { return sum(&ApiClient::made); }
  std::vector<std::string> failures() const {
    std::vector<std::string> all;
    for (const auto& client : clients_) {
      all.insert(all.end(), client->failures().begin(), client->failures().end());
    }
    return all;
  }
  // In ascending order.
  std::vector<std::chrono::microseconds> waits() const {
    std::vector<std::chrono::microseconds> all;
    for (const auto& client : clients_) {
      all.insert(all.end(), client->waits().begin(), client->waits().end());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  std::size_t sum(std::size_t (ApiClient::*what)() const) const {
    std::size_t all = 0;
    for (const auto& client : clients_) all += (*client.*what)();
    return all;
  }

  std::vector<std::unique_ptr<ApiClient>> clients_;
  std::vector<std::thread> threads_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> makes_keys_ = true;
};

}  // namespace pcx::testing
