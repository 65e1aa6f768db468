#include "audit/retain.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "audit/sql.h"
#include "core/document.h"
#include "core/error.h"
#include "core/json.h"
#include "core/sleep.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr int kMonthsMax = 1'200;
// Whoever reads the trail waits as long behind a lock that is waited for.
constexpr std::chrono::milliseconds kReadersWait{200};
constexpr int kDropTries = 600;  // some minutes
// The same of writers, behind the lock of the table with all partitions.
constexpr std::chrono::milliseconds kWritersWait{20};
constexpr int kPartitionTries = 20;
constexpr std::chrono::milliseconds kPause{250};
constexpr std::chrono::milliseconds kShortPause{50};

void count(db::Transaction& tx, Month& month) {
  const db::Result rows = tx.query(sql::count_month, {month.begins, month.ends});
  const db::Row row = rows.one();
  month.changes = row["changes"].as<std::int64_t>();
  if (month.changes == 0) month.state = MonthState::empty;
  if (row["unfit"].as<std::int64_t>() > 0) month.state = MonthState::altered;
  if (row["unsealed"].as<std::int64_t>() > 0) month.state = MonthState::unsealed;
}

void look_for_holds(db::Transaction& tx, Month& month) {
  for (const db::Row row : tx.query(sql::holds_of_month, {month.begins, month.ends})) {
    month.holds.push_back(row["id"].as<std::int64_t>());
  }
  if (!month.holds.empty()) month.state = MonthState::held;
}

void place(db::Transaction& tx, Month& month) {
  for (const db::Row row : tx.query(sql::place_month, {month.begins, month.ends})) {
    if (!row["is_sealed"].as<bool>()) month.state = MonthState::altered;
    month.parts.push_back({.epoch = row["epoch"].as<int>(),
                           .leaves = row["leaves"].as<std::int64_t>(),
                           .from_index = row["from_index"].as<std::int64_t>(),
                           .to_index = row["to_index"].as<std::int64_t>(),
                           .before = row["before"].as<std::vector<std::string>>(),
                           .digest = row["digest"].as<std::string>()});
  }
}

void look_at(db::Transaction& tx, Month& month) {
  count(tx, month);
  if (month.state == MonthState::droppable) look_for_holds(tx, month);
  if (month.state == MonthState::droppable) place(tx, month);
}

std::string note_of(const RetainTools& tools, const Month& month, const MonthPart& part) {
  Document details = Document::object();
  details.set("month", month.name);
  details.set("epoch", std::int64_t{part.epoch});
  details.set("from_index", part.from_index);
  details.set("to_index", part.to_index);
  details.set("dropped", part.leaves);
  details.set("digest", part.digest);
  details.set("by", tools.by);
  details.set("reason", tools.reason);
  if (!part.before.empty()) {
    Document before = Document::array();
    for (const std::string& index : part.before) before.add(std::int64_t{std::stoll(index)});
    details.set("before", std::move(before));
  }
  return to_json(details);
}

// Nobody places one until the transaction is over.
db::Query lock_holds_query() {
  db::Query query{"audit.lock_holds"};
  return query.sql("LOCK TABLE pcx.legal_hold IN SHARE MODE");
}

db::Query lock_query(const Month& month) {
  db::Query query{"audit.lock_month"};
  query.sql("LOCK TABLE ONLY ").identifier("pcx", "change_" + month.suffix);
  query.sql(", ONLY ").identifier("pcx", "ledger_" + month.suffix);
  return query.sql(" IN ACCESS EXCLUSIVE MODE");
}

// What of the ledger stays, aside.
db::Query keep_query(const Month& month) {
  db::Query query{"audit.keep_ledger"};
  query.sql("CREATE TEMPORARY TABLE pcx_kept ON COMMIT DROP AS SELECT l.* FROM ONLY ");
  query.identifier("pcx", "ledger_" + month.suffix);
  return query.sql(" AS l WHERE l.src <> 'C'");
}

db::Query truncate_query(const Month& month) {
  db::Query query{"audit.truncate_month"};
  query.sql("TRUNCATE ONLY ").identifier("pcx", "change_" + month.suffix);
  return query.sql(", ONLY ").identifier("pcx", "ledger_" + month.suffix);
}

db::Query put_back_query(const Month& month) {
  db::Query query{"audit.put_ledger_back"};
  query.sql("INSERT INTO ").identifier("pcx", "ledger_" + month.suffix);
  return query.sql(" SELECT k.* FROM pg_temp.pcx_kept AS k");
}

