#include "keyring/rows.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/time.h"
#include "crypto/encoding.h"
#include "crypto/rsa_oaep.h"
#include "tests/support/errors.h"

namespace pcx::keyring {
namespace {

using pcx::testing::error_of;

Secret rows_key() { return Secret{std::string(32, '\x42')}; }

std::string hex_of(const std::string& bytes) { return crypto::to_hex(crypto::bytes_of(bytes)); }

Rows some_rows() {
  const Time time = *parse_rfc3339("2026-01-15T12:00:00.000001Z");
  Rows rows{.generation = 5};
  rows.keks = {{.id = 4, .kind = KekKind::recovery, .location = "PEM", .created_at = time},
               {.id = 3,
                .kind = KekKind::command,
                .location = "/opt/kms --key pcx",
                .wrapped = "wrapped:x",
                .check = "12345678",
                .created_at = time}};
  rows.keys = {{.key = {.id = 7,
                        .state = KeyState::active,
                        .created_at = time,
                        .activated_at = time,
                        .check = "12345678"},
                .seal_count = 3}};
  rows.wraps = {{.key = 7, .kek = 3, .wrapped = std::string{"\0\1", 2}}};
  seal_rows(rows, rows_key());
  return rows;
}

// Computed with Python's hmac from the formulas in the header.
TEST(Rows, HaveTheKnownTags) {
  const Rows rows = some_rows();
  EXPECT_EQ(hex_of(canonical(rows.keks[0])),
            "7063782d6b656b2d726f772d31000000013300000007636f6d6d616e64000000122f6f70742f6b6d73202d"
            "2d6b65792070637800000009777261707065643a780000000831323334353637380000001b323032362d30"
            "312d31355431323a30303a30302e3030303030315a");
  EXPECT_EQ(hex_of(rows.keks[0].tag),
            "6a0953744acda9eaaafcf8d54446bff1471edf7cf4a1c44d672074caf01ae44f");
  EXPECT_EQ(hex_of(rows.keks[1].tag),
            "8f442ca6aae9063f99c3251a7cf19c8a69702fa3a11d8772ab844510ffb1492a");
  EXPECT_EQ(hex_of(rows.keys[0].tag),
            "95d9f7e52e830a6d1725e488c01380c10aba22bde5424ab6ac5f085eedb6a0a0");
  EXPECT_EQ(hex_of(rows.tag), "fb25f8181a63e1bd81c631b9f5db234232e0e93ec43e3aad1eb7b7e286a18944");
  verify_rows(rows, rows_key());
}

TEST(Rows, AreRefusedWhenAnythingDiffers) {
  struct Change {
    const char* what;  // the row that is named
    std::function<void(Rows&)> make;
  };
  const Change changes[] = {
      {"row 9 of pcx.kek", [](Rows& rows) { rows.keks[0].id = 9; }},
      {"row 3 of pcx.kek", [](Rows& rows) { rows.keks[0].kind = KekKind::file; }},
      {"row 3 of pcx.kek", [](Rows& rows) { rows.keks[0].location += "x"; }},
      {"row 3 of pcx.kek", [](Rows& rows) { rows.keks[0].wrapped.clear(); }},
      {"row 3 of pcx.kek", [](Rows& rows) { rows.keks[0].check.back() = 'x'; }},
      {"row 3 of pcx.kek",
       [](Rows& rows) { rows.keks[0].created_at += std::chrono::microseconds{1}; }},
      {"row 3 of pcx.kek", [](Rows& rows) { rows.keks[0].tag = rows.keks[1].tag; }},
      {"row 4 of pcx.kek", [](Rows& rows) { rows.keks[1].location = "another PEM"; }},
      {"row 7 of pcx.data_key", [](Rows& rows) { rows.keys[0].key.compromised = true; }},
      {"row 7 of pcx.data_key", [](Rows& rows) { rows.keys[0].key.retired_at = Time{}; }},
      {"row 7 of pcx.data_key", [](Rows& rows) { rows.keys[0].tag.clear(); }},
      {"pcx.keyring", [](Rows& rows) { rows.generation = 4; }},
      {"pcx.keyring", [](Rows& rows) { rows.tag.clear(); }},
      {"pcx.keyring", [](Rows& rows) { rows.keks.pop_back(); }},
      {"pcx.keyring", [](Rows& rows) { rows.keys.clear(); }},
      {"pcx.keyring", [](Rows& rows) { rows.keys.push_back(rows.keys[0]); }},
      {"pcx.keyring", [](Rows& rows) { rows.wraps.clear(); }},
      {"pcx.keyring", [](Rows& rows) { rows.wraps[0].key = 8; }},
      {"pcx.keyring", [](Rows& rows) { rows.wraps[0].kek = 4; }},
      {"pcx.keyring", [](Rows& rows) { rows.wraps[0].wrapped += "x"; }},
      {"pcx.keyring", [](Rows& rows) { std::swap(rows.keks[0], rows.keks[1]); }},
  };
  for (const Change& change : changes) {
    Rows rows = some_rows();
    change.make(rows);
    const Error error = error_of([&] { verify_rows(rows, rows_key()); });
    EXPECT_EQ(error.code(), ErrorCode::crypto);
    EXPECT_EQ(error.reason(), "tag");
    EXPECT_THAT(error.what(), ::testing::HasSubstr(change.what));
  }
}

TEST(Rows, DoNotVouchForHowOftenAKeyHasSealed) {
  Rows rows = some_rows();
  rows.keys[0].seal_count = 99;
  verify_rows(rows, rows_key());
}

TEST(Rows, AreRefusedUnderAnotherKey) {
  EXPECT_THROW(verify_rows(some_rows(), Secret{std::string(32, 'k')}), Error);
}

TEST(Rows, HaveOneKeyForTheirTags) {
  Rows rows = some_rows();
  EXPECT_EQ(error_of([&] { rows_key_of(rows); }).reason(), "tag");
  rows.keys[0].key.purpose = Purpose::rows;
  EXPECT_EQ(rows_key_of(rows).key.id, 7);
  rows.keys[0].key.state = KeyState::retired;
  EXPECT_EQ(error_of([&] { rows_key_of(rows); }).reason(), "tag");
}

TEST(Rows, AreFoundByTheirIds) {
  Rows rows = some_rows();
  EXPECT_EQ(find_kek(rows, 3), &rows.keks[0]);
  EXPECT_EQ(find_kek(rows, 5), nullptr);
  EXPECT_EQ(find_key(rows, 7), &rows.keys[0]);
  EXPECT_EQ(find_key(rows, 8), nullptr);
  EXPECT_EQ(find_wrap(rows, 7, 3), &rows.wraps[0]);
  EXPECT_EQ(find_wrap(rows, 7, 4), nullptr);
}

TEST(KekKind, IsReadByTheNameItIsWrittenWith) {
  for (const KekKind kind :
       {KekKind::file, KekKind::environment, KekKind::command, KekKind::recovery}) {
    EXPECT_EQ(kek_kind_of(to_string(kind)), kind);
  }
  EXPECT_EQ(kek_kind_of("File"), std::nullopt);
  EXPECT_STREQ(to_string(static_cast<KekKind>(9)), "unknown");
}

TEST(KekKind, IsThatOfItsSource) {
  for (const char* text : {"file:/kek", "env:KEK", "command:/kms"}) {
    const KekSource source = parse_kek_source(text);
    const KekRow row{.kind = kind_of(source.provider), .location = source.location};
    EXPECT_EQ(to_string(source_of(row)), text);
    EXPECT_EQ(described(row), text);
  }
  EXPECT_EQ(described({.id = 2, .kind = KekKind::recovery, .location = "PEM"}), "recovery key 2");
  EXPECT_EQ(described({.location = "/k\x1b[31m"}), "file:/k\\x1b[31m");
}

}  // namespace
}  // namespace pcx::keyring
