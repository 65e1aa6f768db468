#include "audit/census.h"

#include <charconv>
#include <utility>

#include "audit/members.h"
#include "audit/sql.h"
#include "core/error.h"
#include "crypto/digest.h"

namespace pcx::audit {

namespace {

Document to_document(const CensusItem& item) {
  Document object = Document::object();
  object.set("kind", item.kind);
  object.set("oid", item.oid);
  object.set("version", item.version);
  object.set("name", item.name);
  object.set("relation", item.relation);
  object.set("state", item.state);
  object.set("digest", item.digest);
  object.set("acl", item.acl);
  return object;
}

[[noreturn]] void throw_no_census() {
  throw Error{ErrorCode::data, "a note of kind 'census' is none"};
}

std::string text_of(const Document& object, std::string_view key) {
  auto text = text_in(object, key);
  if (!text) throw_no_census();
  return std::move(*text);
}

std::int64_t number_of(const Document& object, std::string_view key) {
  const auto number = integer_in(object, key);
  if (!number) throw_no_census();
  return *number;
}

const Document::Array& items_in(const Document& object, std::string_view key) {
  const Document* const member = object.find(key);
  if (member == nullptr || !member->is_array()) throw_no_census();
  return member->items();
}

std::uint64_t xid_in(std::string_view text) {
  std::uint64_t xid = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), xid);
  if (read.ec != std::errc{}) throw_no_census();
  return xid;
}

CensusItem to_item(const Document& object) {
  return {.kind = text_of(object, "kind"),
          .oid = number_of(object, "oid"),
          .version = text_of(object, "version"),
          .name = text_of(object, "name"),
          .relation = text_of(object, "relation"),
          .state = text_of(object, "state"),
          .digest = text_of(object, "digest"),
          .acl = text_of(object, "acl")};
}

}  // namespace

bool CensusItem::is_bypass() const {
  return kind != "trigger" && kind != "function" && kind != "event trigger" && kind != "partition";
}

std::string CensusItem::label() const {
  return kind + " " + name + (kind == "trigger" || is_bypass() ? " on " + relation : "");
}

CensusSpan read_span(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::read_snapshot_span);
  return {xid_in(rows.one()["xmin"].as<std::string_view>()),
          xid_in(rows.one()["xmax"].as<std::string_view>())};
}

Census read_census(db::Transaction& tx) {
  Census census;
  const db::Result rows = tx.query(sql::read_census);
  for (const db::Row& row : rows) {
    CensusItem item{.kind = row["kind"].as<std::string>(),
                    .oid = row["oid"].as<std::int64_t>(),
                    .version = row["version"].as<std::string>(),
                    .name = row["name"].as<std::string>(),
                    .relation = row["relation"].as<std::string>(),
                    .state = row["state"].as<std::string>(),
                    .digest = row["digest"].as<std::string>(),
                    .acl = row["acl"].as<std::string>()};
    census.emplace(std::pair{item.kind, item.oid}, std::move(item));
  }
  return census;
}

CensusChange compare(const Census& before, const Census& after) {
  CensusChange change;
  for (const auto& [key, item] : before) {
    const auto now = after.find(key);
    if (now == after.end()) {
      change.gone.push_back(item);
    } else if (now->second != item) {
      change.changed.emplace_back(item, now->second);
    }
  }
  for (const auto& [key, item] : after) {
    if (!before.contains(key)) change.added.push_back(item);
  }
  return change;
}

std::string digest_of(const Census& census) {
  std::string text;
  for (const auto& [key, item] : census) {
    for (const std::string& part : {item.kind, std::to_string(item.oid), item.version, item.name,
                                    item.relation, item.state, item.digest, item.acl}) {
      text += std::to_string(part.size()) + ":" + part;
    }
  }
  return crypto::sha256_hex(text);
}

Document census_note(const Census& after, const CensusChange& change, const CensusSpan& span,
                     bool complete) {
  Document note = Document::object();
  note.set("digest", digest_of(after));
  note.set("complete", complete);
  Document now = Document::array();
  if (complete) {
    for (const auto& [key, item] : after) now.add(to_document(item));
  } else {
    for (const auto& [before, item] : change.changed) now.add(to_document(item));
    for (const CensusItem& item : change.added) now.add(to_document(item));
  }
  Document gone = Document::array();
  for (const CensusItem& item : change.gone) {
    Document object = Document::object();
    object.set("kind", item.kind);
    object.set("oid", item.oid);
    object.set("name", item.name);
    gone.add(std::move(object));
  }
  note.set("now", std::move(now));
  note.set("gone", std::move(gone));
  note.set("xmin", std::to_string(span.xmin));
  note.set("xmax", std::to_string(span.xmax));
  return note;
}

CensusSpan apply_census_note(Census& census, const Document& note) {
  const Document* const complete = note.find("complete");
  if (complete == nullptr || !complete->is_scalar()) throw_no_census();
  if (complete->scalar() == Cell{true}) census.clear();
  for (const Document& gone : items_in(note, "gone")) {
    census.erase({text_of(gone, "kind"), number_of(gone, "oid")});
  }
  for (const Document& now : items_in(note, "now")) {
    CensusItem item = to_item(now);
    census[{item.kind, item.oid}] = std::move(item);
  }
  return {xid_in(text_of(note, "xmin")), xid_in(text_of(note, "xmax"))};
}

}  // namespace pcx::audit
