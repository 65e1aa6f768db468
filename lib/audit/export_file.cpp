#include "audit/export_file.h"

#include <algorithm>
#include <memory>
#include <set>
#include <variant>

#include <fmt/format.h>

#include "audit/checkpoint.h"
#include "audit/export_manifest.h"
#include "audit/export_reading.h"
#include "audit/note.h"
#include "audit/patched_tree.h"
#include "audit/record.h"
#include "audit/trusted_keys.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

namespace fs = std::filesystem;
using Kind = ExportFault::Kind;

constexpr std::uint64_t kAskEveryRows = 4096;  // whether to stop

// A tree as the manifest names it, once its signature holds.
struct SignedTree {
  ManifestTree listed;
  Checkpoint checkpoint;
  std::vector<std::string> signers;
};

// Goes through the file once. The first fault ends it.
class Verification {
 public:
  Verification(const fs::path& file, const fs::path& manifest_file, ExportManifest manifest)
      : manifest_(std::move(manifest)),
        lines_(file, manifest_.format),
        proof_(manifest_file.parent_path() / manifest_.proof) {}

  ExportReport run(std::span<const VerifierKey> keys, const Interrupt* interrupt) {
    if (!check_signatures(keys) || !check_header()) return finish();
    while (const auto line = lines_.next()) {
      ++line_;
      if (!take(*line)) return finish();
      if (report_.rows % kAskEveryRows == 0 && interrupt != nullptr) {
        interrupt->throw_if_requested();
      }
    }
    line_ = 0;
    while (tree_ < trees_.size()) {
      if (!close_tree()) return finish();
    }
    check_end();
    return finish();
  }

 private:
  bool fail(Kind kind, std::string what) {
    report_.fault = {.kind = kind, .line = line_, .tree = {}, .index = {}, .what = std::move(what)};
    if (tree_ < trees_.size()) report_.fault->tree = trees_[tree_].listed.number;
    return false;
  }
  bool fail_at(std::uint64_t index, Kind kind, std::string what) {
    fail(kind, std::move(what));
    report_.fault->index = index;
    return false;
  }

  bool check_signatures(std::span<const VerifierKey> keys) {
    for (const ManifestTree& listed : manifest_.trees) {
      const auto note = open_note(listed.checkpoint, keys);
      if (const auto* fault = std::get_if<NoteFault>(&note)) {
        if (trees_.empty()) require_known_signer(keys);
        return fail(Kind::signature,
                    fmt::format("the checkpoint of tree {}: {}", listed.number, to_string(*fault)));
      }
      const auto checkpoint = parse_checkpoint(std::get<Note>(note).text);
      if (const auto* fault = std::get_if<CheckpointFault>(&checkpoint)) {
        return fail(Kind::signature,
                    fmt::format("the checkpoint of tree {}: {}", listed.number, to_string(*fault)));
      }
      if (!trees_.empty() && trees_.back().listed.number >= listed.number) {
        return fail(Kind::order, "the manifest lists trees in another order");
      }
      SignedTree tree{listed, std::get<Checkpoint>(checkpoint), {}};
      for (const NoteSignature& signature : std::get<Note>(note).verified) {
        tree.signers.push_back(signature.label());
      }
      trees_.push_back(std::move(tree));
    }
    return true;
  }

  // As that of a trail (audit/verify.h).
  void require_known_signer(std::span<const VerifierKey> keys) const {
    std::set<std::string> strangers;
    for (const ManifestTree& listed : manifest_.trees) {
      const auto note = open_note(listed.checkpoint, keys);
      const auto* const fault = std::get_if<NoteFault>(&note);
      if (fault == nullptr || *fault != NoteFault::unknown_signers) return;
      for (const auto& by : read_signatures(listed.checkpoint)) strangers.insert(by.label());
    }
    throw unknown_signers({strangers.begin(), strangers.end()});
  }

  bool check_header() {
    if (manifest_.format == ExportFormat::jsonl) return true;
    ++line_;
    const auto line = lines_.next();
    std::string expected{manifest_.has_bom ? kByteOrderMark : ""};
    expected += csv_header();
    if (line && line->is_whole && std::string{line->text} + "\r\n" == expected) return true;
    return fail(Kind::line, "the first line does not name the columns of an export");
  }

  bool take(const LineFile::Line& line) {
    const auto row = !line.is_whole ? std::nullopt
                     : manifest_.format == ExportFormat::jsonl
                         ? read_json_line(line.text, fields_)
                         : read_csv_line(line.text, manifest_.is_guarded, fields_);
    if (!row) {
      return fail(Kind::line,
                  line.is_whole ? "this is no line of an export" : "the line is cut off");
    }
    const int number = tree_of_segment(row->event.position.segment);
    while (tree_ < trees_.size() && trees_[tree_].listed.number < number) {
      if (!close_tree()) return false;
    }
    if (tree_ == trees_.size() || trees_[tree_].listed.number != number) {
      return fail(Kind::order, fmt::format("a row of tree {} has no place here", number));
    }
    return take(*row);
  }

