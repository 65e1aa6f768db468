// The Prompt of the real terminal.
#pragma once

#include "cli/prompt.h"
#include "core/interrupt.h"

namespace pcx::cli {

// Opens /dev/tty for each question and each secret. While it waits it looks at `interrupt`, since
// Ctrl-C arrives in another thread, and throws its error.
class TerminalPrompt final : public Prompt {
 public:
  TerminalPrompt(bool allowed, const Interrupt& interrupt)
      : allowed_(allowed), interrupt_(interrupt) {}

  bool available() override;
  std::optional<std::string> ask(std::string_view question) override;
  Secret ask_secret(std::string_view question) override;
  bool has_terminal() override;
  void show_secret(std::string_view label, const Secret& secret) override;

 private:
  bool allowed_;
  const Interrupt& interrupt_;
};

}  // namespace pcx::cli
