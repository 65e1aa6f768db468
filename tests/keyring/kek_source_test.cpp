#include "keyring/kek_source.h"

#include <filesystem>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/file.h"
#include "crypto/encoding.h"
#include "tests/support/errors.h"
#include "tests/support/fixed_random.h"
#include "tests/support/temporary_folder.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;
using pcx::testing::TemporaryFolder;
using ::testing::HasSubstr;
using Provider = KekSource::Provider;

constexpr const char* kBase64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

std::string hex_of(const Secret& key) { return crypto::to_hex(key.reveal_bytes()); }

class KekSources : public ::testing::Test {
 protected:
  KekSource file() const { return {Provider::file, folder.path() / "kek"}; }

  const TemporaryFolder folder;
  MapEnvironment environment{{{"KEK", kBase64}, {"EMPTY", ""}, {"PATH", "/usr/bin:/bin"}}};
  SystemRandom random;
  KekTools tools{environment, random};
};

TEST(KekSource, IsReadAndWritten) {
  for (const char* text : {"file:/etc/pcx/kek", "env:PCX_KEK", "command:/opt/kms --key pcx"}) {
    EXPECT_EQ(to_string(parse_kek_source(text)), text);
  }
  EXPECT_EQ(parse_kek_source("env:PCX_KEK").provider, Provider::environment);
  EXPECT_STREQ(to_string(static_cast<Provider>(9)), "unknown");
}

TEST(KekSource, MeansTheSameFromEveryFolder) {
  EXPECT_EQ(parse_kek_source("file:keys/../kek").location,
            (std::filesystem::current_path() / "kek").native());
  const Error error = error_of([&] { parse_kek_source("command:kms --key pcx"); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_STREQ(error.what(), "'kms --key pcx' is no path of a program");
}

TEST(KekSource, RefusesWhatNamesNone) {
  for (const char* text : {"", "file", "file:", "env: ", "/etc/pcx/kek", "kms:key", "FILE:/kek"}) {
    const Error error = error_of([&] { parse_kek_source(text); });
    EXPECT_EQ(error.code(), ErrorCode::usage) << text;
    EXPECT_EQ(error.hint(), "Write file:PATH, env:NAME or command:PROGRAM.");
  }
}

TEST_F(KekSources, MakesAFileThatNobodyElseMayRead) {
  const Kek made = make_kek(file(), tools);
  EXPECT_EQ(made.key.size(), kKekBytes);
  EXPECT_EQ(made.wrapped, "");
  struct stat status {};
  ASSERT_EQ(::stat(file().location.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(hex_of(load_kek(file(), "", tools)), hex_of(made.key));
}

TEST_F(KekSources, NeverWritesOverAFile) {
  folder.write("kek", std::string{kBase64} + "\n", 0600);
  EXPECT_EQ(hex_of(make_kek(file(), tools).key), kHex);
  std::filesystem::remove(file().location);
  std::filesystem::create_symlink("nowhere", file().location);
  EXPECT_EQ(error_of([&] { make_kek(file(), tools); }).code(), ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "nowhere"));
}

TEST_F(KekSources, ReadsEitherWriting) {
  for (const std::string& text :
       {std::string{kBase64}, std::string{kHex}, " " + std::string{kBase64} + "\r\n"}) {
    folder.write("kek", text, 0600);
    EXPECT_EQ(hex_of(load_kek(file(), "", tools)), kHex) << text;
  }
  EXPECT_EQ(hex_of(load_kek({Provider::environment, "KEK"}, "", tools)), kHex);
}

TEST_F(KekSources, RefusesWhatIsNoKey) {
  const std::string base64 = kBase64;
  const std::string cases[] = {"",
                               "secret",
                               base64.substr(4),
                               base64 + base64,
                               std::string{kHex}.substr(2),
                               std::string(64, 'g'),
                               "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9="};
  for (const std::string& text : cases) {
    folder.write("kek", text, 0600);
    const Error error = error_of([&] { load_kek(file(), "", tools); });
    EXPECT_EQ(error.code(), ErrorCode::crypto) << text;
    EXPECT_THAT(error.what(), HasSubstr("holds no key-encryption key"));
    if (!text.empty()) {
      EXPECT_THAT(error.what(), ::testing::Not(HasSubstr(text)));
    }
  }
}

TEST_F(KekSources, RefusesFilesAndVariablesThatAreNotThereOrOpenToOthers) {
  EXPECT_EQ(error_of([&] { load_kek(file(), "", tools); }).code(), ErrorCode::not_found);
  folder.write("kek", kBase64, 0640);
  EXPECT_EQ(error_of([&] { load_kek(file(), "", tools); }).code(), ErrorCode::permission);
  for (const char* name : {"EMPTY", "MISSING"}) {
    const Error error = error_of([&] { load_kek({Provider::environment, name}, "", tools); });
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

// A key management service: it keeps a key of its own, and what it says stands for the wrapped one.
constexpr const char* kService =
    "#!/bin/sh\n"
    "test \"$1\" = --key || exit 3\n"
    "case \"$3\" in\n"
    "wrap) printf 'wrapped:'; tr 'A-Za-z' 'N-ZA-Mn-za-m' ;;\n"
    "unwrap) cut -d: -f2- | tr 'A-Za-z' 'N-ZA-Mn-za-m' ;;\n"
    "esac\n";

TEST_F(KekSources, LetsACommandWrapAKey) {
  const KekSource service{Provider::command,
                          folder.write("kms", kService, 0700).native() + " --key pcx"};
  const Kek made = make_kek(service, tools);
  EXPECT_THAT(made.wrapped, ::testing::StartsWith("wrapped:"));
  EXPECT_EQ(hex_of(load_kek(service, made.wrapped, tools)), hex_of(made.key));
}

TEST_F(KekSources, RefusesACommandThatFailsLiesOrIsNotTrusted) {
  struct Case {
    const char* script;
    unsigned mode;
    ErrorCode code;
    const char* what;
  };
  const Case cases[] = {
      {"#!/bin/sh\necho 'no such key' >&2; exit 4\n", 0700, ErrorCode::unreachable,
       "wrap ended with exit code 4"},
      {"#!/bin/sh\necho no key\n", 0700, ErrorCode::crypto, "holds no key-encryption key"},
      {"#!/bin/sh\necho AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", 0700, ErrorCode::crypto,
       "does not give back the key that it wrapped"},
      {"#!/bin/sh\n", 0722, ErrorCode::permission, "can be changed by others"},
      {"#!/bin/sh\ncat /dev/zero\n", 0700, ErrorCode::io, ""},
  };
  for (const Case& one : cases) {
    const KekSource service{Provider::command, folder.write("kms", one.script, one.mode)};
    const Error error = error_of([&] { make_kek(service, tools); });
    EXPECT_EQ(error.code(), one.code) << one.script;
    EXPECT_THAT(error.what(), HasSubstr(one.what));
  }
  const KekSource missing{Provider::command, folder.path() / "missing"};
  EXPECT_EQ(error_of([&] { load_kek(missing, "", tools); }).code(), ErrorCode::permission);
}

TEST_F(KekSources, ShowsWhatACommandSaysWhenItFails) {
  const KekSource service{
      Provider::command,
      folder.write("kms", "#!/bin/sh\nprintf 'no such \\033[31mkey\\n' >&2; exit 4\n", 0700)};
  const Error error = error_of([&] { load_kek(service, "x", tools); });
  EXPECT_EQ(error.detail(), "no such \\x1b[31mkey");
}

}  // namespace
}  // namespace pcx::keyring
