// The file's shape:
//
//   {"pcx_result": 1, "script", "plan_digest", "target", "seed": digits, "parts": [{"index",
//   "count"}],
//    "started_at_ns": digits, "duration_us", "was_stopped", "stop_reason", "is_closed_model",
//    "planned", "counters": {name: n}, "summaries": {name: packed}, "periods": [...],
//    "seconds": {"columns", "rows"}, "phases": [...], "strains": {"columns", "rows"}, "limits",
//    "notes", "demands", "judged", "verdict": {"grade", "causes"}}
//
// Packed histograms are base64. Tables have rows instead of objects, since there is one for each
// second.
#include <array>
#include <set>
#include <span>

#include <fmt/format.h>

#include "core/error.h"
#include "core/json.h"
#include "crypto/encoding.h"
#include "load/result.h"
#include "load/result_node.h"

namespace pcx::load {

namespace {

constexpr int kVersion = 1;
constexpr int kPartsMax = 4096;
constexpr int kShardMax = 65'535;   // of one part
constexpr double kCoresMax = 4096;  // that a thread seems to have used, by clocks that differ
constexpr double kLimitMax = 1e15;  // of a demand
constexpr JsonLimits kLimits{.bytes_max = std::size_t{512} << 20, .depth_max = 8};
constexpr std::int64_t kRateMax = UINT32_MAX;  // of anything in a second

constexpr std::array kSecondColumns = {"planned",  "started",   "finished", "active",
                                       "requests", "responses", "errors",   "latency"};
constexpr std::array kStrainColumns = {"shard", "second", "cpu", "lag_p99_us", "loop_lag_us"};

// --- written

Document packed(std::string_view bytes) { return crypto::to_base64(crypto::bytes_of(bytes)); }

template <typename List, typename ToDocument>
Document array_of(const List& list, ToDocument to_document) {
  Document array = Document::array();
  for (const auto& item : list) array.add(to_document(item));
  return array;
}

Document texts_of(const std::vector<std::string>& texts) {
  return array_of(texts, [](const std::string& text) { return Document{text}; });
}

template <typename Columns, typename List, typename ToRow>
Document table_of(const Columns& columns, const List& list, ToRow to_row) {
  Document table = Document::object();
  table.set("columns", array_of(columns, [](const char* name) { return Document{name}; }));
  table.set("rows", array_of(list, to_row));
  return table;
}

Document counters_of(const Counters& counters) {
  Document object = Document::object();
  for (const auto& [name, count] : counters) object.set(name, count);
  return object;
}

Document period_of(const Period& period) {
  Document summaries = Document::object();
  for (const auto& [name, histogram] : period.summaries) summaries.set(name, packed(histogram));
  Document object = Document::object();
  object.set("start_ms", period.start_ms);
  object.set("counters", counters_of(period.counters));
  object.set("summaries", std::move(summaries));
  object.set("first_counter_ms", period.first_counter_ms);
  object.set("last_counter_ms", period.last_counter_ms);
  object.set("first_histogram_ms", period.first_histogram_ms);
  object.set("last_histogram_ms", period.last_histogram_ms);
  return object;
}

Document row_of(const Second& second) {
  return Document::Array{second.planned, second.started,        second.finished,
                         second.active,  second.requests,       second.responses,
                         second.errors,  packed(second.latency)};
}

Document row_of(const Strain& strain) {
  return Document::Array{strain.shard, strain.second, strain.cpu, strain.lag_p99_us,
                         strain.loop_lag_us};
}

Document phase_of(const PhaseResult& phase) {
  Document object = Document::object();
  object.set("name", phase.name);
  object.set("start_us", phase.start_us);
  object.set("length_us", phase.length_us);
  object.set("planned", phase.planned);
  object.set("started", phase.started);
  object.set("last_start_us", phase.last_start_us);
  return object;
}

Document part_of(const Part& part) {
  Document object = Document::object();
  object.set("index", part.index);
  object.set("count", part.count);
  return object;
}

Document limits_of(const Limits& limits) {
  Document object = Document::object();
  object.set("files_max", limits.files_max);
  object.set("files_used", limits.files_used);
  object.set("ports_exhausted", limits.ports_exhausted);
  object.set("files_exhausted", limits.files_exhausted);
  object.set("throttled", limits.throttled);
  object.set("stolen", limits.stolen);
  return object;
}

Document demand_of(const Demand& demand) {
  Document object = Document::object();
  object.set("kind", to_string(demand.kind));
  object.set("text", demand.text);
  object.set("limit", demand.limit);
  object.set("is_strict", demand.is_strict);
  object.set("place", demand.place);
  return object;
}

Document judged_of(const Result::Judged& judged) {
  Document object = Document::object();
  object.set("what", judged.what);
  object.set("is_met", judged.is_met);
  object.set("is_strict", judged.is_strict);
  object.set("found", judged.found);
  object.set("place", judged.place);
  return object;
}

Document verdict_of(const Verdict& verdict) {
  Document object = Document::object();
  object.set("grade", to_string(verdict.grade));
  object.set("causes", texts_of(verdict.causes));
  return object;
}

std::string nanoseconds_of(Time instant) {
  return fmt::format("{}", std::chrono::nanoseconds{instant.time_since_epoch()}.count());
}

// --- read

template <typename Read>
auto list_in(const ResultNode& node, Read read) {
  std::vector<decltype(read(node))> list;
  const std::size_t size = node.size();
  list.reserve(size);
  for (std::size_t i = 0; i < size; ++i) list.push_back(read(node.at(i)));
  return list;
}

template <typename Columns, typename Read>
auto table_in(const ResultNode& node, const Columns& columns, Read read) {
  node.expect_members({"columns", "rows"});
  const ResultNode names = node.member("columns");
  const std::vector<std::string> found = names.texts();
  if (!std::equal(found.begin(), found.end(), columns.begin(), columns.end())) {
    names.refuse("are not those that this pcx knows");
  }
  return list_in(node.member("rows"), [&](const ResultNode& row) {
    if (row.size() != columns.size()) row.refuse("has another number of columns");
    return read(row);
  });
}

Counters counters_in(const ResultNode& node) {
  Counters counters;
  for (const auto& member : node.members()) {
    counters.emplace(member.first, node.member(member).whole());
  }
  return counters;
}

Histogram histogram_in(const ResultNode& node, int digits) {
  try {
    Histogram histogram = Histogram::unpack(node.base64());
    if (histogram.digits() != digits) node.refuse("has another number of digits");
    return histogram;
  } catch (const Error& error) {
    if (!error.location().file.empty()) throw;
    node.refuse(fmt::format("is broken: {}", error.what()));
  }
}

// Stays packed, but is one.
std::string series_in(const ResultNode& node) {
  std::string bytes = node.base64();
  if (!bytes.empty()) static_cast<void>(histogram_in(node, 2));
  return bytes;
}

Summaries summaries_in(const ResultNode& node) {
  Summaries summaries;
  for (const auto& member : node.members()) {
    summaries.emplace(member.first, histogram_in(node.member(member), 3));
  }
  return summaries;
}

Period period_in(const ResultNode& node) {
  node.expect_members({"start_ms", "counters", "summaries", "first_counter_ms", "last_counter_ms",
                       "first_histogram_ms", "last_histogram_ms"});
  const auto time = [&](const char* name) { return node.member(name).whole(); };
  Period period;
  period.start_ms = time("start_ms");
  period.counters = counters_in(node.member("counters"));
  const ResultNode summaries = node.member("summaries");
  for (const auto& member : summaries.members()) {
    period.summaries.emplace(member.first, series_in(summaries.member(member)));
  }
  period.first_counter_ms = time("first_counter_ms");
  period.last_counter_ms = time("last_counter_ms");
  period.first_histogram_ms = time("first_histogram_ms");
  period.last_histogram_ms = time("last_histogram_ms");
  return period;
}

std::vector<Period> periods_in(const ResultNode& node) {
  std::vector<Period> periods = list_in(node, period_in);
  for (std::size_t i = 1; i < periods.size(); ++i) {
    if (periods[i].start_ms <= periods[i - 1].start_ms) node.at(i).refuse("is out of order");
  }
  return periods;
}

Second second_in(const ResultNode& row) {
  const auto count = [&](std::size_t column) { return row.at(column).whole(0, kRateMax); };
  return {count(0), count(1), count(2), count(3),
          count(4), count(5), count(6), series_in(row.at(7))};
}

Strain strain_in(const ResultNode& row, int shard_max) {
  return {row.at(0).small(0, shard_max), row.at(1).whole(), row.at(2).real(kCoresMax),
          row.at(3).whole(), row.at(4).whole()};
}

PhaseResult phase_in(const ResultNode& node) {
  node.expect_members({"name", "start_us", "length_us", "planned", "started", "last_start_us"});
  return {node.member("name").text(),       node.member("start_us").whole(),
          node.member("length_us").whole(), node.member("planned").whole(),
          node.member("started").whole(),   node.member("last_start_us").whole()};
}

std::vector<Part> parts_in(const ResultNode& node) {
  std::set<int> indices;
  std::vector<Part> parts = list_in(node, [&](const ResultNode& item) {
    item.expect_members({"index", "count"});
    const int count = item.member("count").small(1, kPartsMax);
    const int index = item.member("index").small(0, count - 1);
    if (!indices.insert(index).second) item.refuse("is there twice");
    return Part{index, count};
  });
  if (parts.empty()) node.refuse("has no part");
  for (const Part& part : parts) {
    if (part.count != parts.front().count) node.refuse("has parts of several runs");
  }
  return parts;
}

Limits limits_in(const ResultNode& node) {
  node.expect_members(
      {"files_max", "files_used", "ports_exhausted", "files_exhausted", "throttled", "stolen"});
  return {node.member("files_max").whole(0, INT64_MAX),
          node.member("files_used").whole(),
          node.member("ports_exhausted").whole(),
          node.member("files_exhausted").whole(),
          node.member("throttled").real(1),
          node.member("stolen").real(1)};
}

template <typename Kind, std::size_t N>
Kind word_in(const ResultNode& node, const std::array<Kind, N>& known) {
  for (const Kind kind : known) {
    if (node.text() == to_string(kind)) return kind;
  }
  node.refuse("is no word that this pcx knows");
}

Demand demand_in(const ResultNode& node) {
  using Kind = Demand::Kind;
  constexpr std::array kinds = {Kind::threshold, Kind::condition, Kind::error_rate,
                                Kind::expectation, Kind::check};
  node.expect_members({"kind", "text", "limit", "is_strict", "place"});
  return {word_in(node.member("kind"), kinds), node.member("text").text(),
          node.member("limit").real(kLimitMax, -kLimitMax), node.member("is_strict").flag(),
          node.member("place").text()};
}

Result::Judged judged_in(const ResultNode& node) {
  node.expect_members({"what", "is_met", "is_strict", "found", "place"});
  return {node.member("what").text(), node.member("is_met").flag(), node.member("is_strict").flag(),
          node.member("found").text(), node.member("place").text()};
}

Verdict verdict_in(const ResultNode& node) {
  constexpr std::array grades = {Grade::valid, Grade::degraded, Grade::invalid};
  node.expect_members({"grade", "causes"});
  return {word_in(node.member("grade"), grades), node.member("causes").texts()};
}

Time time_in(const ResultNode& node) {
  const std::uint64_t number = node.unsigned_text();
  if (number > INT64_MAX) node.refuse("is beyond the year 2262");
  const std::chrono::nanoseconds since{static_cast<std::int64_t>(number)};
  return Time{std::chrono::duration_cast<Time::duration>(since)};
}

void expect_result(const ResultNode& root) {
  if (root.member("pcx_result").whole() != kVersion) {
    root.member("pcx_result").refuse("is a version that this pcx does not know");
  }
  root.expect_members({"pcx_result",  "script",      "plan_digest",     "target",
                       "seed",        "parts",       "started_at_ns",   "duration_us",
                       "was_stopped", "stop_reason", "is_closed_model", "planned",
                       "counters",    "summaries",   "periods",         "seconds",
                       "phases",      "strains",     "limits",          "notes",
                       "demands",     "judged",      "verdict"});
}

}  // namespace

const char* to_string(Grade grade) noexcept {
  switch (grade) {
    case Grade::valid: return "VALID";
    case Grade::degraded: return "DEGRADED";
    case Grade::invalid: return "INVALID";
  }
  return "INVALID";
}

const char* to_string(Demand::Kind kind) noexcept {
  switch (kind) {
    case Demand::Kind::threshold: return "threshold";
    case Demand::Kind::condition: return "condition";
    case Demand::Kind::error_rate: return "error_rate";
    case Demand::Kind::expectation: return "expectation";
    case Demand::Kind::check: return "check";
  }
  return "check";
}

Histogram unpack_series(std::string_view packed_text) {
  return packed_text.empty() ? Histogram{2} : Histogram::unpack(packed_text);
}

std::string to_file(const Result& result) {
  Document summaries = Document::object();
  for (const auto& [name, summary] : result.summaries) summaries.set(name, packed(summary.pack()));
  const auto to_row = [](const auto& item) { return row_of(item); };
  Document root = Document::object();
  root.set("pcx_result", kVersion);
  root.set("script", result.script);
  root.set("plan_digest", result.plan_digest);
  root.set("target", result.target);
  root.set("seed", fmt::format("{}", result.seed));
  root.set("parts", array_of(result.parts, part_of));
  root.set("started_at_ns", nanoseconds_of(result.started_at));
  root.set("duration_us", result.duration_us);
  root.set("was_stopped", result.was_stopped);
  root.set("stop_reason", result.stop_reason);
  root.set("is_closed_model", result.is_closed_model);
  root.set("planned", result.planned);
  root.set("counters", counters_of(result.counters));
  root.set("summaries", std::move(summaries));
  root.set("periods", array_of(result.periods, period_of));
  root.set("seconds", table_of(kSecondColumns, result.seconds, to_row));
  root.set("phases", array_of(result.phases, phase_of));
  root.set("strains", table_of(kStrainColumns, result.strains, to_row));
  root.set("limits", limits_of(result.limits));
  root.set("notes", texts_of(result.notes));
  root.set("demands", array_of(result.demands, demand_of));
  root.set("judged", array_of(result.judged, judged_of));
  root.set("verdict", verdict_of(result.verdict));
  return to_json(root) + "\n";
}

Result parse_result(std::string_view text, const std::string& name) {
  const Document document = parse_json(text, name, kLimits);
  const ResultNode root{document, name};
  expect_result(root);
  Result result;
  result.script = root.member("script").text();
  result.plan_digest = root.member("plan_digest").text();
  result.target = root.member("target").text();
  result.seed = root.member("seed").unsigned_text();
  result.parts = parts_in(root.member("parts"));
  result.started_at = time_in(root.member("started_at_ns"));
  result.duration_us = root.member("duration_us").whole();
  result.was_stopped = root.member("was_stopped").flag();
  result.stop_reason = root.member("stop_reason").text();
  result.is_closed_model = root.member("is_closed_model").flag();
  result.planned = root.member("planned").whole();
  result.counters = counters_in(root.member("counters"));
  result.summaries = summaries_in(root.member("summaries"));
  result.periods = periods_in(root.member("periods"));
  result.seconds = table_in(root.member("seconds"), kSecondColumns, second_in);
  result.phases = list_in(root.member("phases"), phase_in);
  const int shard_max = result.parts.size() == 1 ? kShardMax : kPartsMax * (kShardMax + 1);
  result.strains = table_in(root.member("strains"), kStrainColumns,
                            [&](const ResultNode& row) { return strain_in(row, shard_max); });
  result.limits = limits_in(root.member("limits"));
  result.notes = root.member("notes").texts();
  result.demands = list_in(root.member("demands"), demand_in);
  result.judged = list_in(root.member("judged"), judged_in);
  result.verdict = verdict_in(root.member("verdict"));
  return result;
}

}  // namespace pcx::load
