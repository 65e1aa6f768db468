#include "audit/export.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/checkpoint.h"
#include "audit/event_stream.h"
#include "audit/export_output.h"
#include "audit/leaf_finder.h"
#include "audit/pg_time.h"
#include "audit/record.h"
#include "audit/sql.h"
#include "audit/tile_ahead.h"
#include "audit/trail_reading.h"
#include "audit/xid.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBatchBytes = std::uint64_t{8} << 20;  // between two writings of the cursor
constexpr std::uint64_t kAskEveryRows = 4096;                  // whether to stop

// --- What the database says

struct SealedHead {
  int epoch = 0;
  std::uint64_t size = 0;
  Position last;
  std::string note;
};

std::vector<SealedHead> read_heads(db::Transaction& tx) {
  std::vector<SealedHead> heads;
  for (const db::Row row : tx.query(sql::list_sealed_trees)) {
    heads.push_back(
        {.epoch = row["epoch"].as<int>(),
         .size = static_cast<std::uint64_t>(row["size"].as<std::int64_t>()),
         .last = {row["last_segment"].as<int>(), xid_in(row["last_xid"].as<std::string_view>()),
                  row["last_seq"].as<std::int64_t>()},
         .note = row["note"].as<std::string>()});
  }
  if (heads.empty()) {
    throw Error{ErrorCode::not_found, "nothing of the trail is sealed yet",
                "Seal it with 'pcx audit seal'."}
        .because("not_sealed");
  }
  return heads;
}

LeafFinder::FindBatch find_batch_in(db::Transaction& tx, int epoch) {
  return [&tx, epoch](const Position& position, std::uint64_t from) -> std::optional<LeafBatch> {
    const db::Result rows =
        tx.query(sql::find_leaf_batch, {epoch, static_cast<std::int64_t>(from), position.segment,
                                        std::to_string(position.xid), position.seq});
    if (rows.empty()) return std::nullopt;
    return LeafBatch{static_cast<std::uint64_t>(rows[0]["first_size"].as<std::int64_t>()),
                     static_cast<std::uint64_t>(rows[0]["size"].as<std::int64_t>())};
  };
}

// --- One tree: where leaves are, and what is between them.

class TreeUnderWay {
 public:
  TreeUnderWay(db::Transaction& tx, const SealedHead& head, PatchedTree patched, TreeHasher& hasher)
      : head_(head),
        ahead_(tx, head.epoch),
        tiles_(
            head.size, [this](const TileId& tile) { return ahead_.fetch(tile); }, hasher),
        finder_(tiles_, find_batch_in(tx, head.epoch)),
        patched_(patched),
        hasher_(hasher) {}
  TreeUnderWay(const TreeUnderWay&) = delete;
  TreeUnderWay& operator=(const TreeUnderWay&) = delete;

  const SealedHead& head() const { return head_; }
  const PatchedTree& patched() const { return patched_; }

  std::optional<std::uint64_t> find(const Hash& leaf, const Position& position) {
    return finder_.find(leaf, patched_.size(), position);
  }
  // Appends the hashes of what is between, then the leaf; how many.
  std::uint64_t add(std::uint64_t index, const Hash& leaf, std::string& proof) {
    const std::uint64_t count = fill(index, proof);
    append(proof, leaf);
    patched_.append(0, leaf, hasher_);
    return count + 1;
  }
  // Up to its end. Throws Error{critical} when its root is not the one that is signed.
  std::uint64_t close(std::string& proof) {
    const std::uint64_t count = fill(head_.size, proof);
    const auto checkpoint = parse_checkpoint(head_.note.substr(0, head_.note.find("\n\n") + 1));
    const auto* signed_tree = std::get_if<Checkpoint>(&checkpoint);
    if (signed_tree == nullptr || signed_tree->tree.root != patched_.root(hasher_)) {
      throw Error{ErrorCode::critical,
                  fmt::format("rows and tiles of tree {} do not give the root of its checkpoint",
                              head_.epoch),
                  "Find out what was changed with 'pcx audit verify --full'."}
          .because("altered");
    }
    return count;
  }

 private:
  static void append(std::string& proof, const Hash& hash) {
    proof.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  }
  std::uint64_t fill(std::uint64_t index, std::string& proof) {
    std::uint64_t count = 0;
    for_each_subtree(patched_.size(), index, [&](const NodeId& node) {
      const Hash hash = tiles_.hash(node);
      append(proof, hash);
      patched_.append(node.level, hash, hasher_);
      ++count;
    });
    return count;
  }