Error changed(const Month& month) {
  Error error{ErrorCode::conflict, fmt::format("{} was changed meanwhile", month.name),
              "Run 'pcx audit verify --full': months that are over do not change."};
  return std::move(error.because("changed"));
}

// Under the locks: what was found is still so. What is sealed can only have lost rows.
void require_same(db::Transaction& tx, const Month& month) {
  Month now = month;
  now.holds.clear();
  look_for_holds(tx, now);
  if (!now.holds.empty()) {
    throw Error{ErrorCode::conflict,
                fmt::format("hold {} was placed on {} meanwhile", now.holds.front(), month.name)}
        .because("held");
  }
  const db::Result rows = tx.query(sql::count_changes, {month.begins, month.ends});
  const db::Row row = rows.one();
  if (row["changes"].as<std::int64_t>() != month.changes ||
      row["leaves"].as<std::int64_t>() != month.changes) {
    throw changed(month);
  }
}

// Where it is now that the months before are told of.
std::vector<MonthPart> place_again(db::Transaction& tx, const Month& month) {
  Month now = month;
  now.parts.clear();
  place(tx, now);
  if (now.state != MonthState::droppable) throw changed(month);
  return std::move(now.parts);
}

void try_drop(const RetainTools& tools, const Month& month,
              const std::function<void(db::Transaction& tx)>& also) {
  db::Transaction tx = tools.database.begin();
  tx.query(sql::limit_lock_wait, {kReadersWait.count()});
  const auto parts = place_again(tx, month);
  tx.query(lock_holds_query());
  tx.query(lock_query(month));
  require_same(tx, month);
  tx.query(keep_query(month));
  tx.query(sql::begin_retaining);
  tx.query(truncate_query(month));
  tx.query(put_back_query(month));
  for (const MonthPart& part : parts) {
    tx.query(sql::insert_note, {"retain", note_of(tools, month, part)});
  }
  tx.query(sql::end_pass);
  also(tx);
  tx.commit();
}

}  // namespace

const char* to_string(MonthState state) noexcept {
  switch (state) {
    case MonthState::droppable: return "droppable";
    case MonthState::unsealed: return "unsealed";
    case MonthState::altered: return "altered";
    case MonthState::held: return "held";
    case MonthState::empty: return "empty";
  }
  return "unknown";
}

int parse_keep_months(std::string_view text) noexcept {
  std::size_t digits = 0;
  int number = 0;
  while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9') {
    number = number * 10 + (text[digits++] - '0');
  }
  if (digits == 0 || text.front() == '0') return 0;
  const std::string_view unit = text.substr(digits);
  if (unit == "y") number *= 12;
  if ((unit != "y" && unit != "mo") || number > kMonthsMax) return 0;
  return number;
}

std::vector<Month> find_old_months(db::Transaction& tx, int keep_months) {
  std::vector<Month> months;
  for (const db::Row row : tx.query(sql::old_months, {keep_months})) {
    Month month{.name = row["month"].as<std::string>(),
                .suffix = row["suffix"].as<std::string>(),
                .begins = row["begins"].as<std::string>(),
                .ends = row["ends"].as<std::string>(),
                .has_partition = row["has_changes"].as<bool>(),
                .bytes = row["bytes"].as<std::int64_t>()};
    if (!month.has_partition) continue;
    look_at(tx, month);
    const bool may_go_on = month.state == MonthState::droppable || month.state == MonthState::empty;
    months.push_back(std::move(month));
    if (!may_go_on) break;
  }
  return months;
}

void drop_month(const RetainTools& tools, const Month& month,
                const std::function<void(db::Transaction& tx)>& also) {
  for (int tries = 1;; ++tries) {
    try {
      return try_drop(tools, month, also);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy || tries == kDropTries) throw;
    }
    sleep_unless_stopped(tools.clock, tools.interrupt, kPause);
  }
}

bool drop_empty_partition(const RetainTools& tools, const Month& month) {
  db::Query drop{"audit.drop_partition"};
  drop.sql("DROP TABLE ").identifier("pcx", "change_" + month.suffix);
  for (int tries = 1; tries <= kPartitionTries; ++tries) {
    try {
      db::Transaction tx = tools.database.begin();
      tx.query(sql::limit_lock_wait, {kWritersWait.count()});
      tx.query(drop);
      tx.commit();
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy) throw;
    }
    sleep_unless_stopped(tools.clock, tools.interrupt, kShortPause);
  }
  return false;
}

}  // namespace pcx::audit
