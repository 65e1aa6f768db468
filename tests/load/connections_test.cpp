#include <algorithm>
#include <functional>
#include <memory>

#include <gmock/gmock.h>

#include "load/own_connections.h"
#include "load/pool.h"
#include "tests/load/target.h"
#include "tests/support/loopback_server.h"
#include "tests/support/temporary_folder.h"

namespace pcx::load {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

// Who wants a connection, and speaks on it.
class Waiter : public Connections::Client, public ConnectionListener {
 public:
  void on_connection(ConnectionPtr given, bool opened) override {
    connection = std::move(given);
    was_opened = opened;
    connection->listen(this);
  }
  void on_no_connection(const std::string& why) override { error = why; }
  void on_open() override { is_open = true; }
  void on_bytes(std::string_view some) override { bytes += some; }
  void on_end(const std::string& why) override {
    has_ended = true;
    error = why;
  }
  ConnectionPtr take() {
    connection->listen(nullptr);
    return std::exchange(connection, nullptr);
  }

  ConnectionPtr connection;
  bool was_opened = false, is_open = false, has_ended = false;
  std::string error, bytes;
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n"; }

class Shards : public ::testing::Test {
 protected:
  static Origin origin_of(std::uint16_t port, const std::string& scheme = "http") {
    Origin origin;
    origin.text = scheme + "://127.0.0.1:" + std::to_string(port);
    origin.url = http::parse_url(origin.text);
    origin.addresses = {{boost::asio::ip::make_address("127.0.0.1"), port}};
    origin.answering = 1;
    return origin;
  }
  void wait_until(const std::function<bool()>& holds) {
    const Instant deadline = now() + seconds{10};
    Poller::Alarm patience{poller, [](Instant, Instant) {}};
    patience.set(deadline);
    while (!holds() && now() < deadline) poller.turn();
    EXPECT_TRUE(holds());
  }
  // Nothing is under way any more.
  void run_dry() {
    wait_until([&] { return poller.is_idle(); });
  }
  static std::uint16_t closed_port() { return TargetServer{{}}.port(); }

