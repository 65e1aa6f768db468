#include "audit/hold.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/sql.h"
#include "core/document.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

std::optional<Time> time_in(const db::Row& row, const char* column) {
  const auto text = db::nullable<std::string>(row[column]);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

std::optional<std::string> text_of(const std::optional<Time>& time) {
  return time ? std::optional{to_rfc3339_us(*time)} : std::nullopt;
}

struct Part {
  const char* name;
  std::optional<std::string> value;
};

std::vector<Part> parts_of(const HoldFilter& filter) {
  return {{"tenant", filter.tenant},
          {"relation", filter.relation},
          {"row", filter.row},
          {"actor", filter.actor},
          {"since", text_of(filter.since)},
          {"until", text_of(filter.until)}};
}

Document note_of(std::int64_t id, const std::string& reason, const std::string& by) {
  Document details = Document::object();
  details.set("id", id);
  details.set("reason", reason);
  details.set("by", by);
  return details;
}

Hold hold_in(const db::Row& row) {
  return {.id = row["id"].as<std::int64_t>(),
          .reason = row["reason"].as<std::string>(),
          .filter = {.tenant = db::nullable<std::string>(row["tenant"]),
                     .relation = db::nullable<std::string>(row["relation"]),
                     .row = db::nullable<std::string>(row["row_key"]),
                     .actor = db::nullable<std::string>(row["actor"]),
                     .since = time_in(row, "since"),
                     .until = time_in(row, "until")},
          .placed_at = time_in(row, "placed_at").value_or(Time{}),
          .placed_by = row["placed_by"].as<std::string>(),
          .released_at = time_in(row, "released_at"),
          .released_by = db::nullable<std::string>(row["released_by"]).value_or("")};
}

}  // namespace

void HoldFilter::require_order() const {
  if (!since || !until || *since < *until) return;
  throw Error{
      ErrorCode::usage,
      fmt::format("since ({}) is not before until ({})", to_rfc3339(*since), to_rfc3339(*until)),
      "Nothing lies between them: exchange them, or leave one out."}
      .because("range");
}

void require_known_relation(db::Transaction& tx, const HoldFilter& filter) {
  if (!filter.relation) return;
  if (tx.query(sql::knows_relation, {*filter.relation}).one()["knows"].as<bool>()) return;
  throw Error{
      ErrorCode::not_found,
      fmt::format("there is no table {}, and none of that name was ever audited",
                  escape_controls(*filter.relation)),
      "Name it as table or schema.table, as it is written: upper and lower case are different."}
      .because("no_table");
}

HeldChanges count_held(db::Transaction& tx, std::int64_t id) {
  const auto changes =
      tx.query(sql::count_held, {id, kHeldCounted + 1}).one()["changes"].as<std::int64_t>();
  return {std::min(changes, kHeldCounted), changes > kHeldCounted};
}

std::string HoldFilter::described() const {
  std::string text;
  for (const Part& part : parts_of(*this)) {
    if (!part.value) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", part.name, *part.value);
  }
  return text.empty() ? "everything" : text;
}

std::int64_t place_hold(db::Transaction& tx, const HoldFilter& filter, const std::string& reason,
                        const std::string& by) {
  const auto id =
      tx.query(sql::insert_hold, {reason, filter.tenant, filter.relation, filter.row, filter.actor,
                                  text_of(filter.since), text_of(filter.until), by})
          .one()["id"]
          .as<std::int64_t>();
  Document details = note_of(id, reason, by);
  for (const Part& part : parts_of(filter)) {
    if (part.value) details.set(part.name, *part.value);
  }
  tx.query(sql::insert_note, {"hold", to_json(details)});
  return id;
}

void release_hold(db::Transaction& tx, std::int64_t id, const std::string& reason,
                  const std::string& by) {
  if (tx.query(sql::release_hold, {id, by}).empty()) {
    throw Error{ErrorCode::not_found, fmt::format("hold {} is not there, or was released", id),
                "See 'pcx audit hold list --all'."}
        .because("no_such_hold");
  }
  tx.query(sql::insert_note, {"release", to_json(note_of(id, reason, by))});
}

std::vector<Hold> read_holds(db::Transaction& tx, Which which) {
  std::vector<Hold> holds;
  for (const db::Row row : tx.query(sql::read_holds, {which == Which::all})) {
    holds.push_back(hold_in(row));
  }
  return holds;
}

}  // namespace pcx::audit
