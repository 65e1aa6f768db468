// Attacks that pretend to be what pcx itself does, or what a DBA may do.
#include "audit/note.h"
#include "audit/retain_note.h"
#include "core/json.h"
#include "tests/trail/attack_tools.h"

namespace pcx::audit {

namespace {

// A note as pcx writes it, through pcx's own function.
std::string note(const std::string& kind, const std::string& details) {
  return fmt::format("; SELECT pcx.audit_note('{}', {}::jsonb)", kind, details);
}

}  // namespace

// Calls it retention, with all numbers right, and signs it with a key of his own.
Expected forge_retain(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "C");
  const std::string digest = trail.value(
      fmt::format("SELECT encode(sha256(leaf), 'hex') FROM pcx.ledger WHERE {}", place.where()));
  std::string details = fmt::format(
      R"("month": "2019-01", "epoch": 1, "from_index": {0}, "to_index": {0}, "dropped": 1, )"
      R"("digest": "{1}", "by": "ann@host", "reason": "yearly")",
      place.index, digest);
  if (flip(random)) {
    std::vector<SigningKey> keys;
    keys.push_back(SigningKey::generate("purple-cross/audit", random));
    const std::string text =
        retain_text({.origin = trail.value("SELECT origin FROM pcx.audit_epoch"),
                     .month = "2019-01",
                     .from_index = place.index,
                     .to_index = place.index,
                     .dropped = 1,
                     .digest = digest,
                     .before = {}});
    details += R"(, "signature": )" + to_json(Document{sign_note(text, keys)});
  }
  db::Query query{"test.note"};
  query.literal("{" + details + "}");
  unseen(trail, fmt::format("DELETE FROM pcx.change WHERE {0}; DELETE FROM pcx.ledger WHERE {0}",
                            place.where()) +
                    note("retain", query.text()));
  if (flip(random)) trail.seal();
  return {{"row deleted"}, place.index};
}

// Calls it a rotation of keys.
Expected forge_reseal(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "A");
  const bool is_deleted = flip(random);
  const std::string leaf = trail.value(
      fmt::format("SELECT encode(leaf, 'hex') FROM pcx.ledger WHERE {}", place.where()));
  const std::string deed =
      is_deleted
          ? fmt::format("DELETE FROM public.audit_logs WHERE id = '{}'", place.id)
          : fmt::format("UPDATE public.audit_logs SET \"userId\" = 'mallory' WHERE id = '{}'",
                        place.id);
  unseen(trail, deed + note("reseal",
                            fmt::format(R"('{{"relation": "public.audit_logs", "ids": ["{0}"], )"
                                        R"("was": ["{1}"], "becomes": ["{1}"], "old": ["{1}"], )"
                                        R"("new": ["{1}"], "from": [1], "to": 2, "actor": "ann", )"
                                        R"("reason": ""}}')",
                                        place.id, leaf)));
  if (flip(random)) trail.seal();
  return {{is_deleted ? "row deleted" : "row altered"}, place.index};
}

// What captures changes captures nothing any more; by DDL, or without.
Expected replace_function(Trail& trail, Random& random) {
  const auto size = size_of(trail);
  const bool is_told = flip(random);  // in a note of DDL, which explains nothing of it
  if (!is_told) {
    trail.sql(
        "BEGIN; SET LOCAL allow_system_table_mods = on;"
        "UPDATE pg_proc SET prosrc = 'BEGIN RETURN NULL; END' WHERE proname = 'audit_capture';"
        "COMMIT");
  } else {
    trail.sql(
        "CREATE OR REPLACE FUNCTION pcx.audit_capture() RETURNS trigger LANGUAGE plpgsql"
        " SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8'"
        " AS 'BEGIN RETURN NULL; END'");
  }
  trail.work(random);
  if (flip(random)) trail.seal();
  return {{"function replaced"}, is_told ? size_of(trail) : size, false};
}

// Rows of one actor never arrive.
Expected trigger_before(Trail& trail, Random& random) {
  const auto size = size_of(trail);
  trail.sql(
      "CREATE FUNCTION public.forget() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN IF NEW.actor = ''mallory'' THEN RETURN NULL; END IF; RETURN NEW; END';"
      "CREATE TRIGGER forget BEFORE INSERT ON pcx.change FOR EACH ROW"
      " EXECUTE FUNCTION public.forget()");
  if (flip(random)) trail.seal();
  return {{"capture bypassed"}, size, false};
}

// A second tree without a restore, so that what is behind the last checkpoint can be written anew.
Expected own_epoch(Trail& trail, Random& random) {
  trail.sql(
      "SELECT pcx.audit_open_epoch(origin || 'x', system_identifier, timeline, database_oid, '')"
      " FROM pcx.audit_epoch");
  if (flip(random)) trail.work(random);
  return {{"checkpoint replaced"}, 0, false};
}

// The newest but one, so that what it says of its time is gone; the next one begins where it began.
Expected remove_checkpoint(Trail& trail, Random& random) {
  const auto chosen =
      trail.number("SELECT size FROM pcx.checkpoint ORDER BY size DESC OFFSET 1 LIMIT 1");
  std::string deed = fmt::format("DELETE FROM pcx.checkpoint WHERE size = {}", chosen);
  if (flip(random)) {
    deed += fmt::format(
        "; UPDATE pcx.checkpoint SET first_size = (SELECT max(size) FROM pcx.checkpoint WHERE size"
        " < {0}) WHERE first_size = {0}",
        chosen);
  }
  unseen(trail, deed);
  const auto before =
      trail.number(fmt::format("SELECT max(size) FROM pcx.checkpoint WHERE size < {}", chosen));
  return {{"checkpoint replaced"}, before, false};
}

// A row that is right in every way, and sealed; only the time is not that of its transaction.
Expected date_back(Trail& trail, Random& random) {
  trail.sql(fmt::format(R"(
WITH c AS (
  INSERT INTO pcx.change
  SELECT pcx.audit_segment(), pg_current_xact_id(), nextval('pcx.audit_seq'),
         clock_timestamp() - interval '{} minutes', 'public.patients', 'I', '1', NULL, 'ann', NULL,
         NULL, 'app', 'dated back', NULL, '{{}}'
  RETURNING *)
INSERT INTO pcx.ledger SELECT c.segment, c.xid, c.seq, c.at, 'C', 1, NULL, NULL, {} FROM c)",
                        11 + random.below(100'000), kRightLeaf));
  trail.seal();
  return {{"row inserted"},
          trail.number(fmt::format("SELECT i FROM {} AS x JOIN pcx.change AS c USING (xid, seq)"
                                   " WHERE c.application = 'dated back'",
                                   kIndexed))};
}

}  // namespace pcx::audit
