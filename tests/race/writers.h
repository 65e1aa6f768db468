// The application's writers: sessions of their own, at a fixed rate of arrival, that change the
// same records, sealed as the keyfile says. What they committed is logged.
#pragma once

#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "crypto/enc_v2.h"
#include "tests/race/keyfiles.h"
#include "tests/race/shadow.h"

namespace pcx::testing {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct WritersOptions {
  int writers = 8;
  double per_second = 200;         // of all together
  milliseconds reload_max{1'000};  // until a writer reads a changed keyfile
  // The last ones to read a keyfile; they open a transaction, seal, do other work for so long or
  // twice as long, and only then write.
  int lingerers = 0;
  milliseconds linger{2'000};
};

// In a cell's place: NULL and '' are among them.
using Text = std::optional<std::string>;

class Writer {
 public:
  Writer(const Clinic& clinic, const Keyfiles& keyfiles, const std::vector<std::string>& ids,
         const WritersOptions& options, int number, std::uint64_t seed)
      : database_(clinic.connect()),
        keyfiles_(keyfiles),
        ids_(ids),
        options_(options),
        random_(seed),
        number_(number),
        lingers_(number < options.lingerers),
        reload_(lingers_ ? options.reload_max
                         : milliseconds{random_.below(
                               static_cast<std::uint64_t>(options.reload_max.count()) + 1)}) {}

  void run(const std::atomic<bool>& is_stopping) {
    auto due = steady_clock::now();
    while (!is_stopping) {
      due += next_gap();
      std::this_thread::sleep_until(due);  // arrivals, as in the world
      try {
        lingers_ ? linger() : act();
        if (!lingers_) latencies_.push_back(elapsed_since(due));
        if (lingers_) due = steady_clock::now();
      } catch (const Error& error) {
        failures_.push_back(fmt::format("{} {}", error.sqlstate(), error.what()));
      }
    }
  }

  std::vector<Write> take_log() { return std::move(log_); }
  const std::vector<Copy>& copies() const { return copies_; }
  const std::vector<std::string>& failures() const { return failures_; }
  const std::vector<microseconds>& latencies() const { return latencies_; }
  // When it sealed with this key for the last time.
  std::optional<steady_clock::time_point> last_use(keyring::KeyId key) const {
    const auto found = last_use_.find(key);
    return found == last_use_.end() ? std::nullopt : std::optional{found->second};
  }

 private:
  static constexpr std::size_t kHot = 100;  // that half of all writes go to

  microseconds next_gap() {  // Poisson arrivals
    const double mean = 1e6 * options_.writers / options_.per_second;
    return microseconds{static_cast<std::int64_t>(-std::log(1 - random_.unit()) * mean)};
  }
  static microseconds elapsed_since(steady_clock::time_point due) {
    return std::chrono::duration_cast<microseconds>(steady_clock::now() - due);
  }

  const std::string& pick() {
    const bool is_hot = random_.below(2) == 0;
    return ids_[random_.below(is_hot ? std::min(kHot, ids_.size()) : ids_.size())];
  }

  Text text_for(std::size_t column) {
    const auto dice = random_.below(10);
    if (dice == 0) return "";
    if (dice <= 2 && column == 3) return std::nullopt;  // notes
    return fmt::format("writer {} write {} {}", number_, ++counter_,
                       std::string(random_.below(120), 'y'));
  }

  Text sealed(const std::string& id, std::size_t column, const Text& text) {
    if (!text || text->empty()) return text;
    const auto key = keyfiles_.seen_after(reload_);
    last_use_[key->id] = steady_clock::now();
    if (key->format == keyring::Format::v1) return Clinic::seal(*text);
    auto& ciphers = ciphers_[key->id];
    for (std::size_t i = ciphers.size(); i < kColumns.size(); ++i) {
      ciphers.emplace_back(key->key, key->id, Clinic::name(kColumns[i]));
    }
    return ciphers[column].seal(id, *text, random_);
  }

  void act() {
    const auto dice = random_.below(100);
    if (dice < 70) {
      change(pick(), 1);
    } else if (dice < 80) {
      change(pick(), 2);
    } else if (dice < 85) {
      change_two_records();
    } else if (dice < 90) {
      change_and_roll_back();
    } else if (dice < 95) {
      insert();
    } else {
      change_with_copy();
    }
  }

  // `columns` neighbouring ones.
  struct Change {
    Write write;
    db::Query query{"race.change"};
    Text sealed;  // of the first column
  };
  Change make_change(const std::string& id, std::size_t columns) {
    const std::size_t first = random_.below(kColumns.size() - columns + 1);
    Change change{.write = {.id = id}};
    change.query.sql("UPDATE public.medical_records SET version = version + 1");
    for (std::size_t i = first; i < first + columns; ++i) {
      const Text text = text_for(i);
      const Text value = sealed(id, i, text);
      if (i == first) change.sealed = value;
      change.write.texts[i] = text;
      change.query.sql(", ").identifier(kColumns[i]).sql(" = ").param(value);
    }
    change.query.sql(" WHERE id = ").param(id).sql(" RETURNING version");
    return change;
  }

  void change(const std::string& id, std::size_t columns) {
    Change change = make_change(id, columns);
    change.write.version = database_.query(change.query).one()[0].as<int>();
    log_.push_back(std::move(change.write));
  }

  // In the order of their ids, as a careful application does.
  void change_two_records() {
    std::string first = pick();
    std::string second = pick();
    if (second < first) std::swap(first, second);
    if (first == second) return change(first, 1);
    std::vector<Write> writes;
    db::Transaction tx = database_.begin();
    for (const std::string* id : {&first, &second}) {
      Change change = make_change(*id, 1);
      change.write.version = tx.query(change.query).one()[0].as<int>();
      writes.push_back(std::move(change.write));
    }
    tx.commit();
    std::move(writes.begin(), writes.end(), std::back_inserter(log_));
  }

  void change_and_roll_back() {
    db::Transaction tx = database_.begin();
    tx.query(make_change(pick(), 2).query);
    tx.rollback();
  }

  void linger() {
    db::Transaction tx = database_.begin();
    Change change = make_change(pick(), 1);
    tx.query(db::Statement{"race.begin", "SELECT 1"});
    std::this_thread::sleep_for(options_.linger * (1 + random_.unit()));  // its other work
    change.write.version = tx.query(change.query).one()[0].as<int>();
    tx.commit();
    log_.push_back(std::move(change.write));
  }

  void insert() {
    Write write{.id = uuid_v4(random_)};
    db::Query query{"race.insert"};
    query.sql("INSERT INTO public.medical_records VALUES (").param(write.id).sql(", 'patient-new'");
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const Text text = text_for(i);
      write.texts[i] = text;
      query.sql(", ").param(sealed(write.id, i, text));
    }
    database_.query(query.sql(")"));
    log_.push_back(std::move(write));
  }

  // As the application's audit extension: the sealed text as it was written.
  void change_with_copy() {
    Change change = make_change(pick(), 1);
    const auto column =
        static_cast<std::size_t>(std::find_if(change.write.texts.begin(), change.write.texts.end(),
                                              [](const auto& text) { return text.has_value(); }) -
                                 change.write.texts.begin());
    db::Transaction tx = database_.begin();
    change.write.version = tx.query(change.query).one()[0].as<int>();
    const bool has_copy = column > 0 && change.sealed && !change.sealed->empty();
    Copy copy{uuid_v4(random_), change.write.id, column, change.write.texts[column]->value_or("")};
    if (has_copy) {
      db::Query query{"race.copy"};
      query.sql("INSERT INTO public.audit_logs VALUES (").param(copy.id).sql(", 'MedicalRecord', ");
      query.param(copy.record).sql(", pg_catalog.jsonb_build_object(").param(kColumns[column]);
      tx.query(query.sql("::text, ").param(change.sealed).sql("::text))"));
    }
    tx.commit();
    if (has_copy) copies_.push_back(std::move(copy));
    log_.push_back(std::move(change.write));
  }

  db::Database database_;
  const Keyfiles& keyfiles_;
  const std::vector<std::string>& ids_;
  const WritersOptions& options_;
  SeededRandom random_;
  int number_;
  bool lingers_;
  milliseconds reload_;
  int counter_ = 0;
  std::map<keyring::KeyId, std::vector<crypto::EncV2>> ciphers_;
  std::map<keyring::KeyId, steady_clock::time_point> last_use_;
  std::vector<Write> log_;
  std::vector<Copy> copies_;
  std::vector<std::string> failures_;
  std::vector<microseconds> latencies_;
};

// All of them, from the constructor to stop().
class Writers {
 public:
  Writers(const Clinic& clinic, const Keyfiles& keyfiles, const WritersOptions& options,
          std::uint64_t seed)
      : options_(options) {
    for (const auto& [id, texts] : clinic.written()) ids_.push_back(id);
    for (int i = 0; i < options.writers; ++i) {
      writers_.push_back(std::make_unique<Writer>(clinic, keyfiles, ids_, options_, i,
                                                  seed * 100 + static_cast<std::uint64_t>(i)));
    }
    for (const auto& writer : writers_) {
      threads_.emplace_back([this, one = writer.get()] { one->run(is_stopping_); });
    }
  }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;
  ~Writers() { stop(); }

