#include "audit/retain.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "audit/checkpoint_store.h"
#include "audit/note.h"
#include "audit/retain_note.h"
#include "audit/sql.h"
#include "audit/trail_reading.h"
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

std::vector<std::int64_t> indexes_in(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> indexes;
  for (const std::string& text : texts) indexes.push_back(std::stoll(text));
  return indexes;
}

void place(db::Transaction& tx, Month& month) {
  for (const db::Row row : tx.query(sql::place_month, {month.begins, month.ends})) {
    if (!row["is_sealed"].as<bool>()) month.state = MonthState::altered;
    month.parts.push_back({.epoch = row["epoch"].as<int>(),
                           .origin = row["origin"].as<std::string>(),
                           .leaves = row["leaves"].as<std::int64_t>(),
                           .from_index = row["from_index"].as<std::int64_t>(),
                           .to_index = row["to_index"].as<std::int64_t>(),
                           .before = indexes_in(row["before"].as<std::vector<std::string>>()),
                           .digest = row["digest"].as<std::string>()});
  }
}

void look_at(db::Transaction& tx, Month& month) {
  count(tx, month);
  if (month.state == MonthState::droppable) look_for_holds(tx, month);
  if (month.state == MonthState::droppable) place(tx, month);
}

std::string signature_of(const RetainTools& tools, const Month& month, const MonthPart& part) {
  const std::string text = retain_text({.origin = part.origin,
                                        .month = month.name,
                                        .from_index = part.from_index,
                                        .to_index = part.to_index,
                                        .dropped = part.leaves,
                                        .digest = part.digest,
                                        .before = part.before});
  if (parse_retain(text)) return sign_note(text, {&tools.key, 1});
  throw Error{ErrorCode::data, fmt::format("what left {} cannot be signed", month.name),
              "Run 'pcx audit verify --full': the origin of the tree may not be what was signed."};
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
    for (const std::int64_t index : part.before) before.add(index);
    details.set("before", std::move(before));
  }
  details.set("signature", signature_of(tools, month, part));
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

// What of the ledger stays, aside, in the order of its index; of the session, so that it is there
// however often the locks have to be asked for.
db::Query keep_query(const Month& month) {
  db::Query query{"audit.keep_ledger"};
  query.sql("CREATE TEMPORARY TABLE pcx_kept AS SELECT l.* FROM ONLY ");
  query.identifier("pcx", "ledger_" + month.suffix);
  return query.sql(" AS l WHERE l.src <> 'C' ORDER BY l.segment, l.xid, l.seq");
}

db::Query forget_query() {
  db::Query query{"audit.forget_kept"};
  return query.sql("DROP TABLE IF EXISTS pg_temp.pcx_kept");
}

