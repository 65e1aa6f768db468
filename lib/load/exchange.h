// One request of one user, up to its last answer: connection, redirects, time-out.
#pragma once

#include <string>

#include "load/answer.h"
#include "load/connection.h"
#include "load/cookie_jar.h"
#include "load/origins.h"
#include "load/plan.h"
#include "load/tally.h"
#include "load/wheel.h"

namespace pcx::load {

// Where an exchange gets its connections from: a user's own, or a pool. REQUIRES of all: on the
// shard's thread.
class Connections {
 public:
  // Who waits for one.
  class Client {
   public:
    virtual ~Client() = default;
    // `opened`: it was opened for this.
    virtual void on_connection(ConnectionPtr connection, bool opened) = 0;
    virtual void on_no_connection(const std::string& error) = 0;
  };
  virtual ~Connections() = default;

  // Answers at once, or later; until then cancel() takes the wish back.
  virtual void ask(Origin& origin, Client& client) = 0;
  virtual void cancel(Client& client) = 0;
  // Back, to be used again.
  virtual void give_back(ConnectionPtr connection) = 0;
  // It is closed, or will be.
  virtual void forget(const ConnectionPtr& connection) = 0;
};

// What all exchanges of a shard use.
struct ExchangeTools {
  const Plan& plan;
  Origins& origins;
  Wheel& wheel;
  Tally& tally;
  Time (*wall_now)();
  bool follows_everywhere = false;               // redirects to other hosts, too
  std::string url{}, text{}, body{}, cookies{};  // scratch
};

class Exchange : private ConnectionListener, private Connections::Client, private Timer {
 public:
  struct Outcome {
    const Answer* answer = nullptr;  // nullptr: it failed
    std::string error;               // its name then
  };
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_outcome(const Outcome& outcome) = 0;  // may begin the next one
  };

  Exchange(ExchangeTools& tools, Connections& connections, Owner& owner);
  ~Exchange() override;  // as abort()

  // `jar` and `request` outlive it. Outcomes that are known at once come through the owner, too,
  // before begin() returns.
  void begin(const Request& request, const Scope& scope, CookieJar& jar, std::size_t phase,
             Instant intended);
  // No outcome comes any more. A request that was under way is counted as an error, "aborted".
  void abort();
  bool is_running() const { return request_ != nullptr; }

 private:
  void ask_for_connection();
  void on_connection(ConnectionPtr connection, bool opened) override;
  void on_no_connection(const std::string& error) override;
  void on_open() override {}
  void on_bytes(std::string_view bytes) override;
  void on_end(const std::string& error) override;
  void on_time() override;

  void send();
  void take_head(Instant came);
  void take_answer(Instant came);
  void set_cookies();
  void keep_cookies(const Answer& answer);
  http::Url url() const;
  bool redirects() const;
  void follow(const std::string& url);
  void release(bool reusable);
  void let_go();
  void count_failure(const std::string& error);
  void fail(std::string error);
  void refuse(std::string error);
  void finish(const Outcome& outcome);

  static constexpr int kRedirectsMax = 10;

  ExchangeTools& tools_;
  Connections& connections_;
  Owner& owner_;
  const Request* request_ = nullptr;  // nullptr: idle
  const Scope* scope_ = nullptr;
  CookieJar* jar_ = nullptr;
  std::size_t phase_ = 0;
  Origin* origin_ = nullptr;
  std::string target_;
  std::string method_;
  bool with_body_ = true;
  bool with_credentials_ = true;
  bool with_cookies_ = false;
  std::string trace_parent_;
  int redirects_ = 0;
  Timing timing_;
  ConnectionPtr connection_;
  bool is_waiting_ = false;  // for a connection
  AnswerReader reader_;
};

}  // namespace pcx::load
