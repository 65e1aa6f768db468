#include "migrate/lock_mode.h"

#include <array>
#include <cstdint>

namespace pcx::migrate {

namespace {

struct Mode {
  std::string_view name;
  std::string_view in_pg_locks;
  std::uint16_t conflicting;  // a bit for each LockMode
};

constexpr std::uint16_t bits(std::initializer_list<LockMode> modes) {
  std::uint16_t all = 0;
  for (const LockMode mode : modes) all |= static_cast<std::uint16_t>(1U << unsigned(mode));
  return all;
}

using enum LockMode;

constexpr std::array<Mode, 9> kModes = {{
    {"", "", 0},
    {"ACCESS SHARE", "AccessShareLock", bits({access_exclusive})},
    {"ROW SHARE", "RowShareLock", bits({exclusive, access_exclusive})},
    {"ROW EXCLUSIVE", "RowExclusiveLock",
     bits({share, share_row_exclusive, exclusive, access_exclusive})},
    {"SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock",
     bits({share_update_exclusive, share, share_row_exclusive, exclusive, access_exclusive})},
    {"SHARE", "ShareLock",
     bits({row_exclusive, share_update_exclusive, share_row_exclusive, exclusive,
           access_exclusive})},
    {"SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock",
     bits({row_exclusive, share_update_exclusive, share, share_row_exclusive, exclusive,
           access_exclusive})},
    {"EXCLUSIVE", "ExclusiveLock",
     bits({row_share, row_exclusive, share_update_exclusive, share, share_row_exclusive, exclusive,
           access_exclusive})},
    {"ACCESS EXCLUSIVE", "AccessExclusiveLock",
     bits({access_share, row_share, row_exclusive, share_update_exclusive, share,
           share_row_exclusive, exclusive, access_exclusive})},
}};

const Mode& facts(LockMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

}  // namespace

std::string_view to_string(LockMode mode) { return facts(mode).name; }

LockMode lock_mode_of(std::string_view pg_locks_mode) {
  for (std::size_t i = 1; i < kModes.size(); ++i) {
    if (kModes[i].in_pg_locks == pg_locks_mode) return static_cast<LockMode>(i);
  }
  return none;
}

bool conflicts(LockMode one, LockMode other) {
  return (facts(one).conflicting & bits({other})) != 0 && other != none;
}

std::string_view stops(LockMode mode) {
  if (mode == access_exclusive) return "no reads, no writes";
  if (mode >= share) return "no writes";
  return "";
}

}  // namespace pcx::migrate
