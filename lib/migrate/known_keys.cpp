#include "migrate/known_keys.h"

#include <array>
#include <limits>
#include <string>

#include "core/crc32.h"
#include "migrate/lock.h"

namespace pcx::migrate {

namespace {

struct KnownKey {
  std::int64_t key;
  std::string_view tool;
};

constexpr std::array kKnownKeys = {
    KnownKey{kPcxLock.number, kPcxLock.name},
    KnownKey{kPrismaLock.number, kPrismaLock.name},
    KnownKey{75474063, "sqitch"},                    // App::Sqitch::Engine::pg, try_lock
    KnownKey{4097083626, "goose"},                   // lock.DefaultLockID, the CRC-32 of "goose"
    KnownKey{4727445306447283, "graphile-migrate"},  // ADVISORY_LOCK_MIGRATE
    KnownKey{4036779288569897133, "reshape"},        // DbLocker::LOCK_KEY
};

// PostgreSQLAdvisoryLockTemplate.LOCK_MAGIC_NUM, "Flyway" as a number, plus Java's 32-bit hash of
// the history table's quoted name.
constexpr std::int64_t kFlyway = 0x466C79776179;

bool is_flyways(std::int64_t key) {
  using Hash = std::numeric_limits<std::int32_t>;
  return key >= kFlyway + Hash::min() && key <= kFlyway + Hash::max();
}

}  // namespace

std::int64_t golang_migrate_key(const LockPlace& place, std::string_view table) {
  constexpr std::uint32_t salt = 1486364155;
  std::string names{place.schema};
  names.append(1, '\0').append(table).append(1, '\0').append(place.database);
  return crc32(names) * salt;
}

std::int64_t rails_key(std::string_view database) {
  constexpr std::int64_t salt = 2053462845;
  return salt * crc32(database);
}

std::int64_t atlas_key(std::string_view name) {
  std::uint32_t hash = 2166136261;
  for (const char c : name) hash = (hash * 16777619) ^ static_cast<unsigned char>(c);
  return hash;
}

std::string_view tool_of(std::int64_t key, const LockPlace& place) {
  for (const KnownKey& known : kKnownKeys) {
    if (known.key == key) return known.tool;
  }
  if (is_flyways(key)) return "Flyway";
  if (key == atlas_key("atlas_migrate_execute")) return "Atlas";
  if (key == rails_key(place.database)) return "Rails";
  const bool is_golangs =
      key == golang_migrate_key(place) || key == golang_migrate_key({place.database, "public"});
  return is_golangs ? "golang-migrate" : "";
}

}  // namespace pcx::migrate
