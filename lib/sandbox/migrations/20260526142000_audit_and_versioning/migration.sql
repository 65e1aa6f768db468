-- Who wrote a row last, how often it was written, and when it was (softly) deleted, for the
-- six tables that matter most. The audit log learns the tenant of its writer before tenants
-- exist: the column is filled from the token of the request and has no foreign key.

ALTER TABLE "clients"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "clients_deletedAt_idx" ON "clients" ("deletedAt");

ALTER TABLE "patients"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "patients_deletedAt_idx" ON "patients" ("deletedAt");

ALTER TABLE "appointments"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "appointments_deletedAt_idx" ON "appointments" ("deletedAt");

ALTER TABLE "medical_records"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "medical_records_deletedAt_idx" ON "medical_records" ("deletedAt");

ALTER TABLE "prescriptions"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "prescriptions_deletedAt_idx" ON "prescriptions" ("deletedAt");

ALTER TABLE "invoices"
    ADD COLUMN "createdBy" text,
    ADD COLUMN "deletedAt" timestamp(3),
    ADD COLUMN "updatedBy" text,
    ADD COLUMN "version"   integer NOT NULL DEFAULT 1;
CREATE INDEX "invoices_deletedAt_idx" ON "invoices" ("deletedAt");

-- The audit log ---------------------------------------------------------------

ALTER TABLE "audit_logs"
    ADD COLUMN "tenantId" text;
CREATE INDEX "audit_logs_tenantId_idx" ON "audit_logs" ("tenantId");
