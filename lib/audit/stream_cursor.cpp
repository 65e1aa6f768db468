#include "audit/stream_cursor.h"

#include <bit>

#include <fmt/format.h>

#include "audit/members.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kCursorBytesMax = std::size_t{16} << 20;

Document number(std::uint64_t value) { return Document{static_cast<std::int64_t>(value)}; }

Document to_document(const ManifestTree& tree) {
  Document object = Document::object();
  object.set("tree", tree.number);
  object.set("rows", number(tree.rows));
  object.set("first_index", number(tree.first_index));
  object.set("last_index", number(tree.last_index));
  object.set("resealed", number(tree.resealed));
  object.set("checkpoint", tree.checkpoint);
  return object;
}

Document to_document(const ExportProgress& progress) {
  Document object = Document::object();
  object.set("file", progress.file);
  object.set("format", to_string(progress.format));
  object.set("formula_guard", progress.is_guarded);
  object.set("bom", progress.has_bom);
  object.set("finished", progress.is_finished);
  if (progress.after) object.set("after", to_document(*progress.after));
  object.set("rows", number(progress.rows));
  object.set("bytes", number(progress.bytes));
  object.set("proof_hashes", number(progress.proof_hashes));
  Document trees = Document::array();
  for (const ManifestTree& tree : progress.trees) trees.add(to_document(tree));
  object.set("trees", std::move(trees));
  object.set("size", number(progress.patched.size()));
  Document hashes = Document::array();
  for (const Hash& hash : progress.patched.hashes()) hashes.add(crypto::to_hex(hash));
  object.set("hashes", std::move(hashes));
  return object;
}

// Reads members, and remembers whether all of them were there.
class Members {
 public:
  explicit Members(const Document& object) : object_(object) {}

  std::uint64_t number(std::string_view key) {
    const auto value = integer_in(object_, key);
    is_good_ = is_good_ && value && *value >= 0;
    return is_good_ ? static_cast<std::uint64_t>(*value) : 0;
  }
  std::string text(std::string_view key) {
    const auto value = text_in(object_, key);
    is_good_ = is_good_ && value;
    return is_good_ ? *value : "";
  }
  bool flag(std::string_view key) {
    const Document* found = object_.find(key);
    const bool* value =
        found != nullptr && found->is_scalar() ? std::get_if<bool>(&found->scalar()) : nullptr;
    is_good_ = is_good_ && value != nullptr;
    return is_good_ && *value;
  }
  const Document::Array& items(std::string_view key) {
    static const Document::Array none;
    const Document* found = object_.find(key);
    is_good_ = is_good_ && found != nullptr && found->is_array();
    return is_good_ ? found->items() : none;
  }
  bool is_good() const { return is_good_; }

 private:
  const Document& object_;
  bool is_good_ = true;
};

std::optional<ManifestTree> tree_of(const Document& document) {
  Members members{document};
  ManifestTree tree{.number = static_cast<int>(members.number("tree")),
                    .rows = members.number("rows"),
                    .first_index = members.number("first_index"),
                    .last_index = members.number("last_index"),
                    .resealed = members.number("resealed"),
                    .checkpoint = members.text("checkpoint")};
  return members.is_good() ? std::optional{std::move(tree)} : std::nullopt;
}

std::optional<PatchedTree> patched_of(std::uint64_t size, const Document::Array& items) {
  std::vector<Hash> hashes;
  for (const Document& item : items) {
    Hash hash{};
    const std::string* text = item.text();
    if (text == nullptr || text->size() != 2 * hash.size()) return std::nullopt;
    if (crypto::read_hex(*text, hash) != crypto::EncodingFault::none) return std::nullopt;
    hashes.push_back(hash);
  }
  if (static_cast<std::size_t>(std::popcount(size)) != hashes.size()) return std::nullopt;
  return PatchedTree{size, hashes};
}

std::optional<ExportProgress> progress_of(const Document& document) {
  Members members{document};
  ExportProgress progress;
  progress.file = members.text("file");
  progress.format = members.text("format") == "csv" ? ExportFormat::csv : ExportFormat::jsonl;
  progress.is_guarded = members.flag("formula_guard");
  progress.has_bom = members.flag("bom");
  progress.is_finished = members.flag("finished");
  progress.rows = members.number("rows");
  progress.bytes = members.number("bytes");
  progress.proof_hashes = members.number("proof_hashes");
  for (const Document& item : members.items("trees")) {
    const auto tree = tree_of(item);
    if (!tree) return std::nullopt;
    progress.trees.push_back(*tree);
  }
  const auto patched = patched_of(members.number("size"), members.items("hashes"));
  if (!members.is_good() || !patched) return std::nullopt;
  progress.patched = *patched;
  if (const Document* after = document.find("after")) {
    progress.after = position_of(*after);
    if (!progress.after) return std::nullopt;
  }
  return progress;
}

std::optional<StreamCursor> cursor_of(const Document& document) {
  const Document* filter = document.find("filter");
  const Document* position = document.find("position");
  if (integer_in(document, "pcx_audit_cursor") != kVersion) return std::nullopt;
  if (filter == nullptr || position == nullptr) return std::nullopt;
  const auto read_filter = filter_of(*filter);
  const auto read_position = position_of(*position);
  if (!read_filter || !read_position) return std::nullopt;
  StreamCursor cursor{.filter = *read_filter, .position = *read_position, .progress = {}};
  if (const Document* progress = document.find("export")) {
    cursor.progress = progress_of(*progress);
    if (!cursor.progress) return std::nullopt;
  }
  return cursor;
}

}  // namespace

std::optional<StreamCursor> read_cursor(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  const std::string name = escape_controls(path.string());
  const std::string text = read_file(path, kCursorBytesMax);
  try {
    if (auto cursor = cursor_of(parse_json(text, name))) return cursor;
  } catch (const Error& broken) {
    if (broken.code() != ErrorCode::data) throw;  // cut off, empty, of something else
  }
  throw Error{ErrorCode::data, fmt::format("{} is no cursor of this command", name),
              "Name another file; a new one begins at the beginning."}
      .because("cursor");
}

void write_cursor(const std::filesystem::path& path, const StreamCursor& cursor) {
  Document object = Document::object();
  object.set("pcx_audit_cursor", kVersion);
  object.set("filter", to_document(cursor.filter));
  object.set("position", to_document(cursor.position));
  if (cursor.progress) object.set("export", to_document(*cursor.progress));
  write_file_atomically(path, to_json(object) + "\n", 0600);
}

void require_filter(const StreamCursor& cursor, const TrailFilter& filter,
                    const std::filesystem::path& path) {
  if (cursor.filter == filter) return;
  throw Error{ErrorCode::conflict,
              fmt::format("{} was begun with another --source, --since or --until",
                          escape_controls(path.string())),
              "Ask as the first time, or name another cursor."}
      .because("filter");
}

}  // namespace pcx::audit