db::Query count_query(const Month& month) {
  db::Query query{"audit.count_locked"};
  query.sql("SELECT (SELECT count(*) FROM ONLY ").identifier("pcx", "change_" + month.suffix);
  query.sql(
      ") AS changes, count(*) FILTER (WHERE l.src = 'C') AS leaves,"
      " count(*) FILTER (WHERE l.src <> 'C') AS others,"
      " (SELECT count(*) FROM pg_temp.pcx_kept) AS kept FROM ONLY ");
  return query.identifier("pcx", "ledger_" + month.suffix).sql(" AS l");
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

void require_no_hold(db::Transaction& tx, const Month& month) {
  Month now = month;
  now.holds.clear();
  look_for_holds(tx, now);
  if (now.holds.empty()) return;
  throw Error{ErrorCode::conflict,
              fmt::format("hold {} was placed on {} meanwhile", now.holds.front(), month.name)}
      .because("held");
}

// Under the locks, for which readers wait: what was found is still so. Guards keep rows from being
// changed, so that there can only be more or fewer.
void require_same(db::Transaction& tx, const Month& month) {
  const db::Result rows = tx.query(count_query(month));
  const db::Row row = rows.one();
  if (row["changes"].as<std::int64_t>() != month.changes ||
      row["leaves"].as<std::int64_t>() != month.changes ||
      row["others"].as<std::int64_t>() != row["kept"].as<std::int64_t>()) {
    throw changed(month);
  }
}

// What takes long, before anything is locked: where the month is now that the months before are
// told of, and what of the ledger stays. Returns the notes.
std::vector<std::string> prepare(const RetainTools& tools, const Month& month) {
  db::Transaction tx = tools.database.begin();
  see_every_row(tx);
  Month now = month;
  now.parts.clear();
  place(tx, now);
  if (now.state != MonthState::droppable) throw changed(month);
  std::vector<std::string> notes;
  for (const MonthPart& part : now.parts) notes.push_back(note_of(tools, month, part));
  tx.query(forget_query());
  tx.query(keep_query(month));
  tx.commit();
  return notes;
}

void try_drop(const RetainTools& tools, const Month& month, const std::vector<std::string>& notes,
              const std::function<void(db::Transaction& tx)>& also) {
  db::Transaction tx = tools.database.begin();
  see_every_row(tx);
  tx.query(sql::limit_lock_wait, {kReadersWait.count()});
  tx.query(lock_holds_query());
  require_no_hold(tx, month);
  tx.query(lock_query(month));
  require_same(tx, month);
  tx.query(sql::begin_retaining);
  tx.query(truncate_query(month));
  tx.query(put_back_query(month));
  for (const std::string& note : notes) tx.query(sql::insert_note, {"retain", note});
  tx.query(sql::end_pass);
  tx.query(forget_query());
  also(tx);
  tx.commit();
}

// Writers wait behind this lock.
db::Query lock_partition_query(const Month& month) {
  db::Query query{"audit.lock_partition"};
  query.sql("LOCK TABLE ONLY pcx.change, ONLY ").identifier("pcx", "change_" + month.suffix);
  return query.sql(" IN ACCESS EXCLUSIVE MODE");
}

void require_empty(db::Transaction& tx, const Month& month) {
  db::Query query{"audit.find_any_change"};
  query.sql("SELECT EXISTS (SELECT FROM ONLY ").identifier("pcx", "change_" + month.suffix);
  const db::Result rows = tx.query(query.sql(") AS is_there"));
  if (rows.one()["is_there"].as<bool>()) throw changed(month);
}

std::string partition_note(const RetainTools& tools, const Month& month) {
  Document details = Document::object();
  details.set("type", "table");
  details.set("object", "pcx.change_" + month.suffix);
  details.set("by", tools.by);
  details.set("reason", tools.reason);
  return to_json(details);
}

void try_drop_partition(const RetainTools& tools, const Month& month) {
  db::Query drop{"audit.drop_partition"};
  drop.sql("DROP TABLE ").identifier("pcx", "change_" + month.suffix);
  db::Transaction tx = tools.database.begin();
  see_every_row(tx);
  tx.query(sql::limit_lock_wait, {kWritersWait.count()});
  tx.query(lock_partition_query(month));
  require_empty(tx, month);
  tx.query(drop);
  tx.query(sql::insert_note, {"drop", partition_note(tools, month)});
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
  see_every_row(tx);
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

void require_sealer(db::Transaction& tx, const VerifierKey& key) {
  const auto newest = newest_checkpoint(tx);
  if (!newest) return;
  const auto opened = open_note(newest->note, {&key, 1});
  const auto* const note = std::get_if<Note>(&opened);
  const auto tree = note == nullptr ? std::nullopt : parse_sealed(note->text);
  const bool has_handed_over =
      tree && tree->point.key_change && tree->point.key_change->before == key;
  if (tree && !has_handed_over) return;
  throw Error{ErrorCode::conflict,
              fmt::format("{} is not the key that signs the trail", key.label()),
              "Nobody would believe what it signs: give the key that 'pcx audit seal' uses."}
      .because("other_key");
}

void drop_month(const RetainTools& tools, const Month& month,
                const std::function<void(db::Transaction& tx)>& also) {
  const auto notes = prepare(tools, month);
  for (int tries = 1;; ++tries) {
    try {
      return try_drop(tools, month, notes, also);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy || tries == kDropTries) throw;
    }
    sleep_unless_stopped(tools.clock, tools.interrupt, kPause);
  }
}

bool drop_empty_partition(const RetainTools& tools, const Month& month) {
  for (int tries = 1; tries <= kPartitionTries; ++tries) {
    try {
      try_drop_partition(tools, month);
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy) throw;
    }
    sleep_unless_stopped(tools.clock, tools.interrupt, kShortPause);
  }
  return false;
}

}  // namespace pcx::audit
