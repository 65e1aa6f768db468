#include "tests/trail/attacks.h"

#include "audit/checkpoint_store.h"
#include "audit/note.h"
#include "audit/retain_note.h"
#include "audit/seal_point.h"
#include "audit/tile_store.h"
#include "core/json.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

// The ledger in its order with the index that each row was sealed at; one tree.
constexpr const char* kIndexed =
    "(SELECT row_number() OVER (ORDER BY segment, xid, seq) - 1 AS i, l.* FROM pcx.ledger AS l)";

constexpr const char* kTables[] = {"pcx.change",     "pcx.ledger",        "pcx.audit_meta",
                                   "pcx.checkpoint", "public.audit_logs", "public.patients"};

// Of all that has triggers of pcx, and of months. A superuser may write to the catalog: no trigger
// fires then, no event trigger sees it, and every trigger is as it was before.
std::string switch_triggers(bool are_on) {
  return fmt::format(R"(
UPDATE pg_class SET relhastriggers = {}
 WHERE oid IN (SELECT tgrelid FROM pg_trigger WHERE tgname ^@ 'pcx_audit');)",
                     are_on);
}

void unseen(Trail& trail, const std::string& deed) { run_unseen(trail.database(), deed); }

// The same by what owners of tables may do, and puts everything back: that leaves traces.
void behind_disabled_triggers(Trail& trail, const std::string& deed) {
  std::string script =
      "BEGIN; ALTER EVENT TRIGGER pcx_audit_ddl DISABLE;"
      "ALTER EVENT TRIGGER pcx_audit_drop DISABLE;";
  for (const char* table : kTables)
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

std::int64_t size_of(Trail& trail) { return trail.number("SELECT max(size) FROM pcx.checkpoint"); }

// A sealed row of a source, but not the last one of all.
struct Place {
  std::int64_t index = 0;
  std::string xid;
  std::string seq;
  std::string id;

  std::string where() const { return fmt::format("xid = '{}'::xid8 AND seq = {}", xid, seq); }
};

Place place_at(Trail& trail, std::int64_t index) {
  const std::string from = fmt::format(" FROM {} AS x WHERE i = {}", kIndexed, index);
  return {index, trail.value("SELECT xid::text" + from), trail.value("SELECT seq::text" + from),
          trail.value("SELECT row_id" + from)};
}

Place random_place(Trail& trail, Random& random, const std::string& source,
                   std::int64_t below = -1) {
  const std::int64_t limit = below < 0 ? size_of(trail) - 1 : below;
  const std::string from =
      fmt::format(" FROM {} AS x WHERE src = '{}' AND i < {}", kIndexed, source, limit);
  const std::int64_t count = trail.number("SELECT count(*)" + from);
  const auto skip = random.below(static_cast<std::uint64_t>(count));
  return place_at(trail,
                  trail.number(fmt::format("SELECT i{} ORDER BY i OFFSET {} LIMIT 1", from, skip)));
}

bool flip(Random& random) { return random.below(2) == 0; }

const std::string kRightLeaf =
    "sha256('\\x007063783143'::bytea || record_send(ROW(c.seq, c.xid, c.at, c.relation, c.op,"
    " c.row_key, c.tenant, c.actor, c.correlation, c.address, c.db_user, c.application, c.before,"
    " c.after)))";

std::string make_leaf_right(const Place& place) {
  return fmt::format(
      "; UPDATE pcx.ledger AS l SET leaf = {} FROM pcx.change AS c"
      " WHERE c.{} AND l.xid = c.xid AND l.seq = c.seq",
      kRightLeaf, "xid = '" + place.xid + "'::xid8 AND c.seq = " + place.seq);
}

Expected alter_change(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "C");
  std::string deed =
      flip(random)
          ? "UPDATE pcx.change SET actor = actor || ' or mallory' WHERE " + place.where()
          : "UPDATE pcx.change SET after = '{\"name\": \"forged\"}' WHERE " + place.where();
  if (flip(random)) deed += make_leaf_right(place);
  unseen(trail, deed);
  return {{"row altered"}, place.index};
}

