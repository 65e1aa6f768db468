#include "kpi/reporter.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "core/date.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/anomaly.h"
#include "kpi/calendar.h"
#include "kpi/compare.h"
#include "kpi/evaluate.h"
#include "kpi/kept.h"

namespace pcx::kpi {
namespace {

// Tenants of one time zone: they are asked for together.
struct Group {
  std::string time_zone;
  std::vector<Tenant> tenants;
  bool has_rest = false;  // also rows of no tenant, and of tenants that are not known
};

struct Asked {
  Span span;
  Answers answers;
};

struct Batch {
  std::vector<Date> asked;
  bool is_partial = false;
  // Of a day that is over both are one; else the first is of the day as a whole, with what is to
  // come, and the second of as much of all days as has passed of it.
  Asked whole, compared;
};

std::vector<Date> dates_asked(const DaysAsked& days, const Calendar& calendar) {
  if (days.which == DaysAsked::Which::today) return {calendar.today()};
  if (days.which == DaysAsked::Which::yesterday) return {calendar.today() - std::chrono::days{1}};
  if (days.last > calendar.today()) {
    throw Error{ErrorCode::usage,
                fmt::format("{} has not begun in {}", to_iso_date(days.last), calendar.time_zone()),
                "Ask for days that have begun."}
        .because("future");
  }
  std::vector<Date> dates;
  for (Date date = days.first; date <= days.last; date += std::chrono::days{1}) {
    dates.push_back(date);
  }
  return dates;
}

// All tenants of one time zone, and all of their days.
class GroupReader {
 public:
  GroupReader(Snapshot& snapshot, const Catalog& catalog, const ReportRequest& request, Group group,
              const std::vector<KnownTenant>& known)
      : snapshot_(snapshot),
        catalog_(catalog),
        request_(request),
        group_(std::move(group)),
        calendar_(snapshot.tx(), group_.time_zone, request.now) {
    scope_.has_rest = group_.has_rest;
    for (const Tenant& tenant : group_.tenants) scope_.tenants.push_back(*tenant.id);
    for (const KnownTenant& each : known) scope_.others.push_back(*each.tenant.id);
  }

  // Whether a day that is not over was left out (ReportRequest::only_closed).
  bool leaves_out_today() const { return leaves_out_today_; }

  // Appends the group's tenants and days. `is_alone`: there is nobody else to report on.
  void read(Report& report, bool is_alone) {
    plan();
    for (Batch& batch : batches_) ask(batch);
    if (group_.has_rest) add_rest(is_alone);
    read_recorded();
    for (const Tenant& tenant : group_.tenants) add_days(report, tenant);
  }

 private:
  bool is_stored(const Definition& definition) const {
    return catalog_.source_of(definition).rows != Rows::day;
  }
  bool is_state(const Definition& definition) const {
    return catalog_.source_of(definition).rows == Rows::state;
  }

  void plan() {
    const Asked nothing{{}, Answers{catalog_}};
    Batch closed{{}, false, nothing, nothing}, partial{{}, true, nothing, nothing};
    for (const Date date : dates_asked(request_.days, calendar_)) {
      const bool is_over = date != calendar_.today();
      if (!is_over && request_.only_closed) {
        leaves_out_today_ = true;
      } else {
        (is_over ? closed : partial).asked.push_back(date);
      }
    }
    for (Batch* const batch : {&closed, &partial}) {
      if (!batch->asked.empty()) batches_.push_back(std::move(*batch));
    }
    std::vector<Date> dates;
    for (const Batch& batch : batches_) {
      dates.insert(dates.end(), batch.asked.begin(), batch.asked.end());
      const auto others = compared(batch);
      dates.insert(dates.end(), others.begin(), others.end());
    }
    calendar_.read(dates);
  }

  std::vector<Date> compared(const Batch& batch) const {
    std::vector<Date> dates;
    if (!request_.has_comparisons) return dates;
    for (const Date date : batch.asked) {
      const auto others = needed_dates(date);
      dates.insert(dates.end(), others.begin(), others.end());
    }
    return dates;
  }

  // Whether what is now is what the day ended with.
  bool has_state(const Day& day) const {
    return request_.now < day.to + std::chrono::hours{kStateHours};
  }

  bool asks_for_state(const Batch& batch) const {
    return std::ranges::any_of(batch.asked, [&](Date date) {
      const Day* const day = calendar_.find(date);
      return day != nullptr && has_state(*day);
    });
  }

  // Those that are wanted, of some kinds of rows.
  Selection selected(bool with_states, bool with_lone_days) const {
    Selection selection;
    for (const std::size_t number : request_.selection) {
      const Rows rows = catalog_.source_of(catalog_.definitions[number]).rows;
      const bool is_wanted =
          (rows != Rows::state || with_states) && (rows != Rows::lone_day || with_lone_days);
      if (is_wanted) selection.push_back(number);
    }
    return selection;
  }

  Asked ask(const Selection& selection, Span span) {
    if (span.windows.empty()) return {std::move(span), Answers{catalog_}};
    Answers answers = evaluate(snapshot_, catalog_, selection, span, scope_);
    return {std::move(span), std::move(answers)};
  }

