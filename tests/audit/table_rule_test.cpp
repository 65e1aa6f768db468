#include "audit/table_rule.h"

#include <algorithm>
#include <cctype>
#include <map>

#include <gmock/gmock.h>

#include "tests/support/data.h"

namespace pcx::audit {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

using Tables = std::map<std::string, std::vector<std::string>>;

// The application's tables and their columns, after its migrations.
Tables application_tables() {
  const Document schema = testing::data_json("purple-cross-schema.json");
  Tables tables;
  for (const Document& table : schema.find("tables")->items()) {
    auto& columns = tables[*table.find("table")->text()];
    for (const Document& column : table.find("columns")->items()) {
      columns.push_back(*column.items().front().text());
    }
  }
  return tables;
}

TEST(PurpleCrossRules, NameTablesAndColumnsThatAreThere) {
  const Tables tables = application_tables();
  for (const TableRule& rule : purple_cross_rules()) {
    const auto table = tables.find(rule.table);
    ASSERT_NE(table, tables.end()) << rule.table;
    for (const std::string& column : rule.dropped) {
      EXPECT_THAT(table->second, Contains(column)) << rule.table;
    }
    EXPECT_THAT(rule.hashed, IsEmpty());
  }
}

TEST(PurpleCrossRules, LeaveNoTableOutButTheTrails) {
  Tables tables = application_tables();
  for (const TableRule& rule : purple_cross_rules()) tables.erase(rule.table);
  std::vector<std::string> left;
  for (const auto& [table, columns] : tables) left.push_back(table);
  EXPECT_THAT(left,
              ::testing::ElementsAre("api_usage_metrics", "audit_logs", "webhook_deliveries"));
}

// What is named like a secret, and is none, or is kept all the same.
bool is_known(const std::string& table, const std::string& column) {
  static const std::map<std::string, std::vector<std::string>> known = {
      {"client_portal_access", {"twoFactorEnabled"}},
      {"users", {"passwordChangedAt"}},
  };
  const auto found = known.find(table);
  return found != known.end() && std::ranges::find(found->second, column) != found->second.end();
}

TEST(PurpleCrossRules, KeepNothingOfWhatIsNamedLikeASecret) {
  const Tables tables = application_tables();
  for (const TableRule& rule : purple_cross_rules()) {
    for (const std::string& column : tables.at(rule.table)) {
      std::string lower = column;
      std::ranges::transform(lower, lower.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const bool looks_secret = std::ranges::any_of(
          std::vector<std::string>{"password", "secret", "token", "apikey", "twofactor"},
          [&](const std::string& word) { return lower.find(word) != std::string::npos; });
      if (!looks_secret || is_known(rule.table, column)) continue;
      EXPECT_THAT(rule.dropped, Contains(column)) << rule.table;
    }
  }
}

TEST(WithEncrypted, HashesWhatIsNotDropped) {
  const TableRule rule =
      with_encrypted({.table = "records", .dropped = {"a"}, .hashed = {"b"}}, {"a", "b", "c"});
  EXPECT_EQ(rule.dropped, (std::vector<std::string>{"a"}));
  EXPECT_EQ(rule.hashed, (std::vector<std::string>{"b", "c"}));
}

}  // namespace
}  // namespace pcx::audit
