// The writers of sample rows, one for each corner of the practice.
#pragma once

#include "sandbox/audit_rows.h"
#include "sandbox/practice.h"
#include "sandbox/row_text.h"
#include "sandbox/seed.h"
#include "sandbox/visit.h"

namespace pcx::sandbox {

struct Seeding {
  const Practice& practice;
  SampleRows& rows;
  const SealText& seal;
};

// Everything below, in one go: options.rows_total rows altogether.
void write_samples(const SeedOptions& options, const SealText& seal, bool has_first_tenant,
                   SampleRows& rows);

void write_tenants(Seeding& seeding, bool has_first);
void write_team(Seeding& seeding);        // staff and what they do when nobody is ill
void write_clients(Seeding& seeding);     // clients, their animals and programs
void write_medicines(Seeding& seeding);   // the formulary
void write_stock(Seeding& seeding);       // shelves, orders, machines
void write_outreach(Seeding& seeding);    // campaigns, surveys
void write_office(Seeding& seeding);      // documents, policies, reports
void write_automation(Seeding& seeding);  // webhooks, workflows
void write_api_keys(Seeding& seeding);

// All visits of two years and the weeks to come, with what each leaves behind.
void write_visits(Seeding& seeding);
void write_appointment(Seeding& seeding, const Visit& visit, SeededRandom& dice);
void write_clinic(Seeding& seeding, const Visit& visit, SeededRandom& dice);
void write_bill(Seeding& seeding, const Visit& visit, SeededRandom& dice);

// Usage of the API keys over the last quarter: exactly `count` rows.
void write_api_usage(Seeding& seeding, std::int64_t count);

// When somebody wrote a row once and never again.
Authorship written(const Practice& practice, Instant at, std::int64_t staff, Tenant tenant);

}  // namespace pcx::sandbox
