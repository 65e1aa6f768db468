// NIST's Cryptographic Algorithm Validation Program: AES-256-GCM (gcmDecrypt256.rsp,
// gcmEncryptExtIV256.rsp, CAVS 14.0), by itself and as encrypted fields, AES-256 key wrap
// (SP 800-38F) and SHA-256 (CAVS 11.0); and pyca's long HKDF. As Debian's
// python3-cryptography-vectors has them.
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>

#include <gtest/gtest.h>

#include "core/error.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/enc_v1.h"
#include "crypto/hkdf.h"
#include "crypto/key_wrap.h"
#include "tests/crypto/vectors.h"
#include "tests/support/fixed_random.h"

namespace pcx::crypto {
namespace {

namespace fs = std::filesystem;

// "Key = 00ff", "[Taglen = 128]" and "FAIL" of one test, and of what stands above it.
using Vector = std::map<std::string, std::string>;

// A test ends at an empty line. Throws when the file is missing: a test without data must fail.
void for_each_vector(const fs::path& name, const std::function<void(const Vector&)>& visit) {
  const fs::path path = fs::path{"/usr/lib/python3/dist-packages/cryptography_vectors"} / name;
  std::ifstream file{path};
  if (!file) throw std::runtime_error{"no " + path.string() + ": ./scripts/setup --tests"};
  Vector above;
  Vector vector;
  const auto end_test = [&] {
    if (vector.size() > above.size()) visit(vector);
    vector = above;
  };
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) end_test();
    const bool is_heading = line.starts_with('[');
    const std::string text = is_heading ? line.substr(1, line.size() - 2) : line;
    const auto equals = text.find(" =");
    if (text == "FAIL") vector["FAIL"];
    if (line.starts_with('#') || equals == std::string::npos) continue;
    const std::string value = equals + 3 <= text.size() ? text.substr(equals + 3) : "";
    (is_heading ? above : vector)[text.substr(0, equals)] = value;
    if (is_heading) vector = above;
  }
  end_test();
}

std::span<std::byte> writable(std::string& bytes) {
  return std::as_writable_bytes(std::span{bytes.data(), bytes.size()});
}

struct Sealed {
  std::string ciphertext;
  std::array<std::byte, kAeadTagBytes> tag;
};

Sealed seal(Aes256Gcm& cipher, const Vector& vector, const std::string& plaintext) {
  Sealed sealed{std::string(plaintext.size(), '\0'), {}};
  const std::string nonce = unhex(vector.at("IV"));
  const std::string associated = unhex(vector.at("AAD"));
  cipher.seal(bytes_of(nonce), bytes_of(associated), bytes_of(plaintext),
              writable(sealed.ciphertext), sealed.tag);
  return sealed;
}

// pcx's tags have 16 bytes; shorter ones of the vectors are their beginnings.
bool has_tag(const Vector& vector, const Sealed& sealed) {
  return to_hex(sealed.tag).starts_with(vector.at("Tag"));
}

bool is_refused(const Vector& vector) {
  const std::string& bits = vector.at("IVlen");
  if (bits == "96" || bits == "128") return false;
  Aes256Gcm cipher{Secret{unhex(vector.at("Key"))}};
  EXPECT_THROW(seal(cipher, vector, ""), Error);
  return true;
}

