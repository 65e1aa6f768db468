// The business metrics of the production readiness guide, gap 35, as it writes them, but for two
// names of columns without which they do not run: invoices.total (not totalAmount) and
// inventory_items."quantityOnHand" (not quantity). A reference of what not to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "db/database.h"

namespace pcx::kpi {

struct GuideMetrics {
  std::int64_t appointments_today = 0, appointments_completed = 0, appointments_cancelled = 0;
  double average_wait_time = 0;  // "Calculate from appointment data"
  double revenue_today = 0;
  std::int64_t new_patients_today = 0, active_clients = 0, inventory_low_stock = 0;
};

class GuideQueries {
 public:
  // `today`: new Date() with setHours(0, 0, 0, 0): midnight of the server that runs the
  // application, "2026-03-08 00:00" in UTC.
  GuideQueries(db::Database& database, std::string today)
      : database_(database), today_(std::move(today)) {}

  // Promise.all: each question is a transaction of its own.
  GuideMetrics collect() {
    GuideMetrics metrics;
    metrics.appointments_today = appointments();
    metrics.appointments_completed = appointments("completed");
    metrics.appointments_cancelled = appointments("cancelled");
    metrics.revenue_today = ask<double>(
        R"(SELECT coalesce(sum(total), 0) FROM public.invoices WHERE "createdAt" >= $1::timestamp)",
        {today_});
    metrics.new_patients_today = ask<std::int64_t>(
        R"(SELECT count(*) FROM public.patients WHERE "createdAt" >= $1::timestamp)", {today_});
    metrics.active_clients =
        ask<std::int64_t>("SELECT count(*) FROM public.clients WHERE status = 'active'", {});
    metrics.inventory_low_stock = ask<std::int64_t>(
        R"(SELECT count(*) FROM public.inventory_items WHERE "quantityOnHand" <= "reorderPoint")",
        {});
    return metrics;
  }

  std::int64_t appointments() {
    return ask<std::int64_t>(
        R"(SELECT count(*) FROM public.appointments WHERE "startTime" >= $1::timestamp)", {today_});
  }
  std::int64_t appointments(const std::string& status) {
    return ask<std::int64_t>(R"(SELECT count(*) FROM public.appointments
                                WHERE "startTime" >= $1::timestamp AND status = $2)",
                             {today_, status});
  }

 private:
  template <typename Number>
  Number ask(std::string_view question, const db::Params& params) {
    return database_.query(db::Statement{"guide", question}, params).one()[0].as<Number>();
  }

  db::Database& database_;
  std::string today_;
};

}  // namespace pcx::kpi
