-- Accounts of people who sign in. Refresh tokens are stored as hashes and go with their user.

CREATE TYPE "Role" AS ENUM ('ADMIN', 'VET', 'TECH', 'RECEPTIONIST', 'CLIENT_PORTAL');

-- Accounts --------------------------------------------------------------------

CREATE TABLE "users" (
    "id"                text         NOT NULL,
    "email"             text         NOT NULL,
    "passwordHash"      text         NOT NULL,
    "role"              "Role"       NOT NULL DEFAULT 'RECEPTIONIST',
    "status"            text         NOT NULL DEFAULT 'active',
    "firstName"         text,
    "lastName"          text,
    "staffId"           text,
    "lastLoginAt"       timestamp(3),
    "loginAttempts"     integer      NOT NULL DEFAULT 0,
    "lockedUntil"       timestamp(3),
    "passwordChangedAt" timestamp(3),
    "createdAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3) NOT NULL,
    CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "users_staffId_fkey" FOREIGN KEY ("staffId")
        REFERENCES "staff" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");
CREATE INDEX "users_email_idx" ON "users" ("email");
CREATE INDEX "users_role_idx" ON "users" ("role");
CREATE UNIQUE INDEX "users_staffId_key" ON "users" ("staffId");

CREATE TABLE "refresh_tokens" (
    "id"           text         NOT NULL,
    "userId"       text         NOT NULL,
    "tokenHash"    text         NOT NULL,
    "expiresAt"    timestamp(3) NOT NULL,
    "revokedAt"    timestamp(3),
    "replacedById" text,
    "createdByIp"  text,
    "userAgent"    text,
    "createdAt"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "refresh_tokens_userId_fkey" FOREIGN KEY ("userId")
        REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "refresh_tokens_userId_idx" ON "refresh_tokens" ("userId");
CREATE UNIQUE INDEX "refresh_tokens_tokenHash_key" ON "refresh_tokens" ("tokenHash");
CREATE INDEX "refresh_tokens_expiresAt_idx" ON "refresh_tokens" ("expiresAt");
