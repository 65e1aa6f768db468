#include "db/listen.h"

#include <deque>
#include <utility>

#include <pqxx/notification>

#include "core/clock.h"
#include "core/error.h"
#include "db/identifier.h"
#include "db/session.h"

namespace pcx::db {

// libpqxx calls it while it waits; LISTEN and UNLISTEN are sent by its base class.
class Listener::Receiver final : public pqxx::notification_receiver {
 public:
  Receiver(pqxx::connection_base& connection, const std::string& channel)
      : notification_receiver(connection, channel) {}

  void operator()(const std::string& payload, int backend_pid) override {
    arrived.push_back({channel(), payload, backend_pid});
  }

  std::deque<Notification> arrived;
};

Listener::Listener(Database& database, const std::string& channel) : database_(database) {
  database.require_session_state();
  if (quote_identifier(channel) != '"' + channel + '"') {  // libpqxx 6.4 would not double quotes
    throw Error{ErrorCode::data, "the name of a channel cannot hold a quotation mark"};
  }
  Session& session = database.session();
  session.translated("listen",
                     [&] { receiver_ = std::make_unique<Receiver>(session.pqxx(), channel); });
}

Listener::~Listener() = default;

std::optional<Notification> Listener::wait(std::chrono::milliseconds timeout) {
  using std::chrono::microseconds;
  SystemClock clock;  // real time: the socket does not know any other
  const auto until = clock.steady_now() + timeout;
  Session& session = database_.session();
  for (bool is_first = true; receiver_->arrived.empty(); is_first = false) {
    const auto left = std::chrono::duration_cast<microseconds>(until - clock.steady_now());
    if (left < microseconds{0} && !is_first) return std::nullopt;
    const auto span = std::max(left, microseconds{0}).count();
    session.translated("wait for a notification", [&] {
      session.pqxx().await_notification(span / 1'000'000, span % 1'000'000);
    });
    if (!session.is_alive()) throw session.last_error("wait for a notification", "");
  }
  Notification next = std::move(receiver_->arrived.front());
  receiver_->arrived.pop_front();
  return next;
}

}  // namespace pcx::db