  bool take(const ExportedRow& row) {
    const std::uint64_t next = patched_.size();
    if (row.index < next || row.index >= trees_[tree_].checkpoint.tree.size) {
      return fail_at(
          row.index, Kind::order,
          fmt::format("index {} is not behind the row before, or beyond the tree", row.index));
    }
    if (!fill(row.index)) return false;
    const Hash leaf = records_.leaf(row.event.source, row.event.columns);
    const auto expected = proof_.next();
    if (!expected) return fail_at(row.index, Kind::proof, "the proof ends too early");
    ++proof_hashes_;
    if (leaf != *expected) {
      return fail_at(row.index, Kind::row_altered, "the row is not the one that was sealed");
    }
    patched_.append(0, leaf, hasher_);
    if (rows_of_tree_++ == 0) first_index_ = row.index;
    last_index_ = row.index;
    ++report_.rows;
    return true;
  }

  // Hashes of the proof, up to that leaf.
  bool fill(std::uint64_t index) {
    bool is_there = true;
    const std::uint64_t begin = patched_.size();
    for_each_subtree(begin, index, [&](const NodeId& node) {
      const auto hash = is_there ? proof_.next() : std::nullopt;
      is_there = hash.has_value();
      if (!is_there) return;
      ++proof_hashes_;
      patched_.append(node.level, *hash, hasher_);
    });
    missing_ += index - begin;
    return is_there || fail_at(index, Kind::proof, "the proof ends too early");
  }

  bool close_tree() {
    const SignedTree& tree = trees_[tree_];
    if (!fill(tree.checkpoint.tree.size)) return false;
    if (patched_.root(hasher_) != tree.checkpoint.tree.root) {
      line_ = 0;
      return fail(Kind::root,
                  rows_of_tree_ == 0
                      ? "the proof does not give the signed root"
                      : fmt::format("rows {} to {} and the proof do not give the signed "
                                    "root",
                                    first_index_, last_index_));
    }
    const bool is_as_listed = rows_of_tree_ == tree.listed.rows &&
                              (rows_of_tree_ == 0 || (first_index_ == tree.listed.first_index &&
                                                      last_index_ == tree.listed.last_index));
    if (!is_as_listed) {
      line_ = 0;
      return fail(Kind::count, fmt::format("the manifest says that there are {} of this tree, "
                                           "and there are {}",
                                           counted(static_cast<long long>(tree.listed.rows), "row"),
                                           rows_of_tree_));
    }
    add_to_report();
    ++tree_;
    patched_ = {};
    rows_of_tree_ = missing_ = 0;
    return true;
  }

  void add_to_report() {
    const SignedTree& tree = trees_[tree_];
    report_.trees.push_back({.number = tree.listed.number,
                             .origin = tree.checkpoint.origin,
                             .size = tree.checkpoint.tree.size,
                             .checkpoint = tree.listed.checkpoint,
                             .rows = rows_of_tree_,
                             .first_index = first_index_,
                             .last_index = last_index_,
                             .missing = missing_,
                             .signers = tree.signers});
  }

  bool check_end() {
    if (proof_.next() || proof_hashes_ != manifest_.proof_hashes) {
      return fail(Kind::proof, "the proof has another number of hashes than its rows need");
    }
    if (report_.rows != manifest_.rows || lines_.bytes() != manifest_.bytes) {
      return fail(Kind::count, fmt::format("the manifest says {}, and there are {}",
                                           counted(static_cast<long long>(manifest_.rows), "row"),
                                           report_.rows));
    }
    if (lines_.sha256() != manifest_.sha256) {
      return fail(Kind::digest, "the file has another SHA-256 than its manifest says");
    }
    return true;
  }

  ExportReport finish() {
    report_.bytes = lines_.bytes();
    return std::move(report_);
  }

  ExportManifest manifest_;
  LineFile lines_;
  ProofFile proof_;
  std::vector<SignedTree> trees_;
  std::size_t tree_ = 0;  // the one under way
  PatchedTree patched_;
  TreeHasher hasher_;
  RecordHasher records_;
  RowFields fields_;
  std::uint64_t line_ = 0;
  std::uint64_t rows_of_tree_ = 0;
  std::uint64_t first_index_ = 0;
  std::uint64_t last_index_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t proof_hashes_ = 0;
  ExportReport report_;
};

}  // namespace

const char* to_string(ExportFault::Kind kind) noexcept {
  switch (kind) {
    case Kind::signature: return "signature";
    case Kind::line: return "line";
    case Kind::order: return "order";
    case Kind::row_altered: return "row_altered";
    case Kind::proof: return "proof";
    case Kind::root: return "root";
    case Kind::count: return "count";
    case Kind::digest: return "digest";
  }
  return "unknown";
}

bool ExportReport::is_complete() const {
  return std::ranges::all_of(trees, [](const ExportedTree& tree) { return tree.missing == 0; });
}

ExportReport verify_export_file(const fs::path& file, std::span<const VerifierKey> keys,
                                const fs::path& manifest, const Interrupt* interrupt) {
  const fs::path beside = manifest.empty() ? fs::path{file.string() + ".manifest.json"} : manifest;
  ExportManifest parsed =
      parse_manifest(read_file(beside, kManifestBytesMax), escape_controls(beside.string()));
  Verification verification{file, beside, std::move(parsed)};
  return verification.run(keys, interrupt);
}

}  // namespace pcx::audit
