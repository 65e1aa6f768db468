// The one exception of pcx: what went wrong, where, and what to do next.
//
// A finding ("three migrations are pending") is a value, see core/finding.h; an Error is what stops
// a command. Outside libraries' exceptions are translated into it at the door of their room.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace pcx {

// The closed list of reasons to stop. cli/exit_code.h gives each its process exit code; the names
// are the `code` field of JSON errors and are therefore stable.
enum class ErrorCode {
  declined,           // a question to the operator was answered with no
  critical,           // tampering, failed verification, a failed migration present
  unknown,            // the question could not be answered
  usage,              // bad command line
  data,               // bad script, rule, SQL or file content
  not_found,          // an input (file, database, migration) does not exist
  unreachable,        // database or service cannot be reached
  internal,           // a bug in pcx
  cannot_create,      // an output cannot be created
  io,                 // reading or writing failed half way (disk full)
  busy,               // locked or overloaded; trying again later may help
  unsafe_connection,  // a transaction pooler where session state is needed
  permission,         // not allowed: by the server, the file system or a password
  config,             // configuration file, or schema pcx newer than this binary
  conflict,           // the state contradicts the request; `reason` names which
  crypto,             // a key or ciphertext that does not fit
  interrupted,        // SIGINT, after an orderly stop
  terminated,         // SIGTERM, after an orderly stop
};

// A place in a file. Lines and columns start at 1, columns count characters (code points);
// 0 means "not known".
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
};

// "file:line:column", leaving out what is not known.
std::string to_string(const Location& location);

class Error : public std::runtime_error {
 public:
  // `message` is one lower-case phrase without a full stop that names the thing. `hint`, when
  // given, is one or more sentences that say what the operator can do next. Neither may hold a
  // secret.
  Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  // Builders, for `throw Error{...}.at({file, line, column}).because("edited")`.
  Error& at(Location location);
  Error& because(std::string reason);       // stable word for scripts: "edited", "out_of_order"
  Error& with_sqlstate(std::string state);  // five characters, PostgreSQL's
  Error& with_detail(std::string detail);   // the server's DETAIL, or more lines for people

  ErrorCode code() const noexcept { return code_; }
  const std::string& hint() const noexcept { return hint_; }
  const Location& location() const noexcept { return location_; }
  const std::string& reason() const noexcept { return reason_; }
  const std::string& sqlstate() const noexcept { return sqlstate_; }
  const std::string& detail() const noexcept { return detail_; }

 private:
  ErrorCode code_;
  std::string hint_;
  Location location_;
  std::string reason_;
  std::string sqlstate_;
  std::string detail_;
};

// The stable name of a code: "unsafe_connection".
const char* to_string(ErrorCode code) noexcept;

}  // namespace pcx
