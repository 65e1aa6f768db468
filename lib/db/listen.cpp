#include "db/listen.h"

#include <algorithm>
#include <deque>
#include <poll.h>
#include <utility>

#include <libpq-fe.h>
#include <pqxx/notification>

#include "core/clock.h"
#include "core/error.h"
#include "db/identifier.h"
#include "db/session.h"

namespace pcx::db {

namespace {

// Whether `wake` ended the waiting. A signal ends it, too: the caller looks and waits again.
bool wait_for(int socket, int wake, std::chrono::nanoseconds span) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(span);
  const auto turn = std::min(left, milliseconds{std::chrono::hours{1}});  // poll(2) takes an int
  pollfd waited[] = {{socket, POLLIN, 0}, {wake, POLLIN, 0}};
  ::poll(waited, 2, static_cast<int>(turn.count()));
  return waited[1].revents != 0;
}

}  // namespace

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

std::optional<Notification> Listener::wait(std::chrono::milliseconds timeout, int wake) {
  SystemClock clock;  // real time: the socket does not know any other
  const auto until = clock.steady_now() + timeout;
  Session& session = database_.session();
  for (bool is_over = false;;) {
    session.translated("wait for a notification",
                       [&] { session.pqxx().await_notification(0, 0); });  // looks, and waits not
    if (!session.is_alive()) throw session.last_error("wait for a notification", "");
    if (!receiver_->arrived.empty()) break;
    const auto left = until - clock.steady_now();
    if (is_over || left <= left.zero()) return std::nullopt;
    is_over = wait_for(PQsocket(session.raw()), wake, left);
  }
  Notification next = std::move(receiver_->arrived.front());
  receiver_->arrived.pop_front();
  return next;
}

}  // namespace pcx::db
