#include "kpi/kept.h"

#include <algorithm>

#include "core/date.h"
#include "core/error.h"
#include "core/json.h"
#include "core/time.h"
#include "kpi/sql.h"

namespace pcx::kpi {

namespace {

// Of the table: "" is no tenant.
std::string column_of(const std::optional<std::string>& tenant) { return tenant.value_or(""); }

Error not_ours(std::string_view what) {
  return {ErrorCode::data,
          "a row of pcx.kpi_daily has a " + std::string{what} + " that pcx does not write"};
}

Time time_in(const db::Field& field) {
  if (const auto time = parse_rfc3339(field.as<std::string_view>())) return *time;
  throw not_ours("time");
}

Date date_in(const db::Field& field) {
  if (const auto date = parse_iso_date(field.as<std::string_view>())) return *date;
  throw not_ours("date");
}

Part to_part(const Document::Member& member) {
  const std::string* const digits = member.second.text();
  if (digits == nullptr) throw not_ours("part");
  return {member.first, *digits};
}

// jsonb orders its members by length first.
std::vector<Part> parts_in(const db::Field& field) {
  const auto text = db::nullable<std::string_view>(field);
  if (!text) return {};
  std::vector<Part> parts;
  const Document document = parse_json(*text, "parts");
  for (const Document::Member& member : document.members()) parts.push_back(to_part(member));
  std::ranges::sort(parts, {}, &Part::label);
  return parts;
}

std::optional<std::string> tenant_in(const db::Field& field) {
  auto tenant = field.as<std::string>();
  if (tenant.empty()) return std::nullopt;
  return tenant;
}

}  // namespace

State state_in(const db::Field& field) {
  const auto text = field.as<std::string_view>();
  for (const State state : {State::known, State::no_data, State::not_kept}) {
    if (text == to_string(state)) return state;
  }
  throw not_ours("state");
}

std::optional<KeptNumber> to_kept_number(const db::Row& row) {
  if (state_in(row["state"]) != State::known) return std::nullopt;
  return KeptNumber{.tenant = tenant_in(row["tenant"]),
                    .kpi = row["kpi"].as<std::string>(),
                    .definition_hash = row["definition_hash"].as<std::string>(),
                    .from = time_in(row["day_from"]),
                    .to = time_in(row["day_to"]),
                    .digits = row["value"].as<std::string>(),
                    .parts = parts_in(row["parts"])};
}

KeptValue to_kept_value(const db::Row& row) {
  KeptValue kept;
  kept.tenant = tenant_in(row["tenant"]);
  kept.kpi = row["kpi"].as<std::string>();
  kept.definition_hash = row["definition_hash"].as<std::string>();
  kept.revision = row["revision"].as<int>();
  kept.is_newest = row["is_newest"].as<bool>();
  kept.day = {date_in(row["day"]), time_in(row["day_from"]), time_in(row["day_to"])};
  kept.time_zone = row["time_zone"].as<std::string>();
  kept.value = {.state = state_in(row["state"]),
                .digits = db::nullable<std::string>(row["value"]).value_or(""),
                .reason = db::nullable<std::string>(row["reason"]).value_or(""),
                .sample = db::nullable<std::int64_t>(row["sample"])};
  kept.parts = parts_in(row["parts"]);
  kept.computed_at = time_in(row["computed_at"]);
  kept.run_id = row["run_id"].as<std::string>();
  kept.pcx_version = row["pcx_version"].as<std::string>();
  return kept;
}

Keeping find_keeping(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::find_keeping);
  const db::Row row = rows.one();
  if (row["is_readable"].as<bool>()) return Keeping::readable;
  bool is_there = row["is_there"].as<bool>();
  if (db::nullable<bool>(row["is_usable"]) == false) {
    is_there = tx.query(sql::has_hidden_table).one()["is_there"].as<bool>();
  }
  return is_there ? Keeping::not_readable : Keeping::absent;
}

void KeptValues::add(KeptValue value) {
  Key key{column_of(value.tenant), value.kpi, value.definition_hash, value.day.date};
  values_.insert_or_assign(std::move(key), std::move(value));
}

const KeptValue* KeptValues::find(const std::optional<std::string>& tenant,
                                  const Definition& definition, Date date) const {
  if (tenant && tenant->empty()) return nullptr;  // would be taken for no tenant
  const auto found = values_.find(Key{column_of(tenant), definition.name, definition.hash, date});
  return found == values_.end() ? nullptr : &found->second;
}

KeptValues read_kept(db::Transaction& tx, const KeptQuestion& question) {
  KeptValues kept;
  if (question.tenants.empty() || question.definitions.empty() || question.dates.empty())
    return kept;
  if (find_keeping(tx) != Keeping::readable) return kept;
  std::vector<std::string> tenants, kpis, hashes, dates;
  for (const auto& tenant : question.tenants) tenants.push_back(column_of(tenant));
  for (const Definition* definition : question.definitions) {
    kpis.push_back(definition->name);
    hashes.push_back(definition->hash);
  }
  for (const Date date : question.dates) dates.push_back(to_iso_date(date));
  const db::Result rows = tx.query(sql::read_kept, {tenants, kpis, hashes, dates});
  for (const db::Row row : rows) kept.add(to_kept_value(row));
  return kept;
}

}  // namespace pcx::kpi
