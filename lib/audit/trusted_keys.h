// Whose signatures on checkpoints are believed: keys that were given, and those that took over from
// one of them (or from which one of them took over) by a checkpoint that both have signed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/note.h"
#include "audit/seal_point.h"
#include "core/error.h"

namespace pcx::audit {

// What is wrong with a note.
struct NoteDoubt {
  std::string what;  // "no signature by a known key"
  // Who has signed a note that nobody who is known has signed, as labels of their keys.
  std::vector<std::string> strangers = {};
};

// That none of those who have signed is known: the question whether what they have signed is right
// cannot be answered. Error{unknown} with reason "unknown_signer".
Error unknown_signers(const std::vector<std::string>& strangers);

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

  // The key that took over from `key`, whichever checkpoint says so; nullptr: none did.
  const VerifierKey* successor_of(const VerifierKey& key) const;

 private:
  struct Opened {
    SealedTree tree;
    std::vector<NoteSignature> signers;
  };
  std::variant<Opened, NoteDoubt> open_signed(const std::string& note) const;
  bool learn(const std::string& change);

  std::vector<VerifierKey> keys_;
  std::vector<KeyChange> changes_;      // that both keys have signed
  std::vector<std::uint32_t> retired_;  // ids
};

}  // namespace pcx::audit
