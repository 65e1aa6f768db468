#include "audit/table_rule.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace pcx::audit {

namespace {

constexpr std::string_view kTables[] = {
    "api_keys",
    "appointment_reminders",
    "appointments",
    "breed_information",
    "client_feedback",
    "client_portal_access",
    "client_segments",
    "clients",
    "clinical_templates",
    "communications",
    "compliance_incidents",
    "compounding_formulas",
    "continuing_education",
    "controlled_substance_logs",
    "data_import_jobs",
    "document_signatures",
    "document_templates",
    "document_workflows",
    "documents",
    "drug_interactions",
    "equipment",
    "equipment_maintenance",
    "estimate_line_items",
    "estimates",
    "external_lab_integrations",
    "insurance_claims",
    "inventory_items",
    "invoice_line_items",
    "invoices",
    "lab_tests",
    "loyalty_programs",
    "loyalty_transactions",
    "marketing_campaigns",
    "medical_record_shares",
    "medical_records",
    "medications",
    "patient_relationships",
    "patient_reminders",
    "patients",
    "payment_plan_installments",
    "payment_plans",
    "payments",
    "performance_reviews",
    "policies",
    "policy_acknowledgments",
    "prescriptions",
    "purchase_order_items",
    "purchase_orders",
    "push_subscriptions",
    "quality_control_records",
    "refresh_tokens",
    "refunds",
    "regulatory_updates",
    "report_schedules",
    "report_templates",
    "social_media_posts",
    "staff",
    "staff_schedules",
    "survey_responses",
    "surveys",
    "tenants",
    "time_attendance",
    "time_blocks",
    "users",
    "waitlist",
    "webhook_subscriptions",
    "workflow_execution_steps",
    "workflow_executions",
    "workflow_templates",
};

struct Secret {
  std::string_view table;
  std::string_view column;
};

constexpr Secret kSecrets[] = {
    {"api_keys", "key"},
    {"client_portal_access", "passwordHash"},
    {"client_portal_access", "twoFactorSecret"},
    {"document_signatures", "signatureData"},
    {"external_lab_integrations", "apiKey"},
    {"external_lab_integrations", "apiSecret"},
    {"push_subscriptions", "keys"},
    {"refresh_tokens", "tokenHash"},
    {"users", "passwordHash"},
    {"webhook_subscriptions", "secret"},
};

}  // namespace

const char* to_string(OnError on_error) noexcept {
  switch (on_error) {
    case OnError::block: return "block";
    case OnError::spill: return "spill";
  }
  return "unknown";
}

std::vector<TableRule> purple_cross_rules() {
  std::vector<TableRule> rules;
  for (const std::string_view table : kTables) {
    TableRule rule{.table = std::string{table}};
    for (const Secret& secret : kSecrets) {
      if (secret.table == table) rule.dropped.emplace_back(secret.column);
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

TableRule with_encrypted(TableRule rule, const std::vector<std::string>& encrypted) {
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  for (const std::string& column : encrypted) {
    if (!has(rule.dropped, column) && !has(rule.hashed, column)) rule.hashed.push_back(column);
  }
  return rule;
}

}  // namespace pcx::audit
