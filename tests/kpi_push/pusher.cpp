// The sample report by every output and target, for tests with the real ones.
//
// usage: kpi_pusher prometheus|openmetrics          on stdout
//        kpi_pusher otlp|newrelic                   the body, on stdout
//        kpi_pusher numbers                         "METRIC TENANT VALUE", tab-separated, on stdout
//        kpi_pusher push-textfile FILE
//        kpi_pusher push-pushgateway URL            and one group that the next one finds stale
//        kpi_pusher push-pushgateway-again URL      without the last tenant, stale groups are
//        deleted
#include <cstdio>
#include <string>

#include "core/clock.h"
#include "core/error.h"
#include "core/time.h"
#include "http/http_transport.h"
#include "kpi/exposition.h"
#include "kpi/push_newrelic.h"
#include "kpi/push_otlp.h"
#include "kpi/push_pushgateway.h"
#include "kpi/push_textfile.h"
#include "tests/kpi/sample_report.h"

namespace {

using namespace pcx;
using namespace pcx::kpi;

Report report_of_run() {
  Report report = sample_report();
  report.runtime = {*parse_rfc3339("2026-03-09T04:10:00.007Z"),
                    "1:1:", std::chrono::milliseconds{42}};
  report.tenants[1].slug = "south/\"2\" \\ \u00e9";  // a path and a label cannot hold it as it is
  return report;
}

std::string numbers(const Report& report) {
  std::string lines;
  for (const Measurement& number : measurements(report)) {
    if (number.part) continue;
    lines += metric_name(number.definition(), report.currency) + "\t" + number.tenant->label() +
             "\t" + number.digits() + "\n";
  }
  return lines;
}

std::string text_of(const std::string& what) {
  const Report report = report_of_run();
  const auto all = measurements(report);
  if (what == "prometheus") return exposition(report, TextFormat::prometheus);
  if (what == "openmetrics") return exposition(report, TextFormat::openmetrics);
  if (what == "otlp") return encode_otlp(all, report, "1.2.3");
  if (what == "newrelic") return encode_newrelic(all);
  if (what == "numbers") return numbers(report);
  throw Error{ErrorCode::usage, "no output is called " + what};
}

Outcome push_to_gateway(const std::string& url, bool again) {
  Report report = report_of_run();
  if (again) report.days.pop_back();
  SystemClock clock;
  SystemRandom random;
  const Interrupt interrupt;
  const PushTools tools{.connect =
                            [](std::chrono::milliseconds timeout) {
                              return std::make_unique<http::HttpTransport>(
                                  http::HttpOptions{.total_timeout = timeout});
                            },
                        .clock = clock,
                        .random = random,
                        .interrupt = interrupt,
                        .deadline = clock.steady_now() + std::chrono::seconds{20}};
  return push_pushgateway(report, {.url = url, .delete_stale = again}, tools);
}

Outcome push(const std::string& what, const std::string& target) {
  if (what == "push-textfile") return push_textfile(report_of_run(), target);
  if (what == "push-pushgateway") return push_to_gateway(target, false);
  if (what == "push-pushgateway-again") return push_to_gateway(target, true);
  throw Error{ErrorCode::usage, "no target is called " + what};
}

}  // namespace

int main(int count, char** words) try {
  const std::string what = count > 1 ? words[1] : "";
  if (count > 2) {
    const Outcome outcome = push(what, words[2]);
    std::printf("%d bodies, %d points, %d deleted\n", outcome.bodies, outcome.points,
                outcome.deleted);
    return 0;
  }
  const std::string text = text_of(what);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
} catch (const Error& error) {
  std::fprintf(stderr, "kpi_pusher: %s %s\n", error.what(), error.hint().c_str());
  return 1;
}
