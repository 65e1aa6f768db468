// Every change of audited tables is in pcx.change, once, as it was, and nothing else is: random
// operations beside a shadow model. PCX_TEST_OPERATIONS: how many (10,000).
#include <cstdlib>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"
#include "db/copy.h"
#include "tests/audit/installed_fixture.h"
#include "tests/audit/shadow.h"

namespace pcx::audit {
namespace {

constexpr const char* kTables[] = {
    R"(CREATE TABLE public.owners (id int PRIMARY KEY, name text, "tenantId" text,
       "createdBy" text))",
    R"(CREATE TABLE public.pets (id int PRIMARY KEY, owner int NOT NULL REFERENCES public.owners
       ON DELETE CASCADE, name text, chip text, private text, tags jsonb, seen timestamp(3),
       touched int, "updatedBy" text))",
    R"(CREATE TABLE public.visits (pet int NOT NULL REFERENCES public.pets ON DELETE CASCADE
       ON UPDATE CASCADE, day date NOT NULL, cost numeric(10, 2), PRIMARY KEY (pet, day)))",
};

Document decimal(std::string digits) { return Cell{Decimal{std::move(digits)}}; }

std::vector<ShadowTable> shadow_tables() {
  return {{.name = "owners", .columns = {"id", "name", "tenantId", "createdBy"}, .keys = {"id"}},
          {.name = "pets",
           .columns = {"id", "owner", "name", "chip", "private", "tags", "seen", "touched",
                       "updatedBy"},
           .keys = {"id"},
           .dropped = {"private"},
           .hashed = {"chip"},
           .ignored = {"touched"}},
          {.name = "visits", .columns = {"pet", "day", "cost"}, .keys = {"pet", "day"}}};
}

std::string unequal_rows(const char* left, const char* right) {
  return fmt::format(
      "SELECT string_agg(x::text, E'\\n') FROM (SELECT relation, op, row_key, tenant, actor, "
      "correlation, address, before, after FROM {} EXCEPT ALL SELECT relation, op, row_key, "
      "tenant, actor, correlation, address, before, after FROM {} LIMIT 5) AS x",
      left, right);
}

class CaptureTest : public InstalledFixture {
 protected:
  void SetUp() override {
    InstalledFixture::SetUp();
    for (const char* table : kTables) sql(table);
    std::vector<TableRule> rules;
    for (const ShadowTable& table : shadow_tables()) {
      rules.push_back({.table = table.name,
                       .dropped = table.dropped,
                       .hashed = table.hashed,
                       .ignored = table.ignored});
    }
    install(rules);
    shadow_.emplace(shadow_tables(), digest_key());
  }

  Secret digest_key() {
    const auto pad =
        crypto::from_hex(sql("SELECT encode(inner_pad, 'hex') FROM pcx.audit_digest_key"));
    Secret key = Secret::with_size(pad->size());
    for (std::size_t i = 0; i < pad->size(); ++i) {
      key.writable_bytes()[i] = static_cast<std::byte>((*pad)[i]) ^ std::byte{0x36};
    }
    return key;
  }

  Shadow& shadow() { return *shadow_; }

  void expect_equal() {
    shadow_->write(database());
    EXPECT_EQ(sql(unequal_rows("pcx.change", "public.expected")), "") << "captured, and not made";
    EXPECT_EQ(sql(unequal_rows("public.expected", "pcx.change")), "") << "made, and not captured";
    EXPECT_EQ(sql("SELECT count(*) FROM (SELECT correlation::int < lag(correlation::int) OVER "
                  "(ORDER BY segment, xid, seq) AS back FROM pcx.change) AS x WHERE back"),
              "0");
    expect_right_leaves();
  }

 private:
  std::optional<Shadow> shadow_;
};

// Random statements, and what they do to the shadow.
class Life {
 public:
  Life(db::Database& database, Shadow& shadow, std::uint64_t seed)
      : database_(database), shadow_(shadow), random_(seed) {}

  int operations() const { return operations_; }

  void transaction() {
    tx_.emplace(database_.begin());
    const auto mark = shadow_.mark();
    is_replica_ = one_in(8);
    if (is_replica_) bare("SET LOCAL session_replication_role = replica");
    for (std::uint64_t left = 1 + random_.below(6); left > 0; --left) {
      one_in(5) ? savepoint() : operation();
    }
    if (one_in(6)) {
      tx_->rollback();
      shadow_.roll_back(mark);
    } else {
      tx_->commit();
    }
    tx_.reset();
  }

