#include "audit/signing_key_file.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/file.h"
#include "tests/audit/known_keys.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::audit {
namespace {

using testing::error_of;
using testing::TemporaryFolder;

TEST(SigningKeyFile, HoldsWhatSignsAndTellsWhatVerifies) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "key";
  SystemRandom random;
  const VerifierKey verifier = create_signing_key_file(file, kSigningKeyName, random);
  EXPECT_EQ(verifier.name(), "purple-cross/audit");
  const SigningKey key = read_signing_key_file(file);
  EXPECT_EQ(key.verifier(), verifier);
  EXPECT_TRUE(verifier.verify("text", key.sign("text")));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_TRUE(read_file(file).ends_with('\n'));
}

TEST(SigningKeyFile, IsNeverWrittenOver) {
  const TemporaryFolder folder;
  const auto file = folder.write("key", "precious", 0600);
  SystemRandom random;
  const Error error = error_of([&] { create_signing_key_file(file, kSigningKeyName, random); });
  EXPECT_EQ(error.code(), ErrorCode::cannot_create);
  EXPECT_EQ(error.reason(), "exists");
  EXPECT_EQ(read_file(file), "precious");
}

TEST(SigningKeyFile, IsRefusedWhenOthersMayReadIt) {
  const TemporaryFolder folder;
  const auto file = folder.write("key", std::string{kPeterVerifier}, 0640);
  EXPECT_EQ(error_of([&] { read_signing_key_file(file); }).code(), ErrorCode::crypto);
  const auto key = folder.write("secret", "PRIVATE+KEY+x", 0640);
  EXPECT_EQ(error_of([&] { read_signing_key_file(key); }).code(), ErrorCode::permission);
}

// chmod would not make a key of it.
TEST(SigningKeyFile, WhatIsNoKeyIsCalledThatWhoeverMayReadIt) {
  const TemporaryFolder folder;
  for (const char* other : {"", "PRIVATE+KEY", "postgresql://host/name, not a key"}) {
    const auto file = folder.write("other", other, 0644);
    const Error error = error_of([&] { read_signing_key_file(file); });
    EXPECT_EQ(error.code(), ErrorCode::crypto);
    EXPECT_NE(std::string{error.what()}.find("holds no signing key"), std::string::npos);
  }
}

TEST(SigningKeyFile, WithSomethingElseIsNamedAndNotRepeated) {
  const TemporaryFolder folder;
  const auto file = folder.write("key", "PRIVATE+KEY+damaged\n", 0600);
  const Error error = error_of([&] { read_signing_key_file(file); });
  EXPECT_EQ(error.code(), ErrorCode::crypto);
  EXPECT_NE(std::string{error.what()}.find(file.native()), std::string::npos);
  EXPECT_EQ(std::string{error.what()}.find("damaged"), std::string::npos);
}

TEST(SigningCredential, IsTheFileOfTheUnit) {
  const TemporaryFolder folder;
  const auto find = [&](const std::string& place) {
    return find_signing_credential(MapEnvironment{{{"CREDENTIALS_DIRECTORY", place}}});
  };
  EXPECT_EQ(find(folder.path().native()), std::nullopt);
  const auto file = folder.write("pcx-audit-signing-key", "", 0400);
  EXPECT_EQ(find(folder.path().native()), file);
  EXPECT_EQ(find(""), std::nullopt);
  EXPECT_EQ(find_signing_credential(MapEnvironment{{}}), std::nullopt);
}

}  // namespace
}  // namespace pcx::audit
