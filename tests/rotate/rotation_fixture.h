// Rotations of a Clinic, in this process.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "core/clock.h"
#include "core/interrupt.h"
#include "rotate/rotator.h"
#include "tests/db/fixture.h"
#include "tests/rotate/clinic.h"

namespace pcx::testing {

class RotationFixture : public DatabaseFixture {
 protected:
  // A copy of one that is made once for each number of records.
  Clinic& clinic(std::size_t records = 500) {
    if (!clinic_) {
      const Original& original = original_of(records);
      db::Database admin{db::parse_target(Postgres::shared().url("postgres")), {}};
      admin.query(db::Query{"test.drop"}.sql("DROP DATABASE ").identifier(name()));
      db::Query copy{"test.copy"};
      copy.sql("CREATE DATABASE ").identifier(name()).sql(" TEMPLATE ").identifier(original.name);
      admin.query(copy);
      clinic_.emplace(original.clinic.at(url()));
    }
    return *clinic_;
  }

  struct Wish {
    rotate::Mode mode = rotate::Mode::online;
    rotate::Plaintext plaintext = rotate::Plaintext::leave;
    std::optional<keyring::KeyId> target = std::nullopt;              // the fresh key
    std::optional<std::vector<fields::Field>> fields = std::nullopt;  // the built-in profile
    std::optional<rotate::Rotation> joined = std::nullopt;  // also when another process ended it
    rotate::Triggers triggers = rotate::Triggers::refuse;
    rotate::Limits limits = {};
    int workers = 1;
    std::function<void()> on_window = [] {};
    std::function<void(const std::string&)> on_wait = [](const std::string&) {};
    std::function<void(const std::string&)> on_phase = [](const std::string&) {};
  };

  // From its beginning to its end; goes on with one that is there.
  rotate::RotationReport rotate_all() { return rotate_all(Wish{}); }
  rotate::RotationReport rotate_all(const Wish& wish) {
    db::Database database = connect();
    const auto heaps = rotate::rotatable(
        rotate::read_heaps(database, wish.fields.value_or(fields::purple_cross())));
    const keyring::KeyId target = wish.target.value_or(clinic().fresh);
    auto rotation = wish.joined ? wish.joined : rotate::find_rotation(database);
    if (!rotation) {
      db::Transaction tx = database.begin();
      rotation = rotate::insert_rotation(
          tx, {.target_key = target, .mode = wish.mode, .plaintext = wish.plaintext}, heaps);
      tx.commit();
    }
    const Clinic::Keys keys{clinic().open_keyring()};
    const auto reseal_keys = keys.to(target);
    const rotate::Job job{.rotation = *rotation,
                          .heaps = heaps,
                          .keys = reseal_keys,
                          .triggers = wish.triggers,
                          .limits = wish.limits,
                          .random = random,
                          .clock = clock,
                          .interrupt = interrupt,
                          .throw_if_stopped = [&] { interrupt.throw_if_requested(); },
                          .name = "test",
                          .actor = "ann@host",
                          .connect = [&] { return connect(); },
                          .on_window = [&](const rotate::WindowReport&) { wish.on_window(); },
                          .on_wait = wish.on_wait};
    return rotate::run_rotation(database, job,
                                {.workers = wish.workers,
                                 .settle = std::chrono::milliseconds{0},
                                 .on_progress = [](const rotate::RotationProgress&) {},
                                 .on_phase = wish.on_phase,
                                 .finish =
                                     [&](const rotate::RotationReport& report) {
                                       db::Transaction tx = database.begin();
                                       rotate::finish_rotation(tx, *rotation, report.is_complete());
                                       tx.commit();
                                     }});
  }

  void sql(const std::string& script) {
    db::Database database = connect();
    db::run_script(database, script, "test");
  }
  // The first column of the first row.
  std::string ask(const std::string& question) {
    db::Database database = connect();
    const db::Result rows = database.query(db::Statement{"test.ask", question});
    return db::nullable<std::string>(rows[0][0]).value_or("NULL");
  }

  SystemRandom random;
  SystemClock clock;
  Interrupt interrupt;

 private:
  struct Original {
    std::string name;
    Clinic clinic;
  };
  static const Original& original_of(std::size_t records) {
    static std::map<std::size_t, Original> originals;
    const auto found = originals.find(records);
    if (found != originals.end()) return found->second;
    const std::string name = Postgres::shared().fresh_database();
    return originals.try_emplace(records, name, Clinic{Postgres::shared().url(name), records})
        .first->second;
  }

  std::optional<Clinic> clinic_;
};

}  // namespace pcx::testing