 private:
  using Keys = std::vector<std::string>;

  bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
  int number(int bound) { return static_cast<int>(random_.below(static_cast<unsigned>(bound))); }

  void bare(const std::string& text) { tx_->query(db::Statement{"test", text}); }
  // A statement with its number and the session's settings.
  void run(const std::string& text) {
    ShadowSession& session = shadow_.session;
    session.correlation = std::to_string(++operations_);
    session.actor = one_in(3) ? "user " + std::to_string(number(5)) : "";
    session.address = one_in(3) ? "10.0.0." + std::to_string(number(9)) : "";
    tx_->query(db::Query{"test"}
                   .sql("SELECT set_config('pcx.correlation', ")
                   .param(session.correlation)
                   .sql(", false), set_config('pcx.actor', ")
                   .param(session.actor)
                   .sql(", false), set_config('pcx.address', ")
                   .param(session.address)
                   .sql(", false)"));
    if (!text.empty()) bare(text);
  }

  // --- values

  Document text() {
    static const std::vector<std::string> kTexts = {
        "Rex",          "", "O'Hara \\ \"quoted\"", "Ünï🐕", "line\nbreak\ttab", "{\"a\": 1}",
        "enc:v2:7:AAAA"};
    if (one_in(6)) return {};
    return kTexts[random_.below(kTexts.size())] + std::to_string(number(30));
  }
  Document tags() {
    if (one_in(4)) return {};
    Document tags = Document::object();
    tags.set("weight", decimal(fmt::format("{}.50", number(40))));
    Document list = Document::array();
    list.add(text());
    tags.set("list", std::move(list));
    return tags;
  }
  ShadowRow owner(int id) {
    return {{"id", id}, {"name", text()}, {"tenantId", text()}, {"createdBy", text()}};
  }
  ShadowRow pet(int id, int owner) {
    return {{"id", id},
            {"owner", owner},
            {"name", text()},
            {"chip", text()},
            {"private", text()},
            {"tags", tags()},
            {"seen", fmt::format("2026-01-{:02}T08:00:00.125", 1 + number(28))},
            {"touched", number(9)},
            {"updatedBy", text()}};
  }
  ShadowRow visit(int pet, int day) {
    return {{"pet", pet},
            {"day", fmt::format("2026-02-{:02}", 1 + day)},
            {"cost", decimal(fmt::format("{}.25", number(200)))}};
  }

  // --- which rows

  Keys keys(const std::string& table) {
    Keys all;
    for (const auto& [key, row] : shadow_.rows(table)) all.push_back(key);
    return all;
  }
  std::optional<std::string> any(const std::string& table) {
    const Keys all = keys(table);
    if (all.empty()) return std::nullopt;
    return all[random_.below(all.size())];
  }
  int fresh(const std::string& table) {
    for (;;) {
      const int id = number(5000);
      if (!shadow_.rows(table).contains(std::to_string(id))) return id;
    }
  }
  // Rows that are not there, each once.
  std::vector<ShadowRow> new_rows(const std::string& table) {
    std::map<std::string, ShadowRow> rows;
    for (int left = 1 + number(4); left > 0; --left) {
      const auto parent = any(table == "visits" ? "pets" : "owners");
      if (table != "owners" && !parent) break;
      ShadowRow row = table == "owners" ? owner(fresh(table))
                      : table == "pets" ? pet(fresh(table), std::stoi(*parent))
                                        : visit(std::stoi(*parent), number(20));
      const std::string key = Shadow::key_of(shadow_.table(table), row);
      if (!shadow_.rows(table).contains(key)) rows[key] = std::move(row);
    }
    std::vector<ShadowRow> list;
    for (auto& [key, row] : rows) list.push_back(std::move(row));
    return list;
  }
  std::string any_table() { return shadow_tables()[random_.below(3)].name; }

  // --- operations

  void operation() {
    using Operation = void (Life::*)();
    static constexpr Operation kAlways[] = {&Life::insert,    &Life::copy,  &Life::bulk_update,
                                            &Life::upsert,    &Life::merge, &Life::nested,
                                            &Life::procedure, &Life::cost,  &Life::bulk_update};
    // In sessions of replicas foreign keys do not cascade.
    static constexpr Operation kElsewhere[] = {&Life::delete_pet, &Life::delete_owner,
                                               &Life::rename_pet};
    if (!is_replica_ && one_in(60)) return truncate();
    if (!is_replica_ && one_in(4)) return (this->*kElsewhere[random_.below(3)])();
    (this->*kAlways[random_.below(std::size(kAlways))])();
  }

