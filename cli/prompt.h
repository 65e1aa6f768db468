// Questions on /dev/tty, never on stdin.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace pcx::cli {

class Prompt {
 public:
  virtual ~Prompt() = default;
  virtual bool available() = 0;  // there is a terminal, and --no-input was not given
  // The line typed; std::nullopt at end of input. REQUIRES: available().
  virtual std::optional<std::string> ask(std::string_view question) = 0;
  virtual Secret ask_secret(std::string_view question) = 0;  // without echo
  virtual bool has_terminal() = 0;                           // whether --no-input was given or not
  // A line for the eyes of whoever sits there: in no pipe and no file. REQUIRES: has_terminal().
  virtual void show_secret(std::string_view label, const Secret& secret) = 0;
};

}  // namespace pcx::cli
