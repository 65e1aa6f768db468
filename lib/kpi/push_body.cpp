#include "kpi/push_body.h"

#include <map>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::kpi {
namespace {

void append_bodies(std::vector<Body>& bodies, Batch batch, const Encode& encode,
                   std::size_t bytes_max) {
  if (batch.empty()) return;
  std::string text = encode(batch);
  if (text.size() <= bytes_max || batch.size() == 1) {
    bodies.push_back({batch, std::move(text)});
    return;
  }
  const std::size_t half = batch.size() / 2;
  append_bodies(bodies, batch.first(half), encode, bytes_max);
  append_bodies(bodies, batch.subspan(half), encode, bytes_max);
}

void send_or_halve(Outcome& outcome, const Body& body, const Encode& encode,
                   const std::function<Taken(const Body&)>& send) {
  if (send(body) == Taken::yes) {
    outcome.bodies += 1;
    outcome.points += static_cast<int>(body.batch.size());
    return;
  }
  if (body.batch.size() == 1) {
    throw Error{ErrorCode::data, fmt::format("KPI '{}': one number alone is too large a body",
                                             body.batch.front().definition().name)}
        .because("http_413");
  }
  const std::size_t half = body.batch.size() / 2;
  for (const Batch& part : {body.batch.first(half), body.batch.subspan(half)}) {
    send_or_halve(outcome, {part, encode(part)}, encode, send);
  }
}

}  // namespace

std::vector<Body> bodies_of(Batch batch, const Encode& encode, std::size_t bytes_max) {
  std::vector<Body> bodies;
  append_bodies(bodies, batch, encode, bytes_max);
  return bodies;
}

void send_bodies(Outcome& outcome, std::vector<Body> bodies, const Encode& encode,
                 const std::function<Taken(const Body&)>& send) {
  std::size_t all = 0;
  for (const Body& body : bodies) all += body.batch.size();
  with_progress(outcome, all, [&] {
    for (const Body& body : bodies) send_or_halve(outcome, body, encode, send);
  });
}

void with_progress(const Outcome& outcome, std::size_t all, const std::function<void()>& work) {
  try {
    work();
  } catch (Error& error) {
    if (outcome.bodies > 0) {
      error.with_detail(fmt::format("{} of {} numbers were taken before", outcome.points, all));
    }
    throw;
  }
}

void drop_faulty(Outcome& outcome, std::vector<Measurement>& numbers,
                 const std::function<std::string(const Measurement&)>& fault) {
  std::map<std::string, int> faults;
  std::vector<Measurement> kept;
  for (const Measurement& number : numbers) {
    const std::string phrase = fault(number);
    if (phrase.empty()) {
      kept.push_back(number);
    } else {
      ++faults[fmt::format("KPI '{}': {}", number.definition().name, phrase)];
    }
  }
  for (const auto& found : faults) {
    outcome.dropped += found.second;
    outcome.warnings.push_back(
        fmt::format("{} ({})", found.first, counted(found.second, "number")));
  }
  numbers = std::move(kept);
}

}  // namespace pcx::kpi
