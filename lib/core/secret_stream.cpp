#include "core/secret_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/stream.h"

namespace pcx {

namespace {

constexpr std::size_t kFirstBytes = std::size_t{16} * 1024;

[[noreturn]] void throw_unreadable(std::string_view name) {
  throw Error{ErrorCode::io, fmt::format("cannot read {}: {}", name, std::strerror(errno))};
}

// One that is twice as long, with the same first bytes.
Secret grown(const Secret& old, std::size_t size_max) {
  Secret larger = Secret::with_size(std::min(old.size() * 2, size_max));
  std::memcpy(larger.writable_bytes().data(), old.reveal_bytes().data(), old.size());
  return larger;
}

}  // namespace

std::optional<Secret> read_short_secret(int descriptor, std::string_view name,
                                        std::size_t bytes_max, Interrupt* interrupt) {
  const InterruptWatch watch{interrupt};
  const std::size_t size_max = bytes_max + 1;  // by one more byte is known that it is too long
  Secret buffer = Secret::with_size(std::min(kFirstBytes, size_max));
  std::size_t used = 0;
  while (true) {
    wait_until_readable(descriptor, watch);
    if (interrupt != nullptr) interrupt->throw_if_requested();
    const auto room = buffer.writable_bytes().subspan(used);
    const ssize_t got = ::read(descriptor, room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_unreadable(name);
    if (got == 0) return Secret{buffer.reveal_bytes().first(used)};
    used += static_cast<std::size_t>(got);
    if (used > bytes_max) return std::nullopt;
    if (used == buffer.size()) buffer = grown(buffer, size_max);
  }
}

Secret read_secret_stream(int descriptor, std::string_view name, std::size_t bytes_max,
                          Interrupt* interrupt) {
  auto secret = read_short_secret(descriptor, name, bytes_max, interrupt);
  if (secret) return std::move(*secret);
  throw Error{ErrorCode::data, fmt::format("{} is longer than {} bytes", name, bytes_max)};
}

}  // namespace pcx
