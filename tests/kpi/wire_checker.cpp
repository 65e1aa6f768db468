#include "tests/kpi/wire_checker.h"

#include <algorithm>
#include <set>

#include "core/json.h"

namespace pcx::kpi {
namespace {

using Strings = std::set<std::string>;

class Checker {
 public:
  std::vector<std::string> faults;

  void require(bool holds, const std::string& fault) {
    if (!holds) faults.push_back(fault);
  }

  // The members of an object with known keys only, `needed` among them.
  bool object(const Document& document, const std::string& where, const Strings& needed,
              const Strings& optional = {}) {
    if (!document.is_object()) {
      faults.push_back(where + " is no object");
      return false;
    }
    for (const auto& member : document.members()) {
      require(needed.contains(member.first) || optional.contains(member.first),
              where + " has the key " + member.first);
    }
    for (const std::string& key : needed) {
      require(document.find(key) != nullptr, where + " has no " + key);
    }
    return true;
  }

  // The items of a list that is not empty.
  std::vector<Document> list(const Document* document, const std::string& where) {
    const bool is_list = document && document->is_array() && !document->items().empty();
    require(is_list, where + " is no list, or empty");
    return is_list ? document->items() : std::vector<Document>{};
  }

  std::string text(const Document* document, const std::string& where, std::size_t bytes_max) {
    const std::string* const found = document ? document->text() : nullptr;
    require(found != nullptr, where + " is no text");
    if (found == nullptr) return {};
    require(found->size() <= bytes_max, where + " is too long");
    return *found;
  }

  void number(const Document* document, const std::string& where) {
    const bool is_number = document && document->is_scalar() &&
                           (std::holds_alternative<std::int64_t>(document->scalar()) ||
                            std::holds_alternative<double>(document->scalar()));
    require(is_number, where + " is no number");
  }

  // A 64-bit integer as a string.
  void long_text(const Document* document, const std::string& where) {
    const std::string digits = text(document, where, 20);
    const std::size_t sign = digits.starts_with('-') ? 1 : 0;
    require(
        digits.size() > sign && digits.find_first_not_of("0123456789", sign) == std::string::npos,
        where + " is no integer in a string");
  }

