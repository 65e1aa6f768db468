-- Takes the office back.

DROP TABLE "audit_logs";
DROP TABLE "api_usage_metrics";
DROP TABLE "api_keys";

DROP TABLE "data_import_jobs";
DROP TABLE "report_schedules";
DROP TABLE "report_templates";

DROP TABLE "performance_reviews";
DROP TABLE "continuing_education";

DROP TABLE "regulatory_updates";
DROP TABLE "compliance_incidents";
DROP TABLE "policy_acknowledgments";
DROP TABLE "policies";
