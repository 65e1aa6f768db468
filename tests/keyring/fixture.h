// A database with a keyring in it, and everything to change it with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "core/file.h"
#include "core/random.h"
#include "db/query.h"
#include "db/schema.h"
#include "db/script.h"
#include "keyring/change.h"
#include "keyring/init.h"
#include "keyring/make_keys.h"
#include "keyring/store.h"
#include "tests/db/fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/rsa_key.h"
#include "tests/support/temporary_folder.h"

namespace pcx::keyring {

class KeyringFixture : public pcx::testing::DatabaseFixture {
 protected:
  void SetUp() override {
    database_.emplace(connect());
    db::upgrade_schema(*database_);
  }
  db::Database& database() { return *database_; }

  std::filesystem::path file(const std::string& name) const { return folder.path() / name; }
  KekSource file_source(const std::string& name = "kek") const {
    return {KekSource::Provider::file, file(name)};
  }
  KekTools kek_tools() { return {environment, random}; }
  std::function<db::Query(const db::Deed&)> journal() {
    return [](const db::Deed& deed) { return db::deed_query({.os_user = "ann"}, deed); };
  }
  InitTools init_tools() {
    return {database(), kek_tools_, clock, random, journal(), pcx::testing::known_rsa_key};
  }
  NewKeyring init() { return init_keyring(init_tools(), file_source(), file("safe.pem")); }

  Keks keks(const std::vector<KekSource>& named = {}) {
    return load_keks(require_rows(database()), named, kek_tools());
  }
  ChangeTools tools(const Keks& keks) { return {database(), keks, clock, random, journal()}; }
  Keyring open() { return open_keyring(database(), {}, kek_tools()); }
  DataKey create(Purpose purpose = Purpose::field) {
    const Keks all = keks();
    return create_key(tools(all), purpose);
  }

  void sql(const std::string& script) { db::run_script(database(), script, "test"); }
  std::int64_t count(const std::string& from) {
    db::run_script(database(),
                   "CREATE OR REPLACE VIEW public.counted AS SELECT count(*) AS n FROM " + from,
                   "test");
    return database()
        .query({"test.count", "SELECT n FROM public.counted"})
        .one()["n"]
        .as<std::int64_t>();
  }

  const pcx::testing::TemporaryFolder folder;
  MapEnvironment environment{{{"PATH", "/usr/bin:/bin"}}};
  SystemRandom random;
  pcx::testing::FakeClock clock;
  KekTools kek_tools_{environment, random};

 private:
  std::optional<db::Database> database_;
};

}  // namespace pcx::keyring
