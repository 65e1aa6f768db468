// A proxy between a program under test and a PostgreSQL server. It takes the conversation apart
// into messages, so that a test can strike between any two of them.
//
// Format: PostgreSQL 15 documentation, chapter 55. TCP on the loopback, without encryption: when
// the client asks for TLS or GSSAPI the proxy itself says no. For conversations, not for bulk data:
// it writes with blocking calls.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace pcx::testing {

class WireProxy {
 public:
  struct Message {
    int number = 0;      // from 1, of all connections and both directions
    int connection = 0;  // from 1
    bool from_client = false;
    char type = '\0';       // '\0': a start-up packet or a cancel request
    std::string_view body;  // what follows the length; as long as the observer runs
  };
  enum class Then {
    carry_on,
    cut,  // close all connections at once; what is not passed on yet is lost
  };
  // Called after each message that was passed on, before the next one is.
  using Observer = std::function<Then(const Message&)>;

  // Something that happens a while after run() was called; the proxy does nothing meanwhile.
  struct Alarm {
    std::chrono::microseconds after;
    std::function<Then()> act;
  };

  // In front of the server that listens on `server_port` of 127.0.0.1.
  explicit WireProxy(int server_port);
  WireProxy(const WireProxy&) = delete;
  WireProxy& operator=(const WireProxy&) = delete;
  ~WireProxy();

  // As the superuser.
  std::string url(const std::string& database) const;

  // Carries messages until the child process `client` has ended; its exit status, or 128 + signal.
  // Kills it and throws std::runtime_error after two minutes.
  int run(pid_t client, const Observer& observe, std::optional<Alarm> alarm = std::nullopt);

 private:
  class Connection;
  using Deadline = std::chrono::steady_clock::time_point;

  void accept_client();
  // Waits for what comes and passes it on. False when `client` has ended.
  bool turn(int client, const Observer& observe, Deadline until);
  void apply(Then then);

  int server_port_ = 0;
  int listener_ = -1;
  int port_ = 0;
  int messages_ = 0;
  int accepted_ = 0;
  std::list<Connection> connections_;
};

}  // namespace pcx::testing
