#include "audit/trusted_keys.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::audit {

namespace {

bool has_signed(const std::vector<NoteSignature>& signers, const VerifierKey& key) {
  return std::ranges::any_of(signers, [&](const NoteSignature& signer) {
    return signer.name == key.name() && signer.key_id == key.id();
  });
}

}  // namespace

Error unknown_signers(const std::vector<std::string>& strangers) {
  Error error{
      ErrorCode::unknown,
      fmt::format("no signature by a known key; signed by {}",
                  escape_controls(join(strangers, ", "))),
      "Ask what was kept elsewhere first ('pcx audit verify --against FILE'): it tells whether "
      "somebody else has signed. Otherwise give the verifier key of who seals, as 'pcx audit "
      "keygen' printed it (--verifier-key KEY). runbooks/audit.md says more."};
  return std::move(error.because("unknown_signer"));
}

TrustedKeys::TrustedKeys(std::vector<VerifierKey> given, const std::vector<std::string>& changes)
    : keys_(std::move(given)) {
  // A change that is not understood yet may be after another one was.
  for (bool has_learned = true; has_learned;) {
    has_learned = false;
    for (const std::string& change : changes) has_learned = learn(change) || has_learned;
  }
}

bool TrustedKeys::learn(const std::string& change) {
  const auto opened = open_signed(change);
  const auto* const known = std::get_if<Opened>(&opened);
  if (known == nullptr || !known->tree.point.key_change) return false;
  const KeyChange& keys = *known->tree.point.key_change;
  const VerifierKey both[] = {keys.before, keys.after};
  const auto reopened = open_note(change, both);
  const auto* const note = std::get_if<Note>(&reopened);
  if (note == nullptr || note->verified.size() != 2) return false;
  if (std::ranges::find(changes_, keys) == changes_.end()) changes_.push_back(keys);
  bool has_learned = false;
  for (const VerifierKey& key : both) {
    if (std::ranges::find(keys_, key) != keys_.end()) continue;
    keys_.push_back(key);
    has_learned = true;
  }
  return has_learned;
}

const VerifierKey* TrustedKeys::successor_of(const VerifierKey& key) const {
  const auto change = std::ranges::find(changes_, key, &KeyChange::before);
  return change == changes_.end() ? nullptr : &change->after;
}

std::variant<TrustedKeys::Opened, NoteDoubt> TrustedKeys::open_signed(
    const std::string& note) const {
  const auto opened = open_note(note, keys_);
  if (const auto* const fault = std::get_if<NoteFault>(&opened)) {
    NoteDoubt doubt{to_string(*fault), {}};
    if (*fault == NoteFault::unknown_signers) {
      for (const NoteSignature& by : read_signatures(note)) doubt.strangers.push_back(by.label());
    }
    return doubt;
  }
  const Note& known = std::get<Note>(opened);
  auto tree = parse_sealed(known.text);
  if (!tree) return NoteDoubt{"no checkpoint of pcx"};
  return Opened{std::move(*tree), known.verified};
}

std::variant<SealedTree, NoteDoubt> TrustedKeys::open(const std::string& note) const {
  auto opened = open_signed(note);
  if (auto* const doubt = std::get_if<NoteDoubt>(&opened)) return std::move(*doubt);
  return std::move(std::get<Opened>(opened).tree);
}

std::variant<SealedTree, NoteDoubt> TrustedKeys::open_next(const std::string& note) {
  auto opened = open_signed(note);
  if (auto* const doubt = std::get_if<NoteDoubt>(&opened)) return std::move(*doubt);
  auto& known = std::get<Opened>(opened);
  const bool is_retired = std::ranges::all_of(known.signers, [this](const NoteSignature& signer) {
    return std::ranges::find(retired_, signer.key_id) != retired_.end();
  });
  if (is_retired) return NoteDoubt{"signed by a key that another one has taken over from"};
  if (const auto& change = known.tree.point.key_change) {
    if (!has_signed(known.signers, change->before) || !has_signed(known.signers, change->after)) {
      return NoteDoubt{"a change of keys that not both have signed"};
    }
    retired_.push_back(change->before.id());
  }
  return std::move(known.tree);
}

}  // namespace pcx::audit
