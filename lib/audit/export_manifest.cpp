#include "audit/export_manifest.h"

#include <limits>

#include <fmt/format.h>

#include "audit/members.h"
#include "audit/pg_time.h"
#include "core/error.h"
#include "core/json.h"
#include "core/time.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

constexpr std::int64_t kVersion = 1;

Document number(std::uint64_t value) { return Document{static_cast<std::int64_t>(value)}; }

std::string pg_time_text(std::int64_t value) {
  std::string text;
  append_pg_time(text, value);
  return text;
}

Document to_document(const ManifestTree& tree) {
  Document object = Document::object();
  object.set("tree", tree.number);
  object.set("rows", number(tree.rows));
  if (tree.rows > 0) {
    object.set("first_index", number(tree.first_index));
    object.set("last_index", number(tree.last_index));
  }
  if (tree.resealed > 0) object.set("resealed", number(tree.resealed));
  object.set("checkpoint", tree.checkpoint);
  return object;
}

// What is asked for as `number` is never negative, and what is asked for must be there.
class Members {
 public:
  Members(const Document& object, std::string_view name) : object_(object), name_(name) {}

  std::uint64_t number(std::string_view key) const {
    const auto value = integer_in(object_, key);
    if (!value || *value < 0) refuse(key);
    return static_cast<std::uint64_t>(*value);
  }
  std::uint64_t number_or_0(std::string_view key) const {
    return object_.find(key) == nullptr ? 0 : number(key);
  }
  std::string text(std::string_view key) const {
    auto value = text_in(object_, key);
    if (!value) refuse(key);
    return std::move(*value);
  }
  // Beside the manifest, nowhere else.
  std::string file_name(std::string_view key) const {
    std::string value = text(key);
    if (value.empty() || value == ".." || value.find('/') != std::string::npos) refuse(key);
    return value;
  }
  bool flag(std::string_view key) const {
    const Document* found = object_.find(key);
    if (found == nullptr) return false;
    const auto* value = found->is_scalar() ? std::get_if<bool>(&found->scalar()) : nullptr;
    if (value == nullptr) refuse(key);
    return *value;
  }
  const Document& member(std::string_view key) const {
    const Document* found = object_.find(key);
    if (found == nullptr) refuse(key);
    return *found;
  }
  [[noreturn]] void refuse(std::string_view key) const {
    throw Error{ErrorCode::data, fmt::format("{}: no manifest of an export: '{}'", name_, key),
                "It is written beside the file by 'pcx audit export'."}
        .because("manifest");
  }

 private:
  const Document& object_;
  std::string_view name_;
};

ManifestTree tree_of(const Document& document, std::string_view name) {
  const Members members{document, name};
  ManifestTree tree{.number = static_cast<int>(members.number("tree")),
                    .rows = members.number("rows"),
                    .first_index = members.number_or_0("first_index"),
                    .last_index = members.number_or_0("last_index"),
                    .resealed = members.number_or_0("resealed"),
                    .checkpoint = members.text("checkpoint")};
  return tree;
}

Document read_json(std::string_view json, std::string_view name) {
  try {
    return parse_json(json, name, {.bytes_max = kManifestBytesMax});
  } catch (Error& error) {
    throw error.because("manifest");
  }
}

}  // namespace

Document to_document(const Position& position) {
  Document object = Document::object();
  object.set("segment", position.segment);
  object.set("xid", number(position.xid));
  object.set("seq", position.seq);
  return object;
}

std::optional<Position> position_of(const Document& document) {
  const auto segment = integer_in(document, "segment");
  const auto xid = integer_in(document, "xid");
  const auto seq = integer_in(document, "seq");
  if (!segment || !xid || !seq || *segment < 0 || *xid < 0) return std::nullopt;
  if (*segment > std::numeric_limits<int>::max()) return std::nullopt;
  return Position{static_cast<int>(*segment), static_cast<std::uint64_t>(*xid), *seq};
}

Document to_document(const TrailFilter& filter) {
  Document object = Document::object();
  if (filter.source) object.set("source", std::string{source_word(*filter.source)});
  if (filter.since) object.set("since", pg_time_text(*filter.since));
  if (filter.until) object.set("until", pg_time_text(*filter.until));
  return object;
}

std::optional<TrailFilter> filter_of(const Document& document) {
  TrailFilter filter;
  if (!document.is_object()) return std::nullopt;
  for (const auto& [key, value] : document.members()) {
    const std::string* text = value.text();
    if (text == nullptr) return std::nullopt;
    if (key == "source") {
      filter.source = source_of_word(*text);
      if (!filter.source) return std::nullopt;
      continue;
    }
    auto& bound = key == "since" ? filter.since : filter.until;
    bound = parse_pg_time(*text);
    if (!bound || (key != "since" && key != "until")) return std::nullopt;
  }
  return filter;
}

Document to_document(const ExportManifest& manifest) {
  Document object = Document::object();
  object.set("pcx_audit_export", kVersion);
  object.set("file", manifest.file);
  object.set("format", to_string(manifest.format));
  if (manifest.format == ExportFormat::csv) {
    object.set("formula_guard", manifest.is_guarded);
    object.set("bom", manifest.has_bom);
  }
  object.set("filter", to_document(manifest.filter));
  if (manifest.after) object.set("after", to_document(*manifest.after));
  object.set("rows", number(manifest.rows));
  object.set("bytes", number(manifest.bytes));
  object.set("sha256", crypto::to_hex(manifest.sha256));
  object.set("proof", manifest.proof);
  object.set("proof_hashes", number(manifest.proof_hashes));
  Document trees = Document::array();
  for (const ManifestTree& tree : manifest.trees) trees.add(to_document(tree));
  object.set("trees", std::move(trees));
  object.set("exported_at", to_rfc3339(manifest.exported_at));
  return object;
}

ExportManifest parse_manifest(std::string_view json, std::string_view name) {
  const Document document = read_json(json, name);
  const Members members{document, name};
  if (members.number("pcx_audit_export") != kVersion) members.refuse("pcx_audit_export");
  ExportManifest manifest;
  manifest.file = members.file_name("file");
  const std::string format = members.text("format");
  if (format != "jsonl" && format != "csv") members.refuse("format");
  manifest.format = format == "csv" ? ExportFormat::csv : ExportFormat::jsonl;
  manifest.is_guarded = members.flag("formula_guard");
  manifest.has_bom = members.flag("bom");
  const auto filter = filter_of(members.member("filter"));
  if (!filter) members.refuse("filter");
  manifest.filter = *filter;
  if (document.find("after") != nullptr) {
    manifest.after = position_of(members.member("after"));
    if (!manifest.after) members.refuse("after");
  }
  manifest.rows = members.number("rows");
  manifest.bytes = members.number("bytes");
  const auto sha256 = hash_in(document, "sha256");
  if (!sha256) members.refuse("sha256");
  manifest.sha256 = *sha256;
  manifest.proof = members.file_name("proof");
  manifest.proof_hashes = members.number("proof_hashes");
  const Document& trees = members.member("trees");
  if (!trees.is_array()) members.refuse("trees");
  for (const Document& tree : trees.items()) manifest.trees.push_back(tree_of(tree, name));
  const auto exported_at = parse_rfc3339(members.text("exported_at"));
  if (!exported_at) members.refuse("exported_at");
  manifest.exported_at = *exported_at;
  return manifest;
}

}  // namespace pcx::audit
