#include "kpi/report_json.h"

#include "core/date.h"
#include "core/json.h"
#include "core/time.h"
#include "kpi/report_words.h"

namespace pcx::kpi {

namespace {

Document text_or_null(const std::string& text) { return text.empty() ? Document{} : text; }

Document number_or_null(const Value& value) {
  if (value.state != State::known) return {};
  return Document{Cell{Decimal{value.digits}}};
}

Document share_or_null(const std::optional<double>& share) {
  if (!share) return {};
  return Document{Cell{Decimal{share_digits(*share)}}};
}

Document parts_of(const Result& result) {
  Document parts = Document::array();
  for (const Part& part : result.parts) {
    Document one = Document::object();
    one.set("label", part.label).set("value", Document{Cell{Decimal{part.digits}}});
    parts.add(std::move(one));
  }
  return parts;
}

Document comparisons_of(const Result& result) {
  Document comparisons = Document::array();
  for (const Comparison& comparison : result.comparisons) {
    Document one = Document::object();
    one.set("basis", to_string(comparison.basis)).set("day", to_iso_date(comparison.day));
    one.set("value", number_or_null(comparison.value));
    one.set("state", to_string(comparison.value.state));
    one.set("change", share_or_null(comparison.change)).set("new", comparison.is_new);
    comparisons.add(std::move(one));
  }
  return comparisons;
}

Document anomaly_of(const Anomaly& anomaly) {
  Document document = Document::object();
  document.set("verdict", to_string(anomaly.verdict)).set("points", anomaly.points);
  document.set("median", anomaly.points == 0 ? Document{} : share_or_null(anomaly.median));
  return document.set("score", share_or_null(anomaly.score));
}

Document series_of(const Result& result) {
  Document series = Document::array();
  for (const Point& point : result.series) {
    Document one = Document::object();
    one.set("day", to_iso_date(point.day)).set("value", number_or_null(point.value));
    series.add(one.set("state", to_string(point.value.state)));
  }
  return series;
}

Document& add_kpi(Document& document, const Result& result, const std::string& currency) {
  const Definition& definition = *result.definition;
  const Value& value = result.value;
  document.set("name", definition.name).set("title", definition.title);
  document.set("guide", text_or_null(definition.guide)).set("kind", to_string(definition.kind));
  document.set("unit", unit_text(definition, currency));
  document.set("value", number_or_null(value)).set("state", to_string(value.state));
  document.set("reason", text_or_null(value.reason));
  document.set("sample", value.sample ? Document{*value.sample} : Document{});
  document.set("so_far", result.so_far ? number_or_null(*result.so_far) : Document{});
  document.set("parts", parts_of(result)).set("comparisons", comparisons_of(result));
  document.set("anomaly", anomaly_of(result.anomaly)).set("series", series_of(result));
  return document.set("definition_hash", definition.hash);
}

Document place_of(const Report& report, const DayReport& day) {
  const Tenant& tenant = report.tenant_of(day);
  Document document = Document::object();
  document.set("tenant", tenant.label());
  document.set("tenant_id", tenant.id ? Document{*tenant.id} : Document{});
  document.set("tenant_name", tenant.name).set("day", to_iso_date(day.day.date));
  document.set("time_zone", tenant.time_zone).set("from", Document{Cell{day.day.from}});
  document.set("to", Document{Cell{day.day.to}}).set("until", Document{Cell{day.until}});
  return document.set("partial", day.is_partial());
}

Document day_document(const Report& report, const DayReport& day) {
  Document metrics = Document::object(), kpis = Document::array();
  for (const Result& result : day.results) {
    const std::string& guide = result.definition->guide;
    if (!guide.empty()) metrics.set(guide, number_or_null(result.value));
    Document kpi = Document::object();
    kpis.add(add_kpi(kpi, result, report.currency));
  }
  Document document = place_of(report, day);
  document.set("metrics", std::move(metrics));
  return document.set("kpis", std::move(kpis));
}

Document runtime_of(const Runtime& runtime) {
  Document document = Document::object();
  document.set("as_of", Document{Cell{runtime.as_of}}).set("snapshot", runtime.snapshot);
  return document.set("elapsed_ms", std::int64_t{runtime.elapsed.count()});
}

}  // namespace

Document report_json(const Report& report) {
  Document reports = Document::array();
  for (const DayReport& day : report.days) reports.add(day_document(report, day));
  Document document = Document::object();
  document.set("definition_hash", report.catalog->hash).set("currency", report.currency);
  document.set("reports", std::move(reports));
  if (report.runtime) document.set("runtime", runtime_of(*report.runtime));
  return document;
}

std::string report_ndjson(const Report& report) {
  std::string lines;
  for (const DayReport& day : report.days) {
    for (const Result& result : day.results) {
      Document line = place_of(report, day);
      line.set("currency", report.currency);
      lines += to_json(add_kpi(line, result, report.currency)) + "\n";
    }
  }
  return lines;
}

}  // namespace pcx::kpi
