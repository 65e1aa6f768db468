#include "cli/doctor.h"

#include <chrono>

#include "cli/context.h"
#include "cli/resolve.h"

namespace pcx::cli {

namespace {

constexpr std::chrono::milliseconds kConnectTimeout{3'000};
constexpr std::chrono::milliseconds kStatementTimeout{2'000};

}  // namespace

Patient::Patient(Context& context, const Values& values) : context_(context), values_(values) {
  try {
    read_configuration(values);
  } catch (const Error& mistake) {
    config_mistake_ = mistake;
    config_ = Config{};
  }
}

void Patient::read_configuration(const Values& values) {
  const auto path = find_config_file(values.optional_text("--config"), context_.environment());
  if (path.empty()) return;
  config_ = read_config(path, known_config_keys());
  resolve_settings(context_.environment(), config_);  // throws for a value that does not fit
}

// The command runs without the configuration, so what the file says has not been looked at yet.
Values::Entry Patient::setting_entry(std::string_view config_key) const {
  for (const auto& [option, entry] : resolve_settings(context_.environment(), config_)) {
    if (option->config_key == config_key) return entry;
  }
  return {};
}

std::string Patient::setting(std::string_view config_key) const {
  const Values::Entry entry = setting_entry(config_key);
  return entry.texts.empty() ? std::string{} : entry.texts.front();
}

Values::Entry Patient::database_url() const {
  const Values::Entry& given = values_.entry("--database-url");
  return given.texts.empty() ? setting_entry("database.url") : given;
}

void Patient::connect() {
  if (tried_) return;
  tried_ = true;
  try {
    ChosenTarget chosen = choose_target(database_url(), context_.environment(), config_);
    is_named_ = chosen.is_named;
    if (!is_named_) return;
    target_.emplace(std::move(chosen.target));
    database_.emplace(context_.open_database(*target_, {.connect_timeout = kConnectTimeout,
                                                        .statement_timeout = kStatementTimeout,
                                                        .read_only = true}));
  } catch (const Error& mistake) {
    is_named_ = true;
    database_mistake_ = mistake;
  }
}

bool Patient::names_database() {
  connect();
  return is_named_;
}

const db::Target* Patient::target() {
  connect();
  return target_ ? &*target_ : nullptr;
}

db::Database* Patient::database() {
  connect();
  return database_ ? &*database_ : nullptr;
}

const db::ServerFacts& Patient::facts() {
  if (!facts_) {
    const auto before = context_.clock().wall_now();
    facts_ = db::read_server_facts(*database_);
    const auto half_way = before + (context_.clock().wall_now() - before) / 2;
    clock_skew_ = std::chrono::duration_cast<std::chrono::milliseconds>(facts_->clock - half_way);
  }
  return *facts_;
}

std::string_view name_of(Health health) {
  switch (health) {
    case Health::ok: return "ok";
    case Health::warn: return "warn";
    case Health::fail: return "fail";
    case Health::skip: return "skip";
  }
  return "fail";
}

Checked examine(const Check& check, Patient& patient) {
  try {
    return check.run(patient);
  } catch (const Error& error) {
    const std::string place = to_string(error.location());
    return {Health::fail, place.empty() ? error.what() : place + ": " + error.what(), error.hint()};
  }
}

}  // namespace pcx::cli
