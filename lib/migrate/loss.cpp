#include "migrate/loss.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "db/query.h"
#include "migrate/check.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

enum class Sight { absent, hidden, whole };

// Whether the table, and the column when one is named, is there, and can be counted.
Sight sight_of(db::Database& database, const DataLoss& loss, const std::string& schema) {
  const auto found = database.query(sql::find_lost_relation, {schema, loss.table, loss.column});
  if (found.empty()) return Sight::absent;
  return found.one()["sees_every_row"].as<bool>() ? Sight::whole : Sight::hidden;
}

std::int64_t count_rows(db::Database& database, const DataLoss& loss, const std::string& schema) {
  db::Query query{"migrate.count_loss"};
  query.sql("SELECT count(");
  if (loss.column.empty()) {
    query.sql("*");
  } else {
    query.identifier(loss.column);
  }
  query.sql(") AS lost FROM ").identifier(schema, loss.table);
  return database.query(query).one()["lost"].as<std::int64_t>();
}

std::string object_of(const DataLoss& loss) {
  const std::string table = loss.schema.empty() ? loss.table : loss.schema + "." + loss.table;
  switch (loss.kind) {
    case DataLoss::Kind::table: return "table " + table;
    case DataLoss::Kind::column: return fmt::format("column {}.{}", table, loss.column);
    case DataLoss::Kind::schema: return "schema " + loss.table;
    case DataLoss::Kind::truncate: return "contents of table " + table;
    case DataLoss::Kind::delete_rows: return "rows deleted from table " + table;
  }
  return table;
}

bool is_countable(DataLoss::Kind kind) {
  return kind == DataLoss::Kind::table || kind == DataLoss::Kind::column ||
         kind == DataLoss::Kind::truncate;
}

// Names that do not mean now what they will mean while the plan runs, and tables that will not have
// the rows that they have now.
class Changes {
 public:
  void begin_script() { is_search_path_set_ = false; }  // each script begins with pcx's own

  void note(const Statement& statement) {
    if (!statement.new_name.empty()) names_.insert(statement.new_name);
    is_search_path_set_ = is_search_path_set_ || statement.sets_search_path;
    are_partitions_moved_ = are_partitions_moved_ || statement.moves_partitions;
  }

  bool touch_name(const DataLoss& loss) const {
    const bool has_schema = !loss.schema.empty() || loss.kind == DataLoss::Kind::schema;
    return (is_search_path_set_ && !has_schema) || names_.contains(loss.schema) ||
           names_.contains(loss.table) || names_.contains(loss.column);
  }

  // A partition's rows count for every table above it: all of them are in doubt.
  bool touch_rows(const DataLoss& loss) const {
    return are_partitions_moved_ && is_countable(loss.kind);
  }

  // What may not be as it was counted, in words behind the statement's; empty: nothing.
  std::string_view doubt_about(const DataLoss& loss) const {
    if (touch_name(loss)) return " of a changed name";
    return touch_rows(loss) ? " after a change of partitions" : "";
  }

 private:
  std::set<std::string> names_;  // never the empty one
  bool is_search_path_set_ = false;
  bool are_partitions_moved_ = false;
};

// "DO in line 3".
std::string in_line(std::string_view what, const Script& script, std::size_t offset) {
  return fmt::format("{} in line {}", what, location_in(script, offset).line);
}

// What cannot be seen of a statement; empty when all can.
std::string doubt_about(const Statement& statement, const Changes& changes) {
  if (!statement.unseen_loss.empty()) return statement.unseen_loss;
  for (const auto& loss : statement.losses) {
    const auto doubt = changes.doubt_about(loss);
    if (!doubt.empty()) return fmt::format("{}{}", statement.kind, doubt);
  }
  return "";
}

constexpr std::size_t kDoubtsShown = 3;

std::string list_of(std::vector<std::string> doubts) {
  const std::size_t hidden = doubts.size() - std::min(doubts.size(), kDoubtsShown);
  doubts.resize(doubts.size() - hidden);
  const std::string rest = hidden == 0 ? "" : fmt::format(" and {} more", hidden);
  return join(doubts, ", ") + rest;
}

// What cannot be seen in a script as a whole.
std::vector<std::string> doubts_about(const DownStep& step, const Analysis& analysis) {
  std::vector<std::string> doubts;
  if (step.is_edited) doubts.emplace_back("the migration changed after it was applied");
  if (!analysis.analysed) {
    doubts.push_back(
        in_line("SQL that pcx cannot read", *step.migration->down, analysis.error_offset));
  }
  return doubts;
}

Loss doubtful_loss(const Migration& migration, std::vector<std::string> doubts) {
  const std::string file = escape_controls(migration.down->file.native());
  return {migration.name,
          fmt::format("more than is listed, see {}: {}", file, list_of(std::move(doubts))),
          std::nullopt, false};
}

// Nothing when the object is not there.
std::optional<Loss> count_loss(db::Database& database, const std::string& migration,
                               const DataLoss& loss) {
  const std::string schema = loss.schema.empty() ? database.schema() : loss.schema;
  Loss counted{migration, object_of(loss), std::nullopt};
  if (!is_countable(loss.kind)) return counted;
  const Sight sight = sight_of(database, loss, schema);
  if (sight == Sight::absent) return std::nullopt;
  if (sight == Sight::whole) counted.count = count_rows(database, loss, schema);
  return counted;
}

void append_losses(std::vector<Loss>& losses, db::Database& database, const DownStep& step,
                   const Analysis& analysis, Changes& changes) {
  const Migration& migration = *step.migration;
  auto doubts = doubts_about(step, analysis);
  changes.begin_script();
  for (const auto& statement : analysis.statements) {
    for (const auto& loss : statement.losses) {
      auto counted = count_loss(database, migration.name, loss);
      if (!counted) continue;
      counted->is_certain = changes.doubt_about(loss).empty();
      if (changes.touch_rows(loss)) counted->count.reset();
      losses.push_back(std::move(*counted));
    }
    const std::string doubt = doubt_about(statement, changes);
    if (!doubt.empty()) doubts.push_back(in_line(doubt, *migration.down, statement.offset));
    changes.note(statement);
  }
  if (!doubts.empty()) losses.push_back(doubtful_loss(migration, std::move(doubts)));
}

}  // namespace

std::vector<Loss> count_losses(db::Database& database, const ReadyDown& ready) {
  std::vector<Loss> losses;
  Changes changes;
  for (std::size_t i = 0; i < ready.plan.steps.size(); ++i) {
    append_losses(losses, database, ready.plan.steps[i], ready.analyses[i], changes);
  }
  return losses;
}

std::string to_string(const Loss& loss) {
  if (!loss.count) return loss.object;
  const bool column = loss.object.starts_with("column ");
  return fmt::format("{}: {}", loss.object, counted(*loss.count, column ? "value" : "row"));
}

}  // namespace pcx::migrate
