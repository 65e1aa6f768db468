// One stored value under its old key into one under the new key, or a finding that says why not.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/random.h"
#include "fields/reader.h"

namespace pcx::rotate {

using crypto::KeyId;

// What is to be done with values that are no ciphertext yet. One that has ciphertext inside is
// never sealed: that would hide it.
enum class Plaintext { leave, seal };

struct ResealKeys {
  std::span<const fields::FieldKey> openers;  // every key that may open, the target among them
  fields::FieldKey target;
};

struct Resealed {
  fields::Kind kind = fields::Kind::empty;  // of the old value
  crypto::Refusal refusal = crypto::Refusal::none;
  KeyId key = 0;                      // that the old value names, or that opened it
  std::optional<std::string> sealed;  // the new value; std::nullopt: nothing is to be written
};

// Of one field, for one thread at a time.
//
// Whatever it gives out was opened again, with a key that was expanded anew, and gave the same
// plaintext: a fault of memory or of this program destroys nothing.
class Resealer {
 public:
  // The target is of format v2, or v1 (the application that does not know v2 yet).
  // `random` must outlive it. Throws Error{crypto} for a key that is none.
  Resealer(const crypto::Column& name, const ResealKeys& keys, Plaintext plaintext, Random& random);
  Resealer(Resealer&&) noexcept;
  ~Resealer();

  // A value that the target key opens already stays: nothing is to be written then.
  // Throws Error{crypto} when a value that was just sealed does not open again.
  Resealed reseal(std::string_view row, std::string_view value);

  // What every value under the target key begins with; "" when that cannot be told (v1).
  const std::string& target_prefix() const { return target_prefix_; }

 private:
  class Sealer;

  std::string seal(std::string_view row, const Secret& plaintext);

  fields::Reader reader_;
  fields::Reader checker_;  // with the target key alone
  std::unique_ptr<Sealer> sealer_;
  KeyId target_;
  std::string target_prefix_;
  Plaintext plaintext_;
};

}  // namespace pcx::rotate
