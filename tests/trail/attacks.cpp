#include "tests/trail/attacks.h"

#include "audit/checkpoint_store.h"
#include "audit/note.h"
#include "audit/seal_point.h"
#include "audit/tile_store.h"
#include "crypto/encoding.h"
#include "tests/trail/attack_tools.h"

namespace pcx::audit {

namespace {

const std::vector<const char*> kTables = {"pcx.change",     "pcx.ledger",        "pcx.audit_meta",
                                          "pcx.checkpoint", "public.audit_logs", "public.patients"};

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
  behind_disabled_triggers(
      trail,
      fmt::format("INSERT INTO public.patients VALUES (-{}, 'ghost')", 1 + random.below(1000)),
      kTables);
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
  behind_disabled_triggers(trail, deed, kTables);
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

}  // namespace

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
