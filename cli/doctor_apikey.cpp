// The check of API keys: does any stand in plain, and is every one of pcx's whole?
#include <fmt/format.h>

#include "apikey/health.h"
#include "cli/context.h"
#include "cli/doctor.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using apikey::FenceState;

constexpr std::chrono::hours kAhead{14 * 24};

// What is wrong, worst last.
class Findings {
 public:
  void add(Health health, const std::string& problem, const std::string& hint) {
    health_ = std::max(health_, health);
    problems_.push_back(problem);
    hints_.push_back(hint);
  }
  bool empty() const { return problems_.empty(); }
  Checked checked() const { return {health_, join(problems_, "; "), join(hints_, " ")}; }

 private:
  Health health_ = Health::ok;
  std::vector<std::string> problems_;
  std::vector<std::string> hints_;
};

// Keys that somebody has in his hands, and nobody will ever take.
void look_at_broken(const apikey::Health& health, Findings& findings) {
  if (health.unopenable > 0) {
    findings.add(Health::fail,
                 fmt::format("{} under a pepper that opens nothing any more",
                             counted(health.unopenable, "key")),
                 "They are refused: run 'pcx key retire ID --reopen', or rotate them.");
  }
  if (health.placeholders > 0) {
    findings.add(Health::warn,
                 fmt::format("{} of api_keys with pcx:<id>, and no such key in pcx",
                             counted(health.placeholders, "row")),
                 "Nobody can present a key for them: restore pcx.apikey from a backup of the same "
                 "time, or delete the rows.");
  }
  if (health.rowless > 0) {
    findings.add(
        Health::warn,
        fmt::format("{} of pcx without a row in api_keys", counted(health.rowless, "key")),
        "They are refused: somebody deleted the rows, or restored the table alone. See "
        "'pcx apikey list --all'; restore the rows, or revoke the keys, so that 'pcx apikey "
        "prune' deletes them later.");
  }
  if (health.unmarked > 0) {
    findings.add(
        Health::warn,
        fmt::format("{} revoked, and still active in api_keys", counted(health.unmarked, "key")),
        fmt::format("They are refused: run 'pcx apikey revoke {}' again, so that the "
                    "application sees it, too.",
                    join(health.unmarked_first, " ")));
  }
}

void look_at_plain(const apikey::Health& health, Findings& findings) {
  if (health.unplaced > 0) {
    findings.add(
        Health::warn,
        fmt::format("{} of api_keys with something else than a placeholder",
                    counted(health.unplaced, "row")),
        "Run 'pcx apikey adopt' for the keys in plain among them; what it shows as left is "
        "for you to delete.");
  } else if (health.keys > 0 && health.fence != FenceState::valid) {
    findings.add(Health::warn, "keys can be stored in plain again",
                 "Run 'pcx apikey adopt --fence' as the owner of the table.");
  }
}

Checked check_apikeys(Patient& patient) {
  const Time now = patient.context().clock().wall_now();
  const auto health = apikey::read_health(*patient.database(), now, kAhead);
  if (!health) return {Health::skip, "there is no table api_keys", {}};
  Findings findings;
  look_at_broken(*health, findings);
  look_at_plain(*health, findings);
  if (health->expiring > 0) {
    findings.add(
        Health::warn,
        fmt::format("{} not taken any more within 14 days", counted(health->expiring, "key")),
        "See 'pcx apikey list --expiring 14d', and rotate them.");
  }
  if (!findings.empty()) return findings.checked();
  return {Health::ok, counted(health->keys, "key"), {}};
}

}  // namespace

std::vector<Check> apikey_checks() { return {{"apikeys", connected<check_apikeys>}}; }

}  // namespace pcx::cli
