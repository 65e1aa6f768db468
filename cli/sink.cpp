#include "cli/sink.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::cli {

void write_stdout(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      throw Error{ErrorCode::io,
                  fmt::format("cannot write to standard output: {}", std::strerror(errno))};
    }
  }
}

}  // namespace pcx::cli
