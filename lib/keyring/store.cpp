#include "keyring/store.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/encoding.h"
#include "keyring/sql.h"

namespace pcx::keyring {

namespace {

using Texts = std::vector<std::string>;

// --- from the database

std::string bytes_in(const db::Field& hex) {
  return crypto::from_hex(db::nullable<std::string>(hex).value_or("")).value_or("");
}

std::optional<Time> time_in(const db::Field& field, const std::string& row) {
  const auto text = db::nullable<std::string>(field);
  if (!text) return std::nullopt;
  if (const auto time = parse_rfc3339(*text)) return time;
  throw tampered(row, "holds a time that pcx does not write");
}

template <typename Value>
Value known(const std::optional<Value>& value, const std::string& row) {
  if (value) return *value;
  throw tampered(row, "holds a word that pcx does not write");
}

KekRow to_kek(const db::Row& row) {
  const auto id = row["id"].as<int>();
  const std::string name = fmt::format("row {} of pcx.kek", id);
  return {.id = id,
          .kind = known(kek_kind_of(row["provider"].as<std::string_view>()), name),
          .location = row["location"].as<std::string>(),
          .wrapped = bytes_in(row["wrapped"]),
          .check = bytes_in(row["key_check"]),
          .created_at = known(time_in(row["created_at"], name), name),
          .tag = bytes_in(row["tag"])};
}

KeyRow to_key(const db::Row& row) {
  const auto id = row["id"].as<int>();
  const std::string name = fmt::format("row {} of pcx.data_key", id);
  return {.key = {.id = id,
                  .purpose = known(purpose_of(row["purpose"].as<std::string_view>()), name),
                  .format = known(format_of(row["format"].as<std::string_view>()), name),
                  .state = known(state_of(row["state"].as<std::string_view>()), name),
                  .compromised = row["compromised"].as<bool>(),
                  .created_at = known(time_in(row["created_at"], name), name),
                  .activated_at = time_in(row["activated_at"], name),
                  .retired_at = time_in(row["retired_at"], name),
                  .destroyed_at = time_in(row["destroyed_at"], name),
                  .check = bytes_in(row["key_check"])},
          .seal_count = row["seal_count"].as<std::int64_t>(),
          .tag = bytes_in(row["tag"])};
}

WrapRow to_wrap(const db::Row& row) {
  return {row["key_id"].as<int>(), row["kek_id"].as<int>(), bytes_in(row["wrapped"])};
}

std::optional<Rows> read_with(db::Transaction& tx, const db::Statement& first) {
  const db::Result head = tx.query(first);
  if (head.empty()) return std::nullopt;
  Rows rows{.generation = head.one()["generation"].as<std::int64_t>(),
            .tag = bytes_in(head.one()["tag"])};
  const db::Result keks = tx.query(sql::read_keks);
  for (const auto& row : keks) rows.keks.push_back(to_kek(row));
  const db::Result keys = tx.query(sql::read_data_keys);
  for (const auto& row : keys) rows.keys.push_back(to_key(row));
  const db::Result wraps = tx.query(sql::read_wraps);
  rows.wraps.reserve(wraps.size());
  for (const auto& row : wraps) rows.wraps.push_back(to_wrap(row));
  return rows;
}

// --- to the database

std::span<const std::byte> bytes_of(const std::string& text) { return crypto::bytes_of(text); }

std::string hex_of(const std::string& bytes) { return crypto::to_hex(crypto::bytes_of(bytes)); }

std::string text_of(const std::optional<Time>& time) { return time ? to_rfc3339_us(*time) : ""; }

// One column of many rows.
template <typename Row, typename Text>
Texts column(const std::vector<const Row*>& rows, Text text) {
  Texts texts;
  texts.reserve(rows.size());
  for (const Row* row : rows) texts.push_back(text(*row));
  return texts;
}

void insert_kek(db::Transaction& tx, const KekRow& kek) {
  const bool is_command = kek.kind == KekKind::command;
  const bool has_check = kek.kind != KekKind::recovery;
  tx.query(sql::insert_kek, {kek.id, to_string(kek.kind), kek.location,
                             is_command ? db::Param{bytes_of(kek.wrapped)} : db::Param{nullptr},
                             has_check ? db::Param{bytes_of(kek.check)} : db::Param{nullptr},
                             to_rfc3339_us(kek.created_at), bytes_of(kek.tag)});
}

void insert_keys(db::Transaction& tx, const std::vector<const KeyRow*>& rows) {
  if (rows.empty()) return;
  const auto of = [&](auto text) { return column(rows, text); };
  tx.query(sql::insert_data_keys,
           {of([](const KeyRow& row) { return std::to_string(row.key.id); }),
            of([](const KeyRow& row) { return std::string{to_string(row.key.purpose)}; }),
            of([](const KeyRow& row) { return std::string{to_string(row.key.format)}; }),
            of([](const KeyRow& row) { return std::string{to_string(row.key.state)}; }),
            of([](const KeyRow& row) { return std::string{row.key.compromised ? "t" : "f"}; }),
            of([](const KeyRow& row) { return to_rfc3339_us(row.key.created_at); }),
            of([](const KeyRow& row) { return text_of(row.key.activated_at); }),
            of([](const KeyRow& row) { return text_of(row.key.retired_at); }),
            of([](const KeyRow& row) { return text_of(row.key.destroyed_at); }),
            of([](const KeyRow& row) { return hex_of(row.key.check); }),
            of([](const KeyRow& row) { return hex_of(row.tag); })});
}

void update_keys(db::Transaction& tx, const std::vector<const KeyRow*>& rows) {
  if (rows.empty()) return;
  const auto of = [&](auto text) { return column(rows, text); };
  tx.query(sql::update_data_keys,
           {of([](const KeyRow& row) { return std::to_string(row.key.id); }),
            of([](const KeyRow& row) { return std::string{to_string(row.key.state)}; }),
            of([](const KeyRow& row) { return std::string{row.key.compromised ? "t" : "f"}; }),
            of([](const KeyRow& row) { return text_of(row.key.activated_at); }),
            of([](const KeyRow& row) { return text_of(row.key.retired_at); }),
            of([](const KeyRow& row) { return text_of(row.key.destroyed_at); }),
            of([](const KeyRow& row) { return hex_of(row.tag); })});
}

Texts key_ids(const std::vector<const WrapRow*>& rows) {
  return column(rows, [](const WrapRow& row) { return std::to_string(row.key); });
}

Texts kek_ids(const std::vector<const WrapRow*>& rows) {
  return column(rows, [](const WrapRow& row) { return std::to_string(row.kek); });
}

void insert_wraps(db::Transaction& tx, const std::vector<const WrapRow*>& rows) {
  if (rows.empty()) return;
  const Texts wraps = column(rows, [](const WrapRow& row) { return hex_of(row.wrapped); });
  tx.query(sql::insert_wraps, {key_ids(rows), kek_ids(rows), wraps});
}

void delete_wraps(db::Transaction& tx, const std::vector<const WrapRow*>& rows) {
  if (!rows.empty()) tx.query(sql::delete_wraps, {key_ids(rows), kek_ids(rows)});
}

// Those of `rows` for which `others` has none with the same key; both in the order of that key.
template <typename Row, typename KeyOf>
std::vector<const Row*> missing_from(const std::vector<Row>& others, const std::vector<Row>& rows,
                                     KeyOf key_of) {
  std::vector<const Row*> missing;
  auto other = others.begin();
  for (const Row& row : rows) {
    while (other != others.end() && key_of(*other) < key_of(row)) ++other;
    if (other == others.end() || key_of(row) < key_of(*other)) missing.push_back(&row);
  }
  return missing;
}

KekId id_of_kek(const KekRow& row) { return row.id; }
KeyId id_of_key(const KeyRow& row) { return row.key.id; }
// A wrap that is another one now is a new one.
auto identity_of(const WrapRow& row) { return std::tie(row.key, row.kek, row.wrapped); }

// Those in which something differs; `active` ones, or the others.
std::vector<const KeyRow*> changed_keys(const Rows& before, const Rows& after, bool active) {
  std::vector<const KeyRow*> changed;
  auto old = before.keys.begin();
  for (const KeyRow& row : after.keys) {
    while (old != before.keys.end() && old->key.id < row.key.id) ++old;
    const bool is_known = old != before.keys.end() && old->key.id == row.key.id;
    const bool is_active = row.key.state == KeyState::active;
    if (is_known && old->tag != row.tag && is_active == active) changed.push_back(&row);
  }
  return changed;
}

}  // namespace

std::optional<Rows> read_rows(db::Database& database) {
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  if (!tx.query(sql::keyring_exists).one()["found"].as<bool>()) return std::nullopt;
  auto rows = read_with(tx, sql::read_keyring);
  tx.commit();
  return rows;
}

std::optional<Rows> lock_rows(db::Transaction& tx) {
  tx.query(sql::be_careful);
  return read_with(tx, sql::lock_keyring);
}

Rows read_rows_again(db::Transaction& tx) {
  if (auto rows = read_with(tx, sql::read_keyring)) return std::move(*rows);
  throw Error{ErrorCode::internal, "the keyring that was written is not there"};
}

KeyId next_key_id(db::Transaction& tx) { return tx.query(sql::next_key_id).one()["id"].as<int>(); }

KekId next_kek_id(db::Transaction& tx) { return tx.query(sql::next_kek_id).one()["id"].as<int>(); }

void insert_rows(db::Transaction& tx, const Rows& rows) {
  tx.query(sql::be_careful);
  const db::Result first = tx.query(sql::insert_keyring, {rows.generation, bytes_of(rows.tag)});
  if (first.affected_rows() == 0) {
    throw Error{ErrorCode::conflict, "there is a keyring already",
                "A database has one. To see it, run: pcx key status"}
        .because("keyring_exists");
  }
  write_changes(tx, {.generation = rows.generation, .tag = rows.tag}, rows);
}

void write_changes(db::Transaction& tx, const Rows& before, const Rows& after) {
  delete_wraps(tx, missing_from(after.wraps, before.wraps, identity_of));
  for (const KekRow* kek : missing_from(after.keks, before.keks, id_of_kek)) {
    tx.query(sql::delete_kek, {kek->id});
  }
  for (const KekRow* kek : missing_from(before.keks, after.keks, id_of_kek)) insert_kek(tx, *kek);
  insert_keys(tx, missing_from(before.keys, after.keys, id_of_key));
  // There is one active key a purpose at any moment: the old one goes first.
  update_keys(tx, changed_keys(before, after, false));
  update_keys(tx, changed_keys(before, after, true));
  insert_wraps(tx, missing_from(before.wraps, after.wraps, identity_of));
  if (before.generation == after.generation) return;
  tx.query(sql::update_keyring, {after.generation, bytes_of(after.tag)});
}

std::vector<ListedKey> list_keys(db::Database& database) {
  std::vector<ListedKey> listed;
  if (!database.query(sql::keyring_exists).one()["found"].as<bool>()) return listed;
  const db::Result rows = database.query(sql::list_keys);
  for (const auto& row : rows) {
    listed.push_back({row["id"].as<int>(), row["purpose"].as<std::string>(),
                      row["format"].as<std::string>(), row["state"].as<std::string>()});
  }
  return listed;
}

std::vector<ListedKek> list_keks(db::Database& database) {
  std::vector<ListedKek> listed;
  if (!database.query(sql::keyring_exists).one()["found"].as<bool>()) return listed;
  const db::Result rows = database.query(sql::list_keks);
  for (const auto& row : rows) {
    listed.push_back({row["id"].as<int>(), row["place"].as<std::string>()});
  }
  return listed;
}

std::int64_t count_seals(db::Transaction& tx, KeyId key, std::int64_t count) {
  const db::Result updated = tx.query(sql::count_seals, {key, count, kSealsMax});
  if (!updated.empty()) return updated.one()["seal_count"].as<std::int64_t>();
  throw Error{
      ErrorCode::conflict,
      fmt::format("key {} may not seal {} more: 2^32 are its limit", key, counted(count, "value")),
      "Make another one with 'pcx key create' and activate it."}
      .because("seal_budget");
}

void record_seals(db::Transaction& tx, KeyId key, std::int64_t count) {
  tx.query(sql::record_seals, {key, count});
}

}  // namespace pcx::keyring
