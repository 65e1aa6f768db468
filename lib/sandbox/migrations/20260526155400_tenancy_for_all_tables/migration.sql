-- Tenant, author, version and soft deletion for every other table of the practice. No
-- backfill: rows written before have no tenant, and the application does not show them until
-- an operator gives them one.

-- People ----------------------------------------------------------------------

ALTER TABLE "staff"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "staff_deletedAt_idx" ON "staff" ("deletedAt");
CREATE INDEX "staff_tenantId_idx" ON "staff" ("tenantId");
ALTER TABLE "staff"
    ADD CONSTRAINT "staff_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "staff_schedules"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "staff_schedules_deletedAt_idx" ON "staff_schedules" ("deletedAt");
CREATE INDEX "staff_schedules_tenantId_idx" ON "staff_schedules" ("tenantId");
ALTER TABLE "staff_schedules"
    ADD CONSTRAINT "staff_schedules_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "time_attendance"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "time_attendance_deletedAt_idx" ON "time_attendance" ("deletedAt");
CREATE INDEX "time_attendance_tenantId_idx" ON "time_attendance" ("tenantId");
ALTER TABLE "time_attendance"
    ADD CONSTRAINT "time_attendance_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Animals ---------------------------------------------------------------------

ALTER TABLE "patient_relationships"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "patient_relationships_deletedAt_idx" ON "patient_relationships" ("deletedAt");
CREATE INDEX "patient_relationships_tenantId_idx" ON "patient_relationships" ("tenantId");
ALTER TABLE "patient_relationships"
    ADD CONSTRAINT "patient_relationships_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "patient_reminders"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "patient_reminders_deletedAt_idx" ON "patient_reminders" ("deletedAt");
CREATE INDEX "patient_reminders_tenantId_idx" ON "patient_reminders" ("tenantId");
ALTER TABLE "patient_reminders"
    ADD CONSTRAINT "patient_reminders_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- The calendar ----------------------------------------------------------------

ALTER TABLE "time_blocks"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "time_blocks_deletedAt_idx" ON "time_blocks" ("deletedAt");
CREATE INDEX "time_blocks_tenantId_idx" ON "time_blocks" ("tenantId");
ALTER TABLE "time_blocks"
    ADD CONSTRAINT "time_blocks_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "waitlist"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "waitlist_deletedAt_idx" ON "waitlist" ("deletedAt");
CREATE INDEX "waitlist_tenantId_idx" ON "waitlist" ("tenantId");
ALTER TABLE "waitlist"
    ADD CONSTRAINT "waitlist_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Medicines -------------------------------------------------------------------

ALTER TABLE "compounding_formulas"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "compounding_formulas_deletedAt_idx" ON "compounding_formulas" ("deletedAt");
CREATE INDEX "compounding_formulas_tenantId_idx" ON "compounding_formulas" ("tenantId");
ALTER TABLE "compounding_formulas"
    ADD CONSTRAINT "compounding_formulas_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "controlled_substance_logs"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "controlled_substance_logs_deletedAt_idx" ON "controlled_substance_logs" ("deletedAt");
CREATE INDEX "controlled_substance_logs_tenantId_idx" ON "controlled_substance_logs" ("tenantId");
ALTER TABLE "controlled_substance_logs"
    ADD CONSTRAINT "controlled_substance_logs_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- The record of a visit -------------------------------------------------------

ALTER TABLE "medical_record_shares"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "medical_record_shares_deletedAt_idx" ON "medical_record_shares" ("deletedAt");
CREATE INDEX "medical_record_shares_tenantId_idx" ON "medical_record_shares" ("tenantId");
ALTER TABLE "medical_record_shares"
    ADD CONSTRAINT "medical_record_shares_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "clinical_templates"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "clinical_templates_deletedAt_idx" ON "clinical_templates" ("deletedAt");
CREATE INDEX "clinical_templates_tenantId_idx" ON "clinical_templates" ("tenantId");
ALTER TABLE "clinical_templates"
    ADD CONSTRAINT "clinical_templates_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- The laboratory --------------------------------------------------------------

ALTER TABLE "lab_tests"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "lab_tests_deletedAt_idx" ON "lab_tests" ("deletedAt");
CREATE INDEX "lab_tests_tenantId_idx" ON "lab_tests" ("tenantId");
ALTER TABLE "lab_tests"
    ADD CONSTRAINT "lab_tests_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "external_lab_integrations"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "external_lab_integrations_deletedAt_idx" ON "external_lab_integrations" ("deletedAt");
CREATE INDEX "external_lab_integrations_tenantId_idx" ON "external_lab_integrations" ("tenantId");
ALTER TABLE "external_lab_integrations"
    ADD CONSTRAINT "external_lab_integrations_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "quality_control_records"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "quality_control_records_deletedAt_idx" ON "quality_control_records" ("deletedAt");
CREATE INDEX "quality_control_records_tenantId_idx" ON "quality_control_records" ("tenantId");
ALTER TABLE "quality_control_records"
    ADD CONSTRAINT "quality_control_records_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Stock -----------------------------------------------------------------------

