-- Takes the audit and version columns back. Indexes go with their columns.

ALTER TABLE "audit_logs"
    DROP COLUMN "tenantId";

ALTER TABLE "invoices"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "prescriptions"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "medical_records"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "appointments"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "patients"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";

ALTER TABLE "clients"
    DROP COLUMN "version",
    DROP COLUMN "updatedBy",
    DROP COLUMN "deletedAt",
    DROP COLUMN "createdBy";
