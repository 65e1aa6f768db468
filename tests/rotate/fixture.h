// A database with tables that have fields, under odd names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
#include "db/script.h"
#include "rotate/catalog.h"
#include "tests/db/fixture.h"

namespace pcx::rotate {

class RotateFixture : public pcx::testing::DatabaseFixture {
 protected:
  db::Database& database() {
    if (!database_) database_.emplace(connect());
    return *database_;
  }
  void sql(const std::string& script) { db::run_script(database(), script, "test"); }

  static fields::Field field(const char* table, const char* column, const char* member = "",
                             const char* schema = "public") {
    return {.schema = schema,
            .table = table,
            .column = column,
            .member = member,
            .name = {table, column},
            .copy = {}};
  }
  static fields::Field copy(fields::Field field, const char* match_value) {
    field.copy = fields::Copy{"row", "kind", match_value};
    return field;
  }
  std::vector<Heap> heaps(const std::vector<fields::Field>& fields) {
    return read_heaps(database(), fields).heaps;
  }

  SystemClock clock;
  Interrupt interrupt;

 private:
  std::optional<db::Database> database_;
};

}  // namespace pcx::rotate
