// Where key-encryption keys come from: a file, an environment variable, or a command that asks a
// key management service. pcx keeps none of them.
//
// A key is 32 bytes, written as base64 (`openssl rand -base64 32`) or as 64 hexadecimal digits. A
// service does not give its key away: it wraps a key that pcx made, and what it answers is kept
// beside the keyring. The command is run without a shell, once as `COMMAND wrap` with the key in
// base64 on its standard input and whatever text stands for it on its standard output, and later as
// `COMMAND unwrap` the other way round.
#pragma once

#include <string>
#include <string_view>

#include "core/environment.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "core/secret.h"

namespace pcx::keyring {

inline constexpr std::size_t kKekBytes = 32;

struct KekSource {
  enum class Provider { file, environment, command };
  Provider provider = Provider::file;
  std::string location;  // a path; the name of a variable; a program and its arguments
};

// "file:/etc/pcx/kek", "env:PCX_KEK", "command:/usr/local/bin/kms --key pcx".
// A relative path of a file becomes an absolute one, a relative program is refused.
// Throws Error{usage} for anything else.
KekSource parse_kek_source(std::string_view text);
std::string to_string(const KekSource& source);
const char* to_string(KekSource::Provider provider) noexcept;  // "file", "env", "command"

struct KekTools {
  const Environment& environment;
  Random& random;
  Interrupt* interrupt = nullptr;
};

struct Kek {
  Secret key;
  std::string wrapped;  // by a command: what it needs to give the key back; else empty
};

// The first time. A file that does not exist is made, with a random key in it; one that exists is
// read, as is a variable. A command wraps a random key, and must give it back at once.
// Throws as load_kek().
Kek make_kek(const KekSource& source, const KekTools& tools);

// Throws Error{not_found} for a file or variable that is not there, Error{permission} for a file
// that others may read or a command that others may change, Error{crypto} for what is no key,
// Error{unreachable} when the command fails.
Secret load_kek(const KekSource& source, const std::string& wrapped, const KekTools& tools);

}  // namespace pcx::keyring
