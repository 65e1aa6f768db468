#include "inspect/sensitive_name.h"

#include <gmock/gmock.h>

namespace pcx::inspect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WordsOf, CutsNames) {
  EXPECT_THAT(words_of("creditCardNumber"), ElementsAre("credit", "card", "number"));
  EXPECT_THAT(words_of("credit_card_number"), ElementsAre("credit", "card", "number"));
  EXPECT_THAT(words_of("CREDIT-CARD"), ElementsAre("credit", "card"));
  EXPECT_THAT(words_of("ownerSSN"), ElementsAre("owner", "ssn"));
  EXPECT_THAT(words_of("SSNHash"), ElementsAre("ssn", "hash"));
  EXPECT_THAT(words_of("iban2"), ElementsAre("iban2"));
  EXPECT_THAT(words_of("a1B"), ElementsAre("a1", "b"));
  EXPECT_THAT(words_of("_"), IsEmpty());
  EXPECT_THAT(words_of(""), IsEmpty());
}

TEST(IsSensitiveName, KnowsWhatHasToBeEncrypted) {
  for (const char* name :
       {"ssn", "SSN", "owner_ssn", "socialSecurityNumber", "card", "creditCard", "credit_card_no",
        "iban", "clientIBAN", "passport", "passportNumber", "tax_id", "taxId", "bankAccount",
        "licenseNumber", "password", "client_secret", "cvv"}) {
    EXPECT_TRUE(is_sensitive_name(name)) << name;
  }
}

TEST(IsSensitiveName, KnowsWhatOnlySaysSomethingAboutIt) {
  for (const char* name : {"cardType", "card_id", "card_last4", "passwordHash", "passport_country",
                           "postcard", "discard", "description", "id", "name", "spanish", "icon",
                           "password_changed_at", "tax", "security", "social", ""}) {
    EXPECT_FALSE(is_sensitive_name(name)) << name;
  }
}

}  // namespace
}  // namespace pcx::inspect
