#include "cli/commands/kpi_tools.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/date.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using kpi::Date;
using kpi::DaysAsked;

bool has(const Values& values, std::string_view option) {
  return values.optional_text(option).has_value();
}

[[noreturn]] void throw_several() {
  throw Error{ErrorCode::usage, "more than one of --date, --yesterday and --from is given",
              "Give one of them."};
}

std::string currency_in(Context& context) {
  const std::string currency = context.config().text("kpi.currency").value_or("usd");
  const bool is_code = currency.size() == 3 && std::ranges::all_of(currency, [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                       });
  if (!is_code) {
    throw Error{ErrorCode::config,
                fmt::format("kpi.currency: {} is no currency", escape_controls(currency)),
                "Write three letters, as ISO 4217 has them: usd, eur."};
  }
  return to_lower_ascii(currency);
}

}  // namespace

std::optional<Date> kpi_date(const Values& values, std::string_view option) {
  const auto text = values.optional_text(option);
  if (!text) return std::nullopt;
  if (const auto date = parse_iso_date(*text)) return date;
  throw Error{ErrorCode::usage, fmt::format("{}: {} is no date", option, escape_controls(*text)),
              "Write year, month and day: 2026-01-31."};
}

Opt kpi_definitions_option() {
  return {.name = "--definitions",
          .type = Type::folder,
          .metavar = "DIR",
          .help = "folder with definitions of your own, *.yaml, besides those of pcx",
          .environment = "PCX_KPI_DEFINITIONS",
          .config_key = "kpi.definitions"};
}

std::vector<Opt> kpi_question_options() {
  return {{.name = "--kpi",
           .metavar = "NAME",
           .help = "only this KPI; may be repeated",
           .dynamic = "kpis",
           .repeated = true},
          {.name = "--wide",
           .type = Type::flag,
           .help = "also the KPIs that read whole tables or a year"},
          {.name = "--tenant", .metavar = "NAME", .help = "only this tenant, by slug or id"},
          {.name = "--time-zone",
           .metavar = "NAME",
           .help = "whose days are meant, for all tenants: America/New_York"},
          {.name = "--timeout",
           .type = Type::duration,
           .metavar = "TIME",
           .help = "how long one statement may take",
           .fallback = "30s"},
          {.name = "--deadline",
           .type = Type::duration,
           .metavar = "TIME",
           .help = "how long all of it may take"},
          kpi_definitions_option()};
}

std::vector<Opt> kpi_day_options(bool has_range) {
  std::vector<Opt> options = {
      {.name = "--date", .metavar = "DATE", .help = "this day: 2026-01-31"},
      {.name = "--yesterday", .type = Type::flag, .help = "the day before today"}};
  if (!has_range) return options;
  options.push_back({.name = "--from", .metavar = "DATE", .help = "each day from this one on"});
  options.push_back({.name = "--to", .metavar = "DATE", .help = "up to this one"});
  return options;
}

std::vector<ExitNote> kpi_exit_notes() {
  return {{0, "all of it is known, or known to have no data"},
          {1, "some KPIs failed; the others are right"},
          {3, "all of them failed"},
          {65, "a definition that does not hold up"},
          {66, "no such tenant"},
          {78, "the time zone of a tenant is not known, or is none"}};
}

std::shared_ptr<const kpi::Catalog> kpi_catalog(const Values& values) {
  const auto folder = values.optional_text("--definitions").value_or("");
  return std::make_shared<const kpi::Catalog>(kpi::read_catalog(folder));
}

kpi::Zones kpi_zones(const Config& config, std::optional<std::string> given) {
  kpi::Zones zones;
  zones.given = std::move(given);
  zones.fallback = config.text("default_time_zone");
  const YamlNode* const tenants = config.find("tenants");
  if (tenants == nullptr) return zones;
  for (const auto& [name, node] : tenants->members) {
    const YamlNode* const zone = node.find("time_zone");
    if (zone != nullptr && zone->kind == YamlNode::Kind::scalar) zones.of_tenant[name] = zone->text;
  }
  return zones;
}

kpi::ReportRequest kpi_request(Context& context, const Values& values, const kpi::Catalog& catalog,
                               bool with_wide) {
  kpi::ReportRequest request;
  request.tenant = values.optional_text("--tenant");
  request.zones = kpi_zones(context.config(), values.optional_text("--time-zone"));
  request.selection = kpi::select_definitions(catalog, values.texts("--kpi"), with_wide);
  request.currency = currency_in(context);
  request.now = context.clock().wall_now();
  request.limits.statement = values.duration("--timeout");
  if (values.has("--deadline")) {
    request.limits.deadline = context.clock().steady_now() + values.duration("--deadline");
  }
  return request;
}

DaysAsked kpi_range(const Values& values) {
  if (!has(values, "--from") || !has(values, "--to")) {
    throw Error{ErrorCode::usage, "--from and --to belong together",
                "Give the first and the last day of the range."};
  }
  const DaysAsked days{DaysAsked::Which::range, *kpi_date(values, "--from"),
                       *kpi_date(values, "--to")};
  if (days.first > days.last) {
    throw Error{ErrorCode::usage, "--from is after --to", "Give the first day first."};
  }
  if (days.last - days.first >= std::chrono::days{kpi::kDaysMax / 2}) {
    throw Error{ErrorCode::usage, fmt::format("the range has more than {} days", kpi::kDaysMax / 2),
                "Ask for a part of it at a time."};
  }
  return days;
}

DaysAsked kpi_days(const Values& values, DaysAsked::Which otherwise) {
  if (has(values, "--date") && values.flag("--yesterday")) throw_several();
  if (values.flag("--yesterday")) return {DaysAsked::Which::yesterday, {}, {}};
  if (!has(values, "--date")) return {otherwise, {}, {}};
  const Date date = *kpi_date(values, "--date");
  return {DaysAsked::Which::range, date, date};
}

DaysAsked kpi_days_or_range(const Values& values, DaysAsked::Which otherwise) {
  if (!has(values, "--from") && !has(values, "--to")) return kpi_days(values, otherwise);
  if (has(values, "--date") || values.flag("--yesterday")) throw_several();
  return kpi_range(values);
}

void say_left_out(Context& context, const kpi::Reading& reading) {
  if (reading.left_out_rest) {
    context.progress().say(
        "rows that belong to no tenant are left out: default_time_zone is not configured");
  }
  if (reading.left_out_inactive > 0) {
    const auto count = static_cast<long long>(reading.left_out_inactive);
    context.progress().say(fmt::format("{} not active {} left out; --tenant asks for one",
                                       counted(count, "tenant"), count == 1 ? "is" : "are"));
  }
  if (reading.left_out_today) {
    context.progress().say("a day that is not over yet for every tenant is left out for those");
  }
}

Finding finding_of(const kpi::Report& report) {
  std::size_t all = 0, failed = 0;
  for (const kpi::DayReport& day : report.days) {
    for (const kpi::Result& result : day.results) {
      ++all;
      if (result.value.state == kpi::State::failed) ++failed;
    }
  }
  if (failed == 0) return Finding::ok;
  return failed == all ? Finding::unknown : Finding::warning;
}

}  // namespace pcx::cli
