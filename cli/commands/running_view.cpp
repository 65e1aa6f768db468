#include "cli/commands/running_view.h"

#include <string>

#include <fmt/format.h>

#include "core/time.h"

namespace pcx::cli {

namespace {

using migrate::Running;

constexpr std::chrono::seconds kPeriod{10};

std::string short_text(const migrate::Holder& holder) {
  std::string text = fmt::format("process {}", holder.pid);
  if (!holder.application.empty()) text += fmt::format(", \"{}\"", holder.application);
  if (!holder.user.empty()) text += fmt::format(", role {}", holder.user);
  if (holder.state.empty()) return text;
  const bool is_active = holder.state == "active";
  return text + fmt::format(", {} for {}", holder.state,
                            to_short_text(is_active ? holder.since_query : holder.in_transaction));
}

// Who is in the way comes first: the line is cut at the end of the terminal.
std::string state_of(const Running& running) {
  if (!running.blocker) return running.phase;
  const std::string who = fmt::format("held up by process {}", running.blocker->pid);
  return running.phase.empty() ? who : fmt::format("{}, {}", who, running.phase);
}

std::string sentence_about(const Running& running) {
  std::string text = fmt::format("migration {}: {} runs for {}", running.migration,
                                 running.statement, to_short_text(running.running_for));
  if (!running.phase.empty()) text += ", " + running.phase;
  if (running.total > 0) text += fmt::format(", {} of {}", running.done, running.total);
  if (running.blocker) text += fmt::format("; it waits for {}", short_text(*running.blocker));
  if (running.stops_after) {
    text += "; pcx stops behind it, and cancels it when it is asked to stop once more";
  }
  return text;
}

std::vector<log::Field> fields_of(const Running& running) {
  std::vector<log::Field> fields = {{"migration", running.migration},
                                    {"statement", running.statement},
                                    {"phase", running.phase},
                                    {"done", std::to_string(running.done)},
                                    {"total", std::to_string(running.total)},
                                    {"running_s", std::to_string(running.running_for.count())}};
  if (!running.blocker) return fields;
  fields.insert(fields.end(), {{"blocker_pid", std::to_string(running.blocker->pid)},
                               {"blocker_user", running.blocker->user},
                               {"blocker_application", running.blocker->application}});
  return fields;
}

}  // namespace

std::function<void(const Running&)> running_teller(Progress& progress) {
  std::string phase;
  int pid = 0;
  bool stops = false;
  std::chrono::seconds said{0};
  return [&progress, phase, pid, stops, said](const Running& running) mutable {
    const int blocker = running.blocker ? running.blocker->pid : 0;
    const bool is_news = running.phase != phase || blocker != pid || running.running_for < said ||
                         running.stops_after != stops;
    progress.update(running.statement, state_of(running), running.done, running.total, "unit");
    if (!is_news && running.running_for < said + kPeriod) return;
    phase = running.phase;
    pid = blocker;
    stops = running.stops_after;
    said = running.running_for;
    progress.say(sentence_about(running), fields_of(running));
  };
}

}  // namespace pcx::cli
