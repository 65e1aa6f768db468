// The shape of the command table. Parsing, help, suggestions, man pages, completions, dispatch and
// `pcx commands` are readings of it; nothing else knows the commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/view.h"
#include "core/error.h"
#include "core/finding.h"
#include "db/advisory_lock.h"

namespace pcx::cli {

class Context;
class Values;

// What must be ready before a command runs. Prepared by App, so no command opens a connection.
enum class Needs {
  nothing,         // not even the configuration: help, version, completion
  config,          // configuration read and checked
  database,        // a Database; a transaction pooler is accepted
  database_state,  // a Database whose session state survives; a transaction pooler is refused (76)
};

enum class Type {
  flag,      // no value
  text,      //
  integer,   // decimal digits only; see Opt::minimum and maximum
  choice,    // one of Opt::choices
  file,      // completion offers files
  folder,    // completion offers folders
  duration,  // "250ms", "10s", "5m", "2h", "1d"
};

struct Opt {
  std::string_view name;  // "--dir"
  char letter = 0;        // 'd' for -d; 0: none
  Type type = Type::text;
  std::string_view metavar;  // "DIR"; empty for flags
  std::string_view help;     // a fragment, lower case, no final dot
  std::vector<std::string_view> choices = {};
  std::string_view fallback = {};     // the default, shown in help; empty: none
  std::string_view environment = {};  // "PCX_MIGRATE_DIR"
  std::string_view config_key = {};   // "migrate.dir"
  std::string_view dynamic = {};      // completion source: "migrations", "databases"
  std::optional<std::int64_t> minimum = {};
  std::optional<std::int64_t> maximum = {};
  bool required = false;
  bool repeated = false;
  bool hidden = false;
};

struct Arg {
  std::string_view name;  // "NAME", as in the usage line
  std::string_view help;
  Type type = Type::text;
  std::vector<std::string_view> choices = {};
  std::string_view dynamic = {};
  bool required = true;
  bool repeated = false;  // takes all the rest; the last argument only
};

struct Example {
  std::string_view command;  // "pcx migrate up --to 20260101000000_init"
  std::string_view effect;   // what it does, a fragment
};

struct ExitNote {
  int code;
  std::string_view meaning;  // what this code means for this command
};

struct Outcome {
  Shown shown;
  Finding finding = Finding::ok;
  // Thrown once all is shown: an orderly stop, or a part of the deed that failed.
  std::optional<Error> error = {};
};

struct Cmd {
  std::string_view path;     // "migrate up", "doctor", or "migrate" for a group
  std::string_view summary;  // one line for --help, the man page and the completions
  std::string_view detail =
      {};  // paragraphs separated by a blank line; for the man page and --help
  std::vector<Opt> options = {};
  std::vector<Arg> arguments = {};
  std::vector<Example> examples = {};
  std::vector<ExitNote> exits = {};
  Needs needs = Needs::nothing;
  // A file named by PCX_CONFIG that does not exist is no configuration, instead of an error: it is
  // the sandbox's, which the command makes, or has removed.
  bool config_may_be_gone = false;
  // Session locks taken in this order before the command runs, with the wait of --lock-wait.
  std::vector<const db::AdvisoryKey*> locks = {};
  bool mutating = false;  // takes --reason; schema pcx is upgraded before it writes
  // The flag without which it changes nothing, all the same; empty: it does without one.
  std::string_view mutating_with = {};
  // Without the right to create schema pcx it runs all the same; its journal goes to the log.
  bool journal_optional = false;
  // It calls Context::upgrade_schema() once it knows that it will write: what is refused before
  // leaves no schema behind in a database that may be the wrong one.
  bool schema_when_asked = false;
  bool destructive = false;  // takes --yes
  bool hidden = false;
  // What it shows is for whoever runs it: a file of --output gets mode 0600.
  bool confidential = false;
  // Its --format has choices of its own: what it shows is in that format already.
  bool own_format = false;
  // Its --output is for files that it writes itself; what it shows goes to standard output.
  bool own_output = false;
  // It answers a question with 0 or 1, and whatever else stops it is exit status 3: who asks must
  // not take it for an answer. Only a bad command line stays 64; the error keeps its code in JSON.
  bool unknown_on_error = false;
  // A monitoring plugin: it answers 0 to 3 and nothing else, with one line on standard output, also
  // when the command line is wrong or something stops it.
  bool is_plugin = false;
  Outcome (*run)(Context& context, const Values& values) = nullptr;  // nullptr: a group
};

// Every command of pcx, groups before their members, in alphabetical order.
const std::vector<Cmd>& commands();

// Where a value came from.
enum class Source { none, fallback, file, environment, flag };

// The values of one command line, resolved flag > environment > file > default. Asking for an
// option that the command's table entry does not have is a bug (Error{internal}).
class Values {
 public:
  struct Entry {
    std::string_view name;
    std::vector<std::string> texts;  // empty: no value
    Source source = Source::none;
    std::string origin;  // "--dir", "PCX_MIGRATE_DIR", "/etc/pcx/config.yaml:3:7"
  };

  explicit Values(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  bool has(std::string_view name) const;   // a value, from wherever
  bool flag(std::string_view name) const;  // false when not given
  // Throw Error{internal} when there is no value; use the optional ones where that is allowed.
  const std::string& text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  std::chrono::milliseconds duration(std::string_view name) const;
  std::optional<std::string> optional_text(std::string_view name) const;
  std::optional<std::int64_t> optional_integer(std::string_view name) const;
  const std::vector<std::string>& texts(std::string_view name) const;  // repeated
  const Entry& entry(std::string_view name) const;
  const std::vector<Entry>& entries() const { return entries_; }  // in the order of the table

 private:
  std::vector<Entry> entries_;
};

}  // namespace pcx::cli
