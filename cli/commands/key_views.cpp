#include "cli/commands/key_views.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "keyring/store.h"

namespace pcx::cli {

namespace {

using keyring::DataKey;
using keyring::Keyring;

Cell time_or_null(const std::optional<Time>& time) { return time ? Cell{*time} : Cell{}; }

std::int64_t days_between(Time from, Time to) {
  return std::chrono::floor<std::chrono::days>(to - from).count();
}

Decimal percent_of_budget(std::int64_t seals) {
  return {fmt::format(
      "{:.2f}", 100.0 * static_cast<double>(seals) / static_cast<double>(keyring::kSealsMax))};
}

std::vector<Cell> row_of(const Keyring& keyring, const DataKey& key, Time now) {
  const std::int64_t seals = keyring.seal_count(key.id);
  return {std::string{"key"},
          std::int64_t{key.id},
          std::string{to_string(key.purpose)},
          std::string{to_string(key.format)},
          std::string{to_string(key.state)},
          key.compromised,
          key.created_at,
          time_or_null(key.activated_at),
          days_between(key.activated_at.value_or(key.created_at), now),
          static_cast<std::int64_t>(keyring.wrap_count(key.id)),
          seals,
          percent_of_budget(seals),
          Cell{}};
}

std::vector<Cell> row_of(const Keyring& keyring, const keyring::KekRow& kek, Time now) {
  const auto& wraps = keyring.rows().wraps;
  const auto count = std::count_if(wraps.begin(), wraps.end(),
                                   [&](const auto& wrap) { return wrap.kek == kek.id; });
  const bool is_recovery = kek.kind == keyring::KekKind::recovery;
  return {std::string{"kek"},
          std::int64_t{kek.id},
          std::string{to_string(kek.kind)},
          Cell{},
          Cell{},
          Cell{},
          kek.created_at,
          Cell{},
          days_between(kek.created_at, now),
          std::int64_t{count},
          Cell{},
          Cell{},
          is_recovery ? Cell{} : Cell{escape_controls(kek.location)}};
}

// What has to be done about it; empty: nothing.
std::string worry_about(const Keyring& keyring) {
  for (const auto& row : keyring.rows().keys) {
    if (row.key.compromised && may_open(row.key)) {
      return fmt::format(" Key {} is compromised: rotate it first.", row.key.id);
    }
    if (may_open(row.key) && row.seal_count >= keyring::kSealsMax / 4 * 3) {
      return fmt::format(" Key {} has sealed most of what it may: make and activate another one.",
                         row.key.id);
    }
  }
  return {};
}

std::vector<Column> status_columns() {
  return {{"kind", "KIND"},          {"id", "ID"},
          {"purpose", "PURPOSE"},    {"format", "FORMAT"},
          {"state", "STATE"},        {"compromised", "COMPROMISED"},
          {"created_at", "CREATED"}, {"activated_at", "ACTIVATED"},
          {"age_days", "DAYS"},      {"wraps", "WRAPS"},
          {"seals", "SEALS"},        {"seal_budget_percent", "BUDGET %"},
          {"location", "LOCATION"}};
}

std::string ids_of(const std::vector<keyring::KeyId>& ids) {
  std::vector<std::string> texts;
  for (const auto id : ids) texts.push_back(std::to_string(id));
  return join(texts, ", ");
}

}  // namespace

Outcome show_no_keyring(const std::string& database) {
  return {View{
      .columns = status_columns(),
      .rows = {},
      .summary = fmt::format("{} has no keyring. To make one, see: pcx help key init", database)}};
}

Outcome show_keyring(const Keyring& keyring, Time now) {
  View view{.columns = status_columns(), .rows = {}, .summary = {}};
  for (const auto& row : keyring.rows().keys) view.rows.push_back(row_of(keyring, row.key, now));
  for (const auto& kek : keyring.rows().keks) view.rows.push_back(row_of(keyring, kek, now));
  const std::string worry = worry_about(keyring);
  view.summary =
      fmt::format("{}, {}, verified; changed {}.{}",
                  counted(static_cast<long long>(keyring.rows().keys.size()), "key"),
                  counted(static_cast<long long>(keyring.rows().keks.size()), "key-encryption key"),
                  counted(keyring.generation(), "time"), worry);
  return {std::move(view), worry.empty() ? Finding::ok : Finding::warning};
}

Outcome show_init(const keyring::NewKeyring& made, const keyring::KekSource& source,
                  const std::string& recovery_file) {
  View view{.columns = {{"what", "WHAT"}, {"name", "NAME"}}, .rows = {}, .summary = {}};
  for (const auto& file : made.files) {
    view.rows.push_back({std::string{"file made"}, escape_controls(file.native())});
  }
  view.rows.push_back({std::string{"key for the rows"}, std::to_string(made.rows_key)});
  view.rows.push_back({std::string{"signing key"}, std::to_string(made.signing_key)});
  view.summary = fmt::format(
      "Now put {} into a safe and remove it here: it opens everything. Back up the "
      "key-encryption key apart from the database, and name it where pcx runs: keyring.kek: {}",
      escape_controls(recovery_file), escape_controls(to_string(source)));
  return {std::move(view)};
}

Outcome show_key(const DataKey& key, const std::string& summary) {
  return {View{.columns = {{"id", "ID"},
                           {"purpose", "PURPOSE"},
                           {"format", "FORMAT"},
                           {"state", "STATE"},
                           {"compromised", "COMPROMISED"}},
               .rows = {{std::int64_t{key.id}, std::string{to_string(key.purpose)},
                         std::string{to_string(key.format)}, std::string{to_string(key.state)},
                         key.compromised}},
               .summary = summary}};
}

Outcome show_kek(const keyring::KekChange& change, const std::string& summary) {
  const bool is_recovery = change.kek.kind == keyring::KekKind::recovery;
  return {View{.columns = {{"id", "ID"},
                           {"provider", "PROVIDER"},
                           {"location", "LOCATION"},
                           {"keys", "KEYS"}},
               .rows = {{std::int64_t{change.kek.id}, std::string{to_string(change.kek.kind)},
                         is_recovery ? Cell{} : Cell{escape_controls(change.kek.location)},
                         static_cast<std::int64_t>(change.keys)}},
               .summary = summary}};
}

Outcome show_recovery_test(const keyring::RecoveryTest& test) {
  View view{.columns = {{"result", "RESULT"}, {"wraps", "WRAPS"}, {"keys", "KEYS"}},
            .rows = {{std::string{"opened"}, static_cast<std::int64_t>(test.opened), Cell{}}},
            .summary = {}};
  const auto add = [&](const char* result, const std::vector<keyring::KeyId>& ids) {
    if (ids.empty()) return;
    view.rows.push_back({std::string{result}, static_cast<std::int64_t>(ids.size()), ids_of(ids)});
  };
  add("missing", test.missing);
  add("does not open", test.unopened);
  add("another key", test.other);
  view.summary = test.passed()
                     ? fmt::format("Recovery key {} opens every key: {}.", test.kek,
                                   counted(static_cast<long long>(test.opened), "wrap"))
                     : fmt::format(
                           "Recovery key {} does not open every key. Add another one with 'pcx key "
                           "kek add --recovery FILE', then remove it.",
                           test.kek);
  return {std::move(view), test.passed() ? Finding::ok : Finding::critical};
}

}  // namespace pcx::cli
