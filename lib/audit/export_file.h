// Files of `pcx audit export`, verified alone: nothing is needed but the file, its manifest and
// proof beside it, and the public key.
//
//   trail.jsonl                  the rows, a line each (audit/export_line.h)
//   trail.jsonl.manifest.json    counts, filter, SHA-256, and the signed checkpoint of each tree
//   trail.jsonl.proof            SHA-256 hashes, 32 bytes each, in the order of the tree: of every
//                                exported row its leaf, between them the hashes of the largest
//                                complete subtrees that fill the gap
//
// The leaf of each line is computed anew; with the hashes of the gaps they must give the root that
// is signed. So each row that is there is authentic and at its index. Whether rows are missing on
// purpose (a filter) or were taken out is not to be told from a file that has gaps: `missing` says
// how many leaves of the tree it does not have.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/note_key.h"
#include "core/interrupt.h"

namespace pcx::audit {

struct ExportFault {
  enum class Kind {
    signature,    // a checkpoint is not signed by a known key, or is no checkpoint
    line,         // a line is not as export writes it
    order,        // a row is not behind the one before it, or beyond its tree
    row_altered,  // its leaf is not the one of the proof
    proof,        // the proof is too short, or too long
    root,         // rows and proof do not give the signed root
    count,        // the manifest says another number of rows, or other indexes
    digest,       // the file has another SHA-256 than the manifest says
  };
  Kind kind = Kind::line;
  std::uint64_t line = 0;              // of the file, from 1 on; 0: none in particular
  std::optional<int> tree;             //
  std::optional<std::uint64_t> index;  // of the leaf in its tree
  std::string what;                    // a phrase for messages
};

const char* to_string(ExportFault::Kind kind) noexcept;  // "row_altered": stable words

// What the file has of one tree.
struct ExportedTree {
  int number = 0;
  std::string origin;
  std::uint64_t size = 0;  // of its checkpoint
  std::string checkpoint;  // the note
  std::uint64_t rows = 0;
  std::uint64_t first_index = 0;  // of rows; they mean nothing when there are none
  std::uint64_t last_index = 0;
  std::uint64_t missing = 0;         // leaves that the file does not have
  std::vector<std::string> signers;  // labels of the keys whose signatures hold
};

struct ExportReport {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::vector<ExportedTree> trees;
  std::optional<ExportFault> fault;  // the first one; what is behind it was not looked at

  bool is_complete() const;  // no leaf of its trees is missing
};

// Reads the file once, from its beginning to its end; memory does not grow with it. `manifest`:
// where it is not beside the file. With `interrupt` a requested stop ends it.
//
// Throws Error{not_found} when one of the files is not there, Error{data} with reason "manifest"
// when the manifest is none, unknown_signers() (audit/trusted_keys.h) when nobody who is known has
// signed any of its trees, Error{io}, Error{interrupted}.
ExportReport verify_export_file(const std::filesystem::path& file,
                                std::span<const VerifierKey> keys,
                                const std::filesystem::path& manifest = {},
                                const Interrupt* interrupt = nullptr);

}  // namespace pcx::audit
