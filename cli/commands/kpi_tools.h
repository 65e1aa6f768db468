// What the commands of `pcx kpi` share.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/context.h"
#include "kpi/reporter.h"

namespace pcx::cli {

// --definitions: of all commands that know KPIs.
Opt kpi_definitions_option();
// --kpi, --wide, --tenant, --time-zone, --timeout, --deadline, --definitions: of those that ask.
std::vector<Opt> kpi_question_options();
// --date and --yesterday; with `has_range` --from and --to, too.
std::vector<Opt> kpi_day_options(bool has_range);
std::vector<ExitNote> kpi_exit_notes();

// The definitions that come with pcx and those of --definitions. Throws as kpi::read_catalog().
std::shared_ptr<const kpi::Catalog> kpi_catalog(const Values& values);

// The time zones of the configuration, and the one that was `given` for everybody.
kpi::Zones kpi_zones(const Config& config, std::optional<std::string> given);

// The date of an option; std::nullopt when it is not given. Throws Error{usage} for what is no
// date.
std::optional<kpi::Date> kpi_date(const Values& values, std::string_view option);

// What the options of kpi_question_options() ask for, today. Throws Error{usage} for a KPI that is
// none, and Error{config} for a currency or a time zone that cannot be one.
kpi::ReportRequest kpi_request(Context& context, const Values& values, const kpi::Catalog& catalog,
                               bool with_wide);

// What --date and --yesterday ask for; `otherwise` when they name nothing. Throws Error{usage} for
// what is no date, and options that contradict one another.
kpi::DaysAsked kpi_days(const Values& values, kpi::DaysAsked::Which otherwise);
// What --from and --to ask for. Throws as above, and for one of them alone or too long a range.
kpi::DaysAsked kpi_range(const Values& values);
// Of commands that have all four. Throws as both.
kpi::DaysAsked kpi_days_or_range(const Values& values, kpi::DaysAsked::Which otherwise);

// Says what was left out of a reading, on stderr.
void say_left_out(Context& context, const kpi::Reading& reading);

// Some failed: warning; all of them: unknown.
Finding finding_of(const kpi::Report& report);

// The members of the group, one function a file.
std::vector<Cmd> kpi_definition_commands();  // check, explain, list
std::vector<Cmd> kpi_push_commands();        // push
std::vector<Cmd> kpi_record_commands();      // backfill, history, record
std::vector<Cmd> kpi_report_commands();      // report

}  // namespace pcx::cli
