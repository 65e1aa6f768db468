#include "alert/receiver_secret.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/file.h"
#include "core/text.h"
#include "http/clear_text.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kSecretBytesMax = 8192;

[[noreturn]] void refuse_secret(const ReceiverConfig& config, const std::string& phrase,
                                const std::string& hint) {
  throw Error{ErrorCode::config,
              fmt::format("receiver {}: {}", escape_controls(config.name), phrase), hint}
      .at(config.place);
}

bool is_fit(std::string_view text, bool may_have_blanks) {
  return std::ranges::all_of(text, [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 ? byte != 0x7f : c == ' ' && may_have_blanks;
  });
}

Secret checked(const ReceiverConfig& config, std::string_view text, const std::string& where,
               bool may_have_blanks) {
  text = trim(text);
  if (text.empty()) refuse_secret(config, where + " is empty", "Write it there, on one line.");
  if (!is_fit(text, may_have_blanks)) {
    refuse_secret(config, where + " has white space or control characters inside",
                  "Write nothing else there, on one line.");
  }
  return Secret{text};
}

}  // namespace

Secret read_receiver_file(const ReceiverConfig& config, const std::filesystem::path& file,
                          std::string_view noun, bool may_have_blanks) {
  try {
    const Secret content = read_secret_file(file, kSecretBytesMax);
    const std::string where = fmt::format("the {} in {}", noun, escape_controls(file.native()));
    return checked(config, content.reveal_text(), where, may_have_blanks);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::config) throw;
    refuse_secret(config, fmt::format("the {} cannot be read: {}", noun, error.what()),
                  error.hint());
  }
}

std::optional<Secret> find_secret(const ReceiverConfig& config, const Environment& environment,
                                  std::string_view noun, bool may_have_blanks) {
  if (!config.secret_file.empty()) {
    return read_receiver_file(config, config.secret_file, noun, may_have_blanks);
  }
  if (config.secret_variable.empty()) return std::nullopt;
  const auto value = environment.get(config.secret_variable);
  if (!value || value->empty()) {
    refuse_secret(config,
                  fmt::format("the {} is not there: {} is not set", noun, config.secret_variable),
                  "Set it, or name a file with secret_file.");
  }
  return checked(config, *value, fmt::format("the {} in {}", noun, config.secret_variable),
                 may_have_blanks);
}

Secret need_secret(const ReceiverConfig& config, const Environment& environment,
                   std::string_view noun) {
  auto secret = find_secret(config, environment, noun);
  if (!secret) {
    refuse_secret(
        config, fmt::format("there is no {}", noun),
        "Name a file that holds it with secret_file, or a variable with secret_variable.");
  }
  return std::move(*secret);
}

void require_safe_url(const ReceiverConfig& config, std::string_view url, std::string_view noun) {
  try {
    http::require_safe_for_key(url);
  } catch (const Error& error) {
    refuse_secret(config, fmt::format("the {}: {}", noun, error.what()), error.hint());
  }
}

std::vector<std::string_view> secret_parts(std::string_view url) {
  constexpr std::size_t kTokenBytesMin = 12;
  std::vector<std::string_view> parts{url};
  const std::size_t scheme = url.find("://");
  const std::size_t begin = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  if (begin == std::string_view::npos || begin + 1 == url.size()) return parts;
  parts.push_back(url.substr(begin));
  for (std::string_view rest = url.substr(begin + 1); !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of("/?&="), rest.size());
    if (end >= kTokenBytesMin) parts.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return parts;
}

}  // namespace pcx::alert