ALTER TABLE "inventory_items"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "inventory_items_deletedAt_idx" ON "inventory_items" ("deletedAt");
CREATE INDEX "inventory_items_tenantId_idx" ON "inventory_items" ("tenantId");
ALTER TABLE "inventory_items"
    ADD CONSTRAINT "inventory_items_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "purchase_orders"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "purchase_orders_deletedAt_idx" ON "purchase_orders" ("deletedAt");
CREATE INDEX "purchase_orders_tenantId_idx" ON "purchase_orders" ("tenantId");
ALTER TABLE "purchase_orders"
    ADD CONSTRAINT "purchase_orders_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "equipment"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "equipment_deletedAt_idx" ON "equipment" ("deletedAt");
CREATE INDEX "equipment_tenantId_idx" ON "equipment" ("tenantId");
ALTER TABLE "equipment"
    ADD CONSTRAINT "equipment_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "equipment_maintenance"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "equipment_maintenance_deletedAt_idx" ON "equipment_maintenance" ("deletedAt");
CREATE INDEX "equipment_maintenance_tenantId_idx" ON "equipment_maintenance" ("tenantId");
ALTER TABLE "equipment_maintenance"
    ADD CONSTRAINT "equipment_maintenance_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Offers and bills ------------------------------------------------------------

ALTER TABLE "estimates"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "estimates_deletedAt_idx" ON "estimates" ("deletedAt");
CREATE INDEX "estimates_tenantId_idx" ON "estimates" ("tenantId");
ALTER TABLE "estimates"
    ADD CONSTRAINT "estimates_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "payments"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "payments_deletedAt_idx" ON "payments" ("deletedAt");
CREATE INDEX "payments_tenantId_idx" ON "payments" ("tenantId");
ALTER TABLE "payments"
    ADD CONSTRAINT "payments_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "refunds"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "refunds_deletedAt_idx" ON "refunds" ("deletedAt");
CREATE INDEX "refunds_tenantId_idx" ON "refunds" ("tenantId");
ALTER TABLE "refunds"
    ADD CONSTRAINT "refunds_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Paying later, and by others -------------------------------------------------

ALTER TABLE "payment_plans"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "payment_plans_deletedAt_idx" ON "payment_plans" ("deletedAt");
CREATE INDEX "payment_plans_tenantId_idx" ON "payment_plans" ("tenantId");
ALTER TABLE "payment_plans"
    ADD CONSTRAINT "payment_plans_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "insurance_claims"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "insurance_claims_deletedAt_idx" ON "insurance_claims" ("deletedAt");
CREATE INDEX "insurance_claims_tenantId_idx" ON "insurance_claims" ("tenantId");
ALTER TABLE "insurance_claims"
    ADD CONSTRAINT "insurance_claims_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "loyalty_programs"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "loyalty_programs_deletedAt_idx" ON "loyalty_programs" ("deletedAt");
CREATE INDEX "loyalty_programs_tenantId_idx" ON "loyalty_programs" ("tenantId");
ALTER TABLE "loyalty_programs"
    ADD CONSTRAINT "loyalty_programs_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "loyalty_transactions"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "loyalty_transactions_deletedAt_idx" ON "loyalty_transactions" ("deletedAt");
CREATE INDEX "loyalty_transactions_tenantId_idx" ON "loyalty_transactions" ("tenantId");
ALTER TABLE "loyalty_transactions"
    ADD CONSTRAINT "loyalty_transactions_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Talking with clients --------------------------------------------------------

ALTER TABLE "communications"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "communications_deletedAt_idx" ON "communications" ("deletedAt");
CREATE INDEX "communications_tenantId_idx" ON "communications" ("tenantId");
ALTER TABLE "communications"
    ADD CONSTRAINT "communications_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "client_feedback"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "client_feedback_deletedAt_idx" ON "client_feedback" ("deletedAt");
CREATE INDEX "client_feedback_tenantId_idx" ON "client_feedback" ("tenantId");
ALTER TABLE "client_feedback"
    ADD CONSTRAINT "client_feedback_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "client_portal_access"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "client_portal_access_deletedAt_idx" ON "client_portal_access" ("deletedAt");
CREATE INDEX "client_portal_access_tenantId_idx" ON "client_portal_access" ("tenantId");
ALTER TABLE "client_portal_access"
    ADD CONSTRAINT "client_portal_access_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "surveys"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "surveys_deletedAt_idx" ON "surveys" ("deletedAt");
CREATE INDEX "surveys_tenantId_idx" ON "surveys" ("tenantId");
ALTER TABLE "surveys"
    ADD CONSTRAINT "surveys_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "survey_responses"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "survey_responses_deletedAt_idx" ON "survey_responses" ("deletedAt");
CREATE INDEX "survey_responses_tenantId_idx" ON "survey_responses" ("tenantId");
ALTER TABLE "survey_responses"
    ADD CONSTRAINT "survey_responses_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Marketing -------------------------------------------------------------------

