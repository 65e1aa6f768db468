#include "keyring/kek_source.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/subprocess.h"
#include "core/text.h"
#include "crypto/constant_time.h"
#include "crypto/encoding.h"
#include "crypto/random_bytes.h"

namespace pcx::keyring {

namespace {

using Provider = KekSource::Provider;
namespace fs = std::filesystem;

struct Prefix {
  std::string_view text;
  Provider provider;
};
constexpr std::array<Prefix, 3> kPrefixes = {
    {{"file:", Provider::file}, {"env:", Provider::environment}, {"command:", Provider::command}}};

// Of what a command answers for a key.
constexpr std::size_t kWrappedBytesMax = 64 * 1024;

struct Wiped {  // text that was secret
  std::string text;
  ~Wiped() { ::explicit_bzero(text.data(), text.size()); }
};

// For people and programs; the text is a secret, too.
Secret as_base64(const Secret& key) {
  const Wiped text{crypto::to_base64(key.reveal_bytes())};
  return Secret{text.text};
}

// White space around it belongs to whoever wrote the file.
Secret read_key(std::string_view text, const std::string& place) {
  const std::string_view content = trim(text);
  Secret key = Secret::with_size(kKekBytes);
  const bool is_hex = content.size() == 2 * kKekBytes;
  const bool fits = is_hex || crypto::base64_bytes(content) == kKekBytes;
  const auto fault = !fits    ? crypto::EncodingFault::odd_length
                     : is_hex ? crypto::read_hex(content, key.writable_bytes())
                              : crypto::read_base64(content, key.writable_bytes());
  if (fault == crypto::EncodingFault::none) return key;
  throw Error{ErrorCode::crypto, fmt::format("{} holds no key-encryption key", place),
              "It is 32 random bytes as base64; to make one, run: openssl rand -base64 32"};
}

std::string described(const KekSource& source) {
  return fmt::format("{} {}", to_string(source.provider), escape_controls(source.location));
}

// --- a command

std::vector<std::string> words_of(const std::string& location) {
  std::vector<std::string> words;
  for (const auto& word : split(location, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

[[noreturn]] void throw_failed(const KekSource& source, const Finished& finished,
                               std::string_view verb) {
  throw Error{
      ErrorCode::unreachable,
      fmt::format("{} {} ended with exit code {}", described(source), verb, finished.exit_code),
      "See what it says, mend it, then run the command again."}
      .with_detail(escape_controls(trim(finished.error_output)));
}

std::string ask(const KekSource& source, std::string_view verb, std::string_view input,
                const KekTools& tools) {
  std::vector<std::string> argv = words_of(source.location);
  const fs::path program = argv.front();
  if (!is_trusted(program)) {
    throw Error{ErrorCode::permission,
                fmt::format("{} is not there, or can be changed by others",
                            escape_controls(program.native())),
                "It and its folder must belong to root or to this user, and nobody else may write "
                "to them."};
  }
  argv.emplace_back(verb);
  Command command{.argv = argv, .input = std::string{input}, .interrupt = tools.interrupt};
  for (const char* name : {"PATH", "HOME", "LANG"}) {
    if (const auto value = tools.environment.get(name)) {
      command.environment.emplace_back(name, *value);
    }
  }
  command.output_bytes_max = kWrappedBytesMax;
  Finished finished = run_command(command);
  ::explicit_bzero(command.input.data(), command.input.size());
  if (finished.exit_code != 0) throw_failed(source, finished, verb);
  return std::move(finished.output);
}

Secret unwrap(const KekSource& source, const std::string& wrapped, const KekTools& tools) {
  const Wiped answer{ask(source, "unwrap", wrapped, tools)};
  return read_key(answer.text, described(source));
}

Kek wrap_a_new_one(const KekSource& source, const KekTools& tools) {
  Kek kek{crypto::random_secret(tools.random, kKekBytes), ""};
  const Secret text = as_base64(kek.key);
  kek.wrapped = ask(source, "wrap", text.reveal_text(), tools);
  const Secret back = unwrap(source, kek.wrapped, tools);
  if (crypto::equal_in_constant_time(back.reveal_bytes(), kek.key.reveal_bytes())) return kek;
  throw Error{ErrorCode::crypto,
              fmt::format("{} does not give back the key that it wrapped", described(source)),
              "Nothing was done with that key. Mend the command, then run this one again."};
}

// What is kept in the database means the same from every folder.
void make_absolute(KekSource& source) {
  if (source.provider == Provider::file) {
    source.location = fs::absolute(source.location).lexically_normal().native();
  }
  if (source.provider != Provider::command || source.location.front() == '/') return;
  throw Error{ErrorCode::usage,
              fmt::format("'{}' is no path of a program", escape_controls(source.location)),
              "Write command:/PATH/PROGRAM with its arguments; there is no search for it."};
}

}  // namespace

KekSource parse_kek_source(std::string_view text) {
  for (const auto& [prefix, provider] : kPrefixes) {
    if (!text.starts_with(prefix)) continue;
    KekSource source{provider, std::string{trim(text.substr(prefix.size()))}};
    if (source.location.empty()) break;
    make_absolute(source);
    return source;
  }
  throw Error{ErrorCode::usage,
              fmt::format("'{}' names no key-encryption key", escape_controls(std::string{text})),
              "Write file:PATH, env:NAME or command:PROGRAM."};
}

std::string to_string(const KekSource& source) {
  return fmt::format("{}:{}", to_string(source.provider), source.location);
}

const char* to_string(Provider provider) noexcept {
  switch (provider) {
    case Provider::file: return "file";
    case Provider::environment: return "env";
    case Provider::command: return "command";
  }
  return "unknown";
}

Kek make_kek(const KekSource& source, const KekTools& tools) {
  if (source.provider == Provider::command) return wrap_a_new_one(source, tools);
  if (source.provider == Provider::file && !fs::exists(fs::symlink_status(source.location))) {
    const Secret key = crypto::random_secret(tools.random, kKekBytes);
    create_secret_file(source.location, as_base64(key));
  }
  return {load_kek(source, "", tools), ""};
}

Secret load_kek(const KekSource& source, const std::string& wrapped, const KekTools& tools) {
  switch (source.provider) {
    case Provider::file:
      return read_key(read_secret_file(source.location).reveal_text(), described(source));
    case Provider::environment: {
      const auto text = tools.environment.get(source.location);
      if (text && !text->empty()) return read_key(*text, described(source));
      throw Error{ErrorCode::not_found,
                  fmt::format("the variable {} is not set", escape_controls(source.location)),
                  "Set it to the key-encryption key: 32 bytes as base64."};
    }
    case Provider::command: return unwrap(source, wrapped, tools);
  }
  throw Error{ErrorCode::internal, "a key-encryption key of no provider"};
}

}  // namespace pcx::keyring
