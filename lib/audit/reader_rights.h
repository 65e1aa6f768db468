// What a role needs that reads the trail and changes nothing (an auditor's), and that seals it.
#pragma once

#include <functional>
#include <string>

#include "core/error.h"
#include "db/database.h"

namespace pcx::audit {

// The statements that a superuser, or the owner of schema pcx and of audit_logs, runs for it. Not
// on all tables of the schema: the key of digests lies in it, and the keyring.
std::string reader_grants(const std::string& role);

// `error` in words about rights, with reason "rights" and those statements as its hint, when the
// server refused to let `role` read something (42501); what row security refuses has another hint.
// Otherwise as it is.
Error about_reading(const Error& error, const std::string& role);

// Runs `read`; what the server refuses comes out as about_reading() has it.
// REQUIRES: no transaction of `database` that was begun outside of `read` is open.
void with_reader_rights(db::Database& database, const std::function<void()>& read);

// The same of who seals, who must be a member of the owner of schema pcx.
void with_sealer_rights(db::Database& database, const std::function<void()>& seal);

}  // namespace pcx::audit