ALTER TABLE "client_segments"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "client_segments_deletedAt_idx" ON "client_segments" ("deletedAt");
CREATE INDEX "client_segments_tenantId_idx" ON "client_segments" ("tenantId");
ALTER TABLE "client_segments"
    ADD CONSTRAINT "client_segments_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "marketing_campaigns"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "marketing_campaigns_deletedAt_idx" ON "marketing_campaigns" ("deletedAt");
CREATE INDEX "marketing_campaigns_tenantId_idx" ON "marketing_campaigns" ("tenantId");
ALTER TABLE "marketing_campaigns"
    ADD CONSTRAINT "marketing_campaigns_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "social_media_posts"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "social_media_posts_deletedAt_idx" ON "social_media_posts" ("deletedAt");
CREATE INDEX "social_media_posts_tenantId_idx" ON "social_media_posts" ("tenantId");
ALTER TABLE "social_media_posts"
    ADD CONSTRAINT "social_media_posts_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Documents -------------------------------------------------------------------

ALTER TABLE "documents"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "documents_deletedAt_idx" ON "documents" ("deletedAt");
CREATE INDEX "documents_tenantId_idx" ON "documents" ("tenantId");
ALTER TABLE "documents"
    ADD CONSTRAINT "documents_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "document_signatures"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "document_signatures_deletedAt_idx" ON "document_signatures" ("deletedAt");
CREATE INDEX "document_signatures_tenantId_idx" ON "document_signatures" ("tenantId");
ALTER TABLE "document_signatures"
    ADD CONSTRAINT "document_signatures_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "document_templates"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "document_templates_deletedAt_idx" ON "document_templates" ("deletedAt");
CREATE INDEX "document_templates_tenantId_idx" ON "document_templates" ("tenantId");
ALTER TABLE "document_templates"
    ADD CONSTRAINT "document_templates_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "document_workflows"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "document_workflows_deletedAt_idx" ON "document_workflows" ("deletedAt");
CREATE INDEX "document_workflows_tenantId_idx" ON "document_workflows" ("tenantId");
ALTER TABLE "document_workflows"
    ADD CONSTRAINT "document_workflows_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Other programs --------------------------------------------------------------

ALTER TABLE "push_subscriptions"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "push_subscriptions_deletedAt_idx" ON "push_subscriptions" ("deletedAt");
CREATE INDEX "push_subscriptions_tenantId_idx" ON "push_subscriptions" ("tenantId");
ALTER TABLE "push_subscriptions"
    ADD CONSTRAINT "push_subscriptions_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Rules and who read them -----------------------------------------------------

ALTER TABLE "policies"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text;
CREATE INDEX "policies_deletedAt_idx" ON "policies" ("deletedAt");
CREATE INDEX "policies_tenantId_idx" ON "policies" ("tenantId");
ALTER TABLE "policies"
    ADD CONSTRAINT "policies_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "policy_acknowledgments"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "policy_acknowledgments_deletedAt_idx" ON "policy_acknowledgments" ("deletedAt");
CREATE INDEX "policy_acknowledgments_tenantId_idx" ON "policy_acknowledgments" ("tenantId");
ALTER TABLE "policy_acknowledgments"
    ADD CONSTRAINT "policy_acknowledgments_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "compliance_incidents"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "compliance_incidents_deletedAt_idx" ON "compliance_incidents" ("deletedAt");
CREATE INDEX "compliance_incidents_tenantId_idx" ON "compliance_incidents" ("tenantId");
ALTER TABLE "compliance_incidents"
    ADD CONSTRAINT "compliance_incidents_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Staff development -----------------------------------------------------------

ALTER TABLE "continuing_education"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "continuing_education_deletedAt_idx" ON "continuing_education" ("deletedAt");
CREATE INDEX "continuing_education_tenantId_idx" ON "continuing_education" ("tenantId");
ALTER TABLE "continuing_education"
    ADD CONSTRAINT "continuing_education_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "performance_reviews"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "performance_reviews_deletedAt_idx" ON "performance_reviews" ("deletedAt");
CREATE INDEX "performance_reviews_tenantId_idx" ON "performance_reviews" ("tenantId");
ALTER TABLE "performance_reviews"
    ADD CONSTRAINT "performance_reviews_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Reports and imports ---------------------------------------------------------

ALTER TABLE "report_templates"
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "report_templates_deletedAt_idx" ON "report_templates" ("deletedAt");
CREATE INDEX "report_templates_tenantId_idx" ON "report_templates" ("tenantId");
ALTER TABLE "report_templates"
    ADD CONSTRAINT "report_templates_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "report_schedules"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "report_schedules_deletedAt_idx" ON "report_schedules" ("deletedAt");
CREATE INDEX "report_schedules_tenantId_idx" ON "report_schedules" ("tenantId");
ALTER TABLE "report_schedules"
    ADD CONSTRAINT "report_schedules_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "data_import_jobs"
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "tenantId"  text,
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "data_import_jobs_deletedAt_idx" ON "data_import_jobs" ("deletedAt");
CREATE INDEX "data_import_jobs_tenantId_idx" ON "data_import_jobs" ("tenantId");
ALTER TABLE "data_import_jobs"
    ADD CONSTRAINT "data_import_jobs_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
