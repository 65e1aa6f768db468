#include "alert/mail_message.h"

#include <gmock/gmock.h>

#include "core/time.h"

namespace pcx::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Mail sample_mail() {
  return {.from = "pcx@db1.example.org",
          .to = {"a@example.org", "b@example.org"},
          .subject = "[FIRING warning] 12 items",
          .at = *parse_rfc3339("2026-03-08T07:00:00Z"),
          .message_id = "id-1.pcx@db1.example.org",
          .thread_id = "t.incident.pcx@db1.example.org",
          .text = "12 items\n"};
}

TEST(MailText, IsAMessage) {
  EXPECT_EQ(mail_text(sample_mail()),
            "From: pcx@db1.example.org\n"
            "To: a@example.org,\n"
            " b@example.org\n"
            "Subject: [FIRING warning] 12 items\n"
            "Date: Sun, 08 Mar 2026 07:00:00 +0000\n"
            "Message-ID: <id-1.pcx@db1.example.org>\n"
            "In-Reply-To: <t.incident.pcx@db1.example.org>\n"
            "References: <t.incident.pcx@db1.example.org>\n"
            "Auto-Submitted: auto-generated\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\n"
            "Content-Transfer-Encoding: quoted-printable\n"
            "\n"
            "12 items\n");
}

TEST(MailText, HasNoHeadersOfTheData) {
  Mail mail = sample_mail();
  mail.subject = "x\r\nBcc: all@example.org\r\n\r\nbody";
  mail.from = "a@x\nBcc: b@x";
  mail.message_id = "1>\nBcc: c@x";
  EXPECT_THAT(mail_text(mail), Not(HasSubstr("\nBcc")));
}

TEST(MailText, SaysWhatIsImportant) {
  Mail mail = sample_mail();
  mail.is_important = true;
  EXPECT_THAT(mail_text(mail), HasSubstr("\nImportance: high\n"));
}

TEST(HeaderText, IsEncodedWhenItHasTo) {
  struct Case {
    std::string text;
    std::string header;
  };
  const Case cases[] = {
      {"plain: text (x)", "plain: text (x)"},
      {"", ""},
      {"caf\u00e9", "=?UTF-8?B?Y2Fmw6k=?="},
      {"a\nb", "a b"},
      {"=?UTF-8?Q?x?=", "=?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?="},
      {" x", "=?UTF-8?B?IHg=?="},
      {"\xff", "=?UTF-8?B?77+9?="},
      {std::string(61, 'x'),
       "=?UTF-8?B?eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4?=\n "
       "=?UTF-8?B?eHh4eHh4eHh4eHh4eHh4eHh4eA==?="},
  };
  for (const Case& each : cases) EXPECT_EQ(header_text(each.text), each.header) << each.text;
}

TEST(HeaderText, CutsNoCharacterInTwo) {
  std::string cats;
  for (int i = 0; i < 11; ++i) cats += "\U0001f408";
  EXPECT_EQ(header_text(cats),
            "=?UTF-8?B?8J+QiPCfkIjwn5CI8J+QiPCfkIjwn5CI8J+QiPCfkIjwn5CI8J+QiA==?=\n "
            "=?UTF-8?B?8J+QiA==?=");
}

TEST(QuotedPrintable, IsThatOfRfc2045) {
  struct Case {
    std::string text;
    std::string quoted;
  };
  const Case cases[] = {
      {"", ""},
      {"a\n", "a\n"},
      {"a=b\n", "a=3Db\n"},
      {"caf\u00e9", "caf=C3=A9"},
      {"end \nend\t\n", "end=20\nend=09\n"},
      {"a\tb c", "a\tb c"},
      {"\r\n", "=0D\n"},
      {std::string("\0\x7f", 2), "=00=7F"},
      {"From me\n\n.\n", "=46rom me\n\n.\n"},
      {std::string(75, 'x') + "\n", std::string(75, 'x') + "\n"},
      {std::string(76, 'x') + "\n", std::string(75, 'x') + "=\nx\n"},
      {std::string(74, 'x') + "=\n", std::string(74, 'x') + "=\n=3D\n"},
  };
  for (const Case& each : cases) EXPECT_EQ(quoted_printable(each.text), each.quoted) << each.text;
}

TEST(IsMailAddress, TakesOneAndNothingThatIsMore) {
  for (const char* address : {"root", "a@x", "first.last+tag@example.org", "o'"}) {
    EXPECT_EQ(is_mail_address(address), std::string{address} != "o'") << address;
  }
  for (const std::string& address :
       {std::string{}, std::string{"-f"}, std::string{"a b@x"}, std::string{"a@x,b@x"},
        std::string{"<a@x>"}, std::string{"a@x\nBcc:b"}, std::string{"a@b@c"}, std::string{"@x"},
        std::string{"a@"}, std::string{"\"a\"@x"}, std::string{"caf\u00e9@x"}, std::string{"a:b@x"},
        std::string(255, 'x')}) {
    EXPECT_FALSE(is_mail_address(address)) << address;
  }
}

}  // namespace
}  // namespace pcx::alert
