// What people, animals, streets and complaints are called. Texts are as the application stores
// them: its sanitizer has turned & < > " ' / into entities.
#pragma once

#include <span>
#include <string_view>

#include "core/random.h"

namespace pcx::sandbox {

// A bcrypt hash (cost, 22 characters of salt, 31 of hash) that nobody has a password for.
inline constexpr std::string_view kNoPassword =
    "$2b$12$abcdefghijklmnopqrstuuX1kq0yT1Jx0m0oJ1Zq9b1mQm1b7b1aW";

struct PersonName {
  std::string_view text;  // "O&#x27;Brien"
  std::string_view mail;  // "obrien"
};
std::span<const PersonName> first_names();
std::span<const PersonName> last_names();

struct Place {
  std::string_view city;
  std::string_view state;
  std::string_view zip_code;
  std::string_view street;
};
std::span<const Place> places();

struct Breed {
  std::string_view species;
  std::string_view breed;
  int lifespan_years;
  int weight_hectograms;
};
std::span<const Breed> breeds();
std::span<const std::string_view> pet_names();
std::span<const std::string_view> coat_colours();

// One kind of visit: why they came, what it was, what was done, and what it costs.
struct Case {
  std::string_view appointment_type;
  std::string_view reason;
  std::string_view complaint;
  std::string_view diagnosis;
  std::string_view treatment;
  std::string_view service;
  int cents;
  int minutes;
};
std::span<const Case> cases();
std::span<const std::string_view> record_notes();
std::span<const std::string_view> user_agents();

struct Drug {
  std::string_view name;
  std::string_view generic;
  std::string_view category;
  std::string_view form;
  std::string_view strength;
  std::string_view schedule;  // DEA: "CII", empty when not controlled
};
std::span<const Drug> drugs();

template <typename T>
const T& pick(std::span<const T> from, SeededRandom& dice) {
  return from[dice.below(from.size())];
}

}  // namespace pcx::sandbox
