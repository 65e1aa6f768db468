#include <gmock/gmock.h>

#include "alert/store.h"
#include "tests/alert/store_fixture.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::IsEmpty;

class AlertHistory : public StoreFixture {
 protected:
  void keep(std::vector<Event> events) {
    DatabaseStore kept = store();
    Memory memory = kept.load();
    memory.new_events = std::move(events);
    kept.save(memory);
  }
  std::vector<std::string> ids(const HistoryQuery& query,
                               const std::string& environment = "production") {
    std::vector<std::string> all;
    for (const Event& event : read_history(database(), environment, query)) {
      all.push_back(event.id);
    }
    return all;
  }
};

TEST_F(AlertHistory, GivesBackWhatWasSaved) {
  Event event = sample_event("event-1", at(1) + std::chrono::milliseconds{7});
  event.by = "ada";
  Event bare{.id = "event-2",
             .at = at(0),
             .kind = "merged",
             .alert_id = {},
             .dedup_key = {},
             .labels = {},
             .text = {},
             .by = {}};
  keep({event, bare});
  EXPECT_THAT(read_history(database(), "production", {}), ElementsAre(event, bare));
  EXPECT_THAT(ids({}, "staging"), IsEmpty());
}

TEST_F(AlertHistory, BeginsWithTheNewestAndKeepsTheOrderOfARun) {
  keep({sample_event("first", at(60)), sample_event("second", at(60)), sample_event("a", at(60))});
  keep({sample_event("from_a_file", at(0)), sample_event("next", at(120))});
  EXPECT_THAT(ids({}), ElementsAre("next", "a", "second", "first", "from_a_file"));
}

TEST_F(AlertHistory, WritesAnEventOnce) {
  keep({sample_event("event-1", at(1))});
  keep({sample_event("event-1", at(2)), sample_event("event-2", at(2))});
  EXPECT_THAT(ids({}), ElementsAre("event-2", "event-1"));
}

TEST_F(AlertHistory, IsAskedByTimeKindAndLabels) {
  std::vector<Event> events;
  for (int i = 0; i < 6; ++i) {
    events.push_back(sample_event("event-" + std::to_string(i), at(i)));
    events.back().kind = i % 2 == 0 ? "fired" : "resolved";
    events.back().labels = {{"tenant", i < 3 ? "north" : "south"}};
  }
  keep(events);
  EXPECT_THAT(ids({.from = at(3)}), ElementsAre("event-5", "event-4", "event-3"));
  EXPECT_THAT(ids({.kind = "resolved"}), ElementsAre("event-5", "event-3", "event-1"));
  EXPECT_THAT(ids({.matchers = {{"tenant", MatchKind::equal, "north"}}}),
              ElementsAre("event-2", "event-1", "event-0"));
  EXPECT_THAT(
      ids({.matchers = {{"tenant", MatchKind::matches, "n.*"}, {"team", MatchKind::equal, ""}},
           .kind = "fired"}),
      ElementsAre("event-2", "event-0"));
  EXPECT_THAT(ids({.matchers = {{"tenant", MatchKind::equal, "north"},
                                {"tenant", MatchKind::equal, "south"}}}),
              IsEmpty());
}

TEST_F(AlertHistory, IsReadWholeOverManyPages) {
  std::vector<Event> events;
  for (int i = 0; i < 2500; ++i) {
    events.push_back(sample_event("event-" + std::to_string(i), at(i / 7)));
    events.back().labels = {{"n", std::to_string(i % 2)}};
  }
  keep(events);
  EXPECT_EQ(ids({.rows_max = 2400}).size(), 2400u);
  const auto odd = ids({.matchers = {{"n", MatchKind::matches, "1"}}, .rows_max = 2000});
  ASSERT_EQ(odd.size(), 1250u);
  EXPECT_EQ(odd.back(), "event-1");

  const auto all = ids({.rows_max = 3000});
  ASSERT_EQ(all.size(), 2500u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i], "event-" + std::to_string(2499 - i));
  }
}

TEST_F(AlertHistory, RefusesWhatItCannotAnswer) {
  for (const int rows : {0, -1, kHistoryRowsMax + 1}) {
    EXPECT_EQ(error_of([&] { ids({.rows_max = rows}); }).code(), ErrorCode::usage);
  }
}

}  // namespace
}  // namespace pcx::alert
