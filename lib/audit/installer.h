// The trail put up and taken down: each table in a short transaction of its own, with its note in
// the trail and its entry in the journal. Killed anywhere, the same again goes on where it was.
//
// Notes (pcx.audit_meta), each {"relation": "schema.table"} with what is below:
//   begin      {"tables": [relations], "event_triggers": bool, absent for false} and no relation:
//              what follows is not one transaction, and this is what it is to be
//   install    {"deed": "install" | "change" | "repair" | "follow", "on_error", "key_columns",
//              "dropped", "hashed", "ignored", "catalog": numbers of the table and of its columns
//              (sql/place_table.sql)}; of public.audit_logs the deed, and "granted": what
//              rights on it the schema's owner got by it; of the event triggers
//              {"event_triggers": [names]} and no relation
//   adopt      {"rows", "reached", "done"}: leaves were made for rows of the application's trail
//              that were there before its trigger, up to the id `reached`
//   uninstall  {}; of a table that is not there any more {"gone": true}, of one that has another
//              name now {"renamed_to"}; of public.audit_logs {"revoked"}: the rights that
//              installing gave; of the event triggers {"event_triggers": [names]}
//   pause      {"reason"}, of a table that was renamed meanwhile "catalog", too: until the next
//   note 'resume' or 'install' of the table nothing that
//              happens to its rows is captured
//   resume     {}
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "audit/install_plan.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/advisory_lock.h"
#include "db/database.h"
#include "db/journal.h"

namespace pcx::audit {

// Held by whoever puts up, takes down or pauses.
inline constexpr db::AdvisoryKey kInstallKey{0x7063786175646974, "pcx audit install"};

struct InstallTools {
  db::Database& database;
  Clock& clock;
  const Interrupt& interrupt;
  Random& random;
  // The journal's entry, as a part of the transaction.
  std::function<void(db::Transaction& tx, const db::Deed& deed)> record;
};

// What is audited besides the profile, with it. Works without a schema pcx, too.
InstallWish read_whole_wish(db::Database& database, InstallWish wish);
// Whatever plan_install() needs. Works without a schema pcx, too.
InstallFacts read_install_facts(db::Database& database, const InstallWish& wish,
                                const Config& config);

// The key of digests, the first tree, and partitions for the next months; what is there stays.
// REQUIRES, as all below: schema pcx is current, and the role is a member of its owner, or a
// superuser: Error{permission} otherwise
void prepare_trail(const InstallTools& tools);

// Says in the trail what is about to be installed: killed in the midst, the trail knows what is
// left to do (`pcx audit status`). What an earlier one did not come to is not told any more.
void begin_install(const InstallTools& tools, const InstallPlan& plan);

// A rule whose table is gone is over, one whose table was renamed goes on under its new name,
// paused if it was, together with the rule that was there, all in one transaction. Of triggers
// nothing is touched.
void move_rules(const InstallTools& tools);

// REQUIRES: is_deed(planned.step). Waits for the table politely (db/polite_change.h), and throws as
// that does.
void install_table(const InstallTools& tools, const PlannedTable& planned);
void install_log(const InstallTools& tools, InstallStep step);

// Leaves for rows of the application's trail from before its trigger, a batch a transaction.
// `on_batch` is told how many rows were looked at so far. Returns how many leaves were made.
std::int64_t adopt_log_rows(const InstallTools& tools,
                            const std::function<void(std::int64_t rows)>& on_batch);

// DDL on audited tables and on the trail becomes a note. Impossible for a role that is no
// superuser.
enum class EventTriggerDeed { none, made, impossible };
EventTriggerDeed install_event_triggers(const InstallTools& tools);

struct UninstallPlan {
  std::vector<TableFacts> tables;  // with triggers of pcx, or a row in pcx.audit_table
  bool log = false;                // the application's trail has some
  EventTriggers event_triggers;
  bool is_empty() const { return tables.empty() && !log && event_triggers.present.empty(); }
};
UninstallPlan read_uninstall_plan(db::Transaction& tx);

void uninstall_table(const InstallTools& tools, const TableFacts& table);
void uninstall_log(const InstallTools& tools);
void uninstall_event_triggers(const InstallTools& tools, const EventTriggers& found);

// REQUIRES: the table is audited.
void pause_table(const InstallTools& tools, const TableRule& rule, const std::string& reason);
void resume_table(const InstallTools& tools, const InstalledRule& installed);

}  // namespace pcx::audit
