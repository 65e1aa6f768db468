#include "sandbox/cluster_config.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "sandbox/cluster_files.h"

namespace pcx::sandbox {

namespace {

constexpr std::size_t kKeyCharacters = 48;
constexpr std::size_t kPasswordCharacters = 32;
constexpr std::size_t kConfigBytesMax = 1024 * 1024;

// A JSON string is a double-quoted scalar of YAML 1.2.
std::string quoted(const std::string& text) { return to_json(Document{text}); }

void write_secret_once(const std::filesystem::path& path, std::size_t characters, bool may_make,
                       Random& random) {
  if (!is_absent(path)) return;
  if (!may_make) {
    throw Error{ErrorCode::not_found, fmt::format("{} is gone", escape_controls(path.native())),
                "Restore the file, or run pcx sandbox destroy, then up, to start over."};
  }
  // Without a line break: programs that read the file as it is get the same key.
  write_file_atomically(path, random_text(random, characters).reveal_text(), 0600);
}

}  // namespace

std::string config_text(const std::string& url, const ConfigSeed& seed) {
  std::string text =
      "# Configuration of this sandbox, for PCX_CONFIG. Written once by pcx sandbox up; yours to "
      "edit.\n";
  text += fmt::format("database:\n  url: {}\n", quoted(url));
  text += "# The calendar of rows that belong to no tenant, and of each tenant.\n";
  text += fmt::format("default_time_zone: {}\n", quoted(seed.default_time_zone));
  if (seed.tenants.empty()) return text;
  text += "tenants:\n";
  for (const TenantZone& tenant : seed.tenants) {
    text += fmt::format("  {}:\n    name: {}\n    time_zone: {}\n", quoted(tenant.id),
                        quoted(tenant.name), quoted(tenant.time_zone));
  }
  return text;
}

Secret random_text(Random& random, std::size_t characters) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  Secret text = Secret::with_size(characters);
  for (std::byte& byte : text.writable_bytes()) {
    byte = static_cast<std::byte>(kAlphabet[random.below(kAlphabet.size())]);
  }
  return text;
}

void write_private_files(const Layout& layout, const State& state, const ConfigSeed& seed,
                         Random& random) {
  write_secret_once(layout.key_file(), kKeyCharacters, !state.ready, random);
  write_secret_once(layout.password_file(), kPasswordCharacters, !state.ready, random);
  if (!is_absent(layout.config_file())) return;
  write_file_atomically(layout.config_file(), config_text(url_of(state), seed), 0600);
}

void replace_url(const Layout& layout, const std::string& old_url, const std::string& new_url) {
  if (old_url == new_url || is_absent(layout.config_file())) return;
  std::string text = read_file(layout.config_file(), kConfigBytesMax);
  const std::size_t begin = text.find(old_url);
  if (begin == std::string::npos) return;  // the operator wrote another one
  text.replace(begin, old_url.size(), new_url);
  write_file_atomically(layout.config_file(), text, 0600);
}

std::string shell_quoted(std::string_view text) {
  std::string quoted_text = "'";
  for (const char character : text) {
    if (character == '\'') {
      quoted_text += "'\\''";
    } else {
      quoted_text += character;
    }
  }
  return quoted_text + "'";
}

std::vector<std::pair<std::string, std::string>> exported_variables(const Layout& layout,
                                                                    const State& state) {
  return {{"PCX_DATABASE_URL", url_of(state)},
          {"PCX_CONFIG", layout.config_file().native()},
          {"FIELD_ENCRYPTION_KEY_FILE", layout.key_file().native()}};
}

std::string export_lines(const Layout& layout, const State& state) {
  std::string lines;
  for (const auto& [name, value] : exported_variables(layout, state)) {
    lines += fmt::format("export {}={}\n", name, shell_quoted(value));
  }
  return lines;
}

}  // namespace pcx::sandbox
