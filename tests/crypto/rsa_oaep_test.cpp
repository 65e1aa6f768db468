#include "crypto/rsa_oaep.h"

#include <fstream>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/crypto/vectors.h"
#include "tests/support/errors.h"
#include "tests/support/process.h"
#include "tests/support/rsa_key.h"
#include "tests/support/temporary_folder.h"

namespace pcx::crypto {
namespace {

const RsaPrivateKey& a_key() {
  static const RsaPrivateKey key = testing::known_rsa_key();
  return key;
}

std::optional<std::string> open(const RsaPrivateKey& key, std::string_view sealed,
                                std::string_view label) {
  const auto opened = key.open(bytes_of(sealed), bytes_of(label));
  if (!opened) return std::nullopt;
  return std::string{opened->reveal_text()};
}

TEST(RsaOaep, OpensWhatItSealed) {
  const std::string sealed =
      a_key().public_key().seal(Secret{std::string(32, 'k')}, bytes_of("label"));
  EXPECT_EQ(sealed.size(), kRsaBits / 8);
  EXPECT_EQ(open(a_key(), sealed, "label"), std::string(32, 'k'));
  EXPECT_NE(a_key().public_key().seal(Secret{std::string(32, 'k')}, bytes_of("label")), sealed);
}

TEST(RsaOaep, OpensWithAKeyThatWasWrittenDown) {
  const std::string sealed = a_key().public_key().seal(Secret{"key"}, {});
  const Secret pem = a_key().to_pem();
  EXPECT_TRUE(pem.reveal_text().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(open(RsaPrivateKey{pem}, sealed, ""), "key");
  const std::string der = a_key().public_key().to_der();
  EXPECT_EQ(open(a_key(), RsaPublicKey{bytes_of(der)}.seal(Secret{"key"}, {}), ""), "key");
}

TEST(RsaOaep, RefusesAnotherLabelAnotherKeyAndDamage) {
  std::string sealed = a_key().public_key().seal(Secret{"key"}, bytes_of("label"));
  EXPECT_EQ(open(a_key(), sealed, "other"), std::nullopt);
  EXPECT_EQ(open(a_key(), sealed, ""), std::nullopt);
  EXPECT_EQ(open(RsaPrivateKey::generate(), sealed, "label"), std::nullopt);
  EXPECT_EQ(open(a_key(), sealed.substr(1), "label"), std::nullopt);
  EXPECT_EQ(open(a_key(), "", "label"), std::nullopt);
  sealed[100] = static_cast<char>(sealed[100] ^ 1);
  EXPECT_EQ(open(a_key(), sealed, "label"), std::nullopt);
}

// As a number it is the same without them.
TEST(RsaOaep, RefusesWhatLostItsLeadingZeros) {
  std::string sealed;
  do {
    sealed = a_key().public_key().seal(Secret{"key"}, {});
  } while (sealed[0] != '\0');  // one in 256 is so
  EXPECT_EQ(open(a_key(), sealed, ""), "key");
  EXPECT_EQ(open(a_key(), sealed.substr(1), ""), std::nullopt);
}

// Whoever has lost pcx, too, still has openssl.
TEST(RsaOaep, IsOpenedByOpenssl) {
  const testing::TemporaryFolder folder;
  const Secret pem = a_key().to_pem();
  const auto key = folder.write("recovery.pem", pem.reveal_text(), 0600);
  const auto sealed =
      folder.write("sealed", a_key().public_key().seal(Secret{"data key"}, bytes_of("l")));
  const auto output = folder.path() / "opened";
  const int exit = testing::wait_for_end(
      testing::spawn({"openssl", "pkeyutl", "-decrypt", "-inkey", key, "-in", sealed, "-out",
                      output, "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256",
                      "-pkeyopt", "rsa_mgf1_md:sha256", "-pkeyopt", "rsa_oaep_label:6c"},
                     {}));
  EXPECT_EQ(exit, 0);
  std::ifstream file{output};
  const std::string opened{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(opened, "data key");
}

TEST(RsaOaep, RefusesWhatIsNoKeyOrTooShort) {
  const testing::TemporaryFolder folder;
  const auto pem_of = [&](const std::vector<std::string>& words) {
    const auto output = folder.path() / "key.pem";
    std::vector<std::string> line{"openssl", "genpkey", "-quiet", "-out", output};
    line.insert(line.end(), words.begin(), words.end());
    std::filesystem::remove(output);
    EXPECT_EQ(testing::wait_for_end(testing::spawn(line, {.output = "/dev/null"})), 0);
    std::ifstream file{output};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  };
  const std::string cases[] = {"",
                               "no key",
                               "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                               pem_of({"-algorithm", "ED25519"}),
                               pem_of({"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}),
                               pem_of({"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072",
                                       "-aes256", "-pass", "pass:secret"})};
  for (const std::string& pem : cases) {
    const Error error = testing::error_of([&] { RsaPrivateKey{Secret{pem}}; });
    EXPECT_STREQ(error.what(), "this is no RSA private key of at least 3072 bits") << pem;
    EXPECT_EQ(error.code(), ErrorCode::crypto);
  }
  const std::string der = a_key().public_key().to_der();
  for (const std::string& bytes : {std::string{}, der + "x", der.substr(1)}) {
    EXPECT_THROW(RsaPublicKey{bytes_of(bytes)}, Error);
  }
  EXPECT_THROW(a_key().public_key().seal(Secret::with_size(301), {}), Error);
}

TEST(RsaOaep, WritesItsPublicHalfAsPem) {
  const std::string pem = a_key().public_key().to_pem();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PUBLIC KEY-----\nMII"));
  EXPECT_TRUE(pem.ends_with("\n-----END PUBLIC KEY-----\n"));
  EXPECT_EQ(RsaPublicKey::from_pem(pem).to_pem(), pem);
  const testing::TemporaryFolder folder;
  const auto file = folder.write("key.pem", a_key().to_pem().reveal_text(), 0600);
  const auto output = folder.path() / "public.pem";
  testing::run_program({"openssl", "pkey", "-in", file, "-pubout", "-out", output});
  std::ifstream stream{output};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{stream}, {}}), pem);
}

TEST(RsaOaep, ReadsNoPemButItsOwn) {
  const std::string pem = a_key().public_key().to_pem();
  for (const std::string& text :
       {std::string{}, pem.substr(1), pem + "x", pem.substr(0, 60),
        std::string{"-----BEGIN PUBLIC KEY-----\n"} + "-----END PUBLIC KEY-----\n",
        std::string{pem}.replace(100, 1, "!")}) {
    EXPECT_THROW(RsaPublicKey::from_pem(text), Error) << text;
  }
}

}  // namespace
}  // namespace pcx::crypto
