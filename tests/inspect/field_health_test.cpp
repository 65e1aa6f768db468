#include "inspect/field_health.h"

#include <gmock/gmock.h>

#include "rotate/fence.h"
#include "tests/inspect/fixture.h"

namespace pcx::inspect {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FieldHealthy : public InspectFixture {
 protected:
  void SetUp() override {
    InspectFixture::SetUp();
    sql("CREATE TABLE public.clients (id text PRIMARY KEY, ssn text, card text)");
  }
  FieldHealth health() {
    return *read_field_health(database(), {field("clients", "ssn"), field("clients", "card"),
                                           field("clients", "none"), field("nowhere", "ssn")});
  }
  void rotated(const char* outcome) {
    sql(std::string{"INSERT INTO pcx.rotation (target_key, mode, plaintext, finished_at, outcome) "
                    "VALUES (4, 'online', 'leave', clock_timestamp(), '"} +
        outcome + "')");
  }
  void fence(const char* column, const std::vector<KeyId>& keys) {
    SystemClock system_clock;
    const rotate::FenceTools tools{database(), system_clock, interrupt};
    ASSERT_TRUE(rotate::replace_fences(tools, {{field("clients", column), false}}, keys).front());
  }
};

TEST_F(FieldHealthy, HasNothingToSayOfFieldsThatWereNeverRotated) {
  const FieldHealth found = health();
  EXPECT_EQ(found.fields, 2);  // that are there
  EXPECT_EQ(found.quarantined, 0);
  EXPECT_FALSE(found.unfinished);
  EXPECT_THAT(found.unfenced, IsEmpty());
}

TEST_F(FieldHealthy, CountsWhatIsInQuarantine) {
  sql("INSERT INTO pcx.quarantine VALUES ('public', 'clients', 'ssn', '', '{1}', 'plaintext'), "
      "('public', 'clients', 'ssn', '', '{2}', 'malformed'), "
      "('public', 'clients', 'card', '', '{1}', 'malformed')");
  EXPECT_EQ(health().quarantined, 3);
}

TEST_F(FieldHealthy, KnowsForHowLongNobodyWorkedAtARotation) {
  sql("INSERT INTO pcx.rotation (target_key, mode, plaintext, started_at) VALUES (4, 'online', "
      "'leave', clock_timestamp() - interval '50 hours')");
  EXPECT_EQ(std::chrono::floor<hours>(health().unfinished->idle), hours{50});
  EXPECT_EQ(health().unfinished->target_key, 4);
  sql("INSERT INTO pcx.rotation_shard (rotation_id, relation, block_from, block_to, next_block, "
      "updated_at) SELECT id, 1, 0, 9, 0, clock_timestamp() - interval '3 hours' FROM "
      "pcx.rotation");
  EXPECT_EQ(std::chrono::floor<hours>(health().unfinished->idle), hours{3});
  EXPECT_FALSE(health().unfinished->is_paused);
  sql("UPDATE pcx.rotation SET paused_at = clock_timestamp() - interval '30 hours'");
  EXPECT_EQ(std::chrono::floor<hours>(health().unfinished->idle), hours{30});
  EXPECT_TRUE(health().unfinished->is_paused);
}

TEST_F(FieldHealthy, NamesFieldsThatACompleteRotationShouldHaveFenced) {
  rotated("findings");
  EXPECT_THAT(health().unfenced, IsEmpty());
  rotated("complete");
  fence("ssn", {3, 4});  // between two keys
  EXPECT_THAT(health().unfenced, ElementsAre("clients.card"));
  fence("card", {4});
  EXPECT_THAT(health().unfenced, IsEmpty());
  sql("ALTER TABLE public.clients DROP CONSTRAINT pcx_sealed_card_k4");
  rotated("superseded");  // another key was activated meanwhile
  EXPECT_THAT(health().unfenced, ElementsAre("clients.card"));
  rotated("findings");
  EXPECT_THAT(health().unfenced, IsEmpty());
}

TEST_F(FieldHealthy, IsUnknownWithoutASchema) {
  sql("DROP SCHEMA pcx CASCADE");
  EXPECT_FALSE(read_field_health(database(), {field("clients", "ssn")}));
}

}  // namespace
}  // namespace pcx::inspect
