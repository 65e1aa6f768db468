#include "load/socket.h"

#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace pcx::load {

int Socket::connect(const tcp::endpoint& address) {
  file_ = Descriptor{::socket(address.protocol().family(),
                              SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
  if (!file_.is_open()) return errno;
  const int at_once = 1;  // the end of a long request does not wait for the peer's ACK
  if (::setsockopt(number(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once) != 0) return errno;
  const auto size = static_cast<socklen_t>(address.size());
  if (::connect(number(), address.data(), size) == 0 || errno == EINPROGRESS) return 0;
  return errno;
}

int Socket::error() const {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(number(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

bool Socket::Moved::would_block() const { return error == EAGAIN || error == EWOULDBLOCK; }

Socket::Moved Socket::read(char* buffer, std::size_t size) const {
  const ssize_t bytes = ::recv(number(), buffer, size, 0);
  if (bytes < 0) return {.bytes = 0, .error = errno};
  return {.bytes = static_cast<std::size_t>(bytes), .error = 0};
}

Socket::Moved Socket::write(std::string_view bytes) const {
  const ssize_t sent = ::send(number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0) return {.bytes = 0, .error = errno};
  return {.bytes = static_cast<std::size_t>(sent), .error = 0};
}

}  // namespace pcx::load
