#include "migrate/loss.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "db/query.h"
#include "migrate/check.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

// Whether the table, and the column when one is named, is there to be counted.
bool exists(db::Database& database, const DataLoss& loss, const std::string& schema) {
  const auto found = database.query(sql::relation_exists, {schema, loss.table, loss.column});
  return found.one()["found"].as<bool>();
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

// "DO in line 3": what cannot be seen in the script.
std::vector<std::string> doubts_about(const Script& script, const Analysis& analysis) {
  const auto in_line = [&](std::string_view what, std::size_t offset) {
    return fmt::format("{} in line {}", what, location_in(script, offset).line);
  };
  if (!analysis.analysed) return {in_line("SQL that pcx cannot read", analysis.error_offset)};
  std::vector<std::string> doubts;
  for (const auto& statement : analysis.statements) {
    if (statement.unseen_loss.empty()) continue;
    doubts.push_back(in_line(statement.unseen_loss, statement.offset));
  }
  return doubts;
}

constexpr std::size_t kDoubtsShown = 3;

std::string list_of(std::vector<std::string> doubts) {
  const std::size_t hidden = doubts.size() - std::min(doubts.size(), kDoubtsShown);
  doubts.resize(doubts.size() - hidden);
  const std::string rest = hidden == 0 ? "" : fmt::format(" and {} more", hidden);
  return join(doubts, ", ") + rest;
}

// Nothing when there is no doubt.
std::optional<Loss> doubtful_loss(const DownStep& step, const Analysis& analysis) {
  const Migration& migration = *step.migration;
  auto doubts = doubts_about(*migration.down, analysis);
  if (step.is_edited) {
    doubts.insert(doubts.begin(), "the migration changed after it was applied");
  }
  if (doubts.empty()) return std::nullopt;
  const std::string file = escape_controls(migration.down->file.native());
  return Loss{migration.name, fmt::format("more than is listed, see {}: {}", file, list_of(doubts)),
              std::nullopt, false};
}

// Nothing when the object is not there.
std::optional<Loss> count_loss(db::Database& database, const std::string& migration,
                               const DataLoss& loss) {
  const std::string schema = loss.schema.empty() ? database.schema() : loss.schema;
  Loss counted{migration, object_of(loss), std::nullopt};
  if (!is_countable(loss.kind)) return counted;
  if (!exists(database, loss, schema)) return std::nullopt;
  counted.count = count_rows(database, loss, schema);
  return counted;
}

}  // namespace

std::vector<Loss> count_losses(db::Database& database, const ReadyDown& ready) {
  std::vector<Loss> losses;
  for (std::size_t i = 0; i < ready.plan.steps.size(); ++i) {
    const Migration& migration = *ready.plan.steps[i].migration;
    for (const auto& statement : ready.analyses[i].statements) {
      for (const auto& loss : statement.losses) {
        auto counted = count_loss(database, migration.name, loss);
        if (counted) losses.push_back(std::move(*counted));
      }
    }
    if (auto doubtful = doubtful_loss(ready.plan.steps[i], ready.analyses[i])) {
      losses.push_back(std::move(*doubtful));
    }
  }
  return losses;
}

std::string to_string(const Loss& loss) {
  if (!loss.count) return loss.object;
  const bool column = loss.object.starts_with("column ");
  return fmt::format("{}: {}", loss.object, counted(*loss.count, column ? "value" : "row"));
}

}  // namespace pcx::migrate
