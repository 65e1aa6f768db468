// One TCP connection of one shard, with TLS inside when the origin wants it. Writes and reads at
// once, and waits for the socket only when it would block.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "http/tls_channel.h"
#include "load/origins.h"
#include "load/poller.h"
#include "load/socket.h"
#include "load/wheel.h"

namespace pcx::load {

// Called from the shard's thread. May close the connection, send on it and let it go.
class ConnectionListener {
 public:
  virtual ~ConnectionListener() = default;
  virtual void on_open() = 0;  // bytes may be sent; with TLS after the handshake
  virtual void on_bytes(std::string_view bytes) = 0;
  // It is closed: "" in order, by the peer; otherwise the system's name ("ECONNREFUSED"), or one of
  // TLS. Not called for one's own close().
  virtual void on_end(const std::string& error) = 0;
};

// As agentkeepalive, which Artillery uses, has them.
inline constexpr std::chrono::seconds kInactiveMax{8};  // neither read nor written, also connecting
inline constexpr std::chrono::seconds kIdleMax{4};      // used by nobody

// What all connections of a shard share.
struct ConnectionTools {
  Poller& poller;
  Wheel* wheel = nullptr;          // nullptr: they may stand still for as long as they like
  http::TlsClient* tls = nullptr;  // nullptr: no origin wants it
  std::string buffer = std::string(std::size_t{64} * 1024, '\0');  // for reading, one at a time
  std::string plain;                                               // decrypted
  std::int64_t files_exhausted = 0;     // times that no descriptor was to be had
  std::int64_t ports_exhausted = 0;     // times that no local port was
  std::int64_t open = 0, open_max = 0;  // sockets
};

class Connection : public boost::intrusive_ref_counter<Connection, boost::thread_unsafe_counter>,
                   private Timer,
                   private Watched {
 public:
  // Both outlive it.
  Connection(ConnectionTools& tools, Origin& origin);
  ~Connection() override;

  // nullptr: nobody listens; what comes meanwhile closes the connection, and so does kIdleMax.
  void listen(ConnectionListener* listener);
  // To the first of the origin's addresses that answers. on_open() or on_end() follow, later: with
  // "ERR_SOCKET_TIMEOUT" when nothing has moved for kInactiveMax, now or ever after.
  void open();
  // REQUIRES: is_open(). What the socket does not take at once is sent when it can be.
  void send(std::string_view bytes, Instant now);
  // on_end() is not called.
  void close();

  bool is_open() const { return is_open_; }
  bool is_closed() const { return is_closed_; }
  Origin& origin() const { return origin_; }
  // Steps of opening it; the last is when on_open() was called.
  struct Steps {
    Instant began{}, connected{}, secured{};
  };
  const Steps& steps() const { return steps_; }
  // When bytes last came or went; in on_bytes() and on_end(): when these came.
  Instant stirred() const { return stirred_; }

 private:
  void on_time() override;
  void on_ready(std::uint32_t events) override;
  void arm(Instant due);
  void connect();
  void on_connected(int failed);
  void read();
  void take(std::string_view bytes);
  void take_plain(std::string_view bytes);
  void flush();
  void release_socket();
  void end(const std::string& error);
  void end_by(int failed);

  ConnectionTools& tools_;
  Origin& origin_;
  Socket socket_;
  tcp::endpoint address_;
  std::size_t tried_ = 0;  // addresses
  std::unique_ptr<http::TlsChannel> tls_;
  ConnectionListener* listener_ = nullptr;
  std::string unsent_;
  bool is_open_ = false;
  bool is_closed_ = false;
  bool is_watched_ = false;
  bool is_connecting_ = false;
  bool has_more_ = false;  // read() goes on in the loop's next round
  bool has_last_ = false;  // the peer has said its last: what is to be read ends
  Steps steps_;
  Instant stirred_{};   // when it was last read or written
  Instant fires_at_{};  // of its timer
};
using ConnectionPtr = boost::intrusive_ptr<Connection>;

// "ECONNREFUSED"; "EUNKNOWN" for what has no name.
std::string system_error_name(int number);

}  // namespace pcx::load
