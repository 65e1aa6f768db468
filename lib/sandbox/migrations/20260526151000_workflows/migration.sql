-- Workflows and deliveries of webhooks, with tenant, versions and soft deletion from the
-- start.

-- Deliveries of webhooks ------------------------------------------------------

CREATE TABLE "webhook_deliveries" (
    "id"           text         NOT NULL,
    "webhookId"    text         NOT NULL,
    "event"        text         NOT NULL,
    "payload"      jsonb        NOT NULL,
    "status"       text         NOT NULL DEFAULT 'pending',
    "statusCode"   integer,
    "responseBody" text,
    "errorMessage" text,
    "attempt"      integer      NOT NULL DEFAULT 1,
    "maxAttempts"  integer      NOT NULL DEFAULT 3,
    "deliveredAt"  timestamp(3),
    "nextRetryAt"  timestamp(3),
    "createdAt"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"    timestamp(3) NOT NULL,
    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_deliveries_webhookId_fkey" FOREIGN KEY ("webhookId")
        REFERENCES "webhook_subscriptions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "webhook_deliveries_webhookId_idx" ON "webhook_deliveries" ("webhookId");
CREATE INDEX "webhook_deliveries_event_idx" ON "webhook_deliveries" ("event");
CREATE INDEX "webhook_deliveries_status_idx" ON "webhook_deliveries" ("status");
CREATE INDEX "webhook_deliveries_createdAt_idx" ON "webhook_deliveries" ("createdAt");

-- Workflows -------------------------------------------------------------------

CREATE TABLE "workflow_templates" (
    "id"            text         NOT NULL,
    "name"          text         NOT NULL,
    "description"   text,
    "category"      text         NOT NULL DEFAULT 'general',
    "triggerType"   text         NOT NULL,
    "triggerConfig" jsonb        NOT NULL,
    "actions"       jsonb        NOT NULL,
    "isPublic"      boolean      NOT NULL DEFAULT false,
    "isActive"      boolean      NOT NULL DEFAULT true,
    "usageCount"    integer      NOT NULL DEFAULT 0,
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3) NOT NULL,
    "createdBy"     text,
    "updatedBy"     text,
    "version"       integer      NOT NULL DEFAULT 1,
    "deletedAt"     timestamp(3),
    "tenantId"      text,
    CONSTRAINT "workflow_templates_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "workflow_templates_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX "workflow_templates_category_idx" ON "workflow_templates" ("category");
CREATE INDEX "workflow_templates_triggerType_idx" ON "workflow_templates" ("triggerType");
CREATE INDEX "workflow_templates_isActive_idx" ON "workflow_templates" ("isActive");
CREATE INDEX "workflow_templates_deletedAt_idx" ON "workflow_templates" ("deletedAt");
CREATE INDEX "workflow_templates_tenantId_idx" ON "workflow_templates" ("tenantId");

CREATE TABLE "workflow_executions" (
    "id"              text         NOT NULL,
    "templateId"      text,
    "workflowName"    text         NOT NULL,
    "triggerType"     text         NOT NULL,
    "triggerData"     jsonb        NOT NULL,
    "status"          text         NOT NULL DEFAULT 'pending',
    "currentActionId" text,
    "variables"       jsonb        NOT NULL DEFAULT '{}',
    "startedAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completedAt"     timestamp(3),
    "error"           text,
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    "createdBy"       text,
    "updatedBy"       text,
    "version"         integer      NOT NULL DEFAULT 1,
    "deletedAt"       timestamp(3),
    "tenantId"        text,
    CONSTRAINT "workflow_executions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "workflow_executions_templateId_fkey" FOREIGN KEY ("templateId")
        REFERENCES "workflow_templates" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "workflow_executions_tenantId_fkey" FOREIGN KEY ("tenantId")
        REFERENCES "tenants" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX "workflow_executions_templateId_idx" ON "workflow_executions" ("templateId");
CREATE INDEX "workflow_executions_status_idx" ON "workflow_executions" ("status");
CREATE INDEX "workflow_executions_startedAt_idx" ON "workflow_executions" ("startedAt");
CREATE INDEX "workflow_executions_deletedAt_idx" ON "workflow_executions" ("deletedAt");
CREATE INDEX "workflow_executions_tenantId_idx" ON "workflow_executions" ("tenantId");

CREATE TABLE "workflow_execution_steps" (
    "id"           text         NOT NULL,
    "executionId"  text         NOT NULL,
    "actionId"     text         NOT NULL,
    "actionType"   text         NOT NULL,
    "actionName"   text         NOT NULL,
    "actionConfig" jsonb        NOT NULL,
    "status"       text         NOT NULL DEFAULT 'pending',
    "output"       jsonb,
    "error"        text,
    "startedAt"    timestamp(3),
    "completedAt"  timestamp(3),
    "createdAt"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"    timestamp(3) NOT NULL,
    CONSTRAINT "workflow_execution_steps_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "workflow_execution_steps_executionId_fkey" FOREIGN KEY ("executionId")
        REFERENCES "workflow_executions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "workflow_execution_steps_executionId_idx"
    ON "workflow_execution_steps" ("executionId");
CREATE INDEX "workflow_execution_steps_status_idx" ON "workflow_execution_steps" ("status");
