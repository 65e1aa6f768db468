// The practice behind the samples as arithmetic: how many there are of everything, who belongs to
// whom, and since when. Nothing is kept in memory; every answer follows from the seed.
#pragma once

#include <cstdint>

#include "core/random.h"
#include "sandbox/row_text.h"
#include "sandbox/sample_id.h"
#include "sandbox/sample_tables.h"

namespace pcx::sandbox {

inline constexpr std::int64_t kSampleRowsMin = 10'000;
inline constexpr std::int64_t kSampleRowsMax = 200'000'000;

struct SampleScale {
  std::int64_t rows_total = 0;
  std::int64_t visits = 0;
  std::int64_t patients = 0;
  std::int64_t clients = 0;
  std::int64_t teams = 0;  // of twelve people: Practice::staff()
  std::int64_t stock_items = 0;
};

// Throws Error{usage} for fewer rows than kSampleRowsMin or more than kSampleRowsMax.
SampleScale scale_for(std::int64_t rows_total);

enum class Job { veterinarian, receptionist, technician };

class Practice {
 public:
  Practice(std::uint64_t seed, Instant now, const SampleScale& scale);

  const SampleScale& scale() const { return scale_; }
  Instant now() const { return now_; }
  Instant first_day() const;  // of the visits: two years before now
  Instant opened() const;     // the oldest clients: three years before that

  SampleId id(TableId table, std::int64_t number) const;
  // A generator of its own for each row, so that rows do not depend on the order of writing.
  SeededRandom dice(TableId table, std::int64_t number) const;

  // Clients: every 20th has no tenant (written before tenants existed), six of 20 the second.
  Tenant tenant_of_client(std::int64_t client) const;
  std::int64_t owner_of(std::int64_t patient) const;
  Tenant tenant_of_patient(std::int64_t patient) const {
    return tenant_of_client(owner_of(patient));
  }
  // Patients come in order: number 0 first. The client comes with the first of its patients.
  Instant patient_since(std::int64_t patient) const;
  Instant client_since(std::int64_t client) const;
  std::int64_t patients_before(Instant instant) const;  // at least 1

  // A team of twelve: of each job three people of the first tenant, then one of the second. The
  // sixth of each team has no tenant.
  std::int64_t staff_count() const { return scale_.teams * 12; }
  Job job_of(std::int64_t staff) const { return static_cast<Job>(staff % 12 / 4); }
  Tenant tenant_of_staff(std::int64_t staff) const;
  std::int64_t staff(Job job, Tenant tenant, SeededRandom& dice) const;
  SampleId user_of(std::int64_t staff) const { return id(TableId::users, staff); }

 private:
  std::int64_t first_patient_of(std::int64_t client) const;

  std::uint64_t salt_;
  Instant now_;
  SampleScale scale_;
};

}  // namespace pcx::sandbox
