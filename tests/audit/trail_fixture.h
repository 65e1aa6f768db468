// A database with a trail as install makes it, in short: audit_logs and one audited table.
#pragma once

#include <string>
#include <vector>

#include "audit/note_key.h"
#include "audit/seal.h"
#include "db/script.h"
#include "tests/audit/application_table.h"
#include "tests/audit/fixture.h"
#include "tests/support/temporary_folder.h"

namespace pcx::audit {

class TrailFixture : public AuditFixture {
 protected:
  void SetUp() override {
    AuditFixture::SetUp();
    script(kApplicationTable);
    script(R"(
      CREATE TRIGGER pcx_audit_log AFTER INSERT ON public.audit_logs
          FOR EACH ROW EXECUTE FUNCTION pcx.audit_log_row();
      CREATE TABLE public.patients (id text PRIMARY KEY, name text, notes text, weight float8,
          "tenantId" text, "updatedBy" text, "deletedAt" timestamp(3));
      CREATE TRIGGER pcx_audit AFTER INSERT OR UPDATE OR DELETE ON public.patients
          FOR EACH ROW EXECUTE FUNCTION pcx.audit_capture('{id}', '{}', '{}', '{}');
      SELECT pcx.audit_make_months(1);)");
    db::Transaction tx = database().begin();
    open_epoch_when_needed(tx, "", random);
    tx.commit();
  }
  void script(const std::string& text) { db::run_script(database(), text, "test"); }

  void seal_all() {
    db::AdvisoryLock lock{database(), kSealLock, {}, clock_, interrupt_};
    seal({.database = database(), .keys = keys_, .random = random});
  }
  std::vector<VerifierKey> verifiers() const { return {keys_.front().verifier()}; }

  SystemClock clock_;
  Interrupt interrupt_;
  testing::TemporaryFolder folder_;

 private:
  std::vector<SigningKey> make_keys() {
    std::vector<SigningKey> keys;
    keys.push_back(SigningKey::generate("test", random));
    return keys;
  }
  std::vector<SigningKey> keys_ = make_keys();
};

}  // namespace pcx::audit
