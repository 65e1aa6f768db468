#include "db/journal.h"

#include "core/error.h"
#include "core/json.h"
#include "db/sql.h"

namespace pcx::db {
namespace {

Params params_of(const Actor& actor, const Deed& deed) {
  const std::string details = deed.details.is_null() ? "{}" : to_json(deed.details);
  return {actor.run_id, actor.os_user, actor.host,   deed.action,
          deed.object,  details,       actor.reason, actor.command_line};
}

}  // namespace

std::int64_t record_deed(Transaction& tx, const Actor& actor, const Deed& deed) {
  Query query{sql::insert_deed, params_of(actor, deed)};
  return tx.query(query.sql("RETURNING id")).one()["id"].as<std::int64_t>();
}

Query deed_query(const Actor& actor, const Deed& deed) {
  return Query{sql::insert_deed, params_of(actor, deed)}.prepared();
}

std::int64_t record_intent(Database& database, const Actor& actor, const Deed& deed) {
  return database.query(sql::insert_intent, params_of(actor, deed)).one()["id"].as<std::int64_t>();
}

void record_result(Database& database, std::int64_t intent_id, const std::string& outcome) {
  const Result done = database.query(sql::finish_intent, {intent_id, outcome});
  if (done.affected_rows() == 1) return;
  throw Error{ErrorCode::internal,
              "journal entry " + std::to_string(intent_id) + " is missing or already finished"};
}

}  // namespace pcx::db