Expected alter_log(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "A");
  std::string deed =
      "UPDATE public.audit_logs SET \"userId\" = 'mallory' WHERE id = '" + place.id + "'";
  if (flip(random)) {
    deed +=
        "; UPDATE pcx.ledger AS l SET leaf = pcx.audit_log_leaf(a.id, a.\"userId\", a.action,"
        " a.resource, a.\"resourceId\", a.changes, a.metadata, a.\"ipAddress\", a.\"userAgent\","
        " a.\"timestamp\", a.\"tenantId\") FROM public.audit_logs AS a WHERE a.id = l.row_id"
        " AND l.row_id = '" +
        place.id + "'";
  }
  unseen(trail, deed);
  return {{"row altered"}, place.index};
}

Expected alter_note(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "M");
  unseen(trail, "UPDATE pcx.audit_meta SET db_user = 'nobody' WHERE " + place.where());
  return {{"row altered"}, place.index};
}

Expected delete_row(Trail& trail, Random& random) {
  const bool is_change = flip(random);
  const Place place = random_place(trail, random, is_change ? "C" : "A");
  std::string deed = is_change ? "DELETE FROM pcx.change WHERE " + place.where()
                               : "DELETE FROM public.audit_logs WHERE id = '" + place.id + "'";
  if (flip(random)) deed += "; DELETE FROM pcx.ledger WHERE " + place.where();
  unseen(trail, deed);
  return {{"row deleted"}, place.index};
}

// A row like another one, beside it: seq is drawn in blocks, so that there is room.
Expected insert_change(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "C");
  std::string deed = fmt::format(
      "INSERT INTO pcx.change SELECT segment, xid, seq + 1000000, at, relation, op, row_key, "
      "tenant,"
      " 'mallory', correlation, address, db_user, application, before, after FROM pcx.change"
      " WHERE {}",
      place.where());
  if (flip(random)) {
    deed += fmt::format(
        "; INSERT INTO pcx.ledger SELECT c.segment, c.xid, c.seq, c.at, 'C', 1, NULL,"
        " NULL, {} FROM pcx.change AS c WHERE c.xid = '{}'::xid8 AND c.seq = {} + 1000000",
        kRightLeaf, place.xid, place.seq);
  }
  // Behind all rows of its transaction.
  const auto index = trail.number(
      fmt::format("SELECT max(i) + 1 FROM {} AS x WHERE xid = '{}'::xid8", kIndexed, place.xid));
  unseen(trail, deed);
  return {{"row inserted"}, index};
}

Expected insert_log(Trail& trail, Random& random) {
  unseen(trail,
         fmt::format("INSERT INTO public.audit_logs (id, \"userId\", action, resource) VALUES"
                     " ('forged-{}', 'u1', 'READ', 'Patient')",
                     random.below(1000)));
  return {{"row inserted"}, std::nullopt};
}

Expected swap_changes(Trail& trail, Random& random) {
  const Place first = random_place(trail, random, "C");
  Place second = random_place(trail, random, "C");
  while (second.index == first.index) second = random_place(trail, random, "C");
  unseen(trail, fmt::format(R"(
CREATE TEMP TABLE pair ON COMMIT DROP AS SELECT * FROM pcx.change WHERE ({0}) OR ({1});
UPDATE pcx.change AS c SET relation = p.relation, op = p.op, row_key = p.row_key, tenant = p.tenant,
    actor = p.actor, before = p.before, after = p.after
  FROM pair AS p
 WHERE (c.xid, c.seq) IN (SELECT xid, seq FROM pair) AND (p.xid, p.seq) <> (c.xid, c.seq))",
                            first.where(), second.where()));
  return {{"rows swapped"}, std::min(first.index, second.index)};
}

