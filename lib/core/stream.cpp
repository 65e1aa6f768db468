#include "core/stream.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;

}  // namespace

void wait_until_readable(int descriptor, const InterruptWatch& watch) {
  pollfd waited[] = {{descriptor, POLLIN, 0}, {watch.number(), POLLIN, 0}};
  while (::poll(waited, 2, -1) < 0) {
    if (errno != EINTR) return;  // what is wrong, reading says
  }
}

std::string read_stream(int descriptor, std::string_view name, std::size_t bytes_max,
                        Interrupt& interrupt) {
  const InterruptWatch watch{&interrupt};
  std::string text;
  std::size_t used = 0;
  while (true) {
    wait_until_readable(descriptor, watch);
    interrupt.throw_if_requested();
    text.resize(used + kBlockBytes);
    const ssize_t got = ::read(descriptor, text.data() + used, kBlockBytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw Error{ErrorCode::io, fmt::format("cannot read {}: {}", name, std::strerror(errno))};
    }
    used += static_cast<std::size_t>(got);
    if (used > bytes_max) {
      throw Error{ErrorCode::data, fmt::format("{} is longer than {} bytes", name, bytes_max)};
    }
    if (got == 0) break;
  }
  text.resize(used);
  return text;
}

}  // namespace pcx
