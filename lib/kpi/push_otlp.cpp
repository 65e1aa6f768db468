#include "kpi/push_otlp.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "core/date.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "http/answer_words.h"
#include "http/url.h"

namespace pcx::kpi {
namespace {

const char* const kKeyHint = "Check the header with the key, and the region of the URL.";

bool is_transient(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

Document attribute(std::string key, std::string value) {
  Document text;
  text.set("stringValue", std::move(value));
  Document made;
  made.set("key", std::move(key)).set("value", std::move(text));
  return made;
}

std::string nanoseconds_text(Time instant) {
  const auto since = instant.time_since_epoch();
  return fmt::format("{}", std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

bool is_int64(std::string_view digits) {
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, failed] = std::from_chars(digits.data(), end, number);
  return failed == std::errc{} && stopped == end;
}

std::string ucum_unit(const Definition& definition, const std::string& currency) {
  if (definition.kind == Kind::duration) return "s";
  if (definition.kind == Kind::ratio) return "1";
  std::string unit = unit_name(definition, currency);
  std::ranges::replace(unit, ' ', '_');  // annotations of UCUM have no blanks
  return "{" + unit + "}";
}

std::string name_of(const Measurement& number) {
  std::string name = "pcx.kpi." + number.definition().name;
  return number.part ? name + ".by_" + number.definition().by : name;
}

// Two attributes of one name would be one too many.
std::string attribute_name(const std::string& column) {
  return column == "tenant" || column == "day" ? "by_" + column : column;
}

Document data_point(const Measurement& number) {
  Document attributes = Document::array();
  attributes.add(attribute("tenant", number.tenant->label()));
  attributes.add(attribute("day", to_iso_date(number.day->day.date)));
  if (number.part) {
    attributes.add(attribute(attribute_name(number.definition().by), number.part->label));
  }
  Document point;
  if (number.definition().kind == Kind::count && is_int64(number.digits())) {
    point.set("asInt", number.digits());
  } else {
    point.set("asDouble", Document{Cell{Decimal{number.digits()}}});
  }
  point.set("timeUnixNano", nanoseconds_text(number.time()));
  point.set("attributes", std::move(attributes));
  return point;
}

Document metric(const Measurement& first, const Report& report, Document points) {
  const Definition& definition = first.definition();
  Document gauge;
  gauge.set("dataPoints", std::move(points));
  Document made;
  made.set("name", name_of(first));
  made.set("description",
           first.part ? definition.title + " by " + definition.by : definition.title);
  made.set("unit", ucum_unit(definition, report.currency));
  made.set("gauge", std::move(gauge));
  return made;
}

// One metric for all numbers of a name, in the order in which names come first.
Document metrics_of(Batch batch, const Report& report) {
  std::vector<std::pair<const Measurement*, Document>> found;
  std::map<std::string, std::size_t> places;
  for (const Measurement& number : batch) {
    const auto place = places.try_emplace(name_of(number), found.size()).first;
    if (place->second == found.size()) found.emplace_back(&number, Document::array());
    found[place->second].second.add(data_point(number));
  }
  Document metrics = Document::array();
  for (auto& each : found) metrics.add(metric(*each.first, report, std::move(each.second)));
  return metrics;
}

Document only(Document item) { return Document{Document::Array{std::move(item)}}; }

std::string fault_of(const Measurement& number) {
  if (!finite_number(number.digits())) return "no number that a double can hold";
  const std::size_t part_bytes = number.part ? number.part->label.size() : 0;
  if (std::max(number.tenant->label().size(), part_bytes) > kOtlpAttributeBytesMax) {
    return fmt::format("an attribute is longer than {} bytes", kOtlpAttributeBytesMax);
  }
  return {};
}

// "3", or 3 of servers that do not keep to the mapping; 0 for anything else.
int rejected_points(const Document& partial) {
  const Document* const found = partial.find("rejectedDataPoints");
  if (found == nullptr || !found->is_scalar()) return 0;
  int count = 0;
  if (const std::string* const text = found->text()) {
    std::from_chars(text->data(), text->data() + text->size(), count);
  } else if (const auto* const number = std::get_if<std::int64_t>(&found->scalar())) {
    count = static_cast<int>(std::min<std::int64_t>(*number, 1'000'000'000));
  }
  return std::max(count, 0);
}

// An empty answer is a whole success, too. Of one that is no JSON std::nullopt.
std::optional<Document> answer_of(const http::Response& response) {
  if (trim(response.body).empty()) return Document::object();
  try {
    Document answer = parse_json(response.body, "answer", {.bytes_max = 4 * 1024 * 1024});
    return answer.is_object() ? std::optional{std::move(answer)} : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // push_otlp() warns of it
  }
}

void note_partial_success(Outcome& outcome, const Document& partial, const std::string& origin,
                          const std::vector<SecretHeader>& secrets) {
  const int rejected = rejected_points(partial);
  const Document* const message = partial.find("errorMessage");
  const std::string text = message && message->text() ? *message->text() : "";
  const std::string words = http::words_of({.status = 200, .body = text}, secrets);
  if (rejected == 0 && words.empty()) return;
  outcome.dropped += rejected;
  outcome.points -= rejected;
  outcome.warnings.push_back(fmt::format("{}: rejected {}{}{}", origin, counted(rejected, "number"),
                                         words.empty() ? "" : ": ", words));
}

void note_answer(Outcome& outcome, const http::Response& response, const std::string& origin,
                 const std::vector<SecretHeader>& secrets) {
  const auto answer = answer_of(response);
  if (!answer) {
    outcome.warnings.push_back(
        fmt::format("{}: answered {} with something that is not OTLP's; is it a collector?", origin,
                    response.status));
    return;
  }
  const Document* const partial = answer->find("partialSuccess");
  if (partial) note_partial_success(outcome, *partial, origin, secrets);
}

}  // namespace

std::string encode_otlp(Batch batch, const Report& report, const std::string& version) {
  Document scope;
  scope.set("name", "pcx.kpi").set("version", version);
  Document of_scope;
  of_scope.set("scope", std::move(scope)).set("metrics", metrics_of(batch, report));
  Document attributes = Document::array();
  attributes.add(attribute("service.name", "pcx")).add(attribute("service.version", version));
  Document resource;
  resource.set("attributes", std::move(attributes));
  Document of_resource;
  of_resource.set("resource", std::move(resource)).set("scopeMetrics", only(std::move(of_scope)));
  Document request;
  request.set("resourceMetrics", only(std::move(of_resource)));
  return to_json(request);
}

Outcome push_otlp(const Report& report, const OtlpTarget& target, const PushTools& tools) {
  http::Request request{.method = "POST", .url = base_of(target.url) + "/v1/metrics"};
  request.headers = {{"Content-Type", "application/json"}};
  add_headers(request, target.headers);
  const std::string origin = http::parse_url(request.url).origin();

  Outcome outcome;
  std::vector<Measurement> numbers = measurements(report);
  drop_faulty(outcome, numbers, fault_of);
  const Encode encode = [&](Batch batch) { return encode_otlp(batch, report, target.version); };
  const auto send = [&](const Body& body) {
    request.body = body.text;
    const http::Response response = deliver(tools, request, target.headers, is_transient);
    if (!is_success(response)) throw_refused(request, response, target.headers, kKeyHint);
    note_answer(outcome, response, origin, target.headers);
    return Taken::yes;
  };
  send_bodies(outcome, bodies_of(numbers, encode, kOtlpBytesMax), encode, send);
  return outcome;
}

}  // namespace pcx::kpi
