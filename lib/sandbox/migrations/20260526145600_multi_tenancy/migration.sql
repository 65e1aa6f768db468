-- Several practices in one database. The column is nullable, filled for the rows that exist,
-- and stays nullable until the last writer sets it.

CREATE TABLE "tenants" (
    "id"        text         NOT NULL,
    "name"      text         NOT NULL,
    "slug"      text         NOT NULL,
    "status"    text         NOT NULL DEFAULT 'active',
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL,
    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants" ("slug");

-- The practice that was here before -------------------------------------------

-- Written with a fixed instant, so that all databases agree about this row.
INSERT INTO "tenants" ("id", "name", "slug", "createdAt", "updatedAt")
VALUES ('00000000-0000-0000-0000-000000000001', 'Default Practice', 'default',
        TIMESTAMP '2026-05-26 14:56:00', TIMESTAMP '2026-05-26 14:56:00');

-- Columns ---------------------------------------------------------------------

ALTER TABLE "clients" ADD COLUMN "tenantId" text;
ALTER TABLE "patients" ADD COLUMN "tenantId" text;
ALTER TABLE "appointments" ADD COLUMN "tenantId" text;
ALTER TABLE "medical_records" ADD COLUMN "tenantId" text;
ALTER TABLE "prescriptions" ADD COLUMN "tenantId" text;
ALTER TABLE "invoices" ADD COLUMN "tenantId" text;
ALTER TABLE "users" ADD COLUMN "tenantId" text;

-- Backfill --------------------------------------------------------------------

UPDATE "clients"
   SET "tenantId" = '00000000-0000-0000-0000-000000000001'
 WHERE "tenantId" IS NULL;
UPDATE "patients"
   SET "tenantId" = '00000000-0000-0000-0000-000000000001'
 WHERE "tenantId" IS NULL;
UPDATE "appointments"
   SET "tenantId" = '00000000-0000-0000-0000-000000000001'
 WHERE "tenantId" IS NULL;
UPDATE "medical_records"
   SET "tenantId" = '00000000-0000-0000-0000-000000000001'
 WHERE "tenantId" IS NULL;
UPDATE "prescriptions"
   SET "tenantId" = '00000000-0000-0000-0000-000000000001'
 WHERE "tenantId" IS NULL;
UPDATE "invoices"
   SET "tenantId" = '00000000-0000-0000-0000-000000000001'
 WHERE "tenantId" IS NULL;
UPDATE "users"
   SET "tenantId" = '00000000-0000-0000-0000-000000000001'
 WHERE "tenantId" IS NULL;

-- Indexes and keys ------------------------------------------------------------

CREATE INDEX "clients_tenantId_idx" ON "clients" ("tenantId");
CREATE INDEX "patients_tenantId_idx" ON "patients" ("tenantId");
CREATE INDEX "appointments_tenantId_idx" ON "appointments" ("tenantId");
CREATE INDEX "medical_records_tenantId_idx" ON "medical_records" ("tenantId");
CREATE INDEX "prescriptions_tenantId_idx" ON "prescriptions" ("tenantId");
CREATE INDEX "invoices_tenantId_idx" ON "invoices" ("tenantId");
CREATE INDEX "users_tenantId_idx" ON "users" ("tenantId");

ALTER TABLE "clients"
    ADD CONSTRAINT "clients_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "patients"
    ADD CONSTRAINT "patients_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "appointments"
    ADD CONSTRAINT "appointments_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "medical_records"
    ADD CONSTRAINT "medical_records_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "prescriptions"
    ADD CONSTRAINT "prescriptions_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "invoices"
    ADD CONSTRAINT "invoices_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "users"
    ADD CONSTRAINT "users_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
