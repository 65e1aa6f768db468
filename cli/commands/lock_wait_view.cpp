#include "cli/commands/lock_wait_view.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using migrate::Holder;
using migrate::Waiting;
using std::chrono::milliseconds;

constexpr milliseconds kPeriod{10'000};

std::string sentence_about(const Waiting& waiting) {
  if (waiting.is_over) {
    return fmt::format("migration {} has its locks, at try {}, after {}", waiting.migration,
                       waiting.tries, to_short_text(waiting.waited));
  }
  const std::string who = waiting.holders.empty() ? "who was in the way is not to be seen now"
                                                  : describe(waiting.holders.front());
  return fmt::format("migration {} waits for its locks: {}", waiting.migration, who);
}

std::vector<log::Field> fields_of(const Waiting& waiting) {
  std::vector<log::Field> fields = {{"migration", waiting.migration},
                                    {"tries", std::to_string(waiting.tries)},
                                    {"waited_ms", std::to_string(waiting.waited.count())}};
  if (waiting.holders.empty()) return fields;
  const Holder& holder = waiting.holders.front();
  fields.insert(fields.end(), {{"blocker_pid", std::to_string(holder.pid)},
                               {"blocker_user", holder.user},
                               {"blocker_application", holder.application},
                               {"blocker_state", holder.state},
                               {"blocker_query_s", std::to_string(holder.since_query.count())},
                               {"lock", std::string{to_string(holder.mode)}},
                               {"table", holder.schema + "." + holder.name}});
  return fields;
}

}  // namespace

Opt lock_deadline_option() {
  return {.name = "--lock-deadline",
          .type = Type::duration,
          .metavar = "DURATION",
          .help = "how long a migration tries to get the locks of its tables",
          .fallback = "5m",
          .environment = "PCX_LOCK_DEADLINE",
          .config_key = "migrate.lock_deadline"};
}

std::function<void(const Waiting&)> lock_wait_teller(Progress& progress) {
  std::string migration;
  int pid = 0;
  milliseconds said{0};
  return [&progress, migration, pid, said](const Waiting& waiting) mutable {
    const int blocker = waiting.holders.empty() ? 0 : waiting.holders.front().pid;
    const bool is_news = waiting.is_over || waiting.migration != migration || blocker != pid;
    if (!is_news && waiting.waited < said + kPeriod) return;
    migration = waiting.migration;
    pid = blocker;
    said = waiting.waited;
    progress.say(sentence_about(waiting), fields_of(waiting));
  };
}

}  // namespace pcx::cli
