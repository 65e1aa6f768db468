// A small trail: rows of both sources with hostile values, times that collide, and NULLs.
#pragma once

#include <string>

#include <fmt/format.h>

#include "tests/audit/application_table.h"
#include "tests/audit/fixture.h"
#include "tests/audit/random_question.h"

namespace pcx::audit {

class RandomTrailFixture : public AuditFixture {
 protected:
  void SetUp() override {
    AuditFixture::SetUp();
    run(kApplicationTable);
    for (const char* const column : {"userId", "action", "resource", "timestamp"}) {
      run(fmt::format("CREATE INDEX ON public.audit_logs (\"{}\")", column));
    }
    run(R"(CREATE INDEX ON public.audit_logs ("tenantId", "timestamp" DESC, id DESC))");
  }

  void run(std::string_view text) { sql(text); }

  void fill(int rows) {
    RandomQuestions dice{7};
    for (int i = 0; i < rows; ++i) add_app(dice, i);
    for (int i = 0; i < rows; ++i) add_change(dice, i);
    run("ANALYZE public.audit_logs");
    run("ANALYZE pcx.change");
  }

  // A third of them has none.
  static db::Param some(RandomQuestions& dice, const std::vector<std::string>& all) {
    if (dice.once_in(3)) return nullptr;
    return db::Param{dice.once_in(8) ? dice.of(kHostileTexts) : dice.of(all)};
  }
  static std::string some_time(RandomQuestions& dice) {
    return fmt::format("2026-03-{:02} {:02}:30:00.{:03}", 1 + dice.below(28), dice.below(24),
                       dice.below(2));
  }

  void add_app(RandomQuestions& dice, int number) {
    const std::string success = dice.of({"true", "false", "\"true\"", "null"});
    database().query(
        db::Statement{"test",
                      R"(INSERT INTO public.audit_logs VALUES ($1, $2, $3, $4, $5, $6::jsonb,
            jsonb_build_object('correlationId', $7::text, 'success', $8::jsonb), $9, $10,
            $11::timestamp, $12))"},
        {fmt::format("app-{:04}", number * 7919 % 10000), dice.of(kUsers), dice.of(kActions),
         dice.of(kResources), some(dice, kIds), dice.of(kDocuments), some(dice, kCorrelations),
         success, some(dice, kAddresses), some(dice, kAgents), some_time(dice),
         some(dice, kTenants)});
  }

  void add_change(RandomQuestions& dice, int number) {
    const std::string op = dice.of({"I", "U", "D", "T"});
    const bool has_before = op == "U" || op == "D";
    const bool has_after = op == "U" || op == "I";
    database().query(db::Statement{"test", R"(INSERT INTO pcx.change VALUES (3, $1::xid8, $2,
            $3::timestamp AT TIME ZONE 'UTC', $4, $5::"char", $6, $7, $8, $9, $10, 'app', 'pcx',
            $11::jsonb, $12::jsonb))"},
                     {std::to_string(700 + number / 3), std::int64_t{number}, some_time(dice),
                      dice.of(kRelations), op, some(dice, kIds), some(dice, kTenants),
                      dice.of(kUsers), some(dice, kCorrelations), some(dice, kAddresses),
                      has_before ? db::Param{dice.of(kDocuments)} : db::Param{nullptr},
                      has_after ? db::Param{dice.of(kDocuments)} : db::Param{nullptr}});
  }
};

}  // namespace pcx::audit
