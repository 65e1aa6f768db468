#include "alert/receiver_webhook.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "crypto/encoding.h"
#include "crypto/hmac.h"
#include "tests/alert/receiver_rig.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using testing::answer;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

// The key of Standard Webhooks' own tests; the signature by Python's hmac:
// base64.b64encode(hmac.new(base64.b64decode(key[6:]), b"msg.1614265330." + body, "sha256")...)
const char* const kKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

TEST(WebhookSignature, IsThatOfStandardWebhooks) {
  EXPECT_EQ(webhook_signature({}, kKey, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                              R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, TakesOtherKeysAsTheyAre) {
  EXPECT_EQ(webhook_signature({}, "plain key", "id", 7, "{}"),
            "v1,LrEQ297cPTD/N89cbQm6rDxm+96cyWC0gW+EaCswlJE=");
}

TEST(WebhookSignature, RefusesAKeyThatIsNoBase64) {
  const Error error =
      error_of([] { webhook_signature({.name = "hook"}, "whsec_not base64", "id", 7, "{}"); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_THAT(error.what(), HasSubstr("receiver hook: the key of signatures is no base64"));
  EXPECT_THAT(error.what(), Not(HasSubstr("not base64")));
}

TEST(Webhook, IsSignedOverIdTimeAndBody) {
  ReceiverRig rig;
  ReceiverConfig config = rig.config(ReceiverKind::webhook);
  config.url = rig.server.url("/hook?a=b");
  config.secret_file = rig.secret(kKey);
  EXPECT_EQ(rig.send(config, sample_notification()).verdict, Verdict::delivered);
  const auto request = rig.server.requests().at(0);
  EXPECT_EQ(request.target, "/hook?a=b");
  EXPECT_EQ(request.body, webhook_body("id-1", sample_notification()));
  EXPECT_EQ(request.header("webhook-id"), "id-1");
  EXPECT_EQ(request.header("webhook-timestamp"), "1772953205");
  EXPECT_EQ(request.header("webhook-signature"),
            webhook_signature(config, kKey, "id-1", 1772953205, request.body));
}

TEST(Webhook, IsNotSignedWithoutAKey) {
  ReceiverRig rig;
  rig.send(rig.config(ReceiverKind::webhook), sample_notification());
  EXPECT_EQ(rig.server.requests().at(0).header("webhook-signature"), "");
  EXPECT_EQ(rig.server.requests().at(0).header("webhook-id"), "id-1");
}

TEST(Webhook, MayHaveAUrlThatIsASecret) {
  ReceiverRig rig;
  ReceiverConfig config = rig.config(ReceiverKind::webhook);
  config.url.clear();
  config.url_file = rig.secret(rig.server.url("/hook/TokenTokenToken"));
  rig.server.then(answer(410, "TokenTokenToken is gone"));
  EXPECT_EQ(rig.send(config, sample_notification()),
            (Attempt{.verdict = Verdict::refused, .words = "answered 410: *** is gone"}));
}

}  // namespace
}  // namespace pcx::alert