  SealedHead head_;
  TilesAhead ahead_;
  TileReader tiles_;
  LeafFinder finder_;
  PatchedTree patched_;
  TreeHasher& hasher_;
};

// --- The state that a cursor keeps

struct Start {
  StreamCursor state;
  bool is_resumed = false;
};

ExportProgress fresh_progress(const ExportJob& job, const std::string& file) {
  ExportProgress progress;
  progress.file = file;
  progress.format = job.format;
  progress.is_guarded = job.is_guarded;
  progress.has_bom = job.has_bom;
  return progress;
}

void require_shape(const ExportJob& job, const ExportProgress& progress) {
  if (progress.format == job.format && progress.is_guarded == job.is_guarded &&
      progress.has_bom == job.has_bom) {
    return;
  }
  throw Error{ErrorCode::conflict,
              fmt::format("{} was begun with another --format or other options of csv",
                          escape_controls(progress.file)),
              "Ask as the first time, or name another file."}
      .because("shape");
}

Start start_of(const ExportJob& job) {
  const std::string file = fs::absolute(job.file).string();
  auto cursor = job.cursor ? read_cursor(*job.cursor) : std::nullopt;
  if (!cursor) {
    return {.state = {.filter = job.filter, .position = {}, .progress = fresh_progress(job, file)}};
  }
  require_filter(*cursor, job.filter, *job.cursor);
  if (cursor->progress && cursor->progress->file == file) {
    require_shape(job, *cursor->progress);
    return {.state = std::move(*cursor), .is_resumed = true};
  }
  if (cursor->progress && !cursor->progress->is_finished) {
    throw Error{ErrorCode::conflict,
                fmt::format("the cursor is of {}, which is not finished",
                            escape_controls(cursor->progress->file)),
                "Finish that first: the same command with its --out."}
        .because("unfinished");
  }
  ExportProgress progress = fresh_progress(job, file);
  progress.after = cursor->position;
  return {.state = {.filter = job.filter, .position = cursor->position, .progress = progress}};
}

// --- The deed

class Exporter {
 public:
  Exporter(const ExportJob& job, Start start, db::Transaction& questions,
           const fs::path& proof_file, const Interrupt& interrupt)
      : job_(job),
        state_(std::move(start.state)),
        questions_(questions),
        heads_(read_heads(questions)),
        out_(job.file, kept(start.is_resumed, progress().bytes)),
        proof_(proof_file, kept(start.is_resumed, progress().proof_hashes * kHashBytes)),
        interrupt_(interrupt) {
    progress().is_finished = false;
    if (job.cursor) keep_files();  // the cursor goes on with them
    if (job.format == ExportFormat::csv && out_.bytes() == 0) {
      if (job.has_bom) out_.buffer() += kByteOrderMark;
      out_.buffer() += csv_header();
    }
    if (!progress().trees.empty()) {
      open_tree(progress().trees.back().number, progress().patched);
    }
  }

  StreamRange range() const {
    return {.after = state_.position, .upto = heads_.back().last, .filter = job_.filter};
  }

  void take(const StreamedRow& row) {
    if (++seen_ % kAskEveryRows == 0) interrupt_.throw_if_requested();
    const int number = tree_of_segment(row.event.position.segment);
    if (!tree_ || tree_->head().epoch != number) next_tree(number);
    ManifestTree& listed = progress().trees.back();
    if (row.event.columns.empty()) throw_altered(row.event, "is gone");
    const Hash leaf = records_.leaf(row.event.source, row.event.columns);
    state_.position = row.event.position;
    if (row.ledger_leaf && *row.ledger_leaf != leaf) {
      if (!has_newer_leaf(row)) throw_altered(row.event, "is not what was sealed");
      ++listed.resealed;
      return;
    }
    const auto index = tree_->find(leaf, row.event.position);
    if (!index) throw_altered(row.event, "is not what was sealed");
    progress().proof_hashes += tree_->add(*index, leaf, proof_.buffer());
    proof_.grown();
    write(row.event, *index);
    if (listed.rows++ == 0) listed.first_index = *index;
    listed.last_index = *index;
    ++progress().rows;
    ++new_rows_;
    if (out_.bytes() - saved_bytes_ >= kBatchBytes) save();
  }

