-- Takes the tenants back, and with their column its index and foreign key. Which row belonged
-- to which practice is lost: take a dump first where there is more than one.

ALTER TABLE "users" DROP COLUMN "tenantId";
ALTER TABLE "invoices" DROP COLUMN "tenantId";
ALTER TABLE "prescriptions" DROP COLUMN "tenantId";
ALTER TABLE "medical_records" DROP COLUMN "tenantId";
ALTER TABLE "appointments" DROP COLUMN "tenantId";
ALTER TABLE "patients" DROP COLUMN "tenantId";
ALTER TABLE "clients" DROP COLUMN "tenantId";

DROP TABLE "tenants";
