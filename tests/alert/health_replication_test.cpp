#include <cmath>

#include <gmock/gmock.h>

#include "tests/alert/health_rig.h"
#include "tests/race/standby.h"

namespace pcx::alert {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

class HealthOfReplicas : public HealthRig {
 protected:
  // As it comes: a standby does not start with limits lower than its primary's.
  static void SetUpTestSuite() { start_server({}); }
};

TEST_F(HealthOfReplicas, HasNoLagWithoutAny) {
  const InputSet inputs = read();
  EXPECT_EQ(value(inputs, "standbys"), 0);
  EXPECT_EQ(value(inputs, "in_recovery"), 0);
  EXPECT_THAT(samples(inputs, "replication_lag_bytes"), IsEmpty());
  EXPECT_THAT(samples(inputs, "replay_lag_bytes"), IsEmpty());
}

TEST_F(HealthOfReplicas, IsMeasuredOnBothSides) {
  const testing::Standby standby{server()};
  db::Database replica = standby.connect();
  const auto has_all = [&] {
    return value("replication_lag_bytes", "walreceiver") == 0 &&
           value(read(replica), "replay_lag_bytes") == 0;
  };
  // Idle: nothing is late, however long ago the last transaction was.
  EXPECT_TRUE(eventually(has_all));
  EXPECT_EQ(value("standbys"), 1);
  EXPECT_EQ(value("transaction_seconds"), 0);  // of the walsender
  EXPECT_EQ(value("replication_lag_seconds", "walreceiver"), 0);
  const InputSet idle = read(replica);
  EXPECT_THAT(idle.failures(), IsEmpty());
  EXPECT_EQ(value(idle, "in_recovery"), 1);
  EXPECT_EQ(value(idle, "wal_receiver_up"), 1);
  EXPECT_EQ(value(idle, "replay_lag_seconds"), 0);

  sql("CREATE TABLE public.first_one (id int)");  // the time of a replayed transaction is known
  EXPECT_TRUE(
      eventually([&] { return !sql(replica, "SELECT pg_last_xact_replay_timestamp()").empty(); }));
  sql(replica, "SELECT pg_wal_replay_pause()");
  EXPECT_TRUE(eventually(
      [&] { return sql(replica, "SELECT pg_get_wal_replay_pause_state()") == "paused"; }));
  sql("CREATE TABLE public.stock AS SELECT generate_series(1, 10000) AS id");
  EXPECT_TRUE(eventually([&] { return value(read(replica), "replay_lag_bytes") > 100'000; }));
  EXPECT_THAT(value("replication_lag_bytes", "walreceiver"), Gt(100'000));
  EXPECT_THAT(value(read(replica), "replay_lag_seconds"), AllOf(Gt(0), Lt(600)));

  sql(replica, "SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(eventually(has_all));
  EXPECT_EQ(value(read(replica), "replay_lag_seconds"), 0);
}

}  // namespace
}  // namespace pcx::alert