  // What is left of the trees, the manifest, and the cursor.
  ExportManifest finish(const fs::path& manifest_file, Time now) {
    save();
    ExportManifest manifest = manifest_so_far(now);
    if (tree_) {
      manifest.proof_hashes += tree_->close(proof_.buffer());
      manifest.trees.back().checkpoint = tree_->head().note;
    }
    proof_.sync();
    manifest.sha256 = out_.sha256();
    manifest.proof = proof_name_of(manifest_file);
    write_file_atomically(manifest_file, to_json(to_document(manifest), 2) + "\n", 0600);
    keep_files();
    progress().is_finished = true;
    keep_cursor();
    return manifest;
  }

  std::uint64_t new_rows() const { return new_rows_; }

  static std::string proof_name_of(const fs::path& manifest_file) {
    const std::string name = manifest_file.filename().string();
    constexpr std::string_view kEnd = ".manifest.json";
    return (name.ends_with(kEnd) ? name.substr(0, name.size() - kEnd.size()) : name) + ".proof";
  }

 private:
  static constexpr std::uint64_t kHashBytes = crypto::kSha256Bytes;

  static std::optional<std::uint64_t> kept(bool is_resumed, std::uint64_t bytes) {
    return is_resumed ? std::optional{bytes} : std::nullopt;
  }
  ExportProgress& progress() { return *state_.progress; }

  void keep_files() {
    out_.stay();
    proof_.stay();
  }

  // Where in its tree the row was sealed, by what the ledger still has of it.
  std::string leaf_text(const Position& place) {
    const db::Result rows =
        questions_.query(sql::find_leaf_at, {place.segment, std::to_string(place.xid), place.seq});
    Hash leaf{};
    const bool is_known = rows.size() == 1 && crypto::read_hex(rows[0]["leaf"].as<std::string>(),
                                                               leaf) == crypto::EncodingFault::none;
    const auto index = is_known ? tree_->find(leaf, place) : std::nullopt;
    if (index) return fmt::format("leaf {} of tree {}", *index, tree_->head().epoch);
    return fmt::format("at leaf {} of tree {} or behind it", tree_->patched().size(),
                       tree_->head().epoch);
  }

  [[noreturn]] void throw_altered(const TrailEvent& event, const char* what) {
    std::string time;
    append_pg_time(time, event.at);
    throw Error{
        ErrorCode::critical,
        fmt::format("row {}.{}.{} ({}), {}, {}", event.position.segment, event.position.xid,
                    event.position.seq, source_word(event.source), leaf_text(event.position), what),
        fmt::format("Find out what was changed with 'pcx audit verify --full'. An export "
                    "leaves the row out by another --source, or as two files: one with "
                    "--until {}, one with a --since behind that.",
                    time)}
        .because("altered");
  }

  bool has_newer_leaf(const StreamedRow& row) {
    const Position& place = row.event.position;
    return questions_
        .query(sql::has_newer_leaf,
               {row.row_id, place.segment, std::to_string(place.xid), place.seq})
        .one()["is_newer"]
        .as<bool>();
  }

  void open_tree(int number, PatchedTree patched) {
    const auto head = std::ranges::find(heads_, number, &SealedHead::epoch);
    if (head == heads_.end()) {
      throw Error{ErrorCode::critical, fmt::format("tree {} has rows, and no checkpoint", number),
                  "Find out what was changed with 'pcx audit verify --full'."}
          .because("altered");
    }
    tree_.emplace(questions_, *head, patched, hasher_);
  }
  void next_tree(int number) {
    if (tree_) {
      progress().proof_hashes += tree_->close(proof_.buffer());
      progress().trees.back().checkpoint = tree_->head().note;
    }
    open_tree(number, {});
    progress().trees.push_back({.number = number, .checkpoint = {}});
  }

  void write(const TrailEvent& event, std::uint64_t index) {
    if (job_.format == ExportFormat::jsonl) {
      append_json_line(out_.buffer(), event, index);
    } else {
      append_csv_line(out_.buffer(), event, index, job_.is_guarded);
    }
    out_.grown();
  }

