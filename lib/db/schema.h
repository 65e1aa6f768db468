// Schema pcx: all of pcx's own tables, made by numbered steps (lib/db/schema/NNN_name.sql,
// embedded). Persistent: a step that was released never changes; a change is a new step.
#pragma once

#include <string>
#include <vector>

#include "db/database.h"

namespace pcx::db {

enum class SchemaState {
  absent,        // no schema pcx
  current,       // every step applied
  outdated,      // some steps are missing
  newer,         // made by a newer pcx than this one
  not_readable,  // it exists, this role may not use it
};

struct SchemaStatus {
  SchemaState state = SchemaState::absent;
  int installed_step = 0;  // 0: none
  int newest_step = 0;     // of this binary
  // Or upgrade: a member of the owner, which may not inherit its rights. Not known of a current
  // one.
  bool may_create = false;
  // The journal is there and this role may write or read it, whatever it may do with the rest.
  bool journal_writable = false;
  bool journal_readable = false;

  // Whether this binary's entries can be written: an older journal may lack columns.
  bool takes_journal() const { return journal_writable && state != SchemaState::outdated; }
};

SchemaStatus read_schema_status(Database& database);

// Brings schema pcx to this binary's newest step, in one transaction under an advisory lock; does
// nothing when it is current. Returns the names of the steps applied now. Objects belong to the
// NOLOGIN role pcx_owner where the session's role may create it, else to the session's role. A
// member of the owner acts as the owner meanwhile (SET ROLE), whether it inherits its rights or
// not.
//
// Throws Error{config} when the schema is newer than this binary, Error{permission} without the
// right to create.
std::vector<std::string> upgrade_schema(Database& database);

// The GRANT statements a superuser would run so that `role` can upgrade and use the schema.
std::vector<std::string> grants_for(const std::string& role);

}  // namespace pcx::db
