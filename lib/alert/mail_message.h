// A mail as text: RFC 5322 with MIME (RFC 2045, 2047), in pure ASCII and short lines, so that
// whatever is on its way cannot bend it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"

namespace pcx::alert {

struct Mail {
  std::string from;             // an address
  std::vector<std::string> to;  // addresses
  std::string subject;          // any text
  Time at{};
  std::string message_id;  // "id@domain", without < >
  std::string thread_id;   // the same of all mails of one thread; its first one need not exist
  bool is_important = false;
  std::string text;  // lines that end with "\n"
};

// Lines end with "\n", as sendmail takes them. Control characters, also line breaks, in headers
// become blanks. Says that no person wrote it (RFC 3834), so that nobody's absence notice answers.
std::string mail_text(const Mail& mail);

// One address: printable ASCII without white space, quotes, brackets, commas, colons and
// semicolons, one '@' at most and not at an end ("root" is one), no '-' in front, 254 bytes at
// most. Stricter than RFC 5321: it goes on a command line and into a header.
bool is_mail_address(std::string_view text) noexcept;

// A header's value: as it is when it is short printable ASCII, else as encoded words (RFC 2047),
// folded. Exposed for tests.
std::string header_text(std::string_view text);
// RFC 2045, 6.7. Also the F of "From ", which some mailboxes would change at a beginning.
std::string quoted_printable(std::string_view text);

}  // namespace pcx::alert
