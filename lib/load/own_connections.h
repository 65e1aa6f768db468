// A user's own connections, as Artillery has them: opened at the first request, kept alive for as
// long as the user lives and uses them: see kIdleMax. A parallel step has several.
#pragma once

#include <memory>
#include <vector>

#include "load/exchange.h"

namespace pcx::load {

class OwnConnections final : public Connections {
 public:
  explicit OwnConnections(ConnectionTools& tools);
  ~OwnConnections() override;

  void ask(Origin& origin, Client& client) override;
  void cancel(Client& client) override;
  void give_back(ConnectionPtr connection) override;
  void forget(const ConnectionPtr& connection) override;

 private:
  // A connection that is being opened for somebody.
  struct Opening final : ConnectionListener {
    OwnConnections* owner;
    ConnectionPtr connection;
    Client* client;
    void on_open() override { owner->hand_over(*this); }
    void on_bytes(std::string_view) override {}
    void on_end(const std::string& error) override { owner->give_up(*this, error); }
  };
  void hand_over(Opening& opening);
  void give_up(Opening& opening, const std::string& error);
  std::unique_ptr<Opening> take(Opening& opening);

  ConnectionTools& tools_;
  std::vector<ConnectionPtr> idle_;
  std::vector<std::unique_ptr<Opening>> openings_;
};

}  // namespace pcx::load
