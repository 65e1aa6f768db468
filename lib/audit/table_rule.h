// Which tables are audited, and what is kept of their columns. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pcx::audit {

// What becomes of a change whose row in the trail cannot be written.
enum class OnError {
  block,  // it fails, too
  spill,  // it is let pass, and counted (pcx.audit_lost)
};

const char* to_string(OnError on_error) noexcept;

struct TableRule {
  std::string schema = "public";
  std::string table;
  OnError on_error = OnError::block;
  std::vector<std::string> dropped;  // of these columns nothing is kept
  std::vector<std::string> hashed;   // of these a keyed digest
  std::vector<std::string> ignored;  // an update of nothing but these is no change

  std::string relation() const { return schema + "." + table; }
  bool operator==(const TableRule&) const = default;
};

// The tables of Purple Cross: all but audit_logs, which has its own trigger, and the two that are a
// trail themselves and written for every request (api_usage_metrics, webhook_deliveries). Nothing
// is kept of passwords, tokens and keys.
std::vector<TableRule> purple_cross_rules();

// With every column of `encrypted` that the rule's table has among its hashed ones, unless nothing
// is kept of it: ciphertexts in the trail would need their key for as long as it is kept.
TableRule with_encrypted(TableRule rule, const std::vector<std::string>& encrypted);

}  // namespace pcx::audit
