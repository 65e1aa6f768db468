// The check of load tests: how many users can this machine be?
#include <fmt/format.h>

#include "cli/doctor.h"
#include "core/grouped.h"
#include "core/text.h"
#include "load/figures.h"
#include "load/machine.h"

namespace pcx::cli {

namespace {

// A thousand users that each wait ten seconds.
constexpr std::int64_t kFilesMin = 10'000;
constexpr std::int64_t kPortsMin = 10'000;
// A closed connection keeps its port for so long (TIME_WAIT, Linux).
constexpr std::int64_t kPortSeconds = 60;

Checked check_capacity(Patient&) {
  const load::Capacity capacity = load::read_capacity();
  return judge_capacity(capacity.files, capacity.ports);
}

}  // namespace

Checked judge_capacity(std::int64_t files, std::int64_t ports) {
  const std::string facts = fmt::format(
      "{} descriptors, {} local ports: at most {} new connections a second to one address",
      grouped(files), grouped(ports), grouped(ports / kPortSeconds));
  std::vector<std::string> hints;
  if (files < kFilesMin) hints.emplace_back("Raise the hard limit of 'ulimit -n'.");
  if (ports < kPortsMin) hints.emplace_back("Widen net.ipv4.ip_local_port_range.");
  if (hints.empty()) return {Health::ok, facts, {}};
  return {Health::warn, facts, join(hints, " ")};
}

std::vector<Check> load_checks() { return {{"load_limits", check_capacity}}; }

}  // namespace pcx::cli