Expected swap_logs(Trail& trail, Random& random) {
  const Place first = random_place(trail, random, "A");
  Place second = random_place(trail, random, "A");
  while (second.index == first.index) second = random_place(trail, random, "A");
  unseen(trail, fmt::format(R"(
UPDATE public.audit_logs SET id = id || '?' WHERE id = '{0}';
UPDATE public.audit_logs SET id = '{0}' WHERE id = '{1}';
UPDATE public.audit_logs SET id = '{1}' WHERE id = '{0}?')",
                            first.id, second.id));
  return {{"rows swapped"}, std::min(first.index, second.index)};
}

Expected retime(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "C");
  unseen(trail, fmt::format("UPDATE pcx.change SET at = at - interval '{} minutes' WHERE {}",
                            1 + random.below(100'000), place.where()));
  return {{"row re-timed"}, place.index};
}

Expected edit_ledger(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "C");
  const Place other = random_place(trail, random, "C");
  switch (random.below(3)) {
    case 0:
      unseen(trail, "UPDATE pcx.ledger SET leaf = sha256(leaf) WHERE " + place.where());
      return {{"ledger altered"}, place.index};
    case 1:
      unseen(trail, "DELETE FROM pcx.ledger WHERE " + place.where());
      return {{"ledger altered"}, place.index};
    default: break;
  }
  if (other.index == place.index) return edit_ledger(trail, random);
  unseen(trail, fmt::format(R"(
CREATE TEMP TABLE pair ON COMMIT DROP AS SELECT * FROM pcx.ledger WHERE ({0}) OR ({1});
UPDATE pcx.ledger AS l SET leaf = p.leaf FROM pair AS p
 WHERE (l.xid, l.seq) IN (SELECT xid, seq FROM pair) AND (p.xid, p.seq) <> (l.xid, l.seq))",
                            place.where(), other.where()));
  return {{"ledger altered"}, std::min(place.index, other.index)};
}

std::string delete_from(const Place& place) {
  const std::string behind =
      fmt::format("(segment, xid, seq) >= (3, '{}'::xid8, {})", place.xid, place.seq);
  return fmt::format(
      "DELETE FROM public.audit_logs WHERE id IN (SELECT row_id FROM pcx.ledger WHERE {0});"
      "DELETE FROM pcx.audit_meta WHERE (xid, seq) IN (SELECT xid, seq FROM pcx.ledger WHERE {0});"
      "DELETE FROM pcx.ledger WHERE {0}; DELETE FROM pcx.change WHERE {0}",
      behind);
}

Expected drop_tail(Trail& trail, Random& random) {
  const auto size = size_of(trail);
  const Place place = place_at(trail, size - 1 - static_cast<std::int64_t>(random.below(100)));
  unseen(trail, delete_from(place));
  return {{"tail dropped"}, place.index};
}

// Back to an earlier checkpoint, with everything that belongs to it.
Expected drop_back(Trail& trail, Random&) {
  const auto size = trail.number("SELECT size FROM pcx.checkpoint ORDER BY size OFFSET 1 LIMIT 1");
  unseen(
      trail,
      delete_from(place_at(trail, size)) +
          fmt::format("; DELETE FROM pcx.checkpoint WHERE size > {0};"
                      "DELETE FROM pcx.tile WHERE level = 0 AND number > ({0} - 1) / 256;"
                      "UPDATE pcx.tile SET hashes = substr(hashes, 1, ({0} % 256) * 32)"
                      " WHERE level = 0 AND number = {0} / 256;"
                      "DELETE FROM pcx.tile WHERE level = 1;"
                      "INSERT INTO pcx.tile SELECT epoch, 1, 0, substr(hashes, 1, 32 * ({0} / 256))"
                      " FROM public.kept_tile WHERE {0} >= 256",
                      size));
  return {{"tail dropped"}, size};
}

// A checkpoint after which others may come, and the leaves before it.
struct Chosen {
  std::string size;
  std::int64_t first = 0;
};

