// Reports of closed days, made by hand, and a database to store them in.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/time.h"
#include "kpi/history.h"
#include "kpi/kept.h"
#include "kpi/store.h"
#include "tests/kpi/fixture.h"

namespace pcx::kpi {

inline Value number(const char* digits) { return {.state = State::known, .digits = digits}; }
inline Value no_data() { return {.state = State::no_data, .reason = "no rows"}; }
inline Value not_kept() { return {.state = State::not_kept, .reason = "too late"}; }
inline Value failed() { return {.state = State::failed, .reason = "timeout"}; }

class KeptFixture : public KpiFixture {
 protected:
  static constexpr Date kDay = std::chrono::year{2026} / 3 / 8;
  const Time kNow = *parse_rfc3339("2026-03-10T00:30:00Z");

  KeptFixture() : catalog_(std::make_shared<Catalog>()) {
    catalog_->sources = {{.name = "rows"}, {.name = "stock", .rows = Rows::state}};
    add("appointments", 0);
    add("revenue", 0);
    add("low_stock", 1);
  }

  const Definition& definition(const std::string& name) { return changing(name); }
  Definition& changing(const std::string& name) {
    for (Definition& each : catalog_->definitions) {
      if (each.name == name) return each;
    }
    throw std::out_of_range{name};
  }

  // The day of one tenant, in UTC; without values it has no results.
  Report report(std::vector<std::pair<std::string, Value>> values, Date date = kDay,
                std::optional<std::string> tenant = "north") {
    Report made;
    made.catalog = catalog_;
    made.tenants = {{.id = std::move(tenant), .slug = "north", .name = "", .time_zone = "UTC"}};
    made.days = {{.day = {date, Time{date}, Time{date + std::chrono::days{1}}},
                  .until = Time{date + std::chrono::days{1}},
                  .results = {}}};
    for (auto& [name, value] : values) {
      made.days[0].results.push_back({.definition = &definition(name), .value = std::move(value)});
    }
    return made;
  }

  Stored store(const Report& report) { return store(database(), report); }
  Stored store(db::Database& session, const Report& report) {
    db::Transaction tx = session.begin();
    Stored stored = store_days(tx, report, recording());
    tx.commit();
    return stored;
  }
  Recording recording() const { return {kNow, "run-1", "1.2.3"}; }

  KeptValues read(db::Database& session, const std::vector<std::optional<std::string>>& tenants) {
    KeptQuestion question{.tenants = tenants, .definitions = {}, .dates = {kDay}};
    for (const Definition& each : catalog_->definitions) question.definitions.push_back(&each);
    db::Transaction tx = session.begin(db::Access::read_only, db::Isolation::repeatable_read);
    KeptValues kept = read_kept(tx, question);
    EXPECT_TRUE(tx.is_open());
    tx.query({"test.goes_on", "SELECT 1"});
    return kept;
  }
  // "12.50", or the state where there is no number; "-": nothing is stored.
  std::string kept(const std::string& name, const std::optional<std::string>& tenant = "north") {
    const KeptValues values = read(database(), {tenant});
    const KeptValue* const found = values.find(tenant, definition(name), kDay);
    if (found == nullptr) return "-";
    const bool is_known = found->value.state == State::known;
    return is_known ? found->value.digits : to_string(found->value.state);
  }
  History history(const HistoryFilter& filter = {}, int limit = kHistoryRowsMax) {
    db::Transaction tx = database().begin(db::Access::read_only);
    return read_history(tx, filter, limit);
  }
  // All stored values of all days of all revisions, "0 known 5", in the order of the history.
  std::vector<std::string> revisions(const HistoryFilter& filter = {}) {
    std::vector<std::string> lines;
    for (const KeptValue& row : history(filter).rows) {
      std::string line = std::to_string(row.revision) + " " + to_string(row.value.state);
      if (!row.value.digits.empty()) line += " " + row.value.digits;
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  void add(const char* name, std::size_t source) {
    Definition made;
    made.name = name;
    made.source = source;
    made.hash = std::string{name} + "-1";
    catalog_->definitions.push_back(std::move(made));
  }

  std::shared_ptr<Catalog> catalog_;
};

}  // namespace pcx::kpi
