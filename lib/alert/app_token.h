// The token that /metrics wants: made by a login, kept in a file until it expires.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/document.h"
#include "core/secret.h"

namespace pcx::alert {

struct Credentials {
  std::string email;
  Secret password;
};

struct AppToken {
  Secret text;
  std::optional<Time> expires_at;  // std::nullopt: it does not say, and is not kept
};

// Two lines, e-mail and password. Throws Error{config} for anything else, and as
// read_secret_file().
Credentials read_credentials(const std::filesystem::path& file);

// The claim `exp` of a JSON Web Token (RFC 7519, 4.1.4), believed without verifying the signature:
// who cannot verify it only wants to know when to ask for another one. std::nullopt for everything
// that is no such token, or says nothing.
std::optional<Time> expiry_of(std::string_view token);

// The kept token, as long as it holds for half a minute more and was made for this account (URL and
// e-mail); std::nullopt without a file, and for one that is none of ours. Throws as
// read_secret_file(): nobody else may read it.
std::optional<AppToken> read_token(const std::filesystem::path& file, std::string_view account,
                                   Time now);
// Mode 0600. A token that does not say when it expires is not kept. Throws as
// write_file_atomically().
void keep_token(const std::filesystem::path& file, std::string_view account, const AppToken& token);

}  // namespace pcx::alert
