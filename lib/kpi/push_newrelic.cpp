#include "kpi/push_newrelic.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/date.h"
#include "core/error.h"
#include "core/json.h"
#include "http/answer_words.h"
#include "http/url.h"

namespace pcx::kpi {
namespace {

const char* const kKeyHint =
    "Check that it is a license key (ingest), and of this URL's region: the EU's is "
    "https://metric-api.eu.newrelic.com.";

constexpr std::size_t kReceiptCharactersMax = 64;

bool is_transient(int status) { return status == 408 || status == 429 || status >= 500; }

std::int64_t milliseconds_of(Time instant) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count();
}

// Names of attributes that the API keeps for itself, and those of metric().
std::string attribute_name(const std::string& column) {
  constexpr std::array<std::string_view, 12> kTaken{
      "timestamp", "value",   "common", "min",    "max",       "count",
      "sum",       "metrics", "day",    "tenant", "time_zone", "definition_hash"};
  return std::ranges::count(kTaken, column) > 0 ? "by_" + column : column;
}

Document metric(const Measurement& number) {
  Document attributes;
  attributes.set("tenant", number.tenant->label());
  attributes.set("day", to_iso_date(number.day->day.date));
  attributes.set("time_zone", number.tenant->time_zone);
  attributes.set("definition_hash", number.definition().hash);
  if (number.part) attributes.set(attribute_name(number.definition().by), number.part->label);
  Document made;
  made.set("name", new_relic_name(number));
  made.set("type", "gauge");
  made.set("value", Document{Cell{Decimal{number.digits()}}});
  made.set("timestamp", milliseconds_of(number.time()));
  made.set("attributes", std::move(attributes));
  return made;
}

bool has_long_attribute(const Measurement& number) {
  const Tenant& tenant = *number.tenant;
  const std::size_t part_bytes = number.part ? number.part->label.size() : 0;
  return std::max({tenant.label().size(), tenant.time_zone.size(), part_bytes}) >
         kNewRelicAttributeBytesMax;
}

// {"requestId": "..."}; a receipt is all that is wanted of it.
std::string receipt_of(const http::Response& response, const std::vector<SecretHeader>& secrets) {
  try {
    const Document answer = parse_json(response.body, "answer", {.bytes_max = 64 * 1024});
    const Document* const id = answer.find("requestId");
    if (id == nullptr || id->text() == nullptr) return {};
    if (id->text()->size() > kReceiptCharactersMax) return {};
    return http::words_of({.status = response.status, .body = *id->text()}, secrets);
  } catch (const Error&) {
    return {};  // push_newrelic() warns of it
  }
}

void note_answer(Outcome& outcome, const http::Request& request, const http::Response& response,
                 const std::vector<SecretHeader>& secrets) {
  std::string receipt = receipt_of(response, secrets);
  if (!receipt.empty()) {
    outcome.receipts.push_back(std::move(receipt));
    return;
  }
  outcome.warnings.push_back(
      fmt::format("{}: answered {} without a requestId; is it New Relic's Metric API?",
                  http::parse_url(request.url).origin(), response.status));
}

http::Request request_of(const NewRelicTarget& target, const std::vector<SecretHeader>& secrets) {
  if (target.license_key.empty()) {
    throw Error{ErrorCode::config, "no license key of New Relic"};
  }
  http::Request request{.method = "POST", .url = base_of(target.url) + "/metric/v1"};
  request.headers = {{"Content-Type", "application/json"}};
  add_headers(request, secrets);
  return request;
}

}  // namespace

std::string new_relic_name(const Measurement& number) {
  const Definition& definition = number.definition();
  const std::string& name = definition.new_relic;
  return number.part ? name + "/by_" + definition.by : name;
}

std::string encode_newrelic(Batch batch) {
  Document for_all;
  for_all.set("service.name", "pcx");
  Document common;
  common.set("attributes", std::move(for_all));
  Document metrics = Document::array();
  for (const Measurement& number : batch) metrics.add(metric(number));
  Document part;
  part.set("common", std::move(common)).set("metrics", std::move(metrics));
  return to_json(Document{Document::Array{std::move(part)}});
}

std::string newrelic_fault(const Measurement& number, Time now) {
  if (!finite_number(number.digits())) return "no number that a double can hold";
  if (new_relic_name(number).size() > kNewRelicNameBytesMax) {
    return fmt::format("a name of more than {} bytes", kNewRelicNameBytesMax);
  }
  if (has_long_attribute(number)) {
    return fmt::format("an attribute of more than {} bytes", kNewRelicAttributeBytesMax);
  }
  if (number.time() < now - kNewRelicAgeMax) {
    return fmt::format("older than {} hours, which New Relic drops", kNewRelicAgeMax.count());
  }
  if (number.time() > now + kNewRelicAheadMax) {
    return fmt::format("more than {} hours ahead, which New Relic drops",
                       kNewRelicAheadMax.count());
  }
  return {};
}

Outcome push_newrelic(const Report& report, const NewRelicTarget& target, const PushTools& tools) {
  std::vector<SecretHeader> secrets;
  secrets.push_back({"Api-Key", target.license_key.clone()});
  http::Request request = request_of(target, secrets);

  Outcome outcome;
  std::vector<Measurement> numbers = measurements(report);
  const Time now = tools.clock.wall_now();
  drop_faulty(outcome, numbers, [&](const Measurement& each) { return newrelic_fault(each, now); });
  const auto send = [&](const Body& body) {
    request.body = body.text;
    const http::Response response = deliver(tools, request, secrets, is_transient);
    if (response.status == 413 && body.batch.size() > 1) return Taken::too_large;
    if (!is_success(response)) throw_refused(request, response, secrets, kKeyHint);
    note_answer(outcome, request, response, secrets);
    return Taken::yes;
  };
  send_bodies(outcome, bodies_of(numbers, encode_newrelic, kNewRelicBytesMax), encode_newrelic,
              send);
  return outcome;
}

}  // namespace pcx::kpi
