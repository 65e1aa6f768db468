// How an error looks: lines for people, or one JSON object for programs.
#pragma once

#include <string>
#include <vector>

#include "core/environment.h"
#include "core/error.h"

namespace pcx::cli {

struct ErrorStyle {
  bool json = false;
  bool color = false;
};

// From the words alone, since it must also be known when they cannot be parsed: the last of
// -o/--format, else PCX_FORMAT; --color, --no-color and the colour variables for stderr.
ErrorStyle error_style(const std::vector<std::string>& words, const Environment& environment);

// "pcx: error: file:line:column: message", "pcx: detail: ..." for each line of the detail and
// "pcx: hint: ...". Control characters are escaped, secrets taken out.
std::string error_text(const Error& error, bool color);

// {"error":{"code","message","hint","reason","sqlstate","detail","location":{"file","line",
// "column"},"exit"}} on one line; members without a value are left out. `exit` is what the process
// ends with.
std::string error_json(const Error& error, int exit);

// Writes it to stderr as the last thing and returns `exit`.
int report(const Error& error, const ErrorStyle& style, int exit);

// What a monitoring plugin says on standard output of what stopped it: "ALERT UNKNOWN: ...".
std::string plugin_error_line(const Error& error);

}  // namespace pcx::cli