  Target target;
  Poller poller;
  ConnectionTools tools{.poller = poller};
  Origin origin = origin_of(target.port());
  Origin nobody = origin_of(closed_port());
};

// --- Connection

TEST_F(Shards, OpenAConnectionLater) {
  Waiter waiter;
  const ConnectionPtr connection{new Connection{tools, origin}};
  connection->listen(&waiter);
  connection->open();
  EXPECT_FALSE(waiter.is_open);
  wait_until([&] { return waiter.is_open; });
  EXPECT_TRUE(connection->is_open());
  EXPECT_LE(connection->steps().began, connection->steps().connected);
  EXPECT_EQ(connection->steps().connected, connection->steps().secured);
  EXPECT_EQ(tools.open, 1);
  connection->send(get("/echo"), now());
  wait_until([&] { return waiter.bytes.ends_with("}"); });
  connection->close();
  EXPECT_EQ(tools.open, 0);
  EXPECT_EQ(tools.open_max, 1);
  run_dry();
  EXPECT_FALSE(waiter.has_ended);  // it was one's own end
}

TEST_F(Shards, SendMoreThanASocketTakes) {
  Waiter waiter;
  const ConnectionPtr connection{new Connection{tools, origin}};
  connection->listen(&waiter);
  connection->open();
  wait_until([&] { return waiter.is_open; });
  const std::string body(12'000'000, 'x');
  connection->send("POST /mirror HTTP/1.1\r\nHost: t\r\nContent-Length: 12000000\r\n\r\n", now());
  connection->send(body.substr(0, 7'000'000), now());
  connection->send(body.substr(7'000'000), now());
  wait_until([&] { return waiter.bytes.size() > body.size(); });
  EXPECT_TRUE(waiter.bytes.ends_with(body));
}

TEST_F(Shards, SayHowAConnectionEnded) {
  const auto end_of = [&](const std::string& path) {
    Waiter waiter;
    const ConnectionPtr connection{new Connection{tools, origin}};
    connection->listen(&waiter);
    connection->open();
    wait_until([&] { return waiter.is_open; });
    connection->send(get(path), now());
    wait_until([&] { return waiter.has_ended; });
    EXPECT_TRUE(connection->is_closed());
    return waiter.error;
  };
  EXPECT_EQ(end_of("/leave"), "");
  EXPECT_EQ(end_of("/reset"), "ECONNRESET");
}

TEST_F(Shards, ReadSoMuchAtOnceAndNoMore) {
  tools.buffer.resize(16);
  Waiter waiter;
  const ConnectionPtr connection{new Connection{tools, origin}};
  connection->listen(&waiter);
  connection->open();
  wait_until([&] { return waiter.is_open; });
  connection->send(get("/bytes/100000"), now());
  std::size_t most = 0, before = 0;
  wait_until([&] {
    most = std::max(most, waiter.bytes.size() - before);
    before = waiter.bytes.size();
    return before > 100'000;
  });
  EXPECT_GT(most, 0u);
  EXPECT_LE(most, 2u * 16u * 16u);  // in a round: for what has come, and what was left for later
}

TEST_F(Shards, GiveUpAConnectionThatStandsStill) {
  const Instant start = std::chrono::steady_clock::now();
  Wheel wheel{start};
  tools.wheel = &wheel;
  Waiter waiter;
  const ConnectionPtr opening{new Connection{tools, origin}};
  opening->listen(&waiter);
  opening->open();
  wheel.advance(start + seconds{7});
  EXPECT_FALSE(waiter.has_ended);
  wheel.advance(start + seconds{9});
  EXPECT_TRUE(waiter.has_ended);  // while it was being opened
  EXPECT_EQ(waiter.error, "ERR_SOCKET_TIMEOUT");
  EXPECT_EQ(tools.open, 0);
  run_dry();
}

TEST_F(Shards, CountTheTimeOfAConnectionFromItsLastByte) {
  const Instant start = std::chrono::steady_clock::now();
  Wheel wheel{start};
  tools.wheel = &wheel;
  Waiter waiter;
  const ConnectionPtr connection{new Connection{tools, origin}};
  connection->listen(&waiter);
  connection->open();
  wait_until([&] { return waiter.is_open; });
  connection->send(get("/delay/300"), now());
  wait_until([&] { return !waiter.bytes.empty(); });
  wheel.advance(start + seconds{8} + std::chrono::milliseconds{200});
  EXPECT_FALSE(waiter.has_ended);
  wheel.advance(start + seconds{30});
  EXPECT_EQ(waiter.error, "ERR_SOCKET_TIMEOUT");
}

// Artillery's agent does so, too: who thinks for longer opens another one.
TEST_F(Shards, CloseAConnectionThatIsIdleForLong) {
  Wheel wheel{std::chrono::steady_clock::now()};
  tools.wheel = &wheel;
  OwnConnections own{tools};
  Waiter waiter;
  own.ask(origin, waiter);
  wait_until([&] { return waiter.connection != nullptr; });
  const ConnectionPtr first = waiter.take();
  own.give_back(first);
  const Instant idle = std::chrono::steady_clock::now();
  wheel.advance(idle + seconds{3});
  EXPECT_FALSE(first->is_closed());
  wheel.advance(idle + seconds{5});
  EXPECT_TRUE(first->is_closed());
  own.ask(origin, waiter);
  wait_until([&] { return waiter.connection != nullptr; });
  EXPECT_TRUE(waiter.was_opened);
  EXPECT_NE(waiter.connection, first);
}

TEST_F(Shards, TryTheOtherAddressesOfAName) {
  Waiter waiter;
  Origin two = origin_of(target.port());
  two.addresses.insert(two.addresses.begin(), nobody.addresses.front());
  two.answering = 2;
  const ConnectionPtr connection{new Connection{tools, two}};
  connection->listen(&waiter);
  connection->open();
  wait_until([&] { return waiter.is_open; });
  EXPECT_EQ(two.next_address().port(), target.port());
  EXPECT_EQ(two.next_address().port(), target.port());
}

TEST_F(Shards, SpeakTls) {
  const pcx::testing::CertificateAuthority authority;
  pcx::testing::LoopbackServer server{
      const_cast<pcx::testing::CertificateAuthority&>(authority).issue("IP:127.0.0.1")};
  const pcx::testing::TemporaryFolder folder;
  http::TlsClient trusting{{.ca_file = folder.write("authority.pem", authority.certificate_pem())}};
  http::TlsClient doubting{
      {.ca_file =
           folder.write("other.pem", pcx::testing::CertificateAuthority{}.certificate_pem())}};
  Origin secure = origin_of(server.port(), "https");
  for (http::TlsClient* client : {&trusting, &doubting}) {
    tools.tls = client;
    server.then(pcx::testing::answer(200, std::string(100'000, 'x')));
    Waiter waiter;
    const ConnectionPtr connection{new Connection{tools, secure}};
    connection->listen(&waiter);
    connection->open();
    wait_until([&] { return waiter.is_open || waiter.has_ended; });
    if (client == &doubting) {
      EXPECT_TRUE(waiter.has_ended);
      EXPECT_EQ(waiter.error, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
      break;
    }
    EXPECT_LE(connection->steps().connected, connection->steps().secured);
    connection->send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", now());
    wait_until([&] { return waiter.has_ended; });
    EXPECT_TRUE(waiter.bytes.ends_with(std::string(100'000, 'x')));
    EXPECT_EQ(waiter.error, "");
  }
}

// --- OwnConnections

TEST_F(Shards, GiveAUserItsConnectionAgain) {
  OwnConnections own{tools};
  Waiter waiter;
  own.ask(origin, waiter);
  EXPECT_EQ(waiter.connection, nullptr);
  wait_until([&] { return waiter.connection != nullptr; });
  EXPECT_TRUE(waiter.was_opened);
  const Connection* const first = waiter.connection.get();
  own.give_back(waiter.take());
  own.ask(origin, waiter);
  ASSERT_EQ(waiter.connection.get(), first);
  EXPECT_FALSE(waiter.was_opened);
  Waiter other;
  own.ask(origin, other);  // at the same time, for a parallel step
  wait_until([&] { return other.connection != nullptr; });
  EXPECT_EQ(tools.open, 2);
}

TEST_F(Shards, GiveAUserAConnectionForEachOrigin) {
  Target second;
  Origin other = origin_of(second.port());
  OwnConnections own{tools};
  Waiter waiter;
  own.ask(origin, waiter);
  wait_until([&] { return waiter.connection != nullptr; });
  own.give_back(waiter.take());
  own.ask(other, waiter);
  EXPECT_EQ(waiter.connection, nullptr);
  wait_until([&] { return waiter.connection != nullptr; });
  EXPECT_TRUE(waiter.was_opened);
  EXPECT_EQ(&waiter.connection->origin(), &other);
}

TEST_F(Shards, ForgetAConnectionThatEndedWhileItWasIdle) {
  OwnConnections own{tools};
  Waiter waiter;
  own.ask(origin, waiter);
  wait_until([&] { return waiter.connection != nullptr; });
  waiter.connection->send(get("/leave"), now());
  wait_until([&] { return !waiter.bytes.empty(); });
  const ConnectionPtr first = waiter.take();
  own.give_back(first);
  wait_until([&] { return first->is_closed(); });
  own.ask(origin, waiter);
  wait_until([&] { return waiter.connection != nullptr; });
  EXPECT_TRUE(waiter.was_opened);
}

TEST_F(Shards, CloseAnIdleConnectionThatSpeaks) {
  OwnConnections own{tools};
  Waiter waiter;
  own.ask(origin, waiter);
  wait_until([&] { return waiter.connection != nullptr; });
  waiter.connection->send(get("/delay/20"), now());
  const ConnectionPtr hasty = waiter.take();
  own.give_back(hasty);
  wait_until([&] { return hasty->is_closed(); });
}

TEST_F(Shards, SayWhyAUserHasNoConnection) {
  OwnConnections own{tools};
  Waiter waiter;
  own.ask(nobody, waiter);
  EXPECT_EQ(waiter.error, "");
  wait_until([&] { return !waiter.error.empty(); });
  EXPECT_EQ(waiter.error, "ECONNREFUSED");
  EXPECT_EQ(tools.open, 0);
}

TEST_F(Shards, TakeAWishBack) {
  Waiter waiter;
  {
    OwnConnections own{tools};
    own.cancel(waiter);  // there was none
    own.ask(origin, waiter);
    own.cancel(waiter);
    run_dry();
    EXPECT_EQ(waiter.connection, nullptr);
    own.ask(origin, waiter);
  }
  run_dry();  // the user has ended meanwhile
  EXPECT_EQ(waiter.connection, nullptr);
  EXPECT_EQ(tools.open, 0);
}

TEST_F(Shards, CloseAUsersConnectionsAtItsEnd) {
  Waiter waiter;
  ConnectionPtr connection;
  {
    OwnConnections own{tools};
    own.ask(origin, waiter);
    wait_until([&] { return waiter.connection != nullptr; });
    connection = waiter.take();
    own.give_back(connection);
  }
  EXPECT_TRUE(connection->is_closed());
}

// --- Pool

class Pools : public Shards {
 protected:
  // A connection for whoever asks.
  void lend(Connections& door, Waiter& waiter) {
    door.ask(origin, waiter);
    wait_until([&] { return waiter.connection != nullptr; });
  }
};

TEST_F(Pools, LendInOrder) {
  Pool pool{tools, 1};
  const auto door = pool.door(), other_door = pool.door();
  Waiter first, second, third;
  lend(*door, first);
  EXPECT_TRUE(first.was_opened);
  other_door->ask(origin, second);
  door->ask(origin, third);
  EXPECT_EQ(second.connection, nullptr);
  const ConnectionPtr only = first.take();
  door->give_back(only);
  EXPECT_EQ(second.connection, only);
  EXPECT_FALSE(second.was_opened);
  EXPECT_EQ(third.connection, nullptr);
  other_door->give_back(second.take());
  EXPECT_EQ(third.connection, only);
  door->give_back(third.take());
  door->ask(origin, first);
  EXPECT_EQ(first.connection, only);
  EXPECT_EQ(tools.open_max, 1);
}

TEST_F(Pools, OpenAsManyAsTheyMay) {
  Pool pool{tools, 2};
  const auto door = pool.door();
  Waiter first, second, third;
  lend(*door, first);
  lend(*door, second);
  EXPECT_TRUE(second.was_opened);
  door->ask(origin, third);
  EXPECT_EQ(tools.open, 2);
}

TEST_F(Pools, OpenAnotherForOneThatIsGone) {
  Pool pool{tools, 1};
  const auto door = pool.door();
  Waiter first, second;
  lend(*door, first);
  door->ask(origin, second);
  const ConnectionPtr gone = first.take();
  gone->close();
  door->forget(gone);
  wait_until([&] { return second.connection != nullptr; });
  EXPECT_TRUE(second.was_opened);
}

TEST_F(Pools, OpenAnotherForOneThatEndedWhileItWasIdle) {
  Pool pool{tools, 1};
  const auto door = pool.door();
  Waiter waiter;
  lend(*door, waiter);
  waiter.connection->send(get("/leave"), now());
  wait_until([&] { return !waiter.bytes.empty(); });
  const ConnectionPtr first = waiter.take();
  door->give_back(first);
  wait_until([&] { return first->is_closed(); });
  lend(*door, waiter);
  EXPECT_TRUE(waiter.was_opened);
}

TEST_F(Pools, TellAllWhenNobodyAnswers) {
  Pool pool{tools, 1};
  const auto door = pool.door();
  Waiter first, second, third;
  for (Waiter* waiter : {&first, &second, &third}) door->ask(nobody, *waiter);
  wait_until([&] { return !third.error.empty(); });
  EXPECT_EQ(first.error, "ECONNREFUSED");
  EXPECT_EQ(second.error, "ECONNREFUSED");
  lend(*door, first);  // another origin
}

TEST_F(Pools, TakeWishesBack) {
  Pool pool{tools, 1};
  const auto door = pool.door();
  Waiter first, second, third;
  door->ask(origin, first);
  door->cancel(first);  // while it was being opened
  lend(*door, second);
  door->ask(origin, first);
  door->ask(origin, third);
  door->cancel(first);  // while it waited
  door->give_back(second.take());
  EXPECT_EQ(first.connection, nullptr);
  EXPECT_NE(third.connection, nullptr);
}

TEST_F(Pools, OpenNothingWhileAllAreGivenUp) {
  Pool pool{tools, 1};
  const auto door = pool.door();
  Waiter first, second, third;
  lend(*door, first);
  door->ask(origin, second);
  pool.close();
  const ConnectionPtr gone = first.take();
  gone->close();
  door->forget(gone);
  door->cancel(second);
  door->ask(origin, third);
  run_dry();
  EXPECT_EQ(tools.open, 0);
  EXPECT_EQ(second.connection, nullptr);
  EXPECT_EQ(third.connection, nullptr);
}

TEST_F(Pools, CloseTheirConnectionsAtTheirEnd) {
  Waiter first, second;
  ConnectionPtr idle;
  {
    Pool pool{tools, 2};
    const auto door = pool.door();
    lend(*door, first);
    idle = first.take();
    door->give_back(idle);
    door->ask(origin, first);
    idle = first.take();
    door->give_back(idle);
    door->ask(nobody, second);  // being opened
  }
  EXPECT_TRUE(idle->is_closed());
  run_dry();
  EXPECT_EQ(second.error, "");
  EXPECT_EQ(tools.open, 0);
}

}  // namespace
}  // namespace pcx::load
