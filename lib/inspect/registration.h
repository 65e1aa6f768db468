// The registry against the database: whether each field is there and can be one, and what saving
// it in pcx.field would change.
#pragma once

#include <string>
#include <vector>

#include "db/database.h"
#include "fields/registry.h"

namespace pcx::inspect {

enum class Presence { present, no_table, no_column };
const char* to_string(Presence presence) noexcept;  // "yes", "no table", "no column"

struct FieldFacts {
  Presence presence = Presence::present;
  std::string problem;  // why values cannot be kept there, for people; empty: they can
};

// One for each of `fields`.
std::vector<FieldFacts> read_facts(db::Database& database,
                                   const std::vector<fields::Field>& fields);

enum class Change { none, add, replace, remove };
const char* to_string(Change change) noexcept;  // "", "add", "change", "remove"

struct PlannedField {
  fields::Field field;
  Change change = Change::none;
};

// From what pcx.field has to what is wanted; those that go are last. Pure.
std::vector<PlannedField> plan_changes(const std::vector<fields::Field>& registered,
                                       const std::vector<fields::Field>& wanted);

// What would be saved: the configuration; without one what is registered already and is there (all
// of it when nothing is: that is another database), else of the built-in profile the fields whose
// table is there.
std::vector<fields::Field> wanted_fields(db::Database& database, const Config& config,
                                         const std::vector<fields::Field>& registered);

// A fence around a field that is none any more. It goes on refusing what is under a key that it
// does not admit, and no rotation replaces it.
struct LeftFence {
  fields::Field field;
  std::string statement;  // that takes it away
};
std::vector<LeftFence> read_left_fences(db::Database& database,
                                        const std::vector<fields::Field>& before,
                                        const std::vector<fields::Field>& now);
// Whether saving `wanted` would take nothing away from the fields that are in force, and add and
// change nothing, but for fields that are not there: a rotation that is under way loses nothing by
// it. `facts` are those of `in_force`. Pure.
bool drops_only_absent(const std::vector<fields::Field>& in_force,
                       const std::vector<FieldFacts>& facts,
                       const std::vector<fields::Field>& wanted);

// Throws Error{config} with reason "fields" and all of it as detail when fields contradict each
// other, are not there or cannot be ones. A copy that is registered may outlive its original.
void require_sound(const std::vector<fields::Field>& fields, const std::vector<FieldFacts>& facts,
                   const std::vector<fields::Field>& registered = {});

}  // namespace pcx::inspect
