#include "sandbox/practice.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::sandbox {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

// Measured: one visit brings about 16 rows with its records, bills and audit entries. A quarter of
// all rows is left to the usage of API keys, which fills up to the number asked for.
constexpr std::int64_t kVisitsPerThousandRows = 45;

constexpr days kVisitDays{730};
constexpr days kDaysBefore{1095};
constexpr double kPatientsBefore = 0.6;  // share of them that came before the first visit day

}  // namespace

SampleScale scale_for(std::int64_t rows_total) {
  if (rows_total < kSampleRowsMin || rows_total > kSampleRowsMax) {
    throw Error{ErrorCode::usage, fmt::format("cannot seed {} rows", rows_total),
                fmt::format("Ask for small, medium, large, or a number from {} to {}.",
                            kSampleRowsMin, kSampleRowsMax)};
  }
  SampleScale scale;
  scale.rows_total = rows_total;
  scale.visits = rows_total * kVisitsPerThousandRows / 1000;
  scale.patients = scale.visits / 4;
  scale.clients = scale.patients * 5 / 8;
  scale.teams = std::clamp<std::int64_t>(scale.visits / 8000, 1, 100);
  scale.stock_items = 120 + scale.visits / 40;
  return scale;
}

Practice::Practice(std::uint64_t seed, Instant now, const SampleScale& scale)
    : salt_(SeededRandom{seed}.next()), now_(now), scale_(scale) {}

Instant Practice::first_day() const { return std::chrono::floor<days>(now_) - kVisitDays; }

Instant Practice::opened() const { return first_day() - kDaysBefore; }

SampleId Practice::id(TableId table, std::int64_t number) const {
  return sample_id(salt_, static_cast<std::uint64_t>(table) + 1,
                   static_cast<std::uint64_t>(number));
}

SeededRandom Practice::dice(TableId table, std::int64_t number) const {
  return SeededRandom{id(table, number).high ^ salt_};
}

Tenant Practice::tenant_of_client(std::int64_t client) const {
  const std::int64_t place = client % 20;
  if (place == 13) return Tenant::none;
  return place > 13 ? Tenant::second : Tenant::first;
}

std::int64_t Practice::owner_of(std::int64_t patient) const {
  return patient * scale_.clients / scale_.patients;
}

std::int64_t Practice::first_patient_of(std::int64_t client) const {
  return (client * scale_.patients + scale_.clients - 1) / scale_.clients;
}

Instant Practice::patient_since(std::int64_t patient) const {
  const double share = static_cast<double>(patient) / static_cast<double>(scale_.patients);
  const bool is_old = share < kPatientsBefore;
  const double part =
      is_old ? share / kPatientsBefore : (share - kPatientsBefore) / (1 - kPatientsBefore);
  const Instant from = is_old ? opened() : first_day();
  const milliseconds span = is_old ? first_day() - opened() : now_ - first_day();
  return from + milliseconds{static_cast<std::int64_t>(part * static_cast<double>(span.count()))};
}

Instant Practice::client_since(std::int64_t client) const {
  return patient_since(first_patient_of(client));
}

std::int64_t Practice::patients_before(Instant instant) const {
  const auto share = [](milliseconds part, milliseconds whole) {
    return static_cast<double>(part.count()) / static_cast<double>(whole.count());
  };
  const double came = instant < first_day()
                          ? kPatientsBefore * share(instant - opened(), first_day() - opened())
                          : kPatientsBefore + (1 - kPatientsBefore) *
                                                  share(instant - first_day(), now_ - first_day());
  const auto count = static_cast<std::int64_t>(came * static_cast<double>(scale_.patients));
  return std::clamp<std::int64_t>(count, 1, scale_.patients);
}

Tenant Practice::tenant_of_staff(std::int64_t staff) const {
  if (staff % 12 == 5) return Tenant::none;
  return staff % 4 == 3 ? Tenant::second : Tenant::first;
}

std::int64_t Practice::staff(Job job, Tenant tenant, SeededRandom& dice) const {
  const auto team = static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(scale_.teams)));
  const auto seat = tenant == Tenant::second ? 3 : static_cast<std::int64_t>(dice.below(3));
  return team * 12 + static_cast<std::int64_t>(job) * 4 + seat;
}

}  // namespace pcx::sandbox