Chosen random_checkpoint(Trail& trail, Random& random, std::uint64_t from) {
  const auto count =
      static_cast<std::uint64_t>(trail.number("SELECT count(*) FROM pcx.checkpoint"));
  const std::string which = fmt::format(" FROM pcx.checkpoint ORDER BY size OFFSET {} LIMIT 1",
                                        from + random.below(count - from));
  return {trail.value("SELECT size::text AS chosen" + which),
          trail.number("SELECT first_size" + which)};
}

Expected forge_root(Trail& trail, Random& random) {
  const Chosen chosen = random_checkpoint(trail, random, 0);
  const std::string note =
      trail.value("SELECT note FROM pcx.checkpoint WHERE size = " + chosen.size);
  const std::size_t end = note.find("\n\n") + 1;
  auto tree = parse_sealed(note.substr(0, end)).value();
  tree.checkpoint.tree.root[random.below(32)] ^= std::byte{1};
  const std::string text = sealed_text(tree.checkpoint.origin, tree.checkpoint.tree, tree.point);
  std::string forged = text + note.substr(end);
  if (flip(random)) {
    std::vector<SigningKey> keys;
    keys.push_back(SigningKey::generate("purple-cross/audit", random));
    forged = sign_note(text, keys);
  }
  db::Query query{"test.forge"};
  query.sql("UPDATE pcx.checkpoint SET note = ").literal(forged).sql(" WHERE size = ");
  query.literal(chosen.size);
  unseen(trail, query.text());
  return {{"checkpoint forged"}, chosen.first, false};
}

Expected replace_checkpoint(Trail& trail, Random& random) {
  const Chosen chosen = random_checkpoint(trail, random, 1);
  if (flip(random)) {
    unseen(trail, fmt::format("UPDATE pcx.checkpoint SET note = (SELECT note FROM pcx.checkpoint"
                              " ORDER BY size LIMIT 1) WHERE size = {}",
                              chosen.size));
    return {{"checkpoint replaced"}, chosen.first, false};
  }
  const auto newest = size_of(trail);
  if (chosen.size == std::to_string(newest)) return replace_checkpoint(trail, random);
  unseen(trail, "DELETE FROM pcx.checkpoint WHERE size = " + chosen.size);
  return {{"checkpoint replaced"}, chosen.first, false};
}

Expected disable_trigger(Trail& trail, Random& random) {
  const auto size = size_of(trail);
  behind_disabled_triggers(trail, fmt::format("INSERT INTO public.patients VALUES (-{}, 'ghost')",
                                              1 + random.below(1000)));
  if (flip(random)) {  // and an honest sealer looks before anybody verifies
    trail.work(random);
    trail.seal();
  }
  return {{"trigger disabled"}, size, false};
}

Expected restore_partition(Trail& trail, Random& random) {
  const std::string month =
      trail.value("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMM')");
  const bool with_ledger = flip(random);
  const auto index = trail.number(fmt::format(
      "SELECT min(i) FROM {} AS x WHERE {}", kIndexed,
      with_ledger
          ? "NOT EXISTS (SELECT FROM public.kept_ledger AS k WHERE k.xid = x.xid AND k.seq = x.seq)"
          : "src = 'C' AND NOT EXISTS (SELECT FROM public.kept_change AS k WHERE k.xid = x.xid"
            " AND k.seq = x.seq)"));
  std::string deed;
  for (const std::string table : {"change", "ledger"}) {
    if (table == "ledger" && !with_ledger) continue;
    const std::string bounds = trail.value(fmt::format(
        "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = 'pcx.{}_{}'::regclass",
        table, month));
    deed += fmt::format(
        "CREATE TABLE pcx.old (LIKE pcx.{0} INCLUDING ALL); INSERT INTO pcx.old SELECT * FROM "
        "public.kept_{0};"
        "ALTER TABLE pcx.{0} DETACH PARTITION pcx.{0}_{1}; DROP TABLE pcx.{0}_{1};"
        "ALTER TABLE pcx.old RENAME TO {0}_{1};"
        "ALTER TABLE pcx.{0} ATTACH PARTITION pcx.{0}_{1} {2};",
        table, month, bounds);
  }
  behind_disabled_triggers(trail, deed);
  return {.classes = {"partition restored"}, .index = index, .is_loud = true};
}

