#include "crypto/aead.h"

#include <array>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/crypto/vectors.h"

namespace pcx::crypto {
namespace {

using Tag = std::array<std::byte, kAeadTagBytes>;

std::span<std::byte> writable(std::string& bytes) {
  return std::as_writable_bytes(std::span{bytes.data(), bytes.size()});
}

struct Message {
  std::string nonce;
  std::string associated;
  std::string plaintext;
};

struct Sealed {
  std::string ciphertext;
  Tag tag{};
};

Sealed seal(Aes256Gcm& cipher, const Message& message) {
  Sealed sealed{std::string(message.plaintext.size(), '\0')};
  cipher.seal(bytes_of(message.nonce), bytes_of(message.associated), bytes_of(message.plaintext),
              writable(sealed.ciphertext), sealed.tag);
  return sealed;
}

std::optional<std::string> open(Aes256Gcm& cipher, const Message& message, const Sealed& sealed) {
  std::string plaintext(sealed.ciphertext.size(), '?');
  const bool opens = cipher.open(bytes_of(message.nonce), bytes_of(message.associated),
                                 bytes_of(sealed.ciphertext), sealed.tag, writable(plaintext));
  if (opens) return plaintext;
  EXPECT_EQ(plaintext, std::string(plaintext.size(), '\0')) << "unauthenticated bytes left";
  return std::nullopt;
}

const Message kMessage{"twelve bytes", "associated", "Rex, born 2019-04-01"};

Secret some_key() { return Secret{std::string(kAeadKeyBytes, 'k')}; }

void expect_wycheproof(Aes256Gcm& cipher, const Document& test) {
  const Message message{hex_at(test, "iv"), hex_at(test, "aad"), hex_at(test, "msg")};
  Sealed sealed{hex_at(test, "ct")};
  const std::string tag = hex_at(test, "tag");
  std::ranges::copy(bytes_of(tag), sealed.tag.begin());
  if (is_valid(test)) {
    const Sealed ours = seal(cipher, message);
    EXPECT_EQ(ours.ciphertext, sealed.ciphertext) << number_at(test, "tcId");
    EXPECT_EQ(ours.tag, sealed.tag) << number_at(test, "tcId");
    EXPECT_EQ(open(cipher, message, sealed), message.plaintext) << number_at(test, "tcId");
  } else {
    EXPECT_EQ(open(cipher, message, sealed), std::nullopt) << number_at(test, "tcId");
  }
}

TEST(Aes256Gcm, AgreesWithWycheproof) {
  int run = 0;
  int nonce_refused = 0;
  for_each_wycheproof("aes_gcm_test.json", [&](const Document& group, const Document& test) {
    if (number_at(group, "keySize") != 256) return;
    ASSERT_EQ(number_at(group, "tagSize"), 128);
    Aes256Gcm cipher{Secret{hex_at(test, "key")}};
    const auto nonce_bits = number_at(group, "ivSize");
    if (nonce_bits == 96 || nonce_bits == 128) {
      ++run;
      expect_wycheproof(cipher, test);
    } else {
      ++nonce_refused;
      EXPECT_THROW(seal(cipher, {hex_at(test, "iv"), "", ""}), Error);
    }
  });
  EXPECT_EQ(run, 85);
  EXPECT_EQ(nonce_refused, 20);
}

// One context through all messages, nonce sizes mixed: nothing of a message stays behind.
TEST(Aes256Gcm, IsReusedForManyMessages) {
  Aes256Gcm reused{some_key()};
  for (int round = 0; round < 50; ++round) {
    Message message = kMessage;
    message.nonce.resize(round % 3 == 0 ? 16 : 12, static_cast<char>(round));
    message.nonce[0] = static_cast<char>(round);
    message.plaintext.assign(static_cast<std::size_t>(round), 'x');
    if (round % 2 == 0) message.associated.clear();
    Aes256Gcm fresh{some_key()};
    const Sealed sealed = seal(reused, message);
    EXPECT_EQ(sealed.tag, seal(fresh, message).tag);
    Sealed broken = sealed;
    broken.tag[15] ^= std::byte{1};
    EXPECT_EQ(open(reused, message, broken), std::nullopt);
    EXPECT_EQ(open(reused, message, sealed), message.plaintext);
  }
}

TEST(Aes256Gcm, WorksInPlace) {
  Aes256Gcm cipher{some_key()};
  std::string text = kMessage.plaintext;
  Tag tag;
  cipher.seal(bytes_of(kMessage.nonce), {}, bytes_of(text), writable(text), tag);
  EXPECT_NE(text, kMessage.plaintext);
  EXPECT_TRUE(cipher.open(bytes_of(kMessage.nonce), {}, bytes_of(text), tag, writable(text)));
  EXPECT_EQ(text, kMessage.plaintext);
}

void expect_every_bit_counts(Aes256Gcm& cipher, std::span<std::byte> part, const Message& message,
                             const Sealed& sealed) {
  for (std::byte& byte : part) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte ^= std::byte{1} << bit;
      EXPECT_EQ(open(cipher, message, sealed), std::nullopt);
      byte ^= std::byte{1} << bit;
    }
  }
}

TEST(Aes256Gcm, NoticesEveryFlippedBit) {
  Aes256Gcm cipher{some_key()};
  Message message = kMessage;
  Sealed sealed = seal(cipher, message);
  expect_every_bit_counts(cipher, writable(message.nonce), message, sealed);
  expect_every_bit_counts(cipher, writable(message.associated), message, sealed);
  expect_every_bit_counts(cipher, writable(sealed.ciphertext), message, sealed);
  expect_every_bit_counts(cipher, sealed.tag, message, sealed);
  EXPECT_EQ(open(cipher, message, sealed), message.plaintext);
}

TEST(Aes256Gcm, RefusesKeysOfOtherSizes) {
  for (const std::size_t size : {0, 16, 31, 33, 64}) {
    try {
      Aes256Gcm cipher{Secret::with_size(size)};
      FAIL() << size;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::crypto);
      EXPECT_EQ(std::string{error.what()},
                "a key for AES-256-GCM has 32 bytes, not " + std::to_string(size));
    }
  }
}

// The limit is checked before a byte is read, so the view may claim more than there is.
TEST(Aes256Gcm, RefusesTextsAboveTheLimit) {
  Aes256Gcm cipher{some_key()};
  std::byte byte{};
  Tag tag{};
  const Bytes huge{&byte, kAeadTextBytesMax + 1};
  const std::span<std::byte> target{&byte, kAeadTextBytesMax + 1};
  EXPECT_THROW(cipher.seal(bytes_of(kMessage.nonce), {}, huge, target, tag), Error);
  EXPECT_THROW(cipher.seal(bytes_of(kMessage.nonce), huge, {}, {}, tag), Error);
  EXPECT_THROW(static_cast<void>(cipher.open(bytes_of(kMessage.nonce), {}, huge, tag, target)),
               Error);
}

}  // namespace
}  // namespace pcx::crypto
