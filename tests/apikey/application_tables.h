// The application's tables of API keys.
#pragma once

namespace pcx::apikey {

// As the application's migration makes them.
inline constexpr const char* kApplicationTables = R"(
CREATE TABLE public.api_keys (
    "id"          text         NOT NULL PRIMARY KEY,
    "name"        text         NOT NULL,
    "key"         text         NOT NULL,
    "permissions" text[],
    "rateLimit"   integer,
    "expiresAt"   timestamp(3),
    "lastUsedAt"  timestamp(3),
    "status"      text         NOT NULL DEFAULT 'active',
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX "api_keys_key_key" ON public."api_keys" ("key");
CREATE INDEX "api_keys_key_idx" ON public."api_keys" ("key");
CREATE TABLE public.api_usage_metrics (
    "id"           text         NOT NULL PRIMARY KEY,
    "apiKeyId"     text,
    "endpoint"     text         NOT NULL,
    "method"       text         NOT NULL,
    "statusCode"   integer      NOT NULL,
    "responseTime" integer      NOT NULL,
    "timestamp"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ipAddress"    text,
    "userAgent"    text,
    "error"        text
);
CREATE INDEX "api_usage_metrics_apiKeyId_idx" ON public."api_usage_metrics" ("apiKeyId");
CREATE INDEX "api_usage_metrics_timestamp_idx" ON public."api_usage_metrics" ("timestamp");
)";

}  // namespace pcx::apikey
