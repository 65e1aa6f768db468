// The application's own trail, public.audit_logs.
#pragma once

namespace pcx::audit {

// As the application's migrations make it.
inline constexpr const char* kApplicationTable = R"(
CREATE TABLE public.audit_logs (
    "id"         text         NOT NULL PRIMARY KEY,
    "userId"     text         NOT NULL,
    "action"     text         NOT NULL,
    "resource"   text         NOT NULL,
    "resourceId" text,
    "changes"    jsonb,
    "metadata"   jsonb,
    "ipAddress"  text,
    "userAgent"  text,
    "timestamp"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tenantId"   text
);
)";

}  // namespace pcx::audit
