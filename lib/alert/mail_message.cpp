#include "alert/mail_message.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::alert {
namespace {

using namespace std::chrono;

constexpr std::size_t kAddressBytesMax = 254;  // RFC 5321, 4.5.3.1.3
constexpr std::size_t kPlainHeaderMax = 60;    // with the name below 78, RFC 5322, 2.1.1
constexpr std::size_t kWordBytesMax = 42;      // with "Subject: " 77 characters as an encoded word
constexpr std::size_t kQuotedLineMax = 76;     // RFC 2045, 6.7

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }

// "Sun, 08 Mar 2026 07:00:00 +0000": in English, whatever the locale.
std::string date_text(Time at) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(at - day)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::string without_controls(std::string_view text) {
  std::string plain{text};
  std::ranges::replace_if(
      plain, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return plain;
}

// Whole characters of at most kWordBytesMax bytes; what is no UTF-8 becomes U+FFFD.
std::string take_word(std::string_view& text) {
  std::string word;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    const std::string_view bytes = next.bytes == 0 ? "\ufffd" : text.substr(0, next.bytes);
    if (word.size() + bytes.size() > kWordBytesMax) break;
    word += bytes;
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return word;
}

bool is_plain_line(std::string_view text) {
  return text.size() <= kPlainHeaderMax && std::ranges::all_of(text, is_printable) &&
         text.find("=?") == std::string_view::npos && trim(text) == text;
}

void append_quoted(std::string& line, unsigned char byte) { line += fmt::format("={:02X}", byte); }

// One line, with soft breaks.
void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool is_last_blank = (c == ' ' || c == '\t') && i + 1 == line.size();
    const bool is_from = line.substr(i).starts_with("From ");
    const bool is_plain =
        ((is_printable(c) && c != '=') || c == '\t') && !is_last_blank && !is_from;
    const std::size_t width = is_plain ? 1 : 3;
    if (column + width >= kQuotedLineMax) {
      out += "=\n";
      column = 0;
    }
    if (is_plain) {
      out += c;
    } else {
      append_quoted(out, static_cast<unsigned char>(c));
    }
    column += width;
  }
}

}  // namespace

bool is_mail_address(std::string_view text) noexcept {
  constexpr std::string_view kOutside = "\"'()<>[]\\,:; ";
  const bool is_fit = std::ranges::all_of(
      text, [&](char c) { return is_printable(c) && kOutside.find(c) == std::string_view::npos; });
  return is_fit && !text.empty() && text.size() <= kAddressBytesMax && text.front() != '-' &&
         std::ranges::count(text, '@') <= 1 && !text.starts_with('@') && !text.ends_with('@');
}

std::string header_text(std::string_view text) {
  const std::string plain = without_controls(text);
  if (is_plain_line(plain)) return plain;
  std::string words;
  for (std::string_view rest = plain; !rest.empty();) {
    const std::string word = take_word(rest);
    if (!words.empty()) words += "\n ";
    words += "=?UTF-8?B?" + crypto::to_base64(crypto::bytes_of(word)) + "?=";
  }
  return words;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    append_quoted_line(out, text.substr(0, end));
    if (end == text.size()) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string mail_text(const Mail& mail) {
  std::string text = "From: " + without_controls(mail.from) + "\n";
  text += "To: ";
  for (const std::string& address : mail.to) {
    text += (&address == &mail.to.front() ? "" : ",\n ") + without_controls(address);
  }
  text += "\n";
  text += "Subject: " + header_text(mail.subject) + "\n";
  text += "Date: " + date_text(mail.at) + "\n";
  text += fmt::format("Message-ID: <{}>\n", without_controls(mail.message_id));
  text += fmt::format("In-Reply-To: <{0}>\nReferences: <{0}>\n", without_controls(mail.thread_id));
  if (mail.is_important) text += "Importance: high\n";
  text += "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n";
  text += "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n";
  return text + "\n" + quoted_printable(mail.text);
}

}  // namespace pcx::alert
