// Rows of audit_logs in the application's shape: action "Appointment.update", changes with the
// fields sent, metadata with the request, an IPv4 address mapped into IPv6.
#pragma once

#include <string>
#include <string_view>

#include "core/random.h"
#include "sandbox/practice.h"
#include "sandbox/row_text.h"

namespace pcx::sandbox {

struct AuditEvent {
  std::string_view model;  // of Prisma: "MedicalRecord"
  SampleId resource;
  SampleId user;
  Tenant tenant = Tenant::none;
  Instant at;
  bool in_request = true;  // false: a script wrote it, as user "system", without a tenant
};

// The fields of audit_logs before and after `changes`.
RowText& begin_audit_row(SampleRows& rows, SeededRandom& dice, const AuditEvent& event,
                         std::string_view verb);
void end_audit_row(RowText& row, SeededRandom& dice, const AuditEvent& event);

// `write(JsonText&)` adds what the request sent; the author and the tenant follow.
template <typename Write>
void audit_create(SampleRows& rows, SeededRandom& dice, const AuditEvent& event, Write&& write) {
  RowText& row = begin_audit_row(rows, dice, event, ".create");
  row.object([&](JsonText& json) {
    write(json);
    if (!event.in_request) return;
    if (event.tenant != Tenant::none) json.text("tenantId", tenant_id_text(event.tenant));
    json.id("createdBy", event.user).id("updatedBy", event.user);
  });
  end_audit_row(row, dice, event);
}

template <typename Write>
void audit_update(SampleRows& rows, SeededRandom& dice, const AuditEvent& event, Write&& write) {
  RowText& row = begin_audit_row(rows, dice, event, ".update");
  row.object([&](JsonText& json) {
    write(json);
    json.id("updatedBy", event.user).raw("version", "{\"increment\":1}");
  });
  end_audit_row(row, dice, event);
}

// An address of the practice's network for a person: "10.20.3.44" and "::ffff:10.20.3.44".
std::string_view plain_address(const SampleId& person, std::string& buffer);
std::string_view mapped_address(const SampleId& person, std::string& buffer);

}  // namespace pcx::sandbox
