// A receiver's secret: read when it is needed, shown nowhere.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/receiver_config.h"
#include "core/environment.h"
#include "core/secret.h"

namespace pcx::alert {

// The first line of a file that only its owner may read (core's read_secret_file()), without white
// space around it; `noun` is for messages: "routing key". Throws Error{config} naming receiver and
// file: not there, readable by others, empty, or with control characters or white space inside
// (but a blank where `may_have_blanks`).
Secret read_receiver_file(const ReceiverConfig& config, const std::filesystem::path& file,
                          std::string_view noun, bool may_have_blanks = false);

// config.secret_file, else config.secret_variable; std::nullopt when it names neither. Throws as
// above, also for a variable that is not set.
std::optional<Secret> find_secret(const ReceiverConfig& config, const Environment& environment,
                                  std::string_view noun, bool may_have_blanks = false);

// The same. Throws Error{config} without either.
Secret need_secret(const ReceiverConfig& config, const Environment& environment,
                   std::string_view noun);

// A URL that is a secret. Throws Error{config}, which does not repeat it, for one that is none or
// that would go over a network in clear text.
void require_safe_url(const ReceiverConfig& config, std::string_view url, std::string_view noun);

// What of such a URL must not be repeated: all of it, what follows the host, and what looks like a
// token there (12 bytes and more between slashes and the like). Views into `url`.
std::vector<std::string_view> secret_parts(std::string_view url);

}  // namespace pcx::alert