  void request(const testing::Received& request, const std::string& target) {
    require(request.method == "POST", "method " + request.method);
    require(request.target == target, "path " + request.target);
    require(request.header("Content-Type") == "application/json", "Content-Type");
    require(request.header("Content-Encoding").empty(), "Content-Encoding");
    require(request.body.size() <= 1'000'000, "body of more than 1,000,000 bytes");
  }
};

Document parsed(const std::string& body) { return parse_json(body, "body"); }

// Names of attributes that are not the API's own.
bool is_free_attribute(const std::string& key) {
  static const Strings kReserved{"interval.ms", "timestamp",  "value",        "common",
                                 "min",         "max",        "count",        "sum",
                                 "metrics",     "metricName", "endTimestamp", "newrelic.source"};
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '.' || c == '_';
  };
  return !key.empty() && key.size() <= 255 && std::ranges::all_of(key, is_allowed) &&
         !kReserved.contains(key) && !key.starts_with("entity.");
}

std::size_t newrelic_attributes(Checker& checker, const Document* attributes,
                                const std::string& where) {
  if (attributes == nullptr) return 0;
  if (!attributes->is_object()) {
    checker.faults.push_back(where + ": attributes are no object");
    return 0;
  }
  for (const auto& member : attributes->members()) {
    checker.require(is_free_attribute(member.first), where + ": attribute " + member.first);
    checker.text(&member.second, where + ": " + member.first, 4096);
  }
  return attributes->members().size();
}

void newrelic_metric(Checker& checker, const Document& metric, std::size_t common_attributes,
                     std::int64_t now_ms) {
  if (!checker.object(metric, "metric", {"name", "value", "timestamp"}, {"type", "attributes"})) {
    return;
  }
  const std::string name = checker.text(metric.find("name"), "name", 254);
  checker.require(!name.empty(), "a name is empty");
  if (const Document* const type = metric.find("type")) {
    checker.require(type->text() && *type->text() == "gauge", name + ": type");
  }
  checker.number(metric.find("value"), name + ": value");
  const Document* const time = metric.find("timestamp");
  const auto* const ms =
      time && time->is_scalar() ? std::get_if<std::int64_t>(&time->scalar()) : nullptr;
  checker.require(ms && *ms >= now_ms - 48 * 3'600'000LL && *ms <= now_ms + 24 * 3'600'000LL,
                  name + ": timestamp");
  const std::size_t own = newrelic_attributes(checker, metric.find("attributes"), name);
  checker.require(own + common_attributes <= 100, name + ": more than 100 attributes");
}

void otlp_attributes(Checker& checker, const Document* attributes, const std::string& where) {
  Strings keys;
  for (const Document& each : checker.list(attributes, where + ": attributes")) {
    if (!checker.object(each, where + ": attribute", {"key", "value"})) continue;
    const std::string key = checker.text(each.find("key"), where + ": key", 255);
    checker.require(keys.insert(key).second, where + ": two attributes " + key);
    const Document* const value = each.find("value");
    if (value && checker.object(*value, where + ": value of " + key, {"stringValue"})) {
      checker.text(value->find("stringValue"), where + ": " + key, 4095);
    }
  }
}

void otlp_point(Checker& checker, const Document& point, const std::string& where) {
  if (!checker.object(point, where, {"timeUnixNano", "attributes"}, {"asInt", "asDouble"})) return;
  checker.long_text(point.find("timeUnixNano"), where + ": timeUnixNano");
  const bool is_int = point.find("asInt") != nullptr;
  checker.require(is_int != (point.find("asDouble") != nullptr),
                  where + ": one of asInt, asDouble");
  if (is_int) checker.long_text(point.find("asInt"), where + ": asInt");
  if (!is_int) checker.number(point.find("asDouble"), where + ": asDouble");
  otlp_attributes(checker, point.find("attributes"), where);
}

void otlp_metric(Checker& checker, const Document& metric, Strings& names) {
  if (!checker.object(metric, "metric", {"name", "unit", "gauge"}, {"description"})) return;
  const std::string name = checker.text(metric.find("name"), "name", 255);
  checker.require(names.insert(name).second, "two metrics " + name);
  const std::string unit = checker.text(metric.find("unit"), name + ": unit", 63);
  checker.require(!unit.empty() && unit.find(' ') == std::string::npos, name + ": unit " + unit);
  const Document* const gauge = metric.find("gauge");
  if (gauge == nullptr || !checker.object(*gauge, name + ": gauge", {"dataPoints"})) return;
  for (const Document& point : checker.list(gauge->find("dataPoints"), name + ": dataPoints")) {
    otlp_point(checker, point, name);
  }
}

void otlp_scope_metrics(Checker& checker, const Document& of_scope, Strings& names) {
  if (!checker.object(of_scope, "scopeMetrics", {"scope", "metrics"})) return;
  checker.object(*of_scope.find("scope"), "scope", {"name", "version"});
  for (const Document& metric : checker.list(of_scope.find("metrics"), "metrics")) {
    otlp_metric(checker, metric, names);
  }
}

}  // namespace

std::vector<std::string> newrelic_faults(const testing::Received& request, const std::string& key,
                                         Time now) {
  Checker checker;
  checker.request(request, "/metric/v1");
  checker.require(request.header("Api-Key") == key, "Api-Key");
  const auto now_ms = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  const Document body = parsed(request.body);
  for (const Document& part : checker.list(&body, "body")) {
    if (!checker.object(part, "part", {"metrics"}, {"common"})) continue;
    std::size_t common_attributes = 0;
    if (const Document* const common = part.find("common")) {
      checker.object(*common, "common", {}, {"timestamp", "interval.ms", "attributes"});
      common_attributes = newrelic_attributes(checker, common->find("attributes"), "common");
    }
    for (const Document& metric : checker.list(part.find("metrics"), "metrics")) {
      newrelic_metric(checker, metric, common_attributes, now_ms);
    }
  }
  return checker.faults;
}

std::vector<std::string> otlp_faults(const testing::Received& request) {
  Checker checker;
  checker.request(request, "/v1/metrics");
  const Document body = parsed(request.body);
  if (!checker.object(body, "body", {"resourceMetrics"})) return checker.faults;
  Strings names;
  for (const Document& of : checker.list(body.find("resourceMetrics"), "resourceMetrics")) {
    if (!checker.object(of, "resourceMetrics", {"resource", "scopeMetrics"})) continue;
    if (checker.object(*of.find("resource"), "resource", {"attributes"})) {
      otlp_attributes(checker, of.find("resource")->find("attributes"), "resource");
    }
    for (const Document& of_scope : checker.list(of.find("scopeMetrics"), "scopeMetrics")) {
      otlp_scope_metrics(checker, of_scope, names);
    }
  }
  return checker.faults;
}

std::vector<Document> newrelic_metrics(const std::string& body) {
  return parsed(body).items().at(0).find("metrics")->items();
}

std::vector<Document> otlp_metrics(const std::string& body) {
  const Document of_resource = parsed(body).find("resourceMetrics")->items().at(0);
  return of_resource.find("scopeMetrics")->items().at(0).find("metrics")->items();
}

}  // namespace pcx::kpi
