#include "apikey/plain_fence.h"

#include <fmt/format.h>

#include "apikey/sql.h"
#include "core/error.h"

namespace pcx::apikey {

namespace {

using db::Query;
using db::StrongLock;

// As the server writes it.
constexpr std::string_view kDefinition = "CHECK ((key ^@ 'pcx:'::text))";

const db::TableName& api_keys() {
  static const db::TableName table{"public", "api_keys"};
  return table;
}

Query add_query() {
  Query query{"apikey.add_fence"};
  query.sql("ALTER TABLE public.api_keys ADD CONSTRAINT ").identifier(kFenceName);
  return query.sql(" CHECK (key OPERATOR(pg_catalog.^@) 'pcx:') NOT VALID");
}

Query validate_query() {
  Query query{"apikey.validate_fence"};
  return query.sql("ALTER TABLE public.api_keys VALIDATE CONSTRAINT ").identifier(kFenceName);
}

Query drop_query() {
  Query query{"apikey.drop_fence"};
  return query.sql("ALTER TABLE public.api_keys DROP CONSTRAINT ").identifier(kFenceName);
}

}  // namespace

FenceState read_plain_fence(db::Database& database) {
  const db::Result rows = database.query(sql::read_fence, {kFenceName});
  if (rows.empty()) return FenceState::absent;
  const db::Row fence = rows[0];
  const bool is_valid = fence["valid"].as<bool>();
  // Of one that is not valid, the definition ends with " NOT VALID".
  if (fence["definition"].as<std::string_view>().starts_with(kDefinition)) {
    return is_valid ? FenceState::valid : FenceState::unproven;
  }
  throw Error{ErrorCode::conflict,
              fmt::format("constraint {} of api_keys says something else than pcx's", kFenceName),
              "Rename it: ALTER TABLE api_keys RENAME CONSTRAINT ... TO ..."}
      .because("fence_name");
}

std::vector<std::string> fence_migration() {
  const std::string table = "ALTER TABLE public.api_keys ";
  return {fmt::format("{}ADD CONSTRAINT {} CHECK (key ^@ 'pcx:') NOT VALID;", table, kFenceName),
          fmt::format("{}VALIDATE CONSTRAINT {};", table, kFenceName)};
}

void add_plain_fence(const db::PoliteTools& tools,
                     const std::function<void(db::Transaction& tx)>& before) {
  db::change_politely(tools, api_keys(), StrongLock::exclusive, add_query(), before);
}

void drop_plain_fence(const db::PoliteTools& tools,
                      const std::function<void(db::Transaction& tx)>& before) {
  db::change_politely(tools, api_keys(), StrongLock::exclusive, drop_query(), before);
}

bool validate_plain_fence(const db::PoliteTools& tools) {
  try {
    db::change_politely(tools, api_keys(), StrongLock::beside_others, validate_query());
    return true;
  } catch (const Error& error) {
    if (error.sqlstate() != "23514") throw;
    return false;
  }
}

}  // namespace pcx::apikey
