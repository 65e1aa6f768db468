// What pcx says in a checkpoint besides its tree: one extension line, signed with it,
//
//   pcx1 <sealed at, RFC 3339 UTC with microseconds> <segment> <xid> <seq>
//
// the last three being the place of the tree's last leaf in pcx.ledger; and where the signing key
// changes a second one, with both verifier keys (audit/note_key.h):
//
//   pcx1-key <old> <new>
//
// That note is signed by both: who believes one of them may believe the other. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/checkpoint.h"
#include "audit/note_key.h"
#include "core/document.h"

namespace pcx::audit {

// THE order of the trail.
struct Position {
  std::int32_t segment = 0;
  std::uint64_t xid = 0;
  std::int64_t seq = 0;
  auto operator<=>(const Position&) const = default;
};

std::string to_string(const Position& position);  // "3.4711.12"
// std::nullopt for everything but what to_string() writes.
std::optional<Position> parse_position(std::string_view text);

struct KeyChange {
  VerifierKey before;
  VerifierKey after;
  bool operator==(const KeyChange&) const = default;
};

struct SealPoint {
  Time sealed_at{};  // whole microseconds
  Position last;     // of an empty tree: before all of its leaves
  std::optional<KeyChange> key_change;
  bool operator==(const SealPoint&) const = default;
};

// A checkpoint of a trail.
struct SealedTree {
  Checkpoint checkpoint;
  SealPoint point;
};

// Throws as checkpoint_text() and kTreeSizeMax want.
std::string sealed_text(const std::string& origin, const TreeHead& tree, const SealPoint& point);

// std::nullopt for a text that is no checkpoint, or not one of pcx.
std::optional<SealedTree> parse_sealed(std::string_view text);

}  // namespace pcx::audit