TEST(Cavp, SealsWithAesGcm) {
  int sealed = 0;
  int refused = 0;
  for_each_vector("ciphers/AES/GCM/gcmEncryptExtIV256.rsp", [&](const Vector& vector) {
    if (is_refused(vector)) {
      ++refused;
      return;
    }
    ++sealed;
    Aes256Gcm cipher{Secret{unhex(vector.at("Key"))}};
    const Sealed ours = seal(cipher, vector, unhex(vector.at("PT")));
    EXPECT_EQ(to_hex(bytes_of(ours.ciphertext)), vector.at("CT"));
    EXPECT_TRUE(has_tag(vector, ours)) << vector.at("Key");
  });
  EXPECT_EQ(sealed, 2'625);
  EXPECT_EQ(refused, 5'250);
}

// Sealing is its own inverse: what the ciphertext says is found whether its tag is right or not.
std::string plaintext_of(Aes256Gcm& cipher, const Vector& vector) {
  return seal(cipher, vector, unhex(vector.at("CT"))).ciphertext;
}

void expect_opens(const Vector& vector, const std::string& plaintext, bool opens) {
  Aes256Gcm cipher{Secret{unhex(vector.at("Key"))}};
  const std::string nonce = unhex(vector.at("IV"));
  const std::string associated = unhex(vector.at("AAD"));
  const std::string ciphertext = unhex(vector.at("CT"));
  const std::string tag = unhex(vector.at("Tag"));
  std::string text(ciphertext.size(), '\0');
  const auto whole = bytes_of(tag).first<kAeadTagBytes>();
  EXPECT_EQ(cipher.open(bytes_of(nonce), bytes_of(associated), bytes_of(ciphertext), whole,
                        writable(text)),
            opens)
      << vector.at("Key");
  if (opens) {
    EXPECT_EQ(text, plaintext);
  }
}

TEST(Cavp, OpensWithAesGcm) {
  int opened = 0;
  int failed = 0;
  int short_tags = 0;
  for_each_vector("ciphers/AES/GCM/gcmDecrypt256.rsp", [&](const Vector& vector) {
    if (is_refused(vector)) return;
    const bool fails = vector.count("FAIL") > 0;
    ++(fails ? failed : opened);
    Aes256Gcm cipher{Secret{unhex(vector.at("Key"))}};
    const std::string plaintext = plaintext_of(cipher, vector);
    EXPECT_EQ(has_tag(vector, seal(cipher, vector, plaintext)), !fails) << vector.at("Key");
    if (!fails) {
      EXPECT_EQ(to_hex(bytes_of(plaintext)), vector.at("PT"));
    }
    if (vector.at("Taglen") == "128") {
      expect_opens(vector, plaintext, !fails);
    } else {
      ++short_tags;
    }
  });
  EXPECT_EQ(opened + failed, 2'625);
  EXPECT_GT(failed, 1'000);
  EXPECT_EQ(short_tags, 2'250);
}

// What enc:v1 is made of: nonces of 12 bytes, nothing associated.
bool is_field(const Vector& vector) {
  return vector.at("IVlen") == "96" && vector.at("AADlen") == "0";
}

std::string as_field(const Vector& vector) {
  std::string value = "enc:v1";
  for (const char* part : {"IV", "Tag", "CT"}) {
    const std::string bytes = unhex(vector.at(part));
    value += ":" + to_base64(bytes_of(bytes));
  }
  return value;
}

EncV1 field_cipher(const Vector& vector) {
  return EncV1{EncV1::FromKey{Secret{unhex(vector.at("Key"))}}};
}

TEST(Cavp, SealsFields) {
  int sealed = 0;
  for_each_vector("ciphers/AES/GCM/gcmEncryptExtIV256.rsp", [&](const Vector& vector) {
    if (!is_field(vector) || vector.at("Taglen") != "128") return;
    ++sealed;
    testing::FixedRandom nonce{unhex(vector.at("IV"))};
    EncV1 cipher = field_cipher(vector);
    EXPECT_EQ(cipher.seal(unhex(vector.at("PT")), nonce), as_field(vector));
  });
  EXPECT_EQ(sealed, 75);
}

TEST(Cavp, OpensFieldsWithWholeTagsOnly) {
  int opened = 0;
  int failed = 0;
  int short_tags = 0;
  for_each_vector("ciphers/AES/GCM/gcmDecrypt256.rsp", [&](const Vector& vector) {
    if (!is_field(vector)) return;
    const Opened field = field_cipher(vector).open(as_field(vector));
    if (vector.at("Taglen") != "128") {
      ++short_tags;
      EXPECT_EQ(field.refusal, Refusal::tag_truncated);
    } else if (vector.count("FAIL") > 0) {
      ++failed;
      EXPECT_EQ(field.verdict, Verdict::not_authentic);
    } else {
      ++opened;
      ASSERT_EQ(field.verdict, Verdict::authentic);
      EXPECT_EQ(to_hex(field.plaintext.reveal_bytes()), vector.at("PT"));
    }
  });
  EXPECT_EQ(opened + failed, 75);
  EXPECT_GT(failed, 20);
  EXPECT_EQ(short_tags, 450);
}

TEST(Cavp, HashesWithSha256) {
  int hashed = 0;
  for (const char* file : {"hashes/SHA2/SHA256ShortMsg.rsp", "hashes/SHA2/SHA256LongMsg.rsp"}) {
    for_each_vector(file, [&](const Vector& vector) {
      if (vector.count("MD") == 0) return;
      ++hashed;
      const std::string message = vector.at("Len") == "0" ? "" : unhex(vector.at("Msg"));
      EXPECT_EQ(to_hex(sha256(message)), vector.at("MD"));
    });
  }
  EXPECT_EQ(hashed, 65 + 64);
}

TEST(Cavp, DerivesLongKeys) {
  int derived = 0;
  for_each_vector("KDF/hkdf-generated.txt", [&](const Vector& vector) {
    ++derived;
    const std::string salt = unhex(vector.at("salt"));
    const std::string info = unhex(vector.at("info"));
    const std::string& expected = vector.at("OKM");
    const Secret key = hkdf_sha256(Secret{unhex(vector.at("IKM"))}, bytes_of(salt), info,
                                   std::stoul(vector.at("L")));
    EXPECT_EQ(to_hex(key.reveal_bytes()), expected);
  });
  EXPECT_EQ(derived, 1);
}

struct WrapFile {
  const char* name;
  KeyWrap form;
};

TEST(Cavp, WrapsKeys) {
  int wrapped = 0;
  for (const WrapFile& file : {WrapFile{"keywrap/kwtestvectors/KW_AE_256.txt", KeyWrap::plain},
                               {"keywrap/kwtestvectors/KWP_AE_256.txt", KeyWrap::padded}}) {
    for_each_vector(file.name, [&](const Vector& vector) {
      ++wrapped;
      const Secret wrapping_key{unhex(vector.at("K"))};
      const std::string ours = wrap_key(file.form, wrapping_key, Secret{unhex(vector.at("P"))});
      EXPECT_EQ(to_hex(bytes_of(ours)), vector.at("C"));
    });
  }
  EXPECT_EQ(wrapped, 1'000);
}

TEST(Cavp, UnwrapsKeys) {
  int unwrapped = 0;
  int failed = 0;
  for (const WrapFile& file : {WrapFile{"keywrap/kwtestvectors/KW_AD_256.txt", KeyWrap::plain},
                               {"keywrap/kwtestvectors/KWP_AD_256.txt", KeyWrap::padded}}) {
    for_each_vector(file.name, [&](const Vector& vector) {
      const std::string wrapped = unhex(vector.at("C"));
      const auto key = unwrap_key(file.form, Secret{unhex(vector.at("K"))}, bytes_of(wrapped));
      const bool fails = vector.count("FAIL") > 0;
      ++(fails ? failed : unwrapped);
      ASSERT_EQ(key.has_value(), !fails) << vector.at("K");
      if (key) {
        EXPECT_EQ(to_hex(key->reveal_bytes()), vector.at("P"));
      }
    });
  }
  EXPECT_EQ(unwrapped, 800);
  EXPECT_EQ(failed, 200);
}

}  // namespace
}  // namespace pcx::crypto
