#include "sandbox/audit_rows.h"

#include <fmt/format.h>

#include "sandbox/sample_texts.h"

namespace pcx::sandbox {

namespace {

void append_address(std::string& buffer, const SampleId& person) {
  fmt::format_to(std::back_inserter(buffer), "10.20.{}.{}", person.high & 15,
                 1 + (person.low & 127));
}

}  // namespace

std::string_view plain_address(const SampleId& person, std::string& buffer) {
  buffer.clear();
  append_address(buffer, person);
  return buffer;
}

std::string_view mapped_address(const SampleId& person, std::string& buffer) {
  buffer = "::ffff:";
  append_address(buffer, person);
  return buffer;
}

RowText& begin_audit_row(SampleRows& rows, SeededRandom& dice, const AuditEvent& event,
                         std::string_view verb) {
  RowText& row = rows.row(TableId::audit_logs);
  row.id(sample_id(dice));
  if (event.in_request) {
    row.id(event.user);
  } else {
    row.plain("system");
  }
  return row.joined(event.model, verb).plain(event.model).id(event.resource);
}

void end_audit_row(RowText& row, SeededRandom& dice, const AuditEvent& event) {
  if (!event.in_request) {
    row.plain(R"({"correlationId":null,"tenantId":null})")
        .null()
        .null()
        .time(event.at)
        .null()
        .end();
    return;
  }
  row.object([&](JsonText& json) {
    json.id("correlationId", sample_id(dice));
    if (event.tenant == Tenant::none) {
      json.null("tenantId");
    } else {
      json.text("tenantId", tenant_id_text(event.tenant));
    }
  });
  std::string address;
  row.plain(mapped_address(event.user, address));
  row.plain(user_agents()[event.user.low & 3]).time(event.at).tenant(event.tenant).end();
}

}  // namespace pcx::sandbox
