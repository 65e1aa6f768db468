// A TCP socket that never blocks. Failures are errno values; 0 is none.
#pragma once

#include <cstddef>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "core/descriptor.h"

namespace pcx::load {

using boost::asio::ip::tcp;

class Socket {
 public:
  // Begins to connect; whether it has come about, error() says when the socket is ready.
  int connect(const tcp::endpoint& address);
  int error() const;

  struct Moved {
    std::size_t bytes = 0;
    int error = 0;
    bool would_block() const;
  };
  // No bytes and no error: the peer has ended.
  Moved read(char* buffer, std::size_t size) const;
  Moved write(std::string_view bytes) const;

  bool is_open() const { return file_.is_open(); }
  int number() const { return file_.number(); }
  void close() { file_ = Descriptor{}; }

 private:
  Descriptor file_;
};

}  // namespace pcx::load
