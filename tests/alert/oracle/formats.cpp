// pcx's side of the comparisons in this folder: a question a line, an answer a line, both JSON.
//
// usage: alert_formats ranges|perfdata|metrics|quantiles <questions
//        alert_formats health                   the health metrics, as they would be exposed
//
// Runs under the locale of its environment, as a plugin of a monitoring system does.
#include <charconv>
#include <clocale>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "alert/app_counters.h"
#include "alert/health.h"
#include "alert/nagios.h"
#include "alert/prometheus_text.h"
#include "core/error.h"
#include "core/json.h"

namespace {

using namespace pcx;
using namespace pcx::alert;

std::string word(const Document& object, const char* key) { return *object.find(key)->text(); }

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string written(double value) {
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::optional<double> optional_number(const Document& object, const char* key) {
  const std::string text = word(object, key);
  return text.empty() ? std::nullopt : std::optional{number(text)};
}

// {"range": "@10:20", "values": ["9.5", "nan"]}
Document answer_range(const Document& question) {
  const Range range = parse_range(word(question, "range"));
  Document alerts = Document::array();
  for (const Document& value : question.find("values")->items()) {
    alerts.add(range.is_alert(number(*value.text())));
  }
  Document answer;
  answer.set("start", written(range.start)).set("end", written(range.end));
  answer.set("inverted", range.is_inverted).set("text", to_string(range));
  answer.set("alerts", std::move(alerts));
  return answer;
}

Document answer_perfdata(const Document& question) {
  const PerfData data{.label = word(question, "label"),
                      .value = optional_number(question, "value"),
                      .warning = word(question, "warning"),
                      .critical = word(question, "critical")};
  return Document{}.set("text", to_string(data));
}

Document answer_metrics(const Document& question) {
  Document answer = Document::array();
  for (const auto& [name, sample] : parse_prometheus_text(word(question, "text"), "text")) {
    Document labels = Document::object();
    for (const auto& [label, value] : sample.labels) labels.set(label, value);
    answer.add(Document::array().add(name).add(std::move(labels)).add(written(sample.value)));
  }
  return Document{}.set("samples", std::move(answer));
}

// {"quantile": "0.95", "buckets": {"0.1": "4", "inf": "10"}}
Document answer_quantile(const Document& question) {
  std::map<double, double> buckets;
  for (const auto& [bound, count] : question.find("buckets")->members()) {
    buckets[number(bound)] = number(*count.text());
  }
  const double quantile = number(word(question, "quantile"));
  return Document{}.set("value", written(histogram_quantile(quantile, buckets)));
}

Document answered(const std::function<Document(const Document&)>& answer,
                  const Document& question) {
  try {
    return answer(question);
  } catch (const Error& error) {
    return Document{}.set("error", to_string(error.code())).set("message", error.what());
  }
}

void write_health() {
  for (const HealthMetric& metric : health_metrics()) {
    std::cout << "# HELP " << metric.name << ' ' << metric.help << "\n# TYPE " << metric.name
              << " gauge\n"
              << metric.name << " 1\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && argv[1] == std::string_view{"health"}) return write_health(), 0;
  const std::map<std::string, std::function<Document(const Document&)>> answers{
      {"ranges", answer_range},
      {"perfdata", answer_perfdata},
      {"metrics", answer_metrics},
      {"quantiles", answer_quantile}};
  const auto found = answers.find(argc == 2 ? argv[1] : "");
  if (found == answers.end()) return 64;
  if (std::setlocale(LC_ALL, "") == nullptr) return 65;
  // What the C library would write tells whether this is the locale that was meant.
  std::cout << std::localeconv()->decimal_point << '\n';
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << to_json(answered(found->second, parse_json(line, "question"))) << '\n';
  }
  return 0;
}