  // All that was taken is safe, then the cursor says so.
  void save() {
    if (!job_.cursor) return;
    out_.sync();
    proof_.sync();
    saved_bytes_ = out_.bytes();
    keep_cursor();
  }
  void keep_cursor() {
    if (!job_.cursor) return;
    progress().bytes = out_.bytes();
    if (tree_) progress().patched = tree_->patched();
    write_cursor(*job_.cursor, state_);
  }

  ExportManifest manifest_so_far(Time now) {
    ExportManifest manifest;
    manifest.file = job_.file.filename().string();
    manifest.format = job_.format;
    manifest.is_guarded = job_.is_guarded;
    manifest.has_bom = job_.has_bom;
    manifest.filter = job_.filter;
    manifest.after = progress().after;
    manifest.rows = progress().rows;
    manifest.bytes = out_.bytes();
    manifest.proof_hashes = progress().proof_hashes;
    manifest.trees = progress().trees;
    manifest.exported_at = now;
    return manifest;
  }

  const ExportJob& job_;
  StreamCursor state_;
  db::Transaction& questions_;
  std::vector<SealedHead> heads_;
  ExportOutput out_;
  ExportOutput proof_;
  const Interrupt& interrupt_;
  TreeHasher hasher_;
  RecordHasher records_;
  std::optional<TreeUnderWay> tree_;
  std::uint64_t seen_ = 0;
  std::uint64_t new_rows_ = 0;
  std::uint64_t saved_bytes_ = 0;
};

void require_place(const ExportJob& job) {
  if (!job.manifest.empty() || !is_special_file(job.file)) return;
  throw Error{ErrorCode::usage, "--out is a device or a pipe, which has no place beside it",
              "Say where the manifest goes: --manifest FILE."};
}

// The cursor knows the files before they are there: whoever is killed in between goes on.
void claim(const ExportJob& job, const StreamCursor& state, const fs::path& proof_file) {
  require_new_file(job.file);
  require_new_file(proof_file);
  if (job.cursor) write_cursor(*job.cursor, state);
}

std::int64_t count_unsealed(db::Transaction& tx, const Position& last) {
  return tx.query(sql::count_unsealed, {last.segment, std::to_string(last.xid), last.seq})
      .one()["count"]
      .as<std::int64_t>();
}

}  // namespace

namespace {

// What the exporter does, and afterwards how many rows wait.
void export_rows(Exporter& exporter, db::Transaction& changes, db::Transaction& others,
                 db::Transaction& questions, Time now, ExportResult& result) {
  const StreamRange range = exporter.range();
  result.unsealed = count_unsealed(questions, range.upto);
  stream_events(changes, others, range, [&](const StreamedRow& row) { exporter.take(row); });
  result.manifest = exporter.finish(result.manifest_file, now);
  result.new_rows = exporter.new_rows();
}

// The same with what became of the files.
Error about_files(const Error& error) {
  Error told{error.code(), error.what(),
             error.hint() + (error.hint().empty() ? "" : " ") +
                 "The files stay: the same command goes on where this one stopped."};
  return told.because(error.reason())
      .at(error.location())
      .with_sqlstate(error.sqlstate())
      .with_detail(error.detail());
}

}  // namespace

ExportResult export_trail(db::Database& database, const std::function<db::Database()>& connect,
                          const ExportJob& job, const Clock& clock, const Interrupt& interrupt) {
  ExportResult result;
  result.manifest_file =
      job.manifest.empty() ? fs::path{job.file.string() + ".manifest.json"} : job.manifest;
  result.proof_file =
      result.manifest_file.parent_path() / Exporter::proof_name_of(result.manifest_file);
  require_place(job);
  Start start = start_of(job);
  result.is_resumed = start.is_resumed;
  if (!start.is_resumed) claim(job, start.state, result.proof_file);
  db::Database other_session = connect();
  db::Database question_session = connect();
  db::Transaction changes = begin_reading_trail(database);
  const std::string snapshot = export_snapshot(changes);
  db::Transaction others = begin_in_snapshot(other_session, snapshot);
  db::Transaction questions = begin_in_snapshot(question_session, snapshot);
  use_stream_plans(changes);
  use_stream_plans(others);
  Exporter exporter{job, std::move(start), questions, result.proof_file, interrupt};
  try {
    export_rows(exporter, changes, others, questions, clock.wall_now(), result);
  } catch (const Error& error) {
    if (!job.cursor) throw;
    throw about_files(error);
  }
  return result;
}

}  // namespace pcx::audit
