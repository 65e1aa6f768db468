#include "cli/commands/load_live.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/grouped.h"
#include "core/text.h"
#include "core/time.h"
#include "load/arrivals.h"
#include "load/figures.h"

namespace pcx::cli {

namespace {

using load::Glimpse;

double rounded(double number) { return std::round(number * 10) / 10; }

// "200", "0.3"
std::string rate_text(double rate) {
  if (rate >= 10) return grouped(std::llround(rate));
  return fmt::format("{}", rounded(rate));
}

std::string left_text(const Glimpse& glimpse) {
  const auto left = static_cast<std::int64_t>(std::ceil(glimpse.length_s - glimpse.elapsed_s));
  if (left <= 0) return "all have started";
  if (left < 60) return fmt::format("{} s left", left);
  return to_short_text(std::chrono::seconds{left}) + " left";
}

std::string latency_text(const char* name, double ms) {
  return fmt::format(", {} {} ms", name, load::ms_text(std::llround(ms * 1000)));
}

}  // namespace

LoadLive::LoadLive(std::vector<load::Phase> phases, const load::Part& part)
    : phases_(std::move(phases)), part_(part) {}

// In the middle of the second that is over.
double LoadLive::asked_rate(const Glimpse& glimpse) const {
  const std::chrono::duration<double> middle{glimpse.elapsed_s - 0.5};
  const auto at = std::chrono::duration_cast<std::chrono::nanoseconds>(middle);
  return load::rate_at(phases_, at) / part_.count;
}

// With those that maxVusers left out: they were on time.
double LoadLive::rate(const Glimpse& glimpse) const {
  const double seconds = glimpse.elapsed_s - last_.elapsed_s;
  const std::int64_t users = glimpse.created + glimpse.skipped - last_.created - last_.skipped;
  return seconds > 0 ? static_cast<double>(users) / seconds : 0;
}

LoadLive::Line LoadLive::line(const Glimpse& glimpse) {
  const double asked = asked_rate(glimpse);
  const double achieved = rate(glimpse);
  last_ = glimpse;
  const bool is_over = glimpse.elapsed_s >= glimpse.length_s;

  Line line;
  line.sentence = left_text(glimpse);
  if (!is_over) {
    line.sentence += fmt::format(", {} of {} users/s", rate_text(achieved), rate_text(asked));
  }
  line.sentence += fmt::format(", {} active", grouped(glimpse.active));
  if (glimpse.p50_ms) line.sentence += latency_text("p50", *glimpse.p50_ms);
  if (glimpse.p99_ms) line.sentence += latency_text("p99", *glimpse.p99_ms);
  line.sentence += glimpse.errors == 0 ? ", no errors"
                                       : fmt::format(", {} error{}", grouped(glimpse.errors),
                                                     glimpse.errors == 1 ? "" : "s");

  Document& figures = line.figures;
  figures.set("elapsed_s", rounded(glimpse.elapsed_s));
  figures.set("left_s", rounded(std::max(0.0, glimpse.length_s - glimpse.elapsed_s)));
  figures.set("asked_rate", rounded(asked));
  figures.set("rate", rounded(achieved));
  figures.set("created", glimpse.created);
  figures.set("active", glimpse.active);
  figures.set("requests", glimpse.requests);
  figures.set("responses", glimpse.responses);
  figures.set("errors", glimpse.errors);
  if (glimpse.p50_ms) figures.set("p50_ms", *glimpse.p50_ms);
  if (glimpse.p99_ms) figures.set("p99_ms", *glimpse.p99_ms);
  return line;
}

}  // namespace pcx::cli
