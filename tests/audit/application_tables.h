// Some of the application's tables, each a statement.
#pragma once

namespace pcx::audit {

inline constexpr const char* kApplicationTables[] = {
    R"(CREATE TABLE public.audit_logs (id text PRIMARY KEY, "userId" text, action text NOT NULL,
       resource text NOT NULL, "resourceId" text, changes jsonb, metadata jsonb, "ipAddress" text,
       "userAgent" text, "timestamp" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
       "tenantId" text))",
    R"(CREATE TABLE public.patients (id text PRIMARY KEY, name text NOT NULL, species text,
       "tenantId" text, "createdBy" text, "updatedBy" text, "deletedAt" timestamp(3)))",
    R"(CREATE TABLE public.users (id text PRIMARY KEY, email text NOT NULL, "passwordHash" text))",
    R"(CREATE TABLE public.medical_records (id text PRIMARY KEY, diagnosis text, treatment text,
       notes text))",
};

}  // namespace pcx::audit
