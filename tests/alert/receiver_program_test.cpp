// Receivers that are programs: exec, email; and standard output.
#include <gmock/gmock.h>

#include "alert/receiver_email.h"
#include "alert/receiver_exec.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "tests/alert/receiver_rig.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ProgramReceiver : public ::testing::Test {
 protected:
  // A receiver that runs this text of a shell script.
  ReceiverConfig running(ReceiverKind kind, const std::string& script) {
    ReceiverConfig config = rig.config(kind);
    config.command = {rig.folder.write("program", "#!/bin/sh\n" + script, 0700).native()};
    config.to = {"ops@example.org"};
    return config;
  }
  std::string written(const std::string& name) { return read_file(rig.folder.path() / name); }

  ReceiverRig rig;
};

TEST_F(ProgramReceiver, IsToldOnStdinAndInItsEnvironment) {
  const std::string folder = rig.folder.path().native();
  ReceiverConfig config = running(ReceiverKind::exec, "cat >" + folder + "/in; env >" + folder +
                                                          "/env; echo \"$@\" >" + folder + "/args");
  config.command.insert(config.command.end(), {"$HOME", "; rm x"});
  rig.variables["PAGERDUTY_INTEGRATION_KEY"] = "s3cret";
  Notification notification = sample_notification();
  notification.summary = "two\nlines";
  EXPECT_EQ(rig.send(config, notification), (Attempt{.verdict = Verdict::delivered}));
  EXPECT_EQ(*parse_json(written("in"), "in").find("summary")->text(), "two\nlines");
  EXPECT_EQ(written("args"), "$HOME ; rm x\n");
  const auto environment = split(written("env"), '\n');
  for (const char* line :
       {"PCX_ALERT_ID=id-1", "PCX_ALERT_ACTION=trigger", "PCX_ALERT_SEVERITY=warning",
        "PCX_ALERT_DEDUP_KEY=pcx/production/LowStock/0123456789abcdef",
        "PCX_ALERT_SUMMARY=two\\nlines", "PCX_ALERT_WHY=fired",
        "PCX_ALERT_AT=2026-03-08T07:00:00.000Z", "PCX_ALERT_BEGAN_AT=2026-03-08T06:50:00.000Z",
        "PATH=/usr/bin:/bin"}) {
    EXPECT_EQ(std::ranges::count(environment, line), 1) << line;
  }
  EXPECT_EQ(written("env").find("s3cret"), std::string::npos);
}

TEST_F(ProgramReceiver, SaysByItsExitCodeWhatBecomesOfIt) {
  struct Case {
    const char* script;
    Verdict verdict;
    const char* words;
  };
  const Case cases[] = {
      {"exit 0", Verdict::delivered, ""},
      {"echo password=hunter2 busy >&2; echo more >&2; exit 75", Verdict::later,
       "ended with exit code 75: password=*** busy"},
      {"exit 64", Verdict::refused, "ended with exit code 64"},
      {"exit 65", Verdict::refused, "ended with exit code 65"},
      {"exit 78", Verdict::refused, "ended with exit code 78"},
      {"exit 69", Verdict::later, "ended with exit code 69"},
      {"exit 1", Verdict::later, "ended with exit code 1"},
      {"exit 127", Verdict::later, "ended with exit code 127"},
      {"kill -TERM $$", Verdict::later, "ended with exit code 143"},
  };
  for (const Case& each : cases) {
    const Attempt attempt =
        rig.send(running(ReceiverKind::exec, each.script), sample_notification());
    EXPECT_EQ(attempt.verdict, each.verdict) << each.script;
    EXPECT_EQ(attempt.words, each.words) << each.script;
  }
}

TEST_F(ProgramReceiver, ComesLaterWhenItDoesNotEnd) {
  ReceiverConfig config = running(ReceiverKind::exec, "exec sleep 60");
  config.timeout = 100ms;
  const Attempt attempt = rig.send(config, sample_notification());
  EXPECT_EQ(attempt.verdict, Verdict::later);
  EXPECT_THAT(attempt.words, HasSubstr("did not end within 100 ms"));
}

TEST_F(ProgramReceiver, IsNotRunWhenItIsNotThereOrOthersCanChangeIt) {
  ReceiverConfig config = running(ReceiverKind::exec, "exit 0");
  config.command = {rig.folder.write("open", "#!/bin/sh\n", 0777).native()};
  EXPECT_EQ(error_of([&] { rig.send(config, sample_notification()); }).code(), ErrorCode::config);
  config.command = {"/nowhere/at/all"};
  const Error error = error_of([&] { rig.send(config, sample_notification()); });
  EXPECT_STREQ(error.what(),
               "receiver it: /nowhere/at/all is not there, or can be changed by others");
}