  void savepoint() {
    const auto mark = shadow_.mark();
    bare("SAVEPOINT s");
    operation();
    if (one_in(2)) {
      bare("ROLLBACK TO SAVEPOINT s");
      shadow_.roll_back(mark);
    }
    bare("RELEASE SAVEPOINT s");
  }

  void insert() {
    const std::string table = any_table();
    const auto rows = new_rows(table);
    if (rows.empty()) return;
    run(insert_sql(shadow_.table(table), rows));
    for (const ShadowRow& row : rows) shadow_.insert(table, row);
  }

  void copy() {
    const std::string table = any_table();
    const auto rows = new_rows(table);
    const auto& columns = shadow_.table(table).columns;
    run("");
    db::CopyIn copy{*tx_, "public", table, columns};
    for (const ShadowRow& row : rows) {
      for (const std::string& column : columns) {
        const Document& value = row.at(column);
        if (value.is_null()) {
          copy.field_null();
        } else {
          copy.field(value.text() != nullptr ? *value.text() : to_json(value));
        }
      }
      copy.end_row();
    }
    copy.finish();
    for (const ShadowRow& row : rows) shadow_.insert(table, row);
  }

  void bulk_update() {
    const std::string table = one_in(3) ? "owners" : "pets";
    ShadowRow changes;
    const auto& columns = shadow_.table(table).columns;
    const ShadowRow values = table == "owners" ? owner(0) : pet(0, 0);
    for (int left = 1 + number(2); left > 0; --left) {
      const std::string& column = columns[2 + random_.below(columns.size() - 2)];
      changes[column] = values.at(column);
    }
    std::vector<std::string> sets;
    for (const auto& [column, value] : changes) {
      sets.push_back(fmt::format("\"{}\" = {}", column, literal_of(value)));
    }
    const int part = number(7);
    run(fmt::format("UPDATE public.{} SET {} WHERE id % 7 = {}", table, join(sets, ", "), part));
    for (const std::string& key : keys(table)) {
      if (std::stoi(key) % 7 == part) shadow_.update(table, key, changes);
    }
  }

  void cost() {
    const auto pet = any("pets");
    if (!pet) return;
    const Document price = decimal(fmt::format("{}.75", number(100)));
    run(fmt::format("UPDATE public.visits SET cost = {} WHERE pet = {}", literal_of(price), *pet));
    for (const std::string& key : visits_of(*pet)) shadow_.update("visits", key, {{"cost", price}});
  }

  // Owners, some of them there already.
  std::vector<ShadowRow> mixed_owners() {
    auto rows = new_rows("owners");
    if (const auto key = any("owners")) rows.push_back(owner(std::stoi(*key)));
    return rows;
  }
  void apply_owners(const std::vector<ShadowRow>& rows, bool overwrite) {
    for (const ShadowRow& row : rows) {
      const std::string key = std::to_string(std::get<std::int64_t>(row.at("id").scalar()));
      if (!shadow_.rows("owners").contains(key)) {
        shadow_.insert("owners", row);
      } else if (overwrite) {
        shadow_.update("owners", key, {{"name", row.at("name")}});
      }
    }
  }
  void upsert() {
    const auto rows = mixed_owners();
    const bool overwrite = !one_in(3);
    run(insert_sql(shadow_.table("owners"), rows) +
        (overwrite ? " ON CONFLICT (id) DO UPDATE SET name = excluded.name"
                   : " ON CONFLICT DO NOTHING"));
    apply_owners(rows, overwrite);
  }
  void merge() {
    const auto rows = mixed_owners();
    std::vector<std::string> tuples;
    for (const ShadowRow& row : rows) {
      tuples.push_back(fmt::format("({}, {}::text, {}::text, {}::text)", literal_of(row.at("id")),
                                   literal_of(row.at("name")), literal_of(row.at("tenantId")),
                                   literal_of(row.at("createdBy"))));
    }
    run("MERGE INTO public.owners AS o USING (VALUES " + join(tuples, ", ") +
        ") AS n (id, name, tenant, author) ON o.id = n.id "
        "WHEN MATCHED THEN UPDATE SET name = n.name "
        "WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.name, n.tenant, n.author)");
    apply_owners(rows, true);
  }

