#include "cli/terminal_prompt.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

constexpr std::size_t kAnswerBytesMax = 4096;  // a terminal's line is no longer
constexpr int kInterruptPollMs = 100;

class Terminal {
 public:
  Terminal() : descriptor_(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
  ~Terminal() {
    if (quiet_) tcsetattr(descriptor_, TCSAFLUSH, &before_);
    if (descriptor_ >= 0) close(descriptor_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  void stop_echo() {
    if (tcgetattr(descriptor_, &before_) != 0) fail("read the settings of");
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (tcsetattr(descriptor_, TCSAFLUSH, &silent) != 0) fail("stop the echo of");
    quiet_ = true;
  }

  void say(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno != EINTR) fail("write to");
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  // Bytes of the line without its end; 0 and `ended` at end of input.
  std::size_t read_line(std::span<std::byte> line, const Interrupt& interrupt, bool& ended) {
    for (;;) {
      interrupt.throw_if_requested();
      pollfd waited{descriptor_, POLLIN, 0};
      if (poll(&waited, 1, kInterruptPollMs) <= 0) continue;
      const ssize_t count = read(descriptor_, line.data(), line.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("read from");
      ended = count == 0;
      auto length = static_cast<std::size_t>(count);
      if (length > 0 && line[length - 1] == std::byte{'\n'}) --length;
      return length;
    }
  }

 private:
  [[noreturn]] static void fail(std::string_view what) {
    throw Error{ErrorCode::io,
                fmt::format("cannot {} the terminal: {}", what, std::strerror(errno))};
  }

  int descriptor_;
  bool quiet_ = false;
  termios before_{};
};

// Consequences may span lines; anything else that could steer the terminal is escaped.
std::string shown(std::string_view question) {
  std::vector<std::string> lines;
  for (const std::string& line : split(question, '\n')) lines.push_back(escape_controls(line));
  return join(lines, "\n") + " ";
}

}  // namespace

bool TerminalPrompt::available() { return allowed_ && Terminal{}.is_open(); }

std::optional<std::string> TerminalPrompt::ask(std::string_view question) {
  Terminal terminal;
  terminal.say(shown(question));
  std::byte line[kAnswerBytesMax];
  bool ended = false;
  const auto length = terminal.read_line(line, interrupt_, ended);
  if (ended) return std::nullopt;
  std::string answer(length, '\0');
  std::transform(line, line + length, answer.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  return answer;
}

Secret TerminalPrompt::ask_secret(std::string_view question) {
  Terminal terminal;
  terminal.stop_echo();
  terminal.say(shown(question));
  Secret line = Secret::with_size(kAnswerBytesMax);
  bool ended = false;
  const auto length = terminal.read_line(line.writable_bytes(), interrupt_, ended);
  terminal.say("\n");  // the one that was typed was not echoed
  return Secret{line.reveal_bytes().subspan(0, length)};
}

bool TerminalPrompt::has_terminal() { return Terminal{}.is_open(); }

void TerminalPrompt::show_secret(std::string_view label, const Secret& secret) {
  Terminal terminal;
  terminal.say(shown(label));
  terminal.say(secret.reveal_text());
  terminal.say("\n");
}

}  // namespace pcx::cli
