// Statements that do nothing but set something for the session: run again in another session, they
// have the same effect there and no other.
#pragma once

#include <string>

#include "core/document.h"

namespace pcx::migrate {

// SET and RESET for the session, and what pg_dump writes instead: a SELECT of nothing but
// set_config() with three constants, the last of them false. Not SET TRANSACTION, which is for the
// transaction that runs. `type` and `node` as tree::typed() gives them.
bool is_setting(const std::string& type, const Document& node);

// SET TRANSACTION and SET SESSION CHARACTERISTICS AS TRANSACTION; SET transaction_isolation and its
// like; BEGIN and COMMIT with options.
bool sets_transaction(const std::string& type, const Document& node);

}  // namespace pcx::migrate
