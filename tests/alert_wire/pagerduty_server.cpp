// PagerDuty's Events API on the loopback, strict (tests/alert/pagerduty_model.h), for tests with
// real processes.
//
// usage: pagerduty_server [PERCENT SEED]
//
// Writes its URL on stdout and ends when its standard input does. GET /model answers with what it
// knows: {"bodies": [...], "faults": [...], "incidents": [{"routing_key", "dedup_key", "actions",
// "opened", "dropped", "is_resolved"}]}. PERCENT of events are not taken: 429 with Retry-After,
// 500, a reset, or taken and then no answer; which ones, SEED says.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/json.h"
#include "core/random.h"
#include "tests/alert/pagerduty_model.h"

namespace {

using namespace pcx;
using namespace pcx::alert;

Document texts(const std::vector<std::string>& all) {
  Document list = Document::array();
  for (const std::string& each : all) list.add(each);
  return list;
}

Document incidents_of(const PagerDutyModel& model) {
  Document list = Document::array();
  for (const auto& found : model.incidents()) {
    Document incident = Document::object();
    incident.set("routing_key", found.first.first);
    incident.set("dedup_key", found.first.second);
    incident.set("actions", texts(found.second.actions));
    incident.set("opened", found.second.opened);
    incident.set("dropped", found.second.dropped);
    incident.set("is_resolved", found.second.state == PagerDutyIncident::State::resolved);
    list.add(std::move(incident));
  }
  return list;
}

std::string model_text(const PagerDutyModel& model) {
  Document bodies = Document::array();
  for (const std::string& body : model.bodies()) bodies.add(parse_json(body, "body"));
  Document document = Document::object();
  document.set("bodies", std::move(bodies));
  document.set("faults", texts(model.faults()));
  document.set("incidents", incidents_of(model));
  return to_json(document);
}

testing::Script failure(PagerDutyModel& model, const testing::Received& request, Random& random) {
  switch (random.below(4)) {
    case 0: return testing::answer(429, "", {{"Retry-After", "1"}});
    case 1: return testing::answer(500, "");
    case 2: return testing::reset();
    default: model.take(request); return testing::reset();
  }
}

}  // namespace

int main(int count, char** words) {
  const double share = count > 1 ? std::atof(words[1]) / 100 : 0;
  SeededRandom random{count > 2 ? std::strtoull(words[2], nullptr, 10) : 1};
  PagerDutyModel model;
  testing::LoopbackServer server;
  server.answer_with([&](const testing::Received& request) {
    if (request.target == "/model") return testing::answer(200, model_text(model));
    return random.unit() < share ? failure(model, request, random) : model.take(request);
  });
  std::printf("%s\n", server.url("").c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  return 0;
}
