#include "load/own_connections.h"

#include <algorithm>
#include <utility>

namespace pcx::load {

OwnConnections::OwnConnections(ConnectionTools& tools) : tools_(tools) {}

OwnConnections::~OwnConnections() {
  for (const auto& opening : openings_) {
    opening->connection->listen(nullptr);
    opening->connection->close();
  }
  for (const ConnectionPtr& connection : idle_) connection->close();
}

void OwnConnections::ask(Origin& origin, Client& client) {
  std::erase_if(idle_, [](const ConnectionPtr& one) { return one->is_closed(); });
  const auto fits = std::find_if(idle_.begin(), idle_.end(), [&](const ConnectionPtr& one) {
    return &one->origin() == &origin;
  });
  if (fits != idle_.end()) {
    ConnectionPtr connection = std::move(*fits);
    idle_.erase(fits);
    return client.on_connection(std::move(connection), /*opened=*/false);
  }
  auto opening = std::make_unique<Opening>();
  opening->owner = this;
  opening->client = &client;
  opening->connection = new Connection{tools_, origin};
  opening->connection->listen(opening.get());
  const ConnectionPtr connection = opening->connection;
  openings_.push_back(std::move(opening));
  connection->open();
}

std::unique_ptr<OwnConnections::Opening> OwnConnections::take(Opening& opening) {
  const auto place = std::find_if(openings_.begin(), openings_.end(),
                                  [&](const auto& one) { return one.get() == &opening; });
  auto taken = std::move(*place);
  openings_.erase(place);
  return taken;
}

void OwnConnections::hand_over(Opening& opening) {
  const auto taken = take(opening);
  taken->connection->listen(nullptr);
  taken->client->on_connection(taken->connection, /*opened=*/true);
}

void OwnConnections::give_up(Opening& opening, const std::string& error) {
  const auto taken = take(opening);
  taken->client->on_no_connection(error.empty() ? "ECONNRESET" : error);
}

void OwnConnections::cancel(Client& client) {
  const auto place = std::find_if(openings_.begin(), openings_.end(),
                                  [&](const auto& one) { return one->client == &client; });
  if (place == openings_.end()) return;
  const auto taken = std::move(*place);
  openings_.erase(place);
  taken->connection->listen(nullptr);
  taken->connection->close();
}

void OwnConnections::give_back(ConnectionPtr connection) { idle_.push_back(std::move(connection)); }

void OwnConnections::forget(const ConnectionPtr&) {}

}  // namespace pcx::load
