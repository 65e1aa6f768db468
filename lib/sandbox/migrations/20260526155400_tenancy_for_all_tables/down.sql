-- Takes the columns back, and with them their indexes and foreign keys.

ALTER TABLE "data_import_jobs"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt";

ALTER TABLE "report_schedules"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "report_templates"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt";

ALTER TABLE "performance_reviews"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "continuing_education"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "compliance_incidents"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "policy_acknowledgments"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "policies"
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "push_subscriptions"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "document_workflows"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "document_templates"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "document_signatures"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "documents"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "social_media_posts"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "marketing_campaigns"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "client_segments"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "survey_responses"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "surveys"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "client_portal_access"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "client_feedback"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "communications"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "loyalty_transactions"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "loyalty_programs"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "insurance_claims"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "payment_plans"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "refunds"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "payments"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "estimates"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "equipment_maintenance"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "equipment"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "purchase_orders"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "inventory_items"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "quality_control_records"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "external_lab_integrations"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "lab_tests"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "clinical_templates"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "medical_record_shares"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "controlled_substance_logs"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "compounding_formulas"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "waitlist"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "time_blocks"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "patient_reminders"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "patient_relationships"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "time_attendance"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "staff_schedules"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "staff"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "tenantId",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";
