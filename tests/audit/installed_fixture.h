// A database whose tables are audited.
#pragma once

#include <vector>

#include "audit/installer.h"
#include "tests/audit/application_tables.h"
#include "tests/audit/fixture.h"

namespace pcx::audit {

class InstalledFixture : public AuditFixture {
 protected:
  void SetUp() override {
    AuditFixture::SetUp();
    for (const char* table : kApplicationTables) sql(table);
  }

  InstallTools tools() {
    return {database(), clock_, interrupt_, random, [](db::Transaction&, const db::Deed&) {}};
  }

  void install(const std::vector<TableRule>& rules) {
    const InstallWish wish{.rules = rules, .is_profile = false};
    const auto plan = plan_install(wish, read_install_facts(database(), wish, {}));
    prepare_trail(tools());
    for (PlannedTable planned : plan.tables) {
      for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].relation() != planned.rule.relation()) continue;
        planned.rule.ignored = rules[i].ignored;
        planned.rule.on_error = rules[i].on_error;
      }
      if (is_deed(planned.step)) install_table(tools(), planned);
    }
    if (is_deed(plan.log)) install_log(tools(), plan.log);
    if (plan.adopt) adopt_log_rows(tools(), [](std::int64_t) {});
  }

  // Each row of pcx.change, pcx.audit_meta and audit_logs has one leaf, and that is right; there
  // are no others.
  void expect_right_leaves() {
    EXPECT_EQ(sql(R"(
        SELECT count(*) FROM pcx.change AS c FULL JOIN
            (SELECT * FROM pcx.ledger WHERE src = 'C') AS l USING (segment, xid, seq, at)
         WHERE l.leaf IS DISTINCT FROM sha256('\x007063783143'::bytea || record_send(ROW(c.seq,
             c.xid, c.at, c.relation, c.op, c.row_key, c.tenant, c.actor, c.correlation, c.address,
             c.db_user, c.application, c.before, c.after))))"),
              "0");
    EXPECT_EQ(sql(R"(
        SELECT count(*) FROM pcx.audit_meta AS m FULL JOIN
            (SELECT * FROM pcx.ledger WHERE src = 'M') AS l USING (xid, seq, at)
         WHERE l.leaf IS DISTINCT FROM sha256('\x00706378314d'::bytea || record_send(ROW(m.seq,
             m.xid, m.at, m.kind, m.db_user, m.details))))"),
              "0");
    EXPECT_EQ(sql(R"(
        SELECT count(*) FROM public.audit_logs AS a FULL JOIN
            (SELECT * FROM pcx.ledger WHERE src = 'A') AS l ON l.row_id = a.id
         WHERE l.leaf IS DISTINCT FROM pcx.audit_log_leaf(a.id, a."userId", a.action, a.resource,
             a."resourceId", a.changes, a.metadata, a."ipAddress", a."userAgent", a."timestamp",
             a."tenantId"))"),
              "0");
  }

 private:
  SystemClock clock_;
  Interrupt interrupt_;
};

}  // namespace pcx::audit
