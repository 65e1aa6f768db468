#include "keyring/data_key.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/time.h"
#include "crypto/parts.h"

namespace pcx::keyring {

namespace {

template <typename Value>
using Name = std::pair<Value, const char*>;

constexpr std::array<Name<Purpose>, 5> kPurposes = {{{Purpose::field, "field"},
                                                     {Purpose::blind_index, "blind_index"},
                                                     {Purpose::pepper, "pepper"},
                                                     {Purpose::signing, "signing"},
                                                     {Purpose::rows, "rows"}}};
constexpr std::array<Name<Format>, 3> kFormats = {
    {{Format::v2, "v2"}, {Format::v1, "v1"}, {Format::json, "json"}}};
constexpr std::array<Name<KeyState>, 5> kStates = {{{KeyState::pending, "pending"},
                                                    {KeyState::active, "active"},
                                                    {KeyState::decrypt_only, "decrypt_only"},
                                                    {KeyState::retired, "retired"},
                                                    {KeyState::destroyed, "destroyed"}}};

template <typename Names, typename Value>
const char* name_in(const Names& names, Value value) noexcept {
  for (const auto& [each, name] : names) {
    if (each == value) return name;
  }
  return "unknown";
}

template <typename Value, std::size_t N>
std::optional<Value> find_in(const std::array<Name<Value>, N>& names,
                             std::string_view wanted) noexcept {
  for (const auto& [each, name] : names) {
    if (name == wanted) return each;
  }
  return std::nullopt;
}

// What a key has to be before it can be this.
const char* way_to(KeyState state) {
  switch (state) {
    case KeyState::pending: return "A key is pending only when it is made.";
    case KeyState::active:
      return "Only a pending key can be activated; make one with: pcx key create";
    case KeyState::decrypt_only: return "Only an active or a retired key can be put there.";
    case KeyState::retired: return "Only a key that is decrypt_only can be retired.";
    case KeyState::destroyed: return "Only a pending or a retired key can be destroyed.";
  }
  return "";
}

std::string text_of(const std::optional<Time>& time) { return time ? to_rfc3339_us(*time) : ""; }

}  // namespace

const char* to_string(Purpose purpose) noexcept { return name_in(kPurposes, purpose); }
const char* to_string(Format format) noexcept { return name_in(kFormats, format); }
const char* to_string(KeyState state) noexcept { return name_in(kStates, state); }

std::optional<Purpose> purpose_of(std::string_view name) noexcept {
  return find_in(kPurposes, name);
}
std::optional<Format> format_of(std::string_view name) noexcept { return find_in(kFormats, name); }
std::optional<KeyState> state_of(std::string_view name) noexcept { return find_in(kStates, name); }

bool may_become(KeyState from, KeyState to) noexcept {
  switch (to) {
    case KeyState::pending: return false;
    case KeyState::active: return from == KeyState::pending;
    case KeyState::decrypt_only: return from == KeyState::active || from == KeyState::retired;
    case KeyState::retired: return from == KeyState::decrypt_only;
    case KeyState::destroyed: return from == KeyState::pending || from == KeyState::retired;
  }
  return false;
}

bool may_seal(const DataKey& key) noexcept { return key.state == KeyState::active; }

bool may_open(const DataKey& key) noexcept {
  return key.state == KeyState::pending || key.state == KeyState::active ||
         key.state == KeyState::decrypt_only;
}

void require_may_become(const DataKey& key, KeyState to) {
  if (may_become(key.state, to)) return;
  throw Error{
      ErrorCode::conflict,
      fmt::format("key {} is {} and cannot become {}", key.id, to_string(key.state), to_string(to)),
      way_to(to)}
      .because("key_state");
}

std::string canonical(const DataKey& key) {
  std::string text{"pcx-key-row-1"};
  const std::string parts[] = {std::to_string(key.id),      to_string(key.purpose),
                               to_string(key.format),       to_string(key.state),
                               key.compromised ? "1" : "0", to_rfc3339_us(key.created_at),
                               text_of(key.activated_at),   text_of(key.retired_at),
                               text_of(key.destroyed_at),   key.check};
  for (const std::string& part : parts) crypto::append_part(text, part);
  return text;
}

}  // namespace pcx::keyring
