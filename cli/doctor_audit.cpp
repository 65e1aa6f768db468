// The check of the trail: is everything captured that is to be, and is it sealed?
#include <algorithm>

#include <fmt/format.h>

#include "audit/trail_status.h"
#include "cli/context.h"
#include "cli/doctor.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using audit::Capture;
using audit::TrailStatus;

constexpr std::chrono::hours kUnsealedMax{1};

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

std::int64_t count(const TrailStatus& status, std::initializer_list<Capture> captures) {
  return std::ranges::count_if(status.tables, [&](const auto& table) {
    return std::ranges::find(captures, table.capture) != captures.end();
  });
}

// What does not fit: the first table with its columns, and how many more.
void look_at_rules(const TrailStatus& status, Findings& findings) {
  const auto add = [&](Capture capture, const char* hint) {
    const auto first = std::ranges::find(status.tables, capture, &audit::TableStatus::capture);
    if (first == status.tables.end()) return;
    const auto more = count(status, {capture}) - 1;
    findings.add(Health::fail,
                 escape_controls(fmt::format("{}: {}{}", first->rule.relation(), first->why,
                                             more == 0 ? "" : fmt::format(" and {} more", more))),
                 hint);
  };
  add(Capture::outdated,
      "Nothing of these rows is told, or of which row it is: run 'pcx audit install'.");
  add(Capture::unsafe, "It runs as the owner of schema pcx: drop the cast of that type.");
  if (!status.is_adopted || count(status, {Capture::unfinished}) > 0) {
    findings.add(Health::fail, "'pcx audit install' was not finished", "Run the same again.");
  }
}

void look_at_guards(const TrailStatus& status, Findings& findings) {
  if (!status.guards_off.empty()) {
    findings.add(
        Health::fail,
        fmt::format("{} of the trail's own tables off",
                    counted(std::ssize(status.guards_off), "guard")),
        "What is in the trail can be changed: see 'pcx audit status', enable them always, and "
        "run 'pcx audit verify'.");
  }
  if (status.wants_event_triggers && !status.event_triggers.are_on()) {
    findings.add(Health::fail, "event triggers are off that are to be on",
                 "DDL leaves no note: run 'pcx audit install' as a superuser.");
  }
}

void look_at_capture(const TrailStatus& status, Findings& findings) {
  const bool is_log_touched = finding_of(status.log) == Finding::critical;
  const auto touched = count(status, {Capture::missing, Capture::disabled, Capture::changed}) +
                       (is_log_touched ? 1 : 0);
  if (touched > 0) {
    findings.add(Health::fail,
                 fmt::format("somebody took pcx's triggers off {}", counted(touched, "table")),
                 "What happens there is not captured: see 'pcx audit status', and run 'pcx audit "
                 "install'.");
  }
  look_at_rules(status, findings);
  if (const auto held = count(status, {Capture::paused, Capture::absent}); held > 0) {
    findings.add(Health::warn,
                 fmt::format("{} paused, or not there any more", counted(held, "table")),
                 "Run 'pcx audit resume', or 'pcx audit install'; see 'pcx audit status'.");
  }
  std::int64_t lost = 0;
  for (const auto& table : status.tables) lost += table.lost ? table.lost->changes : 0;
  if (lost > 0) {
    findings.add(Health::warn,
                 fmt::format("{} could not be captured in {} days", counted(lost, "change"),
                             audit::kLossDays),
                 "They were let pass (--on-error spill); 'pcx audit status' says why.");
  }
}

void look_at_functions(const TrailStatus& status, Findings& findings) {
  if (!status.replaced.empty()) {
    findings.add(
        Health::fail,
        fmt::format("{} of the trail not this pcx's: {}",
                    counted(std::ssize(status.replaced), "function"),
                    escape_controls(join(status.replaced, ", "))),
        "What they write is not to be believed: find out who replaced them, then make them "
        "as pcx has them.");
  }
  if (!status.has_digest_key) {
    findings.add(Health::fail, "the key of the trail's digests is gone",
                 "Changes of tables with digests fail, or are not captured: run 'pcx audit "
                 "install', which makes another one.");
  }
}

void look_at_seal(const TrailStatus& status, Time now, Findings& findings) {
  const auto& oldest = status.seal.oldest_unsealed;
  if (oldest && now - *oldest > kUnsealedMax) {
    findings.add(
        Health::warn,
        fmt::format("{}{} not sealed, the oldest for more than an hour",
                    status.seal.has_more ? "more than " : "", counted(status.seal.unsealed, "row")),
        "Until it is sealed a change of the trail is not found: run 'pcx audit seal', "
        "better every 10 s.");
  }
  if (status.months_ahead == 0) {
    findings.add(Health::warn, "next month has no partition",
                 "Run 'pcx audit seal', which makes them.");
  }
}

Checked check_audit(Patient& patient) {
  const Time now = patient.context().clock().wall_now();
  const auto status = audit::read_trail_status(*patient.database(), now);
  if (!status) return {Health::skip, "nothing is audited", {}};
  if (status->tables.empty() && status->log == Capture::absent) {
    return {Health::skip, "nothing is audited any more", {}};
  }
  Findings findings;
  look_at_capture(*status, findings);
  look_at_guards(*status, findings);
  look_at_functions(*status, findings);
  look_at_seal(*status, now, findings);
  if (!findings.empty()) return findings.checked();
  return {Health::ok, counted(std::ssize(status->tables), "table"), {}};
}

}  // namespace

std::vector<Check> audit_checks() { return {{"audit", connected<check_audit>}}; }

}  // namespace pcx::cli
