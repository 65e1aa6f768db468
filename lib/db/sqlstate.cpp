#include "db/sqlstate.h"

namespace pcx::db {
namespace {

bool in_class(std::string_view sqlstate, std::string_view prefix) {
  return sqlstate.substr(0, 2) == prefix;
}

struct Row {
  std::string_view sqlstate;
  ErrorCode code;
  std::string_view hint;
};

// Single codes that differ from their class, or deserve a hint of their own.
constexpr Row kRows[] = {
    {"25006", ErrorCode::permission,
     "The session or the server is read-only. Connect to the primary, with a role that may write."},
    {"25P03", ErrorCode::unreachable,
     "The server ended a transaction that waited too long (idle_in_transaction_session_timeout). "
     "Run the command again."},
    {"28000", ErrorCode::permission, "Check the role's name and the server's pg_hba.conf."},
    {"28P01", ErrorCode::permission,
     "Check the role and its password: the URL, PGPASSWORD or ~/.pgpass."},
    {"3D000", ErrorCode::not_found, "Check the database's name; `psql -l` lists those there are."},
    {"40001", ErrorCode::busy, "Run the command again; another transaction changed the same rows."},
    {"40P01", ErrorCode::busy, "Run the command again; it collided with another transaction."},
    {"42501", ErrorCode::permission,
     "Ask the owner of the object for the right, or connect with another role."},
    {"53100", ErrorCode::io, "The server's disk is full. Free space there, then run it again."},
    {"53200", ErrorCode::busy,
     "The server ran out of memory. Run it again when the server is less busy."},
    {"53300", ErrorCode::busy,
     "The server has no connection left. Run it again later, or raise max_connections."},
    {"53400", ErrorCode::busy,
     "A limit of the server's configuration is reached (temp_file_limit, for example). Raise it "
     "there, or run it again when the server is less busy."},
    {"55P03", ErrorCode::busy,
     "Somebody else holds the lock. Run it again later; pg_locks shows who."},
    {"57014", ErrorCode::interrupted, ""},
    {"57P01", ErrorCode::unreachable,
     "An administrator or a server shutdown ended the session. Run the command again."},
    {"57P02", ErrorCode::unreachable,
     "The server crashed and is restarting. Run the command again when it is back."},
    {"57P03", ErrorCode::busy, "The server is starting or stopping. Run it again in a moment."},
    {"57P04", ErrorCode::not_found,
     "Somebody dropped the database meanwhile. Check the URL, or restore it from a backup."},
    {"57P05", ErrorCode::unreachable,
     "The server ended a session that was idle too long (idle_session_timeout). Run the command "
     "again."},
};

// What the server calls trouble of its own, by the first two characters. No class is listed whose
// errors a script makes.
constexpr Row kClasses[] = {
    {"08", ErrorCode::unreachable,
     "Check that the server runs and can be reached, then run the command again."},
    {"28", ErrorCode::permission, ""},
    {"53", ErrorCode::busy,
     "The server has not enough resources. Run it again when it is less busy."},
    {"57", ErrorCode::unreachable, "Somebody works on the server. Run the command again."},
    {"58", ErrorCode::io,
     "The server met trouble with its own files. Its log says more; nothing is wrong with the "
     "command."},
    {"F0", ErrorCode::io, "Let the server's administrator correct its configuration file."},
    {"XX", ErrorCode::io,
     "PostgreSQL itself failed: its log says more. Should it happen again, check the server's "
     "disks and data before anything else."},
};

const Row* find_row(std::string_view sqlstate) {
  for (const Row& row : kRows) {
    if (row.sqlstate == sqlstate) return &row;
  }
  for (const Row& row : kClasses) {
    if (in_class(sqlstate, row.sqlstate)) return &row;
  }
  return nullptr;
}

}  // namespace

ErrorCode code_of_sqlstate(std::string_view sqlstate) {
  const Row* row = find_row(sqlstate);
  return row != nullptr ? row->code : ErrorCode::data;
}

std::string hint_of_sqlstate(std::string_view sqlstate) {
  const Row* row = find_row(sqlstate);
  return row != nullptr ? std::string{row->hint} : std::string{};
}

bool is_transient(std::string_view sqlstate) {
  for (const std::string_view code : {"40001", "40P01", "55P03", "57P01", "57P02", "57P03"}) {
    if (sqlstate == code) return true;
  }
  return in_class(sqlstate, "08");
}

}  // namespace pcx::db
