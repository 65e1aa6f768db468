#include "tests/trail/attack_tools.h"

namespace pcx::audit {

std::string switch_triggers(bool are_on) {
  return fmt::format(R"(
UPDATE pg_class SET relhastriggers = {}
 WHERE oid IN (SELECT tgrelid FROM pg_trigger WHERE tgname ^@ 'pcx_audit');)",
                     are_on);
}

void unseen(Trail& trail, const std::string& deed) { run_unseen(trail.database(), deed); }

void behind_disabled_triggers(Trail& trail, const std::string& deed,
                              const std::vector<const char*>& tables) {
  std::string script =
      "BEGIN; ALTER EVENT TRIGGER pcx_audit_ddl DISABLE;"
      "ALTER EVENT TRIGGER pcx_audit_drop DISABLE;";
  for (const char* table : tables)
    script += fmt::format("ALTER TABLE {} DISABLE TRIGGER ALL;", table);
  script += deed;
  script += R"(;
DO $$ DECLARE t record; BEGIN
  FOR t IN SELECT tgname, tgrelid::regclass::text AS relation FROM pg_trigger
            WHERE tgname ^@ 'pcx_audit' AND tgenabled <> 'A' AND tgparentid = 0 LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.relation, t.tgname);
  END LOOP; END $$;
ALTER EVENT TRIGGER pcx_audit_ddl ENABLE ALWAYS; ALTER EVENT TRIGGER pcx_audit_drop ENABLE ALWAYS;
COMMIT;)";
  trail.sql(script);
}

void run_unseen(db::Database& database, const std::string& deed) {
  db::run_script(database,
                 "BEGIN; SET LOCAL allow_system_table_mods = on;" + switch_triggers(false) + deed +
                     ";" + switch_triggers(true) + "COMMIT;",
                 "test");
}

std::int64_t size_of(Trail& trail) { return trail.number("SELECT max(size) FROM pcx.checkpoint"); }

Place place_at(Trail& trail, std::int64_t index) {
  const std::string from = fmt::format(" FROM {} AS x WHERE i = {}", kIndexed, index);
  return {index, trail.value("SELECT xid::text" + from), trail.value("SELECT seq::text" + from),
          trail.value("SELECT row_id" + from)};
}

Place random_place(Trail& trail, Random& random, const std::string& source, std::int64_t below) {
  const std::int64_t limit = below < 0 ? size_of(trail) - 1 : below;
  const std::string from =
      fmt::format(" FROM {} AS x WHERE src = '{}' AND i < {}", kIndexed, source, limit);
  const std::int64_t count = trail.number("SELECT count(*)" + from);
  const auto skip = random.below(static_cast<std::uint64_t>(count));
  return place_at(trail,
                  trail.number(fmt::format("SELECT i{} ORDER BY i OFFSET {} LIMIT 1", from, skip)));
}

bool flip(Random& random) { return random.below(2) == 0; }

}  // namespace pcx::audit
