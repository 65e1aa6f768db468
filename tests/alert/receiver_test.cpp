#include "alert/receiver.h"

#include <gmock/gmock.h>

#include "tests/alert/receiver_rig.h"
#include "tests/alert/shown_body.h"

namespace pcx::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr ReceiverKind kAll[] = {ReceiverKind::pagerduty,      ReceiverKind::alertmanager,
                                 ReceiverKind::slack,          ReceiverKind::webhook,
                                 ReceiverKind::email,          ReceiverKind::exec,
                                 ReceiverKind::standard_output};

TEST(MakeReceiver, KnowsEveryKind) {
  ReceiverRig rig;
  for (const ReceiverKind kind : kAll) {
    EXPECT_NE(make_receiver(rig.config(kind), rig.tools()), nullptr) << to_string(kind);
  }
}

TEST(ShownBody, IsWhatWouldBeSentWithoutItsSecret) {
  ReceiverRig rig;
  for (const ReceiverKind kind : kAll) {
    const std::string body = shown_body(rig.config(kind), sample_notification(), "db1");
    EXPECT_THAT(body, HasSubstr("12 items below reorder point")) << to_string(kind);
    EXPECT_THAT(body, Not(HasSubstr(kRoutingKey))) << to_string(kind);
  }
  const std::string pagerduty =
      shown_body(rig.config(ReceiverKind::pagerduty), sample_notification(), "db1");
  EXPECT_THAT(pagerduty, HasSubstr(R"({"routing_key":"***","event_action":"trigger")"));
  EXPECT_THAT(pagerduty, HasSubstr(R"("source":"db1")"));
  EXPECT_THAT(shown_body(rig.config(ReceiverKind::alertmanager),
                         sample_notification(Action::resolve), "db1"),
              HasSubstr(R"("endsAt":"2026-03-08T07:00:00.000Z")"));
}

}  // namespace
}  // namespace pcx::alert
