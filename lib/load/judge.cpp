#include "load/judge.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/javascript.h"
#include "core/text.h"
#include "load/figures.h"
#include "load/metric.h"

namespace pcx::load {

namespace {

using Judged = Result::Judged;

// Thousandths are the resolution of what was measured.
std::string number_text(double value) {
  return javascript::number_text(std::round(value * 1000) / 1000);
}

void add_new(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

// Figures that a demand asked for, in the order in which it names them.
struct Asked {
  std::vector<std::string> found, missing, assumed;

  void add(const std::string& name, const Metric& metric) {
    if (!metric.value) {
      add_new(missing, name);
    } else {
      add_new(found, fmt::format("{} = {}", name, number_text(*metric.value)));
    }
    if (metric.is_assumed) add_new(assumed, name);
  }
  std::string found_text() const {
    if (missing.empty()) return join(found, ", ");
    return fmt::format("{} {} never measured", join(missing, ", "),
                       missing.size() == 1 ? "was" : "were");
  }
};

Judged judged(const Demand& demand, std::string what, bool is_met, std::string found) {
  return {std::move(what), is_met, demand.is_strict, std::move(found), demand.place};
}

Judged threshold(const Demand& demand, const Result& result, Asked& asked) {
  const std::string what = fmt::format("{} < {}", demand.text, number_text(demand.limit));
  const Metric metric = metric_of(result, demand.text);
  asked.add(demand.text, metric);
  if (!metric.value) return judged(demand, what, false, "was never measured");
  return judged(demand, what, *metric.value < demand.limit, number_text(*metric.value));
}

// Names that the expression did not look at are no reason to miss it.
Judged condition(const Demand& demand, const Result& result, Asked& asked) {
  std::vector<std::string> names;
  const auto number_of = [&](std::string_view name) {
    names.emplace_back(name);
    return names.size() - 1;
  };
  const Expression expression = Expression::parse(demand.text, {}, number_of);
  std::vector<bool> is_needed(names.size());
  const Value value = expression.evaluate([&](std::size_t number) -> Value {
    is_needed[number] = true;
    const Metric metric = metric_of(result, names[number]);
    return metric.value ? Value{*metric.value} : Value{};
  });
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Metric metric = metric_of(result, names[i]);
    if (is_needed[i] || metric.value) asked.add(names[i], metric);
  }
  return judged(demand, demand.text, asked.missing.empty() && value.is_truthy(),
                asked.found_text());
}

Judged error_rate(const Demand& demand, const Result& result) {
  const std::string what = fmt::format("error rate <= {} %", number_text(demand.limit));
  const auto created = static_cast<double>(count_of(result.counters, "vusers.created"));
  if (created == 0) return judged(demand, what, false, "no user was created");
  const auto completed = static_cast<double>(count_of(result.counters, "vusers.completed"));
  const double percent = (created - completed) / created * 100;
  return judged(demand, what, percent <= demand.limit, number_text(percent) + " %");
}

Judged checked(const Demand& demand, const Result& result, const std::string& what,
               const std::string& prefix) {
  const auto count = [&](const char* outcome) {
    const std::string name = prefix + outcome + demand.text;
    return count_of(result.counters, name) + count_of(result.counters, kAlonePrefix + name);
  };
  const std::int64_t held = count("ok.");
  const std::int64_t failed = count("failed.");
  const std::string all = grouped(held + failed);
  const std::string found = held + failed == 0 ? "was never checked"
                            : failed == 0      ? all + " held"
                                               : grouped(failed) + " of " + all + " failed";
  return judged(demand, what + demand.text, failed == 0 && held > 0, found);
}

Judged judge_one(const Demand& demand, const Result& result, Asked& asked) {
  switch (demand.kind) {
    case Demand::Kind::threshold: return threshold(demand, result, asked);
    case Demand::Kind::condition: return condition(demand, result, asked);
    case Demand::Kind::error_rate: return error_rate(demand, result);
    case Demand::Kind::expectation: return checked(demand, result, "expect ", "plugins.expect.");
    case Demand::Kind::check: return checked(demand, result, "check ", "pcx.check.");
  }
  return {};
}

}  // namespace

void judge(Result& result) {
  std::vector<Judged> all;
  for (const Demand& demand : result.demands) {
    Asked asked;
    all.push_back(judge_one(demand, result, asked));
    for (const std::string& name : asked.assumed) {
      add_new(result.notes, name +
                                " was never counted and taken as 0; Artillery would take the "
                                "check as failed");
    }
  }
  result.judged = std::move(all);
}

bool is_passed(const Result& result) {
  return std::all_of(result.judged.begin(), result.judged.end(),
                     [](const Judged& one) { return one.is_met || !one.is_strict; });
}

}  // namespace pcx::load
