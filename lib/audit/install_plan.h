// What `pcx audit install` would do: which tables exist, what is kept of their columns, and what
// differs from how they are audited now. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/catalog.h"
#include "audit/rule_follow.h"
#include "audit/table_rule.h"
#include "fields/field.h"

namespace pcx::audit {

struct ColumnName {
  std::string schema = "public";
  std::string table;
  std::string column;
};

// "table" or "schema.table"; std::nullopt for anything else.
std::optional<RelationName> parse_relation(std::string_view text);
// "table.column" or "schema.table.column"; std::nullopt for anything else.
std::optional<ColumnName> parse_column(std::string_view text);

// What is asked for.
struct InstallWish {
  std::vector<TableRule> rules;  // of the profile, or of tables that were named
  bool is_profile = true;        // then tables and columns that are not there are no mistake
  std::optional<OnError> on_error = std::nullopt;
  std::vector<ColumnName> dropped = {};
  std::vector<ColumnName> hashed = {};
  std::vector<std::string> besides = {};  // of rules: looked after only (with_audited())
};

// What there is.
struct InstallFacts {
  std::vector<TableFacts> tables;  // of wish.rules, in their order
  TableFacts log;                  // of the application's trail
  std::vector<InstalledRule> installed;
  std::vector<TableStanding> standings;
  std::vector<RulePlace> places;         // of the installed ones
  std::vector<RuleMove> moves;           // of the installed ones
  std::vector<fields::Field> encrypted;  // the registered ones
  bool is_unfinished = false;            // an installation was stopped, and no other begun since
  bool adoption_is_done = false;         // of the application's trail, since its trigger is there
};

enum class InstallStep {
  none,     // it is audited, just so
  install,  // it is not audited
  change,   // other columns are to be kept, or failures treated otherwise
  repair,   // it ought to be audited: its triggers are missing, disabled or others, or its rule
            // names columns that are called otherwise now
  paused,   // by `pcx audit pause`; its rule is changed only once it is resumed
  absent,   // there is no such table
  refuse,   // it cannot be audited
};
const char* to_string(InstallStep step) noexcept;  // "install"
// Whether there is something to do.
bool is_deed(InstallStep step) noexcept;

struct PlannedTable {
  TableRule rule;
  std::vector<std::string> key_columns;
  InstallStep step = InstallStep::none;
  std::string note = {};  // for people: why it is refused, or what is to be known
};

struct InstallPlan {
  std::vector<RuleMove> moves;  // first of all; what is planned of tables is planned anew then
  std::vector<PlannedTable> tables;
  InstallStep log = InstallStep::none;
  std::string log_note = {};
  bool adopt = false;  // rows of the application's trail have no leaf yet
  bool close = false;  // nothing is left to do of what is unfinished: the trail is to say so
  bool has_deeds() const;
};

// What is installed is only ever added to: columns that nothing is kept of stay so. Installing
// again without options changes nothing; to keep more, uninstall, and install anew.
//
// A rule whose columns were renamed follows them, by their numbers in the catalog. Where those are
// not known (restored since), the table is refused, unless it is named with columns to keep out:
// what is kept out must not come in under another name. Where they are not known and all columns
// are there, they are noted anew (repair).
//
// Throws Error{not_found} for a named table or column that is not there, Error{usage} for a column
// of a table that is not asked for, or of a primary key, Error{conflict} with reason
// "not_capturable" for a named table that is none or has a column that would run somebody's
// function, Error{not_found} with reason "no_table" when nothing of the profile is there, nor
// anything audited, Error{permission} naming the tables that the session's role does not own, where
// there is something to do.
InstallPlan plan_install(const InstallWish& wish, const InstallFacts& found);

// Of a profile: what is audited besides is looked after, too; `on_error` is none of its.
InstallWish with_audited(InstallWish wish, const std::vector<InstalledRule>& installed);

}  // namespace pcx::audit
