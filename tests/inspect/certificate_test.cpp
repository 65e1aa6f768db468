#include "inspect/certificate.h"

#include <gmock/gmock.h>

#include "core/json.h"
#include "crypto/encoding.h"
#include "tests/inspect/fixture.h"
#include "tests/support/errors.h"

namespace pcx::inspect {
namespace {

constexpr KeyId kSigning = 2;

class Certificate : public InspectFixture {
 protected:
  void SetUp() override {
    InspectFixture::SetUp();
    sql("CREATE TABLE public.clients (id text PRIMARY KEY, ssn text);"
        "INSERT INTO public.clients VALUES ('kůň \"1\"', 'plain'), ('2', NULL)");
    registry_.fields = {field("clients", "ssn"), copy(field("clients", "ssn"), "clients", "other")};
    registry_.origin = fields::Origin::config;
  }
  Document make() {
    const keyring::Keyring keyring = open();
    return make_certificate(verify_all({field("clients", "ssn")}),
                            {.pcx_version = "1.2.3",
                             .database = read_identity(database()),
                             .registry = registry_,
                             .keyring = keyring});
  }
  // As a file is read.
  static Document read(const std::string& text) { return parse_json(text, "certificate.json"); }
  crypto::Ed25519PublicKey signing_key() { return public_key_of(open(), kSigning); }

  fields::Registry registry_;
};

std::string text_in(const Document& document, const char* key) {
  return *document.find(key)->text();
}

TEST_F(Certificate, SaysWhatWasFound) {
  const Document certificate = make();
  EXPECT_EQ(text_in(certificate, "pcx"), "1.2.3");
  EXPECT_EQ(text_in(certificate, "scope"), "full");
  EXPECT_EQ(text_in(certificate, "verdict"), "plaintext");
  EXPECT_EQ(text_in(certificate, "started_at"), "2026-01-15T12:00:00.000Z");
  EXPECT_EQ(text_in(*certificate.find("database"), "name"), name());
  EXPECT_GT(text_in(*certificate.find("database"), "system_identifier").size(), 10u);
  const Document& finding = certificate.find("findings")->items().at(0);
  EXPECT_EQ(to_json(finding), R"({"table":"clients","field":"clients.ssn","row_key":["kůň \"1\""],)"
                              R"("kind":"plaintext","refusal":null,"key":null})");
  EXPECT_EQ(to_json(certificate.find("fields")->items().at(0)),
            R"({"table":"clients","field":"clients.ssn","values":2,"empty":1,"authentic":0,)"
            R"("plaintext":1,"malformed":0,"unknown_key":0,"not_authentic":0,"ambiguous":0,)"
            R"("double_encrypted":0,"unbound":0})");
  EXPECT_EQ(to_json(certificate.find("keys")->items().at(0)),
            R"({"id":3,"format":"v1","state":"decrypt_only","values":0})");
  EXPECT_EQ(to_json(*certificate.find("registry")),
            R"({"origin":"configuration","fields":[)"
            R"({"field":"clients.ssn","name":"clients.ssn","bind":"row","copy":null},)"
            R"({"field":"clients.other","name":"clients.ssn","bind":"row","copy":)"
            R"({"row_column":"resourceId","match_column":"resource","match_value":"Client"}}]})");
}

TEST_F(Certificate, IsSigned) {
  const Document certificate = make();
  EXPECT_EQ(read_signature(certificate).key, kSigning);
  EXPECT_EQ(read_signature(certificate).public_key, signing_key());
  // However it is laid out.
  EXPECT_TRUE(is_signed_by(read(to_json(certificate)), signing_key()));
  EXPECT_TRUE(is_signed_by(read(to_json(certificate, 2) + "\n"), signing_key()));
}

