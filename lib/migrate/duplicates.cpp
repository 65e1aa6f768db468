#include "migrate/duplicates.h"

#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "db/script.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

constexpr std::size_t kExamplesMax = 5;
constexpr std::size_t kRowsMax = kExamplesMax + 1;
constexpr std::chrono::seconds kPatience{30};

}  // namespace

std::string describe_duplicates(db::Database& database, std::int64_t index) {
  const db::Result written = database.query(sql::duplicates_query, {index});
  if (written.empty()) return "";
  try {
    const auto question = written[0]["sql"].as<std::string>();
    const db::Result groups =
        db::run_read_only(database, question, "duplicates", kPatience, kRowsMax);
    std::vector<std::string> examples;
    for (const auto& group : groups) {
      if (examples.size() == kExamplesMax) break;
      examples.push_back(
          escape_controls(join(group["rows"].as<std::vector<std::string>>(), " and ")));
    }
    if (examples.empty()) return "";
    return fmt::format("the same key have the rows {}{}", join(examples, "; "),
                       groups.size() > kExamplesMax ? "; and others" : "");
  } catch (const Error& error) {
    log::info("no examples of equal keys", {{"error", error.what()}});
    return "";
  }
}

}  // namespace pcx::migrate