  Keys visits_of(const std::string& pet) {
    Keys found;
    for (const auto& [key, row] : shadow_.rows("visits")) {
      if (to_json(row.at("pet")) == pet) found.push_back(key);
    }
    return found;
  }
  void erase_pet(const std::string& pet) {
    for (const std::string& key : visits_of(pet)) shadow_.erase("visits", key);
    shadow_.erase("pets", pet);
  }
  void delete_pet() {
    const auto pet = any("pets");
    if (!pet) return;
    run("DELETE FROM public.pets WHERE id = " + *pet);
    erase_pet(*pet);
  }
  void delete_owner() {
    const auto owner = any("owners");
    if (!owner) return;
    run("DELETE FROM public.owners WHERE id = " + *owner);
    for (const std::string& key : keys("pets")) {
      if (to_json(shadow_.rows("pets").at(key).at("owner")) == *owner) erase_pet(key);
    }
    shadow_.erase("owners", *owner);
  }
  void rename_pet() {
    const auto pet = any("pets");
    if (!pet) return;
    const int id = fresh("pets");
    run(fmt::format("UPDATE public.pets SET id = {} WHERE id = {}", id, *pet));
    for (const std::string& key : visits_of(*pet)) shadow_.update("visits", key, {{"pet", id}});
    shadow_.update("pets", *pet, {{"id", id}});
  }

  // Four tables' worth of changes in one statement.
  void nested() {
    const auto pet = any("pets");
    const auto named = any("owners");
    if (!pet || !named) return;
    const ShadowRow made = owner(fresh("owners"));
    const Document name = text();
    run(
        fmt::format("WITH gone AS (DELETE FROM public.visits WHERE pet = {0} RETURNING 1), "
                    "made AS ({1} RETURNING 1), "
                    "named AS (UPDATE public.pets SET name = {2} WHERE id = {0} RETURNING 1) "
                    "UPDATE public.owners SET name = {2} WHERE id = {3}",
                    *pet, insert_sql(shadow_.table("owners"), {made}), literal_of(name), *named));
    for (const std::string& key : visits_of(*pet)) shadow_.erase("visits", key);
    shadow_.insert("owners", made);
    shadow_.update("pets", *pet, {{"name", name}});
    shadow_.update("owners", *named, {{"name", name}});
  }

  // Nested in a procedure, a part of it fails and is caught.
  void procedure() {
    const ShadowRow made = owner(fresh("owners"));
    const std::string statement = insert_sql(shadow_.table("owners"), {made});
    run(
        fmt::format("DO $do$ BEGIN {0}; BEGIN DELETE FROM public.visits; {0}; "
                    "EXCEPTION WHEN unique_violation THEN NULL; END; END $do$",
                    statement));
    shadow_.insert("owners", made);
  }

  void truncate() {
    const std::string table = one_in(6) ? "owners" : one_in(2) ? "pets" : "visits";
    run("TRUNCATE public." + table + " CASCADE");
    if (table == "owners") shadow_.truncate("owners");
    if (table != "visits") shadow_.truncate("pets");
    shadow_.truncate("visits");
  }

  db::Database& database_;
  Shadow& shadow_;
  SeededRandom random_;
  std::optional<db::Transaction> tx_;
  bool is_replica_ = false;
  int operations_ = 0;
};

int wanted_operations() {
  const char* text = std::getenv("PCX_TEST_OPERATIONS");
  return text == nullptr ? 10'000 : std::atoi(text);
}

TEST_F(CaptureTest, TheTrailIsTheShadow) {
  constexpr std::uint64_t kSeed = 20261128;
  Life life{database(), shadow(), kSeed};
  while (life.operations() < wanted_operations()) life.transaction();
  EXPECT_GT(shadow().events().size(), static_cast<std::size_t>(wanted_operations()));
  for (const char* op : {"I", "U", "D", "T"}) {
    EXPECT_GT(std::stoi(sql(fmt::format("SELECT count(*) FROM pcx.change WHERE op = '{}'", op))),
              10);
  }
  expect_equal();
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.change, LATERAL (VALUES (before), (after)) AS i (image) "
                "WHERE image ? 'private' OR image->>'chip' NOT LIKE 'hmac:%'"),
            "0");
}

}  // namespace
}  // namespace pcx::audit
