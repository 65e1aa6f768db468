#include "audit/advice.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "audit/filter.h"
#include "audit/page_sql.h"
#include "audit/sql.h"
#include "db/identifier.h"

namespace pcx::audit {

namespace {

// The column of audit_logs, or what an index would be on; empty for fields that have none.
std::string_view column_of(Field field) {
  switch (field) {
    case Field::user: return "userId";
    case Field::action: return "action";
    case Field::resource: return "resource";
    case Field::id: return "resourceId";
    case Field::record: return "id";
    case Field::tenant: return "tenantId";
    case Field::ip: return "ipAddress";
    case Field::agent: return "userAgent";
    case Field::correlation: return "(metadata ->> 'correlationId'::text)";  // as indexes say it
    default: return {};
  }
}

std::string index_on(const std::string& name, const std::string& what) {
  return fmt::format(
      "CREATE INDEX CONCURRENTLY {} ON public.audit_logs ({}, \"timestamp\" DESC, "
      "id DESC);",
      db::quote_identifier("audit_logs_" + name + "_timestamp_id_idx"), what);
}

std::optional<Advice> for_term(const Term& term) {
  const std::string_view column = column_of(term.field);
  if (!is_exact(term) || column.empty()) return std::nullopt;
  if (term.field == Field::correlation) {
    return Advice{"an index on metadata's correlationId in the order of time would serve it",
                  index_on("correlationId", "(metadata ->> 'correlationId')")};
  }
  return Advice{fmt::format("an index on {} in the order of time would serve it", column),
                index_on(std::string{column}, db::quote_identifier(column))};
}

// The number behind `name` in a line of a plan; 0 where there is none. What is beyond a number is
// as good as that.
std::int64_t number_behind(std::string_view name, const std::string& line) {
  const std::size_t at = line.find(name);
  std::int64_t number = 0;
  if (at == std::string::npos) return number;
  std::from_chars(line.data() + at + name.size(), line.data() + line.size(), number);
  return number;
}

// "Rows Removed by Filter: 20001" of each process.
std::int64_t vain_rows(const std::vector<Step>& steps) {
  std::int64_t sum = 0;
  for (const Step& step : steps) {
    for (const std::string& line : step.plan) {
      sum += number_behind("Rows Removed by Filter: ", line);
    }
  }
  return sum;
}

}  // namespace

bool is_exact(const Term& term) {
  return term.op == Operator::match &&
         std::ranges::all_of(term.values, [](const Value& value) { return value.is_exact(); }) &&
         term.field != Field::text && term.field != Field::ip;
}

bool Indexes::leads(Field field) const {
  const std::string_view column = column_of(field);
  return !column.empty() &&
         std::ranges::any_of(all_, [&](const Index& index) { return index.leading == column; });
}

bool Indexes::in_order(Field field) const {
  const std::string_view column = column_of(field);
  return !column.empty() && std::ranges::any_of(all_, [&](const Index& index) {
    return index.leading == column && index.following == "timestamp";
  });
}

Indexes read_indexes(db::Transaction& tx) {
  std::vector<Indexes::Index> all;
  std::int64_t table_rows = 0;
  const db::Result rows = tx.query(sql::list_indexes);
  for (const db::Row row : rows) {
    all.push_back({row["leading"].as<std::string>(), row["following"].as<std::string>()});
    table_rows = row["rows"].as<std::int64_t>();
  }
  return Indexes{std::move(all), table_rows};
}

std::int64_t expected_rows(const std::string& plan) { return number_behind(" rows=", plan); }

std::vector<std::string> used_indexes(const std::vector<Step>& steps) {
  constexpr std::string_view kBitmap = "Bitmap Index Scan on ";
  constexpr std::string_view kUsing = " using ";
  std::vector<std::string> names;
  const auto take = [&](std::string_view rest) {
    std::string name{rest.substr(0, rest.find_first_of(" \n"))};
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  };
  for (const Step& step : steps) {
    for (const std::string& line : step.plan) {
      const std::size_t bitmap = line.find(kBitmap);
      const std::size_t scan = line.find(kUsing);
      if (bitmap != std::string::npos) {
        take(std::string_view{line}.substr(bitmap + kBitmap.size()));
      } else if (scan != std::string::npos && line.find("Index") < scan) {
        take(std::string_view{line}.substr(scan + kUsing.size()));
      }
    }
  }
  return names;
}

std::optional<Advice> advise(const Expression& filter, const Indexes& indexes,
                             const std::vector<Step>& steps) {
  if (is_about_time_only(filter) || excludes(filter, Source::app)) return std::nullopt;
  const auto terms = demanded(filter);
  const bool is_served = std::ranges::any_of(
      terms, [&](const Term* term) { return is_exact(*term) && indexes.leads(term->field); });
  if (is_served && vain_rows(steps) <= kVainRowsMax) return std::nullopt;
  for (const Term* const term : terms) {
    if (indexes.in_order(term->field)) continue;
    if (auto advice = for_term(*term)) return advice;
  }
  return Advice{"no index serves it: it is looked for row by row; narrow it by since: and until:",
                {}};
}

}  // namespace pcx::audit
