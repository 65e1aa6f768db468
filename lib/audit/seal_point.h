// What pcx says in a checkpoint besides its tree: one extension line, signed with it,
//
//   pcx1 <sealed at, RFC 3339 UTC with microseconds> <first size> <segment> <xid> <seq> <xmax>
//
// The first size is that of the tree in the checkpoint before it, so that none is taken from
// between. Segment, xid and seq are the place of the tree's last leaf in pcx.ledger. xmax is above
// every transaction that had begun then (pg_snapshot_xmax() of the sealer): what a later one wrote
// is not of before that time. Where the signing key changes there is a second line, with both
// verifier keys (audit/note_key.h):
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
  std::uint64_t first_size = 0;
  Position last;  // of an empty tree: before all of its leaves
  std::uint64_t xmax = 0;
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
