#include "fields/consistency.h"

#include <algorithm>

#include <fmt/format.h>

namespace pcx::fields {

namespace {

using Texts = std::vector<std::string>;

std::string name_of(const crypto::Column& name) { return name.table + "." + name.column; }

bool is_same_column(const Field& left, const Field& right) {
  return left.schema == right.schema && left.table == right.table && left.column == right.column;
}

void look_at_copy(const std::vector<Field>& fields, const Field& copy, bool is_registered,
                  Texts& found) {
  const auto origin = std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
    return !field.copy && field.name == copy.name;
  });
  const std::string who = fmt::format("{} is a copy of {}", to_string(copy), name_of(copy.name));
  if (origin == fields.end()) {
    if (!is_registered) found.push_back(who + ", which is the name of no field");
  } else if (origin->bind == Bind::column) {
    found.push_back(who + ", which is bound to no row: give it that name and bind: column instead");
  }
  if (copy.copy->row_column == copy.column) {
    found.push_back(who + ", and names itself as its row_column");
  }
}

// Two places for values of one name: moved from one to the other they would open.
void look_at_name(const Field& first, const Field& second, Texts& found) {
  const bool is_shared = first.bind == Bind::column && second.bind == Bind::column;
  if (first.copy || second.copy || !(first.name == second.name) || is_shared) return;
  found.push_back(fmt::format("{} and {} have the name {}: make one a copy_of the other",
                              to_string(first), to_string(second), name_of(first.name)));
}

void look_at_place(const Field& first, const Field& second, Texts& found) {
  if (!is_same_column(first, second)) return;
  if (first.member == second.member) {
    found.push_back(to_string(first) + " is there twice");
  } else if (first.member.empty() || second.member.empty()) {
    found.push_back(fmt::format("{} is a field as a whole and in part",
                                to_string(first.member.empty() ? first : second)));
  }
}

}  // namespace

Texts find_contradictions(const std::vector<Field>& fields, const std::vector<Field>& registered) {
  const auto is_registered = [&](const Field& field) {
    return std::find(registered.begin(), registered.end(), field) != registered.end();
  };
  Texts found;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (field.schema == "pcx") found.push_back(to_string(field) + " belongs to pcx itself");
    if (field.copy) look_at_copy(fields, field, is_registered(field), found);
    for (std::size_t j = i + 1; j < fields.size(); ++j) {
      look_at_place(field, fields[j], found);
      look_at_name(field, fields[j], found);
    }
  }
  return found;
}

}  // namespace pcx::fields
