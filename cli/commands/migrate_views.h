// What the migrate commands show. No rule of the domain lives here.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "migrate/history.h"
#include "migrate/loss.h"
#include "migrate/migrator.h"
#include "migrate/plan.h"
#include "migrate/state.h"

namespace pcx::cli {

Outcome show_status(const std::vector<migrate::Entry>& entries, bool ledger_exists,
                    bool pending_only);
Outcome show_verification(const std::vector<migrate::Entry>& entries);
// The closing sentence of a plan: when it is empty, and behind the count when it is not.
struct PlanWords {
  std::string nothing;
  std::string next;
};
Outcome show_plan(const migrate::ReadyUp& ready, const PlanWords& words);
// `next`: the command that does it.
Outcome show_down_plan(const migrate::DownPlan& plan, const std::vector<migrate::Loss>& losses,
                       const std::string& next);
// `done` is the verb of the closing sentence: "applied".
Outcome show_report(const migrate::Report& report, std::string_view done,
                    std::string_view when_nothing);
Outcome show_marked(const migrate::UpPlan& plan, std::string_view what);
Outcome show_rolled_back(const std::string& name, bool is_applied);
Outcome show_settled(const std::string& name, int step, bool is_done);
Outcome show_files(const std::vector<std::filesystem::path>& files);
Outcome show_history(const std::vector<migrate::Event>& events);

}  // namespace pcx::cli
