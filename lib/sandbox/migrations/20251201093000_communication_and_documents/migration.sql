-- Letters, surveys and campaigns, the documents of the practice, and who is told about events.

-- Talking with clients --------------------------------------------------------

CREATE TABLE "communications" (
    "id"          text         NOT NULL,
    "clientId"    text         NOT NULL,
    "type"        text         NOT NULL,
    "direction"   text         NOT NULL,
    "subject"     text,
    "message"     text         NOT NULL,
    "sentAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deliveredAt" timestamp(3),
    "readAt"      timestamp(3),
    "status"      text         NOT NULL DEFAULT 'sent',
    "metadata"    jsonb,
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "communications_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "communications_clientId_fkey" FOREIGN KEY ("clientId")
        REFERENCES "clients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "communications_clientId_idx" ON "communications" ("clientId");
CREATE INDEX "communications_type_idx" ON "communications" ("type");
CREATE INDEX "communications_sentAt_idx" ON "communications" ("sentAt");

CREATE TABLE "client_feedback" (
    "id"           text         NOT NULL,
    "clientId"     text         NOT NULL,
    "feedbackType" text         NOT NULL,
    "rating"       integer,
    "comment"      text,
    "relatedType"  text,
    "relatedId"    text,
    "npsScore"     integer,
    "status"       text         NOT NULL DEFAULT 'new',
    "reviewedBy"   text,
    "reviewedAt"   timestamp(3),
    "createdAt"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"    timestamp(3) NOT NULL,
    CONSTRAINT "client_feedback_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "client_feedback_clientId_idx" ON "client_feedback" ("clientId");
CREATE INDEX "client_feedback_feedbackType_idx" ON "client_feedback" ("feedbackType");
CREATE INDEX "client_feedback_rating_idx" ON "client_feedback" ("rating");

CREATE TABLE "client_portal_access" (
    "id"               text         NOT NULL,
    "clientId"         text         NOT NULL,
    "email"            text         NOT NULL,
    "passwordHash"     text         NOT NULL,
    "twoFactorEnabled" boolean      NOT NULL DEFAULT false,
    "twoFactorSecret"  text,
    "lastLoginAt"      timestamp(3),
    "loginAttempts"    integer      NOT NULL DEFAULT 0,
    "lockedUntil"      timestamp(3),
    "status"           text         NOT NULL DEFAULT 'active',
    "createdAt"        timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3) NOT NULL,
    CONSTRAINT "client_portal_access_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "client_portal_access_clientId_key" ON "client_portal_access" ("clientId");
CREATE UNIQUE INDEX "client_portal_access_email_key" ON "client_portal_access" ("email");
CREATE INDEX "client_portal_access_email_idx" ON "client_portal_access" ("email");

CREATE TABLE "surveys" (
    "id"          text         NOT NULL,
    "title"       text         NOT NULL,
    "description" text,
    "questions"   jsonb        NOT NULL,
    "status"      text         NOT NULL DEFAULT 'draft',
    "publishedAt" timestamp(3),
    "expiresAt"   timestamp(3),
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL,
    CONSTRAINT "surveys_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "surveys_status_idx" ON "surveys" ("status");

CREATE TABLE "survey_responses" (
    "id"          text         NOT NULL,
    "surveyId"    text         NOT NULL,
    "clientId"    text,
    "answers"     jsonb        NOT NULL,
    "submittedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "survey_responses_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "survey_responses_surveyId_fkey" FOREIGN KEY ("surveyId")
        REFERENCES "surveys" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "survey_responses_surveyId_idx" ON "survey_responses" ("surveyId");
CREATE INDEX "survey_responses_clientId_idx" ON "survey_responses" ("clientId");

-- Marketing -------------------------------------------------------------------

CREATE TABLE "client_segments" (
    "id"               text         NOT NULL,
    "name"             text         NOT NULL,
    "description"      text,
    "criteria"         jsonb        NOT NULL,
    "clientCount"      integer      NOT NULL DEFAULT 0,
    "lastCalculatedAt" timestamp(3),
    "status"           text         NOT NULL DEFAULT 'active',
    "createdAt"        timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3) NOT NULL,
    CONSTRAINT "client_segments_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "marketing_campaigns" (
    "id"            text         NOT NULL,
    "name"          text         NOT NULL,
    "description"   text,
    "campaignType"  text         NOT NULL,
    "channel"       text[],
    "targetSegment" jsonb,
    "startDate"     timestamp(3) NOT NULL,
    "endDate"       timestamp(3),
    "content"       jsonb        NOT NULL,
    "metrics"       jsonb,
    "status"        text         NOT NULL DEFAULT 'draft',
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3) NOT NULL,
    CONSTRAINT "marketing_campaigns_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "marketing_campaigns_status_idx" ON "marketing_campaigns" ("status");

CREATE TABLE "social_media_posts" (
    "id"             text         NOT NULL,
    "platform"       text         NOT NULL,
    "content"        text         NOT NULL,
    "mediaUrls"      text[],
    "scheduledFor"   timestamp(3),
    "publishedAt"    timestamp(3),
    "externalPostId" text,
    "metrics"        jsonb,
    "status"         text         NOT NULL DEFAULT 'draft',
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL,
    CONSTRAINT "social_media_posts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "social_media_posts_platform_idx" ON "social_media_posts" ("platform");
CREATE INDEX "social_media_posts_status_idx" ON "social_media_posts" ("status");

-- Documents -------------------------------------------------------------------

CREATE TABLE "documents" (
    "id"          text         NOT NULL,
    "title"       text         NOT NULL,
    "description" text,
    "category"    text         NOT NULL,
    "fileUrl"     text         NOT NULL,
    "fileName"    text         NOT NULL,
    "fileSize"    integer      NOT NULL,
    "mimeType"    text         NOT NULL,
    "relatedType" text,
    "relatedId"   text,
    "uploadedBy"  text         NOT NULL,
    "uploadedAt"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tags"        text[],
    "status"      text         NOT NULL DEFAULT 'active',
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL,
    CONSTRAINT "documents_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "documents_category_idx" ON "documents" ("category");
CREATE INDEX "documents_relatedType_relatedId_idx" ON "documents" ("relatedType", "relatedId");

CREATE TABLE "document_signatures" (
    "id"            text         NOT NULL,
    "documentId"    text         NOT NULL,
    "signerId"      text         NOT NULL,
    "signerName"    text         NOT NULL,
    "signerEmail"   text         NOT NULL,
    "signatureData" text         NOT NULL,
    "signedAt"      timestamp(3) NOT NULL,
    "ipAddress"     text,
    "status"        text         NOT NULL DEFAULT 'signed',
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "document_signatures_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "document_signatures_documentId_idx" ON "document_signatures" ("documentId");
CREATE INDEX "document_signatures_signerId_idx" ON "document_signatures" ("signerId");

CREATE TABLE "document_templates" (
    "id"         text         NOT NULL,
    "name"       text         NOT NULL,
    "category"   text         NOT NULL,
    "template"   jsonb        NOT NULL,
    "fields"     jsonb,
    "usageCount" integer      NOT NULL DEFAULT 0,
    "lastUsedAt" timestamp(3),
    "status"     text         NOT NULL DEFAULT 'active',
    "createdAt"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"  timestamp(3) NOT NULL,
    CONSTRAINT "document_templates_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "document_templates_category_idx" ON "document_templates" ("category");

CREATE TABLE "document_workflows" (
    "id"           text         NOT NULL,
    "documentId"   text         NOT NULL,
    "workflowName" text         NOT NULL,
    "currentStep"  integer      NOT NULL DEFAULT 1,
    "totalSteps"   integer      NOT NULL,
    "steps"        jsonb        NOT NULL,
    "status"       text         NOT NULL DEFAULT 'in_progress',
    "completedAt"  timestamp(3),
    "createdAt"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"    timestamp(3) NOT NULL,
    CONSTRAINT "document_workflows_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "document_workflows_documentId_idx" ON "document_workflows" ("documentId");
CREATE INDEX "document_workflows_status_idx" ON "document_workflows" ("status");

-- Other programs --------------------------------------------------------------

CREATE TABLE "webhook_subscriptions" (
    "id"        text         NOT NULL,
    "name"      text         NOT NULL,
    "url"       text         NOT NULL,
    "events"    text[],
    "secret"    text         NOT NULL,
    "active"    boolean      NOT NULL DEFAULT true,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL,
    CONSTRAINT "webhook_subscriptions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "push_subscriptions" (
    "id"         text         NOT NULL,
    "userId"     text         NOT NULL,
    "endpoint"   text         NOT NULL,
    "keys"       jsonb        NOT NULL,
    "deviceType" text,
    "status"     text         NOT NULL DEFAULT 'active',
    "createdAt"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"  timestamp(3) NOT NULL,
    CONSTRAINT "push_subscriptions_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "push_subscriptions_userId_idx" ON "push_subscriptions" ("userId");
