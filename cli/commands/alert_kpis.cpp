#include "cli/commands/alert_kpis.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/date.h"
#include "kpi/history.h"
#include "kpi/measurement.h"
#include "kpi/snapshot.h"

namespace pcx::cli {

namespace {

using alert::Labels;
using alert::Samples;

// Longer ago, and nobody keeps numbers any more.
constexpr std::chrono::hours kNewestAge{48};

std::string part_name(const std::string& metric, const kpi::Definition& definition) {
  return metric + "_by_" + definition.by;
}

Labels labels_of(const std::string& tenant) {
  Labels labels;
  if (!tenant.empty()) labels.emplace("tenant", tenant);
  return labels;
}

Labels with_part(Labels labels, const kpi::Definition& definition, const std::string& part) {
  if (!part.empty()) labels.emplace(definition.by, part);
  return labels;
}

std::map<std::string, std::string> labels_of_tenants(db::Database& database, Clock& clock) {
  kpi::Snapshot snapshot{database, {}, clock};
  std::map<std::string, std::string> labels;
  for (const kpi::KnownTenant& known : kpi::read_tenants(snapshot)) {
    labels.emplace(known.tenant.id.value_or(""), known.tenant.label());
  }
  return labels;
}

}  // namespace

KpiMetrics kpi_metrics(const kpi::Catalog& catalog, std::string_view currency) {
  KpiMetrics metrics;
  for (std::size_t i = 0; i < catalog.definitions.size(); ++i) {
    const kpi::Definition& definition = catalog.definitions[i];
    const std::string name = kpi::metric_name(definition, currency);
    metrics.emplace(name, KpiMetric{i, false});
    if (!definition.by.empty()) metrics.emplace(part_name(name, definition), KpiMetric{i, true});
  }
  return metrics;
}

KpiNeed kpi_need(const std::vector<alert::Selector>& selectors, const kpi::Catalog& catalog,
                 const KpiMetrics& metrics) {
  std::set<std::string> names;
  KpiNeed need;
  for (const alert::Selector& each : selectors) {
    const auto found = metrics.find(each.name);
    if (found == metrics.end()) continue;
    names.insert(catalog.definitions[found->second.definition].name);
    need.back = std::max(need.back, each.offset);
  }
  need.kpis.assign(names.begin(), names.end());
  return need;
}

StoredKpis::StoredKpis(db::Database& database, std::shared_ptr<const kpi::Catalog> catalog,
                       std::string currency, const StoredScope& scope, Clock& clock)
    : catalog_(std::move(catalog)),
      currency_(std::move(currency)),
      metrics_(kpi_metrics(*catalog_, currency_)) {
  const auto tenants = labels_of_tenants(database, clock);
  // A date is a day longer in some zone or other.
  const auto date = [](Time time) { return std::chrono::floor<std::chrono::days>(time); };
  const std::chrono::days one{1};
  db::Transaction tx = database.begin(db::Access::read_only);
  const kpi::NumberFilter filter{
      .kpis = scope.kpis, .from = date(scope.from) - one, .to = date(scope.to) + one};
  for (const kpi::KeptNumber& number : kpi::read_numbers(tx, filter)) {
    const std::string id = number.tenant.value_or("");
    const auto found = tenants.find(id);
    add(number, found == tenants.end() ? id : found->second);
  }
  for (auto& [metric, series] : points_) {
    for (auto& [labels, points] : series) std::ranges::sort(points, {}, &Point::from);
  }
}

void StoredKpis::add(const kpi::KeptNumber& found, const std::string& tenant) {
  const kpi::Definition* const definition = catalog_->find(found.kpi);
  if (definition == nullptr || definition->hash != found.definition_hash) return;
  const std::string name = kpi::metric_name(*definition, currency_);
  const auto keep = [&](const std::string& metric, Labels labels, const std::string& digits) {
    const auto number = kpi::finite_number(digits);
    if (!number) return;
    points_[metric][labels].push_back({found.from, found.to, {labels, *number}});
  };
  keep(name, labels_of(tenant), found.digits);
  for (const kpi::Part& part : found.parts) {
    keep(part_name(name, *definition), with_part(labels_of(tenant), *definition, part.label),
         part.digits);
  }
}

bool StoredKpis::has_days(Time from, Time to) const {
  const auto is_in = [&](const Point& point) { return point.to > from && point.from < to; };
  for (const auto& [metric, series] : points_) {
    for (const auto& [labels, points] : series) {
      if (std::ranges::any_of(points, is_in)) return true;
    }
  }
  return false;
}

std::optional<Samples> StoredKpis::of_day(const std::string& metric, Time at) const {
  if (!metrics_.contains(metric)) return std::nullopt;
  Samples samples;
  const auto series = points_.find(metric);
  if (series == points_.end()) return samples;
  for (const auto& [labels, points] : series->second) {
    const auto after = std::ranges::upper_bound(points, at, {}, &Point::from);
    if (after == points.begin()) continue;
    const Point& point = *std::prev(after);
    if (at < point.to) samples.push_back(point.sample);
  }
  return samples;
}

std::optional<Samples> StoredKpis::newest(const std::string& metric, Time at) const {
  if (!metrics_.contains(metric)) return std::nullopt;
  Samples samples;
  const auto series = points_.find(metric);
  if (series == points_.end()) return samples;
  for (const auto& [labels, points] : series->second) {
    const auto after = std::ranges::upper_bound(points, at, {}, &Point::to);
    if (after == points.begin()) continue;
    const Point& point = *std::prev(after);
    if (at - point.to < kNewestAge) samples.push_back(point.sample);
  }
  return samples;
}

void add_report(alert::InputSet& inputs, const kpi::Report& report) {
  for (const auto& [metric, of] : kpi_metrics(*report.catalog, report.currency)) {
    inputs.know(metric, "kpi:" + report.catalog->definitions[of.definition].name);
  }
  for (const kpi::Measurement& each : kpi::measurements(report)) {
    const auto number = kpi::finite_number(each.digits());
    if (!number) continue;
    const kpi::Definition& definition = each.definition();
    std::string name = kpi::metric_name(definition, report.currency);
    Labels labels = labels_of(each.tenant->label());
    if (each.part != nullptr) {
      name = part_name(name, definition);
      labels = with_part(std::move(labels), definition, each.part->label);
    }
    inputs.add(name, std::move(labels), *number);
  }
  for (const kpi::DayReport& day : report.days) {
    for (const kpi::Result& result : day.results) {
      if (result.value.state != kpi::State::failed) continue;
      inputs.fail("kpi:" + result.definition->name, result.value.reason);
    }
  }
}

}  // namespace pcx::cli
