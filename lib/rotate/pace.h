// How fast a rotation may go: limits, what the server's load is, and whether to wait. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pcx::rotate {

using std::chrono::milliseconds;

// Of PostgreSQL (BLCKSZ). The first change of a page behind a checkpoint puts all of it in the WAL.
inline constexpr std::int64_t kPageBytes = 8192;

// 0 and "" are: no limit.
struct Limits {
  double rows_per_second = 0;        // of this run
  std::int64_t lag_bytes = 0;        // of the slowest replica, by its replay position
  milliseconds lag{0};               // the same as time
  std::int64_t wal_per_second = 0;   // bytes, of the whole server
  int archive_backlog = 0;           // WAL files that are ready to be archived
  milliseconds latency{0};           // of a stripe, until it is committed
  milliseconds snapshot_age{5'000};  // of the oldest one that is not ours
  std::string window_from;           // "22:00", daily; may pass midnight
  std::string window_to;
  std::string time_zone = "UTC";  // of the window
};

struct OldSnapshot {
  int pid = 0;
  milliseconds age{0};
  std::string who;  // application and role
};

// One look at the server.
struct Load {
  std::chrono::steady_clock::time_point at{};
  std::int64_t wal_bytes = 0;  // position
  int hidden_replicas = 0;     // of which this role may not see how far they are
  std::optional<std::int64_t> lag_bytes;
  std::optional<milliseconds> lag;
  int archive_backlog = 0;
  std::optional<OldSnapshot> oldest;
  bool in_window = true;
  bool is_paused = false;
};

struct Verdict {
  bool must_wait = false;
  std::string reason;  // why, for people; a stable text while it lasts
  // Bytes of WAL until the next look: what is left below the limits.
  std::optional<std::int64_t> wal_credit;
};

// `needed`: bytes of WAL that the next stripe will write; they have to fit below seven eighths of
// the limit of lag, unless they are more than half of these.
Verdict judge(const Limits& limits, const Load& before, const Load& now, std::int64_t needed);

// How long a worker rests before each stripe so that its own writes keep to a limit: what they take
// is what others notice, too. The rest doubles while they take longer, and halves when they do not.
class LatencyPace {
 public:
  using Duration = std::chrono::steady_clock::duration;

  static constexpr std::size_t kRemembered = 5;  // stripes; what most of them took counts
  static constexpr milliseconds kRestMax{2'000};

  // 0: no limit.
  explicit LatencyPace(milliseconds limit) : limit_(limit) {}

  // A stripe that waited for nobody's lock.
  void add(Duration took);
  bool is_slow() const { return is_slow_; }
  Duration rest() const { return rest_; }
  std::string reason() const;  // for people; a stable text

 private:
  milliseconds limit_;
  std::vector<Duration> took_;  // the newest is last
  bool is_slow_ = false;
  Duration rest_{0};
};

// "16MB", "500kB", "1GB" or a number of bytes, as PostgreSQL writes sizes (powers of 1024).
// std::nullopt for anything else.
std::optional<std::int64_t> parse_size(std::string_view text);
// "22:00-05:00" into the window of `limits`. False for anything else.
bool parse_window(std::string_view text, Limits& limits);

}  // namespace pcx::rotate
