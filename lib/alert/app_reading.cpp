#include "alert/app_reading.h"

#include <chrono>
#include <utility>

#include "core/time.h"

namespace pcx::alert {
namespace {

using namespace std::chrono;

double number_in(const Document& document, std::string_view key) {
  const Document* const found = document.find(key);
  if (found == nullptr || !found->is_scalar()) return 0;
  if (const auto* const whole = std::get_if<std::int64_t>(&found->scalar())) {
    return static_cast<double>(*whole);
  }
  const auto* const real = std::get_if<double>(&found->scalar());
  return real == nullptr ? 0 : *real;
}

std::optional<Time> time_in(const Document& document, std::string_view key) {
  const Document* const found = document.find(key);
  if (found == nullptr || found->text() == nullptr) return std::nullopt;
  return parse_rfc3339(*found->text());
}

void set_time(Document& document, const char* key, std::optional<Time> time) {
  if (time) document.set(key, to_rfc3339(*time));
}

Document values_of(Time at, const AppState& state) {
  Document values;
  values.set("looks", state.looks).set("unready", state.unready);
  if (state.read_at == at) values.set("counters", to_document(state.totals.total()));
  Document rest;
  rest.set("totals", state.totals.to_document());
  set_time(rest, "read_at", state.read_at);
  set_time(rest, "not_before", state.not_before);
  set_time(rest, "login_refused_at", state.login_refused_at);
  values.set("state", std::move(rest));
  return values;
}

// What only the newest reading has to know.
void forget_state(Reading& reading) {
  Document kept = Document::object();
  if (reading.values.is_object()) {
    for (const auto& [key, value] : reading.values.members()) {
      if (key != "state") kept.set(key, value);
    }
  }
  reading.values = std::move(kept);
}

// How far apart readings of that age are kept; zero: not at all.
milliseconds spacing_of(milliseconds age) {
  if (age <= 1h) return 1min;
  if (age <= 24h) return 10min;
  return age <= 31 * 24h ? milliseconds{1h} : 0ms;
}

auto place_of(Time at, milliseconds spacing) {
  return floor<milliseconds>(at.time_since_epoch()) / spacing;
}

void thin(std::vector<Reading>& readings, Time now) {
  std::vector<Reading> kept;
  for (Reading& each : readings) {
    const milliseconds spacing = spacing_of(floor<milliseconds>(now - each.at));
    if (spacing == 0ms) continue;
    const bool is_first =
        kept.empty() || place_of(kept.back().at, spacing) != place_of(each.at, spacing);
    if (is_first) kept.push_back(std::move(each));
  }
  readings = std::move(kept);
}

}  // namespace

AppState state_of(const std::vector<Reading>& readings) {
  AppState state;
  if (readings.empty()) return state;
  const Document& values = readings.back().values;
  state.looks = number_in(values, "looks");
  state.unready = number_in(values, "unready");
  const Document* const rest = values.find("state");
  if (rest == nullptr) return state;
  const Document* const totals = rest->find("totals");
  if (totals != nullptr) state.totals = AppTotals::of(*totals);
  state.read_at = time_in(*rest, "read_at");
  state.not_before = time_in(*rest, "not_before");
  state.login_refused_at = time_in(*rest, "login_refused_at");
  return state;
}

void append_reading(std::vector<Reading>& readings, Time at, const AppState& state) {
  std::erase_if(readings, [&](const Reading& each) { return each.at >= at; });
  if (!readings.empty()) forget_state(readings.back());
  thin(readings, at);
  readings.push_back({.at = at, .values = values_of(at, state)});
}

}  // namespace pcx::alert
