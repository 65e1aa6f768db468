// What a role needs that reads the trail and changes nothing: an auditor's.
#pragma once

#include <functional>
#include <string>

#include "core/error.h"
#include "db/database.h"

namespace pcx::audit {

// The statements that a superuser, or the owner of schema pcx and of audit_logs, runs for it.
std::string reader_grants(const std::string& role);

// `error` in words about rights, with reason "rights" and those statements as its hint, when the
// server refused to let `role` read something (42501); otherwise as it is.
Error about_reading(const Error& error, const std::string& role);

// Runs `read`; what the server refuses comes out as about_reading() has it.
// REQUIRES: no transaction of `database` that was begun outside of `read` is open.
void with_reader_rights(db::Database& database, const std::function<void()>& read);

}  // namespace pcx::audit
