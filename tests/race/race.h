// A clinic on a server of its own, its application, and pcx beside it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/race/keyfiles.h"
#include "tests/race/shadow.h"
#include "tests/race/writers.h"
#include "tests/support/pcx_process.h"
#include "tests/support/postgres.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {

inline double in_milliseconds(microseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

// REQUIRES: `sorted` is, and not empty
inline microseconds percentile(const std::vector<microseconds>& sorted, double share) {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

class Race {
 public:
  Race(std::size_t records, std::vector<std::string> settings)
      : server_{{.settings = std::move(settings)}},
        database_(server_.fresh_database()),
        clinic_(server_.url(database_), records) {
    publish_keyfile();
  }

  Postgres& server() { return server_; }
  Clinic& clinic() { return clinic_; }
  const Keyfiles& keyfiles() const { return keyfiles_; }
  std::string url() const { return server_.url(database_); }
  db::Database connect() const { return clinic_.connect(); }

  std::string pcx(const std::vector<std::string>& words) const { return run_pcx(words, url()); }
  // The first column of the first row.
  std::string ask(const std::string& question) const {
    db::Database database = connect();
    return database.query(db::Statement{"race.ask", question})[0][0].as<std::string>();
  }
  double number(const std::string& question) const { return std::stod(ask(question)); }

  // As an operator does: a new key, known to every reader, then active, then in the keyfile.
  struct Activation {
    keyring::KeyId old_key = 0;
    keyring::KeyId new_key = 0;
    steady_clock::time_point at;  // when it was over
  };
  Activation activate_another() {
    Activation activation{.old_key = key_of("state = 'active' AND purpose = 'field'")};
    pcx({"key", "create"});
    activation.new_key = key_of("purpose = 'field'");
    publish_keyfile();
    pcx({"key", "activate", std::to_string(activation.new_key)});
    activation.at = steady_clock::now();
    publish_keyfile();
    return activation;
  }

  // Rows a second, from its beginning to its last window; of the newest rotation.
  double rotation_rate() const {
    return number(
        "SELECT sum(rows_written) / extract(epoch FROM max(updated_at) - min(started_at)) FROM "
        "pcx.rotation r JOIN pcx.rotation_shard s ON s.rotation_id = r.id WHERE r.id = (SELECT "
        "max(id) FROM pcx.rotation)");
  }
  std::string misses() const { return ask("SELECT sum(misses) FROM pcx.rotation_shard"); }

  // What of the log is not in the database, copies included.
  std::vector<std::string> lost(Shadow& shadow, const std::vector<Copy>& copies) {
    auto lost = shadow.lost(clinic_.read());
    for (std::string& copy : lost_copies(copies)) lost.push_back(std::move(copy));
    return lost;
  }
  std::map<std::string, int> versions() const {
    std::map<std::string, int> versions;
    db::Database database = connect();
    for (const db::Row row : database.query(
             db::Statement{"race.versions", "SELECT id, version FROM public.medical_records"})) {
      versions[row[0].as<std::string>()] = row[1].as<int>();
    }
    return versions;
  }

 private:
  void publish_keyfile() {
    const auto file = folder_.path() / "keys.json";
    pcx({"key", "keyfile", "--out", file.string()});
    keyfiles_.publish(file);
  }

  keyring::KeyId key_of(const std::string& condition) const {
    return std::stoi(ask("SELECT max(id) FROM pcx.data_key WHERE " + condition));
  }

  std::vector<std::string> lost_copies(const std::vector<Copy>& copies) const {
    const Clinic::Keys keys{clinic_.open_keyring()};
    std::vector<fields::Reader> readers;
    for (const char* column : kColumns) readers.emplace_back(Clinic::name(column), keys.keys());
    std::vector<std::string> lost;
    db::Database database = connect();
    for (const Copy& copy : copies) {
      const db::Statement find{"race.copy",
                               "SELECT changes ->> $2 FROM public.audit_logs "
                               "WHERE id = $1"};
      const std::string value =
          database.query(find, {copy.id, kColumns[copy.column]}).one()[0].as<std::string>();
      const auto reading = readers[copy.column].read(copy.record, value);
      if (reading.kind == fields::Kind::authentic && reading.plaintext.reveal_text() == copy.text)
        continue;
      lost.push_back(fmt::format("copy {}: {}", copy.id, fields::to_string(reading.kind)));
    }
    return lost;
  }

  Postgres server_;
  std::string database_;
  Clinic clinic_;
  TemporaryFolder folder_;
  Keyfiles keyfiles_;
};

// Of a server that is as busy as in production, but for its disk. One that has run for some days
// uses its WAL files again; here they are new, and filling each with zeros takes milliseconds in
// which nobody can commit.
inline std::vector<std::string> race_settings() {
  return {"shared_buffers=256MB", "max_wal_size=4GB", "autovacuum=on", "full_page_writes=on",
          "wal_init_zero=off"};
}

}  // namespace pcx::testing
