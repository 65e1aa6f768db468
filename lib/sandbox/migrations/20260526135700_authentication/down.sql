-- Takes the accounts back.

DROP TABLE "refresh_tokens";
DROP TABLE "users";

DROP TYPE "Role";