TEST_F(Certificate, IsRefusedOnceItWasChanged) {
  const std::string text = to_json(make());
  const std::pair<const char*, const char*> changes[] = {
      {"\"verdict\":\"plaintext\"", "\"verdict\":\"passed\""},
      {"\"plaintext\":1", "\"plaintext\":0"},
      {"\"rows\":2", "\"rows\":3"},
      {"\"findings_left_out\":0", "\"findings_left_out\":1"},
      {"\"scope\":\"full\"", "\"scope\":\"sample\""},
      {"\"not_verified\":[]", "\"not_verified\":[1]"},
      {"\"key\":2", "\"key\":5"},
      {"\"pcx\":\"1.2.3\",", ""},
      {"\"pcx_certificate\":1,", "\"pcx_certificate\":1,\"more\":0,"}};
  for (const auto& [before, after] : changes) {
    std::string changed = text;
    const auto at = changed.find(before);
    ASSERT_NE(at, std::string::npos) << before;
    changed.replace(at, std::string_view{before}.size(), after);
    EXPECT_FALSE(is_signed_by(read(changed), signing_key())) << before;
  }
}

TEST_F(Certificate, IsRefusedUnderAnotherKey) {
  const Document certificate = make();
  const crypto::Ed25519Signer other{crypto::Ed25519Signer::make_key(random)};
  EXPECT_FALSE(is_signed_by(certificate, other.public_key()));
  // Whoever signs anew has to name another public key.
  std::string text = to_json(certificate);
  const std::string own = crypto::to_base64(signing_key());
  text.replace(text.find(own), own.size(), crypto::to_base64(other.public_key()));
  EXPECT_FALSE(is_signed_by(read(text), signing_key()));
  EXPECT_FALSE(is_signed_by(read(text), other.public_key()));
}

TEST_F(Certificate, HoldsWhenItsKeyOnlyChecksByNow) {
  const Document certificate = make();
  activate(create(keyring::Purpose::signing).id);
  EXPECT_TRUE(is_signed_by(certificate, signing_key()));
  EXPECT_NE(read_signature(make()).key, kSigning);
}

TEST_F(Certificate, NeedsASigningKey) {
  EXPECT_EQ(testing::error_of([&] { public_key_of(open(), 3); }).code(), ErrorCode::not_found);
  EXPECT_EQ(testing::error_of([&] { public_key_of(open(), 99); }).code(), ErrorCode::not_found);
}

TEST(ReadSignature, RefusesWhatIsNoCertificate) {
  const std::string key(43, 'A');
  const std::string good_key = key + "=";
  const std::string cases[] = {
      "1",
      "{}",
      R"({"pcx_certificate":2})",
      R"({"pcx_certificate":"1"})",
      R"({"pcx_certificate":1})",
      R"({"pcx_certificate":1,"signature":1})",
      R"({"pcx_certificate":1,"signature":{"algorithm":"ed25519"}})",
      R"({"pcx_certificate":1,"signature":{"algorithm":"rsa","public_key":")" + good_key +
          R"(","value":"AAAA"}})",
      R"({"pcx_certificate":1,"signature":{"algorithm":"ed25519","public_key":")" + key +
          R"(","value":"AAAA"}})",
      R"({"pcx_certificate":1,"signature":{"algorithm":"ed25519","public_key":")" + good_key +
          R"(","value":"!"}})"};
  for (const std::string& text : cases) {
    const Document document = parse_json(text, "c.json");
    EXPECT_EQ(testing::error_of([&] { read_signature(document); }).code(), ErrorCode::data) << text;
  }
}

TEST(ParsePublicKey, ReadsBase64) {
  const std::string text = std::string(43, 'A') + "=";
  EXPECT_EQ(parse_public_key(text), crypto::Ed25519PublicKey{});
  for (const char* bad : {"", "AAAA", "x"}) {
    EXPECT_EQ(testing::error_of([&] { parse_public_key(bad); }).code(), ErrorCode::usage);
  }
}

}  // namespace
}  // namespace pcx::inspect
