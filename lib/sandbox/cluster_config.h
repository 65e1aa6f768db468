// The sandbox's private files: the key of encrypted fields, the password for TCP, the
// configuration.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/random.h"
#include "core/secret.h"
#include "sandbox/cluster_state.h"
#include "sandbox/layout.h"

namespace pcx::sandbox {

struct TenantZone {
  std::string id;         // as in tenants.id
  std::string name;       // for people
  std::string time_zone;  // IANA name: "Europe/Berlin"
};

// What config.yaml starts with.
struct ConfigSeed {
  std::vector<TenantZone> tenants;
  std::string default_time_zone = "UTC";  // of rows without a tenant
};

// The text of config.yaml: tenants (id -> name, time_zone), default_time_zone, database.url.
std::string config_text(const std::string& url, const ConfigSeed& seed);

// `characters` letters and digits, 5.95 bits each.
Secret random_text(Random& random, std::size_t characters);

// Writes those of the private files that do not exist, each 0600; an operator's edits stay.
//
// Throws Error{not_found} when the cluster is ready and its key or password is missing: sample
// rows are sealed with that key, a new one could not open them.
void write_private_files(const Layout& layout, const State& state, const ConfigSeed& seed,
                         Random& random);

// The sandbox moved to another socket: replaces the old URL in config.yaml and nothing else.
void replace_url(const Layout& layout, const std::string& old_url, const std::string& new_url);

// `text` as one word of a POSIX shell.
std::string shell_quoted(std::string_view text);

// What points pcx and the application at the sandbox: PCX_DATABASE_URL, PCX_CONFIG and
// FIELD_ENCRYPTION_KEY_FILE with their values.
std::vector<std::pair<std::string, std::string>> exported_variables(const Layout& layout,
                                                                    const State& state);
// The same as "export NAME=value" lines.
std::string export_lines(const Layout& layout, const State& state);

}  // namespace pcx::sandbox
