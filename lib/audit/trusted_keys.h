// Whose signatures on checkpoints are believed: keys that were given, and those that took over from
// one of them (or from which one of them took over) by a checkpoint that both have signed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/note.h"
#include "audit/seal_point.h"

namespace pcx::audit {

// What is wrong with a note.
struct NoteDoubt {
  std::string what;  // "no signature by a known key"
};

class TrustedKeys {
 public:
  // `changes`: all notes that may tell of a change of keys; those that nobody who is believed has
  // signed are not.
  TrustedKeys(std::vector<VerifierKey> given, const std::vector<std::string>& changes);

  // A checkpoint of pcx, signed by somebody who is believed.
  std::variant<SealedTree, NoteDoubt> open(const std::string& note) const;

  // The same, of one checkpoint after the other: who has handed over his key to another does not
  // sign any more.
  std::variant<SealedTree, NoteDoubt> open_next(const std::string& note);

  const std::vector<VerifierKey>& keys() const { return keys_; }

 private:
  struct Opened {
    SealedTree tree;
    std::vector<NoteSignature> signers;
  };
  std::variant<Opened, NoteDoubt> open_signed(const std::string& note) const;
  bool learn(const std::string& change);
  // The key that took over from `key`, whichever checkpoint says so; nullptr: none did.
  const VerifierKey* successor_of(const VerifierKey& key) const;


  std::vector<VerifierKey> keys_;
  std::vector<std::uint32_t> retired_;  // ids
};

}  // namespace pcx::audit
  std::vector<KeyChange> changes_;      // that both keys have signed
