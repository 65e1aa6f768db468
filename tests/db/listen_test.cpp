#include "db/listen.h"

#include <thread>

#include <gtest/gtest.h>

#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using std::chrono::milliseconds;
using testing::error_of;

class ListenerTest : public testing::DatabaseFixture {};

void notify(Database& database, const std::string& channel, const std::string& payload) {
  database.query({"test.notify", "SELECT pg_notify($1, $2)"}, {channel, payload});
}

TEST_F(ListenerTest, WakesUpForNews) {
  Database database = connect();
  Database sender = connect();
  Listener listener{database, "Pcx news"};
  std::thread later{[&] { notify(sender, "Pcx news", "caf\xc3\xa9"); }};
  const auto news = listener.wait(milliseconds{10'000});
  later.join();
  ASSERT_TRUE(news);
  EXPECT_EQ(news->channel, "Pcx news");
  EXPECT_EQ(news->payload, "caf\xc3\xa9");
  EXPECT_EQ(news->sender_pid, sender.backend_pid());
}

TEST_F(ListenerTest, KeepsTheOrderOfSeveral) {
  Database database = connect();
  Database sender = connect();
  Listener listener{database, "news"};
  for (const char* payload : {"1", "2", "3"}) notify(sender, "news", payload);
  for (const char* payload : {"1", "2", "3"}) {
    EXPECT_EQ(listener.wait(milliseconds{10'000})->payload, payload);
  }
  EXPECT_EQ(listener.wait(milliseconds{0}), std::nullopt);
}

TEST_F(ListenerTest, LosesNothingThatArrivesDuringATransaction) {
  Database database = connect();
  Database sender = connect();
  Listener listener{database, "news"};
  notify(sender, "news", "before");
  {
    Transaction tx = database.begin();
    notify(sender, "news", "during");
    tx.query({"test.one", "SELECT 1"});
    tx.commit();
  }
  database.query({"test.one", "SELECT 1"});
  EXPECT_EQ(listener.wait(milliseconds{10'000})->payload, "before");
  EXPECT_EQ(listener.wait(milliseconds{10'000})->payload, "during");
}

TEST_F(ListenerTest, ReturnsAfterItsTimeout) {
  Database database = connect();
  Listener listener{database, "news"};
  EXPECT_EQ(listener.wait(milliseconds{5}), std::nullopt);
}

TEST_F(ListenerTest, IsWokenByADescriptor) {
  Database database = connect();
  Listener listener{database, "news"};
  Interrupt stop;
  const InterruptWatch watch{&stop};
  std::thread later{[&] { stop.request(Interrupt::Signal::terminate); }};
  EXPECT_EQ(listener.wait(std::chrono::hours{24 * 365}, watch.number()), std::nullopt);
  later.join();
  notify(database, "news", "first");  // what has arrived is told all the same
  EXPECT_EQ(listener.wait(milliseconds{10'000}, watch.number())->payload, "first");
}

TEST_F(ListenerTest, NoticesALostConnection) {
  Database database = connect();
  Database admin = connect();
  Listener listener{database, "news"};
  admin.query({"test.kill", "SELECT pg_terminate_backend($1, 10000)"}, {database.backend_pid()});
  EXPECT_EQ(error_of([&] { listener.wait(milliseconds{10'000}); }).code(), ErrorCode::unreachable);
}

TEST_F(ListenerTest, StopsListeningAtItsEnd) {
  Database database = connect();
  { const Listener listener{database, "news"}; }
  EXPECT_TRUE(database.query({"test.ask", "SELECT pg_listening_channels()"}).empty());
}

TEST_F(ListenerTest, RefusesANameItCannotQuote) {
  Database database = connect();
  EXPECT_EQ(error_of([&] { Listener(database, "a\"b"); }).code(), ErrorCode::data);
}

}  // namespace
}  // namespace pcx::db