  void ask(Batch& batch) {
    const Selection all = selected(asks_for_state(batch), true);
    if (!batch.is_partial) {
      batch.whole = ask(all, span_of(calendar_, batch.asked, compared(batch), false, request_.now));
      return;
    }
    batch.whole = ask(all, span_of(calendar_, batch.asked, {}, false, request_.now));
    if (!request_.has_comparisons) return;
    batch.compared = ask(selected(false, false),
                         span_of(calendar_, batch.asked, compared(batch), true, request_.now));
  }

  static const Asked& compared_in(const Batch& batch) {
    return batch.is_partial ? batch.compared : batch.whole;
  }

  // Rows of no tenant, and of tenants that nobody knows, as tenants of their own.
  void add_rest(bool is_alone) {
    std::set<std::optional<std::string>> found;
    for (const Batch& batch : batches_) {
      for (const Asked* const asked : {&batch.whole, &batch.compared}) {
        for (const auto& id : asked->answers.tenants()) {
          const bool is_known =
              id && (std::ranges::find(scope_.tenants, *id) != scope_.tenants.end());
          if (!is_known) found.insert(id);
        }
        // Then nobody knows whether there are any.
        if (asked->answers.has_failures()) found.insert(std::nullopt);
      }
    }
    if (is_alone || request_.always_rest) found.insert(std::nullopt);
    for (const auto& id : found) {
      Tenant tenant;
      tenant.id = id;
      group_.tenants.push_back(std::move(tenant));
    }
    for (Tenant& tenant : group_.tenants) tenant.time_zone = group_.time_zone;
  }

  void read_recorded() {
    KeptQuestion question;
    for (const Tenant& tenant : group_.tenants) question.tenants.push_back(tenant.id);
    for (const std::size_t number : request_.selection) {
      const Definition& definition = catalog_.definitions[number];
      if (is_stored(definition)) question.definitions.push_back(&definition);
    }
    for (const Batch& batch : batches_) {
      for (const Window& window : batch.whole.span.windows) {
        question.dates.push_back(window.day.date);
      }
      if (!batch.is_partial) continue;
      for (const Window& window : batch.compared.span.windows) {
        question.dates.push_back(window.day.date);
      }
    }
    kept_ = read_kept(snapshot_.tx(), question);
  }

  // What was recorded of a day with these very bounds; nullptr: nothing, or nothing known.
  const KeptValue* recorded(const Tenant& tenant, const Definition& definition,
                            const Day& day) const {
    const KeptValue* const kept = kept_.find(tenant.id, definition, day.date);
    const bool fits = kept != nullptr && kept->day == day && kept->value.state != State::not_kept;
    return fits ? kept : nullptr;
  }

  static std::optional<int> number_in(const Asked& asked, Date date) {
    const auto& windows = asked.span.windows;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      if (windows[i].day.date == date) return static_cast<int>(i + 1);
    }
    return std::nullopt;
  }

  Answer asked_answer(const Batch& batch, const Tenant& tenant, std::size_t number,
                      const Day& day) const {
    const Definition& definition = catalog_.definitions[number];
    if (!is_state(definition)) {
      return batch.whole.answers.find(number, number_in(batch.whole, day.date), tenant.id);
    }
    const KeptValue* const kept = batch.is_partial ? nullptr : recorded(tenant, definition, day);
    if (kept != nullptr) return {kept->value, kept->parts};
    if (has_state(day)) return batch.whole.answers.find(number, std::nullopt, tenant.id);
    const KeptValue* const other = kept_.find(tenant.id, definition, day.date);
    if (other != nullptr && other->day != day) {
      return {{.state = State::not_kept, .reason = "recorded of a day with other bounds"}, {}};
    }
    return {{.state = State::not_kept,
             .reason = fmt::format("not recorded within {} hours after the day", kStateHours)},
            {}};
  }

  // Of a day that is compared with.
  Value other_value(const Batch& batch, const Tenant& tenant, std::size_t number, Date date) const {
    const Definition& definition = catalog_.definitions[number];
    const auto n = number_in(compared_in(batch), date);
    if (!n) return {.state = State::no_data, .reason = "the calendar has no such day"};
    if (!is_stored(definition)) return compared_in(batch).answers.find(number, n, tenant.id).value;
    const KeptValue* const kept = recorded(tenant, definition, *calendar_.find(date));
    if (kept != nullptr) return kept->value;
    return {.state = State::not_kept, .reason = "not recorded"};
  }

  void add_comparisons(Result& result, const Batch& batch, const Tenant& tenant, std::size_t number,
                       Date date) const {
    const Kind kind = result.definition->kind;
    if (batch.is_partial && !is_stored(*result.definition)) {
      result.so_far = other_value(batch, tenant, number, date);
    }
    const Value& now = result.so_far ? *result.so_far : result.value;
    for (const Basis basis : kBases) {
      const Date then = compared_date(basis, date);
      result.comparisons.push_back(
          compare(kind, now, basis, date, other_value(batch, tenant, number, then)));
    }
    std::vector<Value> before;
    for (const Date then : same_weekdays(date)) {
      before.push_back(other_value(batch, tenant, number, then));
      result.series.push_back({then, before.back()});
    }
    result.series.push_back({date, now});
    result.anomaly = judge(kind, now, before);
  }

