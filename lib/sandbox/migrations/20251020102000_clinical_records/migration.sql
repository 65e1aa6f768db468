-- What is found and done in a visit. chiefComplaint, diagnosis, treatment and notes of
-- medical_records hold ciphertext of the application (enc:v1), hence text without a length.

-- Medicines -------------------------------------------------------------------

CREATE TABLE "medications" (
    "id"              text         NOT NULL,
    "name"            text         NOT NULL,
    "genericName"     text,
    "category"        text         NOT NULL,
    "dosageForm"      text         NOT NULL,
    "strength"        text         NOT NULL,
    "manufacturer"    text,
    "ndcCode"         text,
    "controlled"      boolean      NOT NULL DEFAULT false,
    "controlSchedule" text,
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    CONSTRAINT "medications_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "medications_name_idx" ON "medications" ("name");
CREATE UNIQUE INDEX "medications_ndcCode_key" ON "medications" ("ndcCode");
CREATE INDEX "medications_ndcCode_idx" ON "medications" ("ndcCode");

CREATE TABLE "drug_interactions" (
    "id"             text         NOT NULL,
    "medication1Id"  text         NOT NULL,
    "medication2Id"  text         NOT NULL,
    "severity"       text         NOT NULL,
    "description"    text         NOT NULL,
    "recommendation" text,
    "references"     text,
    "status"         text         NOT NULL DEFAULT 'active',
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL,
    CONSTRAINT "drug_interactions_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "drug_interactions_medication1Id_medication2Id_key"
    ON "drug_interactions" ("medication1Id", "medication2Id");
CREATE INDEX "drug_interactions_severity_idx" ON "drug_interactions" ("severity");

CREATE TABLE "compounding_formulas" (
    "id"                text         NOT NULL,
    "name"              text         NOT NULL,
    "description"       text,
    "ingredients"       jsonb        NOT NULL,
    "instructions"      jsonb        NOT NULL,
    "stabilityPeriod"   integer,
    "storageConditions" text,
    "usageCount"        integer      NOT NULL DEFAULT 0,
    "status"            text         NOT NULL DEFAULT 'active',
    "createdAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3) NOT NULL,
    CONSTRAINT "compounding_formulas_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "controlled_substance_logs" (
    "id"             text             NOT NULL,
    "medicationId"   text             NOT NULL,
    "action"         text             NOT NULL,
    "quantity"       double precision NOT NULL,
    "unit"           text             NOT NULL,
    "prescriptionId" text,
    "patientId"      text,
    "performedBy"    text             NOT NULL,
    "witnessedBy"    text,
    "reason"         text,
    "notes"          text,
    "timestamp"      timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "controlled_substance_logs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "controlled_substance_logs_medicationId_idx"
    ON "controlled_substance_logs" ("medicationId");
CREATE INDEX "controlled_substance_logs_timestamp_idx" ON "controlled_substance_logs" ("timestamp");

-- The record of a visit -------------------------------------------------------

CREATE TABLE "medical_records" (
    "id"             text         NOT NULL,
    "patientId"      text         NOT NULL,
    "visitDate"      timestamp(3) NOT NULL,
    "chiefComplaint" text         NOT NULL,
    "diagnosis"      text         NOT NULL,
    "treatment"      text         NOT NULL,
    "notes"          text,
    "veterinarianId" text         NOT NULL,
    "vitalSigns"     jsonb,
    "attachments"    jsonb,
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL,
    CONSTRAINT "medical_records_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "medical_records_patientId_fkey" FOREIGN KEY ("patientId")
        REFERENCES "patients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "medical_records_veterinarianId_fkey" FOREIGN KEY ("veterinarianId")
        REFERENCES "staff" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "medical_records_patientId_idx" ON "medical_records" ("patientId");
CREATE INDEX "medical_records_visitDate_idx" ON "medical_records" ("visitDate");
CREATE INDEX "medical_records_veterinarianId_idx" ON "medical_records" ("veterinarianId");

CREATE TABLE "medical_record_shares" (
    "id"              text         NOT NULL,
    "medicalRecordId" text         NOT NULL,
    "sharedWith"      text         NOT NULL,
    "sharedBy"        text         NOT NULL,
    "shareType"       text         NOT NULL,
    "accessLevel"     text         NOT NULL,
    "expiresAt"       timestamp(3),
    "accessedAt"      timestamp(3),
    "status"          text         NOT NULL DEFAULT 'active',
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    CONSTRAINT "medical_record_shares_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "medical_record_shares_medicalRecordId_idx"
    ON "medical_record_shares" ("medicalRecordId");
CREATE INDEX "medical_record_shares_sharedWith_idx" ON "medical_record_shares" ("sharedWith");

CREATE TABLE "prescriptions" (
    "id"             text         NOT NULL,
    "patientId"      text         NOT NULL,
    "medicationId"   text         NOT NULL,
    "dosage"         text         NOT NULL,
    "frequency"      text         NOT NULL,
    "duration"       text         NOT NULL,
    "instructions"   text,
    "refillsAllowed" integer      NOT NULL DEFAULT 0,
    "refillsUsed"    integer      NOT NULL DEFAULT 0,
    "prescribedBy"   text         NOT NULL,
    "prescribedDate" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expirationDate" timestamp(3) NOT NULL,
    "status"         text         NOT NULL DEFAULT 'active',
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL,
    CONSTRAINT "prescriptions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "prescriptions_medicationId_fkey" FOREIGN KEY ("medicationId")
        REFERENCES "medications" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "prescriptions_patientId_fkey" FOREIGN KEY ("patientId")
        REFERENCES "patients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "prescriptions_prescribedBy_fkey" FOREIGN KEY ("prescribedBy")
        REFERENCES "staff" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "prescriptions_patientId_idx" ON "prescriptions" ("patientId");
CREATE INDEX "prescriptions_medicationId_idx" ON "prescriptions" ("medicationId");
CREATE INDEX "prescriptions_prescribedBy_idx" ON "prescriptions" ("prescribedBy");

CREATE TABLE "clinical_templates" (
    "id"         text         NOT NULL,
    "name"       text         NOT NULL,
    "category"   text         NOT NULL,
    "template"   jsonb        NOT NULL,
    "quickTexts" jsonb,
    "specialty"  text,
    "usageCount" integer      NOT NULL DEFAULT 0,
    "lastUsedAt" timestamp(3),
    "status"     text         NOT NULL DEFAULT 'active',
    "createdAt"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"  timestamp(3) NOT NULL,
    CONSTRAINT "clinical_templates_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "clinical_templates_category_idx" ON "clinical_templates" ("category");

-- The laboratory --------------------------------------------------------------

CREATE TABLE "lab_tests" (
    "id"              text         NOT NULL,
    "patientId"       text         NOT NULL,
    "testType"        text         NOT NULL,
    "testName"        text         NOT NULL,
    "orderedBy"       text         NOT NULL,
    "orderedDate"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "labType"         text         NOT NULL,
    "externalLabName" text,
    "status"          text         NOT NULL DEFAULT 'ordered',
    "sampleId"        text,
    "collectionDate"  timestamp(3),
    "receivedDate"    timestamp(3),
    "completedDate"   timestamp(3),
    "results"         jsonb,
    "interpretation"  text,
    "notes"           text,
    "urgency"         text         NOT NULL DEFAULT 'routine',
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    CONSTRAINT "lab_tests_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "lab_tests_patientId_fkey" FOREIGN KEY ("patientId")
        REFERENCES "patients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "lab_tests_patientId_idx" ON "lab_tests" ("patientId");
CREATE INDEX "lab_tests_orderedDate_idx" ON "lab_tests" ("orderedDate");
CREATE INDEX "lab_tests_status_idx" ON "lab_tests" ("status");

CREATE TABLE "external_lab_integrations" (
    "id"                text         NOT NULL,
    "labName"           text         NOT NULL,
    "apiEndpoint"       text,
    "apiKey"            text,
    "apiSecret"         text,
    "integrationStatus" text         NOT NULL DEFAULT 'inactive',
    "supportedTests"    jsonb,
    "lastSyncAt"        timestamp(3),
    "createdAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3) NOT NULL,
    CONSTRAINT "external_lab_integrations_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "external_lab_integrations_labName_key"
    ON "external_lab_integrations" ("labName");

CREATE TABLE "quality_control_records" (
    "id"               text         NOT NULL,
    "equipmentId"      text,
    "testType"         text         NOT NULL,
    "controlType"      text         NOT NULL,
    "controlDate"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expectedValue"    text         NOT NULL,
    "actualValue"      text         NOT NULL,
    "acceptable"       boolean      NOT NULL,
    "performedBy"      text         NOT NULL,
    "reviewedBy"       text,
    "correctiveAction" text,
    "createdAt"        timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3) NOT NULL,
    CONSTRAINT "quality_control_records_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "quality_control_records_testType_idx" ON "quality_control_records" ("testType");
CREATE INDEX "quality_control_records_controlDate_idx" ON "quality_control_records" ("controlDate");
