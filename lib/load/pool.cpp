#include "load/pool.h"

#include <algorithm>
#include <utility>

namespace pcx::load {

class Pool::Door final : public Connections {
 public:
  explicit Door(Pool& pool) : pool_(pool) {}
  void ask(Origin& origin, Client& client) override { pool_.ask(origin, client); }
  void cancel(Client& client) override { pool_.cancel(client); }
  void give_back(ConnectionPtr connection) override { pool_.give_back(std::move(connection)); }
  void forget(const ConnectionPtr& connection) override { pool_.forget(&connection->origin()); }

 private:
  Pool& pool_;
};

struct Pool::Opening final : ConnectionListener {
  Pool* pool = nullptr;
  ConnectionPtr connection;
  Wish wish{};

  void on_open() override {
    const auto self = take();
    connection->listen(nullptr);
    wish.client->on_connection(connection, /*opened=*/true);
  }
  void on_bytes(std::string_view) override {}
  void on_end(const std::string& error) override {
    const auto self = take();
    pool->forget(&connection->origin());
    wish.client->on_no_connection(error.empty() ? "ECONNRESET" : error);
  }
  // Out of the pool's list, and alive until the caller is done.
  std::unique_ptr<Opening> take() {
    const auto place = std::find_if(pool->openings_.begin(), pool->openings_.end(),
                                    [&](const auto& one) { return one.get() == this; });
    auto taken = std::move(*place);
    pool->openings_.erase(place);
    return taken;
  }
};

Pool::Pool(ConnectionTools& tools, std::size_t size) : tools_(tools), size_(size) {}

Pool::~Pool() {
  for (const auto& opening : openings_) {
    opening->connection->listen(nullptr);
    opening->connection->close();
  }
  for (auto& [origin, branch] : branches_) {
    for (const ConnectionPtr& connection : branch.idle) connection->close();
  }
}

void Pool::close() {
  is_closing_ = true;
  for (auto& [origin, branch] : branches_) branch.waiting.clear();
}

std::unique_ptr<Connections> Pool::door() { return std::make_unique<Door>(*this); }

void Pool::ask(Origin& origin, Connections::Client& client) {
  Branch& branch = branches_[&origin];
  while (!branch.idle.empty()) {
    ConnectionPtr connection = std::move(branch.idle.back());
    branch.idle.pop_back();
    if (!connection->is_closed()) {
      return client.on_connection(std::move(connection), /*opened=*/false);
    }
    --branch.open;
  }
  if (is_closing_) return;
  if (branch.open < size_) return open({&origin, &client});
  branch.waiting.push_back({&origin, &client});
}

void Pool::open(const Wish& wish) {
  ++branches_[wish.origin].open;
  auto opening = std::make_unique<Opening>();
  opening->pool = this;
  opening->wish = wish;
  opening->connection = new Connection{tools_, *wish.origin};
  opening->connection->listen(opening.get());
  const ConnectionPtr connection = opening->connection;
  openings_.push_back(std::move(opening));
  connection->open();
}

void Pool::cancel(Connections::Client& client) {
  for (auto& [origin, branch] : branches_) {
    std::erase_if(branch.waiting, [&](const Wish& wish) { return wish.client == &client; });
  }
  const auto place = std::find_if(openings_.begin(), openings_.end(),
                                  [&](const auto& one) { return one->wish.client == &client; });
  if (place == openings_.end()) return;
  const auto taken = std::move(*place);
  openings_.erase(place);
  taken->connection->listen(nullptr);
  taken->connection->close();
  forget(&taken->connection->origin());
}

void Pool::give_back(ConnectionPtr connection) {
  Branch& branch = branches_[&connection->origin()];
  if (branch.waiting.empty()) {
    branch.idle.push_back(std::move(connection));
    return;
  }
  const Wish wish = branch.waiting.front();
  branch.waiting.pop_front();
  wish.client->on_connection(std::move(connection), /*opened=*/false);
}

void Pool::forget(const Origin* origin) {
  Branch& branch = branches_[origin];
  --branch.open;
  serve_next(branch);
}

void Pool::serve_next(Branch& branch) {
  if (branch.waiting.empty() || branch.open >= size_) return;
  const Wish wish = branch.waiting.front();
  branch.waiting.pop_front();
  open(wish);
}

}  // namespace pcx::load
