#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "alert/notification.h"
#include "core/json.h"
#include "core/time.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using pcx::testing::error_of;

Time moment(const char* text) { return parse_rfc3339(text).value(); }

Member member() {
  return {.alert_id = "practice/LowStock/warning#0123456789abcdef",
          .rule = "practice/LowStock/warning",
          .labels = {{"alertname", "LowStock"}, {"tenant", "Z\xc3\xbcrich \"1\""}},
          .annotations = {{"summary", "12 items\n"}, {"empty", ""}},
          .value = 12.5,
          .active_since = moment("2026-11-30T11:58:00.125Z"),
          .severity = Severity::error};
}

Notification notification() {
  return {.action = Action::resolve,
          .dedup_key = "pcx/test/LowStock/0123456789abcdef",
          .severity = Severity::critical,
          .summary = "12 items",
          .members = {member(), member()},
          .at = moment("2026-11-30T12:00:00.001Z"),
          .began_at = moment("1970-01-01T00:00:00Z"),
          .why = "acknowledged by ada"};
}

// Through the text, as the outbox keeps it.
Notification kept(const Notification& one) {
  return notification_of(parse_json(to_json(to_document(one)), "outbox"));
}

TEST(NotificationDocument, IsReadAsItWasWritten) {
  EXPECT_EQ(kept(notification()), notification());
  for (const Action action : {Action::trigger, Action::acknowledge, Action::resolve}) {
    for (const Severity severity :
         {Severity::info, Severity::warning, Severity::error, Severity::critical}) {
      Notification one = notification();
      one.action = action;
      one.severity = severity;
      one.members[1].severity = severity;
      EXPECT_EQ(kept(one), one);
    }
  }
  Notification bare = notification();
  bare.members.clear();
  bare.summary = bare.why = "";
  EXPECT_EQ(kept(bare), bare);
}

TEST(NotificationDocument, KeepsEveryNumber) {
  using Limits = std::numeric_limits<double>;
  for (const double value :
       {0.0, -0.0, 1.0, -12.0, 0.1, 1e300, -1e19, 1e-300, 123456789012345680.0, Limits::max(),
        Limits::denorm_min(), Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
    Member one = member();
    one.value = value;
    const double again = member_of(parse_json(to_json(to_document(one)), "outbox")).value;
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(again));
    } else {
      EXPECT_EQ(again, value);
      EXPECT_EQ(std::signbit(again), std::signbit(value));
    }
  }
}

TEST(NotificationDocument, HasStableNames) {
  Notification one = notification();
  one.members.pop_back();
  EXPECT_EQ(to_json(to_document(one)),
            R"({"action":"resolve","dedup_key":"pcx/test/LowStock/0123456789abcdef",)"
            R"("severity":"critical","summary":"12 items","members":[{)"
            R"("alert_id":"practice/LowStock/warning#0123456789abcdef",)"
            R"("rule":"practice/LowStock/warning",)"
            "\"labels\":{\"alertname\":\"LowStock\",\"tenant\":\"Z\xc3\xbcrich \\\"1\\\"\"},"
            R"("annotations":{"empty":"","summary":"12 items\n"},"value":12.5,)"
            R"("active_since":"2026-11-30T11:58:00.125Z","severity":"error"}],)"
            R"("at":"2026-11-30T12:00:00.001Z","began_at":"1970-01-01T00:00:00.000Z",)"
            R"("why":"acknowledged by ada"})");
}

TEST(NotificationDocument, PassesOverWhatItDoesNotKnow) {
  Document document = to_document(notification());
  document.set("color", "red");
  EXPECT_EQ(notification_of(document), notification());
}

// `document` with one field put in the place of its own; without a value: taken away.
Document changed(const Document& document, const std::string& field, const Document* value) {
  Document result = Document::object();
  for (const auto& [name, old] : document.members()) {
    if (name != field) {
      result.set(name, old);
    } else if (value != nullptr) {
      result.set(name, *value);
    }
  }
  return result;
}

struct Fault {
  const char* field;
  const char* json;
  const char* what;
};

// `prefix`: how the object's fields are called.
template <typename Read>
void expect_faults(const Document& good, std::initializer_list<Fault> faults, Read read,
                   const std::string& prefix) {
  for (const auto& [name, value] : good.members()) {
    const Document without = changed(good, name, nullptr);
    EXPECT_EQ(std::string{error_of([&] { read(without); }).what()},
              "a stored notification has no '" + prefix + name + "'");
  }
  for (const Fault& fault : faults) {
    const Document value = parse_json(fault.json, "test");
    const Error error = error_of([&] { read(changed(good, fault.field, &value)); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(std::string{error.what()},
              "'" + prefix + fault.field + "' of a stored notification is " + fault.what)
        << fault.json;
  }
}

TEST(NotificationDocument, NamesTheFieldThatIsWrong) {
  const auto read = [](const Document& document) { notification_of(document); };
  expect_faults(to_document(notification()),
                {{"action", "\"shout\"", "no action"},
                 {"action", "1", "no text"},
                 {"dedup_key", "null", "no text"},
                 {"severity", "\"bad\"", "no severity"},
                 {"severity", "3", "no severity"},
                 {"summary", "[]", "no text"},
                 {"members", "{}", "no list"},
                 {"members", "null", "no list"},
                 {"at", "\"yesterday\"", "no time"},
                 {"at", "1764504000", "no time"},
                 {"began_at", "\"2026-11-31T00:00:00Z\"", "no time"},
                 {"why", "false", "no text"}},
                read, "");
  const Error error = error_of([] { notification_of(Document::array()); });
  EXPECT_STREQ(error.what(), "a stored notification is no object");
}

TEST(NotificationDocument, NamesTheMemberThatIsWrong) {
  const auto read = [](const Document& second) {
    Document document = to_document(notification());
    Document members = Document::array();
    members.add(to_document(member()));
    members.add(second);
    notification_of(changed(document, "members", &members));
  };
  expect_faults(to_document(member()),
                {{"alert_id", "1", "no text"},
                 {"rule", "{}", "no text"},
                 {"labels", "[]", "no object"},
                 {"labels", "{\"a\":1}", "no set of labels"},
                 {"labels", "{\"a\":\"\"}", "no set of labels"},
                 {"labels", "{\"a b\":\"c\"}", "no set of labels"},
                 {"labels", "{\"\":\"c\"}", "no set of labels"},
                 {"annotations", "{\"a\":null}", "no set of labels"},
                 {"value", "\"12\"", "no number"},
                 {"value", "null", "no number"},
                 {"value", "true", "no number"},
                 {"value", "[1]", "no number"},
                 {"active_since", "\"\"", "no time"},
                 {"severity", "\"\"", "no severity"}},
                read, "members[1].");
  const Error error = error_of([&] { read(Document{1}); });
  EXPECT_STREQ(error.what(), "'members[1]' of a stored notification is no object");
}

}  // namespace
}  // namespace pcx::alert
