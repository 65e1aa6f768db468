#include "cli/sink.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::cli {

void write_stdout(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (const int reason = errno; reason != EINTR) {
      throw Error{ErrorCode::io,
                  fmt::format("cannot write to standard output: {}", std::strerror(reason)),
                  reason == EBADF ? "It is closed. Open it, or name a file with --output."
                                  : "Free space where it goes, then run the command again."};
    }
  }
}

void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The wrong way round: reading and writing give EBADF, as before. Lower numbers are taken.
    const int way = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", way) != stream) {
      throw Error{ErrorCode::io, fmt::format("cannot open /dev/null: {}", std::strerror(errno))};
    }
  }
}

}  // namespace pcx::cli
