#include "keyring/wrapped_key.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "crypto/encoding.h"

namespace pcx::keyring {
namespace {

using crypto::bytes_of;

Secret kek() { return Secret{std::string(32, 'K')}; }
Secret data_key() { return Secret{std::string(32, '\x42')}; }
DataKey record() { return {.id = 7}; }

std::optional<std::string> unwrapped(const Secret& with, const DataKey& of,
                                     const std::string& wrapped) {
  const auto key = unwrap(with, of, bytes_of(wrapped));
  if (!key) return std::nullopt;
  return std::string{key->reveal_text()};
}

// Computed with Python's cryptography from the formula in the header.
TEST(WrappedKey, GivesTheKnownAnswer) {
  EXPECT_EQ(crypto::to_hex(bytes_of(wrap(kek(), record(), data_key()))),
            "571f12fb2ed51b907cb8c5f4a97286c038bc3e3ebd246826be084badbba7cfeab8d1f0051f779b05");
  EXPECT_EQ(crypto::to_hex(bytes_of(key_check(data_key()))), "19ea4950337abc3f");
}

TEST(WrappedKey, OpensForItsOwnRowAndKeyOnly) {
  const std::string wrapped = wrap(kek(), record(), data_key());
  EXPECT_EQ(unwrapped(kek(), record(), wrapped), std::string(32, '\x42'));
  EXPECT_EQ(unwrapped(Secret{std::string(32, 'k')}, record(), wrapped), std::nullopt);
  DataKey other = record();
  other.id = 8;
  EXPECT_EQ(unwrapped(kek(), other, wrapped), std::nullopt);
  other = record();
  other.purpose = Purpose::pepper;
  EXPECT_EQ(unwrapped(kek(), other, wrapped), std::nullopt);
  other = record();
  other.format = Format::v1;
  EXPECT_EQ(unwrapped(kek(), other, wrapped), std::nullopt);
  EXPECT_EQ(unwrapped(kek(), record(), wrapped.substr(8)), std::nullopt);
}

// Its state is none of the wrap's business: it changes without the key-encryption key.
TEST(WrappedKey, OpensWhateverItsState) {
  DataKey later = record();
  later.state = KeyState::decrypt_only;
  later.compromised = true;
  EXPECT_TRUE(unwrapped(kek(), later, wrap(kek(), record(), data_key())));
}

TEST(WrappedKey, IsRecoveredForItsOwnRowOnly) {
  const crypto::RsaPrivateKey safe = crypto::RsaPrivateKey::generate();
  const std::string wrapped = wrap_for_recovery(safe.public_key(), record(), data_key());
  const auto key = recover(safe, record(), bytes_of(wrapped));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->reveal_text(), std::string(32, '\x42'));
  DataKey other = record();
  other.id = 8;
  EXPECT_FALSE(recover(safe, other, bytes_of(wrapped)));
}

TEST(WrappedKey, IsMadeAnewEachTime) {
  SystemRandom random;
  const Secret one = make_data_key(random);
  EXPECT_EQ(one.size(), kDataKeyBytes);
  EXPECT_NE(one.reveal_text(), make_data_key(random).reveal_text());
}

TEST(WrappedKey, RefusesAKeyEncryptionKeyOfAnotherSize) {
  EXPECT_THROW(wrap(Secret{"short"}, record(), data_key()), Error);
  EXPECT_THROW(unwrapped(Secret{}, record(), std::string(40, 'x')), Error);
}

}  // namespace
}  // namespace pcx::keyring
