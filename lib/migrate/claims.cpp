#include "migrate/claims.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "migrate/tree.h"

namespace pcx::migrate {

const Relation* Claims::resolve(const Document& range) {
  return resolve(tree::text_of(range, "schemaname"), tree::text_of(range, "relname"));
}

const Relation* Claims::resolve(const std::vector<std::string>& parts) {
  if (parts.empty()) return nullptr;
  return resolve(parts.size() > 1 ? parts[parts.size() - 2] : "", parts.back());
}

const Relation* Claims::resolve(const std::string& schema, const std::string& name) {
  const std::string& place = schema.empty() ? catalog().default_schema() : schema;
  if (forecaster_.made_.contains({place, name})) return nullptr;
  const Relation* relation = catalog().find(schema, name);
  if (relation == nullptr) note("relation " + escape_controls(name) + " is not there yet");
  return relation;
}

void Claims::make(const Document& range) {
  make(tree::text_of(range, "schemaname"), tree::text_of(range, "relname"));
}

void Claims::make(const std::string& schema, const std::string& name) {
  forecaster_.made_.insert({schema.empty() ? catalog().default_schema() : schema, name});
}

void Claims::lock(const Relation& relation, LockMode mode, Effect effect) {
  Touch& touch = touches_[relation.oid];
  touch.oid = relation.oid;
  touch.schema = relation.schema;
  touch.name = relation.name;
  touch.kind = relation.kind;
  touch.bytes = relation.bytes;
  touch.rows = relation.rows;
  touch.mode = std::max(touch.mode, mode);
  touch.rewrites = touch.rewrites || effect.rewrites;
  touch.scans = touch.scans || effect.scans;
}

void Claims::lock(std::int64_t oid, LockMode mode, Effect effect) {
  if (const Relation* relation = catalog().by_oid(oid)) lock(*relation, mode, effect);
}

void Claims::lock_family(const Relation& relation, LockMode mode, Effect effect) {
  lock(relation, mode, effect);
  for (const std::int64_t oid : relation.descendants) lock(oid, mode, effect);
}

void Claims::lock_indexes(const Relation& table, LockMode mode, Effect effect) {
  for (const Index& index : table.indexes) lock(index.oid, mode, effect);
}

void Claims::note(std::string unseen) {
  if (std::find(unseen_.begin(), unseen_.end(), unseen) == unseen_.end()) {
    unseen_.push_back(std::move(unseen));
  }
}

Forecast Claims::forecast() const {
  Forecast forecast{{}, unseen_};
  for (const auto& [oid, touch] : touches_) forecast.touches.push_back(touch);
  return sum({forecast});
}

}  // namespace pcx::migrate