  void stop() {
    is_stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // The others REQUIRE: stop() was called.
  void log_into(Shadow& shadow) {
    for (const auto& writer : writers_) shadow.add(writer->take_log());
  }
  std::vector<std::string> failures() const {
    std::vector<std::string> all;
    for (const auto& writer : writers_) {
      all.insert(all.end(), writer->failures().begin(), writer->failures().end());
    }
    return all;
  }
  std::vector<Copy> copies() const {
    std::vector<Copy> all;
    for (const auto& writer : writers_) {
      all.insert(all.end(), writer->copies().begin(), writer->copies().end());
    }
    return all;
  }
  // In ascending order; from when a write was due.
  std::vector<microseconds> latencies() const {
    std::vector<microseconds> all;
    for (const auto& writer : writers_) {
      all.insert(all.end(), writer->latencies().begin(), writer->latencies().end());
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  std::optional<steady_clock::time_point> last_use(keyring::KeyId key) const {
    std::optional<steady_clock::time_point> last;
    for (const auto& writer : writers_) last = std::max(last, writer->last_use(key));
    return last;
  }

 private:
  WritersOptions options_;
  std::vector<std::string> ids_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::thread> threads_;
  std::atomic<bool> is_stopping_ = false;
};

}  // namespace pcx::testing
