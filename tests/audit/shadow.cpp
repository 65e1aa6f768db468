#include "tests/audit/shadow.h"

#include <algorithm>
#include <regex>
#include <stdexcept>

#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"
#include "db/copy.h"
#include "db/identifier.h"

namespace pcx::audit {

namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::optional<std::string> text_in(const ShadowRow* row, const std::string& column) {
  if (row == nullptr) return std::nullopt;
  const auto value = row->find(column);
  if (value == row->end() || value->second.is_null()) return std::nullopt;
  return *value->second.text();
}

// As ->> shows a scalar.
std::string plain(const Document& value) {
  const std::string* text = value.text();
  return text != nullptr ? *text : to_json(value);
}

}  // namespace

Shadow::Shadow(std::vector<ShadowTable> tables, const Secret& digest_key) : hmac_(digest_key) {
  for (ShadowTable& table : tables) tables_[table.name] = std::move(table);
}

const ShadowTable& Shadow::table(const std::string& name) const { return tables_.at(name); }

const std::map<std::string, ShadowRow>& Shadow::rows(const std::string& table) const {
  return tables_.at(table).rows;
}

std::string Shadow::key_of(const ShadowTable& table, const ShadowRow& row) {
  if (table.keys.size() == 1) return plain(row.at(table.keys.front()));
  std::vector<std::string> values;
  for (const std::string& key : table.keys) values.push_back(to_json(row.at(key)));
  return "[" + join(values, ", ") + "]";  // as jsonb is written
}

std::string Shadow::image_of(const ShadowTable& table, const ShadowRow& row) {
  Document image = Document::object();
  for (const auto& [column, value] : row) {
    if (has(table.dropped, column)) continue;
    if (!has(table.hashed, column) || value.is_null()) {
      image.set(column, value);
      continue;
    }
    image.set(column, digest_of(plain(value)));
  }
  return to_json(image);
}

// "hmac:v2:7:<digest>": of an encrypted value, under which key it is.
std::string Shadow::digest_of(const std::string& value) {
  static const std::regex kSealed{"^enc:(v1|v2:[0-9]+):[^]*"};
  std::smatch match;
  const std::string key = std::regex_match(value, match, kSealed) ? match[1].str() : "";
  return "hmac:" + key + ":" + crypto::to_hex(hmac_.tag(value));
}

void Shadow::tell(const ShadowTable& table, char op, const ShadowRow* image,
                  std::optional<std::string> before, std::optional<std::string> after) {
  std::optional<std::string> actor;
  if (!session.actor.empty()) actor = session.actor;
  if (!actor) actor = text_in(image, "updatedBy");
  if (!actor) actor = text_in(image, "createdBy");
  ShadowEvent event{.relation = "public." + table.name,
                    .op = op,
                    .row_key = std::nullopt,
                    .tenant = text_in(image, "tenantId"),
                    .actor = actor.value_or("postgres"),
                    .correlation = session.correlation,
                    .before = std::move(before),
                    .after = std::move(after)};
  if (image != nullptr) event.row_key = key_of(table, *image);
  if (!session.address.empty()) event.address = session.address;
  events_.push_back(std::move(event));
}

void Shadow::insert(const std::string& name, ShadowRow row) {
  ShadowTable& table = tables_.at(name);
  tell(table, 'I', &row, std::nullopt, image_of(table, row));
  const auto [place, is_new] = table.rows.emplace(key_of(table, row), std::move(row));
  if (!is_new) throw std::logic_error{"the shadow has this row: " + place->first};
}

void Shadow::update(const std::string& name, const std::string& key, const ShadowRow& changes) {
  ShadowTable& table = tables_.at(name);
  const ShadowRow old = table.rows.at(key);
  ShadowRow row = old;
  ShadowRow before;
  ShadowRow after;
  bool matters = false;
  for (const auto& [column, value] : changes) {
    if (old.at(column) == value) continue;
    before[column] = old.at(column);
    after[column] = value;
    row[column] = value;
    if (!has(table.ignored, column)) matters = true;
  }
  table.rows.erase(key);
  table.rows[key_of(table, row)] = row;
  if (matters) tell(table, 'U', &row, image_of(table, before), image_of(table, after));
}

void Shadow::erase(const std::string& name, const std::string& key) {
  ShadowTable& table = tables_.at(name);
  const ShadowRow row = table.rows.at(key);
  table.rows.erase(key);
  tell(table, 'D', &row, image_of(table, row), std::nullopt);
}

void Shadow::truncate(const std::string& name) {
  ShadowTable& table = tables_.at(name);
  table.rows.clear();
  tell(table, 'T', nullptr, std::nullopt, std::nullopt);
}

void Shadow::roll_back(const Mark& mark) {
  tables_ = mark.tables;
  events_.resize(mark.events);
}

void Shadow::write(db::Database& database) const {
  database.query(db::Statement{"test",
                               "CREATE TABLE public.expected (relation text, op \"char\", "
                               "row_key text, tenant text, actor text, correlation text, "
                               "address text, before jsonb, after jsonb)"});
  db::Transaction tx = database.begin();
  db::CopyIn copy{tx,
                  "public",
                  "expected",
                  {"relation", "op", "row_key", "tenant", "actor", "correlation", "address",
                   "before", "after"}};
  const auto optional = [&](const std::optional<std::string>& text) {
    text ? copy.field(*text) : copy.field_null();
  };
  for (const ShadowEvent& event : events_) {
    copy.field(event.relation);
    copy.field(std::string_view{&event.op, 1});
    optional(event.row_key);
    optional(event.tenant);
    copy.field(event.actor);
    copy.field(event.correlation);
    optional(event.address);
    optional(event.before);
    optional(event.after);
    copy.end_row();
  }
  copy.finish();
  tx.commit();
}

std::string literal_of(const Document& value) {
  if (value.is_null()) return "NULL";
  if (value.text() != nullptr) return db::quote_literal(*value.text());
  if (value.is_scalar()) return to_json(value);
  return db::quote_literal(to_json(value)) + "::jsonb";
}

std::string insert_sql(const ShadowTable& table, const std::vector<ShadowRow>& rows) {
  std::vector<std::string> columns;
  for (const std::string& column : table.columns) columns.push_back(db::quote_identifier(column));
  std::vector<std::string> tuples;
  for (const ShadowRow& row : rows) {
    std::vector<std::string> values;
    for (const std::string& column : table.columns) values.push_back(literal_of(row.at(column)));
    tuples.push_back("(" + join(values, ", ") + ")");
  }
  return "INSERT INTO public." + table.name + " (" + join(columns, ", ") + ") VALUES " +
         join(tuples, ", ");
}

}  // namespace pcx::audit
