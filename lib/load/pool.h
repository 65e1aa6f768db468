// `http.pool`: so many connections that all users of a shard share. Who finds none waits, in order.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "load/exchange.h"

namespace pcx::load {

class Pool {
 public:
  // For each origin. REQUIRES: size > 0
  Pool(ConnectionTools& tools, std::size_t size);
  ~Pool();

  // Who waits is not served any more, and nothing is opened: all users are given up.
  void close();

  // A user's door to it.
  std::unique_ptr<Connections> door();

 private:
  class Door;
  struct Wish {
    Origin* origin;
    Connections::Client* client;
  };
  struct Opening;
  struct Branch {  // of one origin
    std::vector<ConnectionPtr> idle;
    std::size_t open = 0;  // idle, lent and being opened
    std::deque<Wish> waiting;
  };
  void ask(Origin& origin, Connections::Client& client);
  void cancel(Connections::Client& client);
  void give_back(ConnectionPtr connection);
  void forget(const Origin* origin);
  void open(const Wish& wish);
  void serve_next(Branch& branch);

  ConnectionTools& tools_;
  std::size_t size_;
  bool is_closing_ = false;
  std::map<const Origin*, Branch> branches_;
  std::vector<std::unique_ptr<Opening>> openings_;
};

}  // namespace pcx::load