Expected alter_tiles(Trail& trail, Random& random) {
  const auto size = size_of(trail);
  const auto index = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(size)));
  unseen(trail,
         fmt::format("UPDATE pcx.tile SET hashes = set_byte(hashes, {1}, get_byte(hashes, {1}) # 1)"
                     " WHERE level = 0 AND number = {0}",
                     index / 256, index % 256 * 32 + 5));
  return {{"tiles altered"}, index};
}

// Row, ledger and tiles say the same, and no root is what was signed.
Expected rewrite(Trail& trail, Random& random) {
  const Place place = random_place(trail, random, "C");
  const auto first = trail.number(fmt::format(
      "SELECT max(first_size) FROM pcx.checkpoint WHERE first_size <= {}", place.index));
  unseen(trail,
         "UPDATE pcx.change SET actor = 'mallory' WHERE " + place.where() + make_leaf_right(place));
  db::Database database = trail.connect();
  db::Transaction tx = database.begin();
  TreeHasher hasher;
  TileBuffer buffer;
  TileWriter writer{[&](const TileId& tile, std::string_view hashes) { buffer.put(tile, hashes); },
                    hasher};
  const auto size = static_cast<std::uint64_t>(size_of(trail));
  const db::Result rows = tx.query(db::Statement{
      "test.leaves",
      "SELECT encode(leaf, 'hex') AS leaf FROM pcx.ledger ORDER BY segment, xid, seq"});
  for (std::size_t i = 0; i < size; ++i) {
    Hash leaf;
    const auto bytes = crypto::from_hex(rows[i]["leaf"].as<std::string_view>()).value();
    std::ranges::copy(crypto::bytes_of(bytes), leaf.begin());
    writer.append(leaf);
  }
  writer.write_edge();
  db::run_script(tx, "SET LOCAL allow_system_table_mods = on;" + switch_triggers(false), "test");
  buffer.write(tx, 1);
  db::run_script(tx, switch_triggers(true), "test");
  tx.commit();
  return {{"row altered"}, first, false};
}

// A note as pcx writes it, through pcx's own function.
std::string note(const std::string& kind, const std::string& details) {
  return fmt::format("; SELECT pcx.audit_note('{}', {}::jsonb)", kind, details);
}

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

}  // namespace

void run_unseen(db::Database& database, const std::string& deed) {
  db::run_script(database,
                 "BEGIN; SET LOCAL allow_system_table_mods = on;" + switch_triggers(false) + deed +
                     ";" + switch_triggers(true) + "COMMIT;",
                 "test");
}

const std::vector<AttackKind>& attack_kinds() {
  static const std::vector<AttackKind> kinds = {
      {"alter_change", alter_change},
      {"alter_log", alter_log},
      {"alter_note", alter_note},
      {"delete_row", delete_row},
      {"insert_change", insert_change},
      {"insert_log", insert_log},
      {"swap_changes", swap_changes},
      {"swap_logs", swap_logs},
      {"retime", retime},
      {"edit_ledger", edit_ledger},
      {"drop_tail", drop_tail},
      {"drop_back", drop_back},
      {"forge_root", forge_root},
      {"replace_checkpoint", replace_checkpoint},
      {"disable_trigger", disable_trigger},
      {"restore_partition", restore_partition},
      {"alter_tiles", alter_tiles},
      {"rewrite", rewrite},
      {"forge_retain", forge_retain},
      {"forge_reseal", forge_reseal},
      {"replace_function", replace_function},
      {"trigger_before", trigger_before},
      {"own_epoch", own_epoch},
      {"remove_checkpoint", remove_checkpoint},
      {"date_back", date_back},
  };
  return kinds;
}

}  // namespace pcx::audit