TEST_F(ProgramReceiver, GivesSendmailAMailAndItsRecipients) {
  const std::string folder = rig.folder.path().native();
  ReceiverConfig config =
      running(ReceiverKind::email, "cat >" + folder + "/mail; echo \"$@\" >" + folder + "/args");
  config.to = {"a@example.org", "b@example.org"};
  config.from = "pcx@example.org";
  EXPECT_EQ(rig.send(config, sample_notification()).verdict, Verdict::delivered);
  EXPECT_EQ(written("args"), "-i -f pcx@example.org -- a@example.org b@example.org\n");
  EXPECT_THAT(written("mail"),
              StartsWith("From: pcx@example.org\nTo: a@example.org,\n b@example.org\nSubject: "
                         "[FIRING warning] 12 items below reorder point\n"));
  EXPECT_THAT(written("mail"), HasSubstr("\n\n12 items below reorder point\n\nFIRING (warning)"));
}

TEST_F(ProgramReceiver, TakesSendmailsCodesForWhatTheyMean) {
  const std::pair<int, Verdict> cases[] = {
      {64, Verdict::refused}, {65, Verdict::refused}, {67, Verdict::refused}, {68, Verdict::later},
      {69, Verdict::later},   {71, Verdict::later},   {74, Verdict::later},   {75, Verdict::later},
      {77, Verdict::later},   {78, Verdict::refused}};
  for (const auto& each : cases) {
    const auto config =
        running(ReceiverKind::email, "cat >/dev/null; exit " + std::to_string(each.first));
    EXPECT_EQ(rig.send(config, sample_notification()).verdict, each.second) << each.first;
  }
}

TEST(MailOf, OneIncidentIsOneThread) {
  const ReceiverConfig config{.kind = ReceiverKind::email, .to = {"root"}};
  const auto mail_at = [&](const std::string& id, const Notification& notification) {
    return mail_of(config, id, notification, "db1.example.org", notification.at);
  };
  const Mail trigger = mail_at("id-1", sample_notification());
  const Mail resolve = mail_at("id-2", sample_notification(Action::resolve));
  EXPECT_EQ(trigger.thread_id, resolve.thread_id);
  EXPECT_EQ(trigger.message_id, "id-1.pcx@db1.example.org");
  EXPECT_EQ(resolve.message_id, "id-2.pcx@db1.example.org");
  EXPECT_EQ(resolve.subject, "[RESOLVED] 12 items below reorder point");
  EXPECT_EQ(trigger.from, "pcx@db1.example.org");
  Notification again = sample_notification();
  again.began_at += 1h;
  EXPECT_NE(mail_at("id-3", again).thread_id, trigger.thread_id);
  Notification other = sample_notification();
  other.dedup_key += "x";
  EXPECT_NE(mail_at("id-4", other).thread_id, trigger.thread_id);
}

TEST(MailOf, IsImportantWhenItIsBad) {
  const auto is_important = [](Severity severity, Action action) {
    Notification notification = sample_notification(action);
    notification.severity = severity;
    return mail_of({}, "id", notification, "", notification.at).is_important;
  };
  EXPECT_FALSE(is_important(Severity::warning, Action::trigger));
  EXPECT_TRUE(is_important(Severity::error, Action::trigger));
  EXPECT_TRUE(is_important(Severity::critical, Action::trigger));
  EXPECT_FALSE(is_important(Severity::critical, Action::resolve));
}

TEST(MailOf, TakesNoHeaderFromAHostsName) {
  const Mail mail = mail_of({}, "id\n>", sample_notification(), "db1>\nBcc: x@y", Time{});
  EXPECT_EQ(mail.from, "pcx@db1Bccxy");
  EXPECT_EQ(mail.message_id, "id.pcx@db1Bccxy");
  EXPECT_EQ(mail_of({}, "id", sample_notification(), "", Time{}).from, "pcx@localhost");
}

TEST(Stdout, IsOneLineEach) {
  ReceiverRig rig;
  Notification notification = sample_notification();
  notification.summary = "two\n\x1b[31mlines";
  rig.send(rig.config(ReceiverKind::standard_output), notification);
  rig.send(rig.config(ReceiverKind::standard_output), sample_notification(Action::resolve));
  EXPECT_EQ(rig.printed,
            "2026-03-08T07:00:00.000Z FIRING warning pcx/production/LowStock/0123456789abcdef: "
            "two\\n\\x1b[31mlines (fired)\n"
            "2026-03-08T07:00:00.000Z RESOLVED warning pcx/production/LowStock/0123456789abcdef: "
            "12 items below reorder point (resolved)\n");
}

}  // namespace
}  // namespace pcx::alert