  void add_days(Report& report, const Tenant& tenant) const {
    report.tenants.push_back(tenant);
    for (const Batch& batch : batches_) {
      for (const Date date : batch.asked) {
        const Day* const day = calendar_.find(date);
        if (day == nullptr) continue;
        DayReport made{.tenant = report.tenants.size() - 1,
                       .day = *day,
                       .until = std::min(request_.now, day->to),
                       .results = {}};
        for (const std::size_t number : request_.selection) {
          Answer answer = asked_answer(batch, tenant, number, *day);
          Result result;
          result.definition = &catalog_.definitions[number];
          result.value = std::move(answer.value);
          result.parts = std::move(answer.parts);
          if (request_.has_comparisons) add_comparisons(result, batch, tenant, number, date);
          made.results.push_back(std::move(result));
        }
        report.days.push_back(std::move(made));
      }
    }
  }

  Snapshot& snapshot_;
  const Catalog& catalog_;
  const ReportRequest& request_;
  Group group_;
  Scope scope_;
  Calendar calendar_;
  std::vector<Batch> batches_;
  KeptValues kept_;
  bool leaves_out_today_ = false;
};

// One group for each time zone; the rest lives in the zone of rows that belong to no tenant.
std::vector<Group> group_tenants(const std::vector<Tenant>& tenants,
                                 const std::optional<std::string>& rest_zone) {
  std::map<std::string, Group> groups;
  for (const Tenant& tenant : tenants) groups[tenant.time_zone].tenants.push_back(tenant);
  if (rest_zone) groups[*rest_zone].has_rest = true;
  std::vector<Group> all;
  for (auto& [zone, group] : groups) {
    group.time_zone = zone;
    all.push_back(std::move(group));
  }
  return all;
}

// By slug; those without one behind them.
void sort_tenants(Report& report) {
  std::vector<std::size_t> order(report.tenants.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto key = [&](std::size_t i) {
    const Tenant& tenant = report.tenants[i];
    return std::tuple{tenant.slug.empty(), tenant.slug, !tenant.id, tenant.id.value_or("")};
  };
  std::ranges::sort(order, {}, key);
  std::vector<Tenant> tenants;
  std::vector<std::size_t> place(order.size());
  for (const std::size_t from : order) {
    place[from] = tenants.size();
    tenants.push_back(std::move(report.tenants[from]));
  }
  report.tenants = std::move(tenants);
  for (DayReport& day : report.days) day.tenant = place[day.tenant];
  std::ranges::stable_sort(report.days, {}, &DayReport::tenant);
}

}  // namespace

Reading read_report(db::Database& database, std::shared_ptr<const Catalog> catalog,
                    const ReportRequest& request, Clock& clock) {
  const auto begun = clock.steady_now();
  Snapshot snapshot{database, request.limits, clock};
  const auto known = read_tenants(snapshot);
  const auto chosen = choose_tenants(known, request.tenant, request.zones);
  const bool is_alone = known.empty() && !request.tenant;
  auto rest_zone = request.tenant ? std::nullopt : request.zones.of(Tenant{});
  if (is_alone && !rest_zone) throw_no_zone_of_rest();
  Reading reading;
  reading.left_out_rest = !request.tenant && !rest_zone;
  if (!request.tenant) reading.left_out_inactive = known.size() - chosen.size();
  reading.report.catalog = std::move(catalog);
  reading.report.currency = request.currency;
  for (Group& group : group_tenants(chosen, rest_zone)) {
    GroupReader reader{snapshot, *reading.report.catalog, request, std::move(group), known};
    reader.read(reading.report, is_alone);
    reading.left_out_today = reading.left_out_today || reader.leaves_out_today();
  }
  sort_tenants(reading.report);
  if (request.has_runtime) {
    const auto elapsed = clock.steady_now() - begun;
    reading.report.runtime =
        Runtime{snapshot.as_of(), snapshot.id(),
                std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)};
  }
  return reading;
}

Selection select_definitions(const Catalog& catalog, const std::vector<std::string>& names,
                             bool with_wide) {
  std::vector<std::string> known;
  for (const Definition& definition : catalog.definitions) known.push_back(definition.name);
  for (const std::string& name : names) {
    if (catalog.find(name) != nullptr) continue;
    const auto close = nearest(name, known);
    throw Error{ErrorCode::usage, fmt::format("there is no KPI {}", escape_controls(name)),
                close ? fmt::format("Did you mean {}? 'pcx kpi list' shows them all.", *close)
                      : "'pcx kpi list' shows them all."}
        .because("kpi");
  }
  Selection selection;
  for (std::size_t i = 0; i < catalog.definitions.size(); ++i) {
    const Definition& definition = catalog.definitions[i];
    const bool is_named = std::ranges::find(names, definition.name) != names.end();
    const bool is_default = names.empty() && (with_wide || !definition.is_wide);
    if (is_named || is_default) selection.push_back(i);
  }
  return selection;
}

}  // namespace pcx::kpi
