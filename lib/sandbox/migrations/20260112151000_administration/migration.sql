-- What an office needs: policies, courses and reviews, reports, API keys and the audit log.

-- Rules and who read them -----------------------------------------------------

CREATE TABLE "policies" (
    "id"            text         NOT NULL,
    "title"         text         NOT NULL,
    "category"      text         NOT NULL,
    "content"       text         NOT NULL,
    "version"       text         NOT NULL,
    "effectiveDate" timestamp(3) NOT NULL,
    "reviewDate"    timestamp(3),
    "status"        text         NOT NULL DEFAULT 'active',
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3) NOT NULL,
    CONSTRAINT "policies_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "policies_category_idx" ON "policies" ("category");

CREATE TABLE "policy_acknowledgments" (
    "id"             text         NOT NULL,
    "policyId"       text         NOT NULL,
    "userId"         text         NOT NULL,
    "acknowledgedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ipAddress"      text,
    CONSTRAINT "policy_acknowledgments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "policy_acknowledgments_policyId_fkey" FOREIGN KEY ("policyId")
        REFERENCES "policies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "policy_acknowledgments_policyId_idx" ON "policy_acknowledgments" ("policyId");
CREATE INDEX "policy_acknowledgments_userId_idx" ON "policy_acknowledgments" ("userId");

CREATE TABLE "compliance_incidents" (
    "id"            text         NOT NULL,
    "incidentType"  text         NOT NULL,
    "severity"      text         NOT NULL,
    "description"   text         NOT NULL,
    "dateOccurred"  timestamp(3) NOT NULL,
    "reportedBy"    text         NOT NULL,
    "reportedDate"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status"        text         NOT NULL DEFAULT 'reported',
    "investigation" jsonb,
    "resolution"    jsonb,
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3) NOT NULL,
    CONSTRAINT "compliance_incidents_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "compliance_incidents_incidentType_idx" ON "compliance_incidents" ("incidentType");
CREATE INDEX "compliance_incidents_severity_idx" ON "compliance_incidents" ("severity");
CREATE INDEX "compliance_incidents_status_idx" ON "compliance_incidents" ("status");

CREATE TABLE "regulatory_updates" (
    "id"             text         NOT NULL,
    "title"          text         NOT NULL,
    "category"       text         NOT NULL,
    "description"    text         NOT NULL,
    "effectiveDate"  timestamp(3) NOT NULL,
    "impact"         text         NOT NULL,
    "actionRequired" text,
    "status"         text         NOT NULL DEFAULT 'new',
    "assignedTo"     text,
    "completedAt"    timestamp(3),
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL,
    CONSTRAINT "regulatory_updates_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "regulatory_updates_effectiveDate_idx" ON "regulatory_updates" ("effectiveDate");
CREATE INDEX "regulatory_updates_status_idx" ON "regulatory_updates" ("status");

-- Staff development -----------------------------------------------------------

CREATE TABLE "continuing_education" (
    "id"                text             NOT NULL,
    "staffId"           text             NOT NULL,
    "courseTitle"       text             NOT NULL,
    "provider"          text             NOT NULL,
    "courseDate"        timestamp(3)     NOT NULL,
    "completionDate"    timestamp(3),
    "credits"           double precision NOT NULL,
    "certificateNumber" text,
    "category"          text             NOT NULL,
    "status"            text             NOT NULL DEFAULT 'registered',
    "expirationDate"    timestamp(3),
    "documentUrl"       text,
    "createdAt"         timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3)     NOT NULL,
    CONSTRAINT "continuing_education_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "continuing_education_staffId_idx" ON "continuing_education" ("staffId");
CREATE INDEX "continuing_education_completionDate_idx" ON "continuing_education" ("completionDate");

CREATE TABLE "performance_reviews" (
    "id"                  text         NOT NULL,
    "staffId"             text         NOT NULL,
    "reviewPeriodStart"   timestamp(3) NOT NULL,
    "reviewPeriodEnd"     timestamp(3) NOT NULL,
    "reviewDate"          timestamp(3) NOT NULL,
    "reviewedBy"          text         NOT NULL,
    "overallRating"       integer,
    "ratings"             jsonb        NOT NULL,
    "strengths"           text,
    "areasForImprovement" text,
    "goals"               jsonb,
    "comments"            text,
    "status"              text         NOT NULL DEFAULT 'draft',
    "createdAt"           timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"           timestamp(3) NOT NULL,
    CONSTRAINT "performance_reviews_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "performance_reviews_staffId_idx" ON "performance_reviews" ("staffId");
CREATE INDEX "performance_reviews_reviewDate_idx" ON "performance_reviews" ("reviewDate");

-- Reports and imports ---------------------------------------------------------

CREATE TABLE "report_templates" (
    "id"            text         NOT NULL,
    "name"          text         NOT NULL,
    "description"   text,
    "reportType"    text         NOT NULL,
    "category"      text         NOT NULL,
    "configuration" jsonb        NOT NULL,
    "isPublic"      boolean      NOT NULL DEFAULT false,
    "createdBy"     text         NOT NULL,
    "usageCount"    integer      NOT NULL DEFAULT 0,
    "lastUsedAt"    timestamp(3),
    "status"        text         NOT NULL DEFAULT 'active',
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3) NOT NULL,
    CONSTRAINT "report_templates_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "report_templates_reportType_idx" ON "report_templates" ("reportType");

CREATE TABLE "report_schedules" (
    "id"               text         NOT NULL,
    "reportTemplateId" text,
    "name"             text         NOT NULL,
    "description"      text,
    "frequency"        text         NOT NULL,
    "schedule"         jsonb        NOT NULL,
    "recipients"       text[],
    "format"           text         NOT NULL DEFAULT 'pdf',
    "lastRunAt"        timestamp(3),
    "nextRunAt"        timestamp(3),
    "status"           text         NOT NULL DEFAULT 'active',
    "createdAt"        timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3) NOT NULL,
    CONSTRAINT "report_schedules_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "report_schedules_nextRunAt_idx" ON "report_schedules" ("nextRunAt");

CREATE TABLE "data_import_jobs" (
    "id"               text         NOT NULL,
    "jobType"          text         NOT NULL,
    "fileName"         text         NOT NULL,
    "fileUrl"          text         NOT NULL,
    "totalRecords"     integer,
    "processedRecords" integer      NOT NULL DEFAULT 0,
    "successCount"     integer      NOT NULL DEFAULT 0,
    "errorCount"       integer      NOT NULL DEFAULT 0,
    "errors"           jsonb,
    "status"           text         NOT NULL DEFAULT 'pending',
    "startedAt"        timestamp(3),
    "completedAt"      timestamp(3),
    "createdBy"        text         NOT NULL,
    "createdAt"        timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3) NOT NULL,
    CONSTRAINT "data_import_jobs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "data_import_jobs_status_idx" ON "data_import_jobs" ("status");

-- Access from outside, and who did what ---------------------------------------

CREATE TABLE "api_keys" (
    "id"          text         NOT NULL,
    "name"        text         NOT NULL,
    "key"         text         NOT NULL,
    "permissions" text[],
    "rateLimit"   integer,
    "expiresAt"   timestamp(3),
    "lastUsedAt"  timestamp(3),
    "status"      text         NOT NULL DEFAULT 'active',
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL,
    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "api_keys_key_key" ON "api_keys" ("key");
CREATE INDEX "api_keys_key_idx" ON "api_keys" ("key");

CREATE TABLE "api_usage_metrics" (
    "id"           text         NOT NULL,
    "apiKeyId"     text,
    "endpoint"     text         NOT NULL,
    "method"       text         NOT NULL,
    "statusCode"   integer      NOT NULL,
    "responseTime" integer      NOT NULL,
    "timestamp"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ipAddress"    text,
    "userAgent"    text,
    "error"        text,
    CONSTRAINT "api_usage_metrics_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "api_usage_metrics_apiKeyId_idx" ON "api_usage_metrics" ("apiKeyId");
CREATE INDEX "api_usage_metrics_endpoint_idx" ON "api_usage_metrics" ("endpoint");
CREATE INDEX "api_usage_metrics_timestamp_idx" ON "api_usage_metrics" ("timestamp");

CREATE TABLE "audit_logs" (
    "id"         text         NOT NULL,
    "userId"     text         NOT NULL,
    "action"     text         NOT NULL,
    "resource"   text         NOT NULL,
    "resourceId" text,
    "changes"    jsonb,
    "metadata"   jsonb,
    "ipAddress"  text,
    "userAgent"  text,
    "timestamp"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "audit_logs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_logs_userId_idx" ON "audit_logs" ("userId");
CREATE INDEX "audit_logs_action_idx" ON "audit_logs" ("action");
CREATE INDEX "audit_logs_resource_idx" ON "audit_logs" ("resource");
CREATE INDEX "audit_logs_timestamp_idx" ON "audit_logs" ("timestamp");
