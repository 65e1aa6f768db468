// Where commands of `pcx alert` work: the database that may be down, the folder, the memory.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "alert/session.h"
#include "cli/context.h"
#include "db/database.h"

namespace pcx::cli {

// A database that may be down. Without one `why` says it.
struct MaybeDatabase {
  std::optional<db::Database> database;
  std::string why;            // a phrase; empty: it is there
  std::string memory_why;     // why it does not take the memory though it is there
  bool takes_memory = false;  // schema pcx is there; whether it may be written is seen then
  bool is_there() const { return database && why.empty(); }
  db::Database* memory() { return takes_memory ? &*database : nullptr; }
  // The connection broke: whoever has the database already finds out by itself.
  void lose(std::string because) { why = std::move(because); }
};
// Schema pcx: made or upgraded where it may be, or taken as it is by whoever only looks.
enum class AlertSchema { made, as_it_is };
// To look, schema pcx as it is. `meanwhile` reads files: it is called once, while the server makes
// a session or, where there is none to wait for, after that.
//
// Throws what is no outage: a bad URL, a stop; and before that what `meanwhile` throws.
MaybeDatabase open_for_alerts(Context& context, const Values& values, const std::string& name,
                              const std::function<void()>& meanwhile = {});
// Its two steps, for who makes the schema.
MaybeDatabase connect_for_alerts(Context& context, const Values& values, const std::string& name,
                                 const std::function<void()>& meanwhile = {});
void settle_memory(Context& context, AlertSchema schema, MaybeDatabase& database);

// Where files of the state are: --state-dir (`given`), else a folder for each environment and
// database below $STATE_DIRECTORY/alert (systemd) or $XDG_STATE_HOME/pcx/alert.
std::filesystem::path alert_folder(const std::optional<std::string>& given, const Config& config,
                                   const db::Target& target, const Environment& environment);
std::filesystem::path alert_folder(Context& context, const Values& values);
// Whose memory is there.
alert::MemoryOwner alert_owner(const Config& config, const db::Target& target);
alert::MemoryOwner alert_owner(Context& context, const Values& values);

// --lock-wait of commands that people type: a run from cron takes a moment, or its --deadline.
Opt alert_lock_wait_option();

// Everything that a command which changes the memory needs, in the order of its making.
class AlertDesk {
 public:
  // `database` is of connect_for_alerts(). Makes the folders above the one for the state where pcx
  // has chosen it. Throws as alert::Session(): Error{busy} once another run was under way for all
  // of `wait`.
  AlertDesk(Context& context, const Values& values, MaybeDatabase database,
            std::chrono::milliseconds wait = {});
  AlertDesk(Context& context, const Values& values, const std::string& name,
            std::chrono::milliseconds wait);

  MaybeDatabase& database() { return database_; }
  alert::Session& session() { return *session_; }
  alert::Memory& memory() { return memory_; }
  Time now() const { return now_; }

  void load();
  void save() { session_->save(memory_); }
  // That the database does not have the state, if it does not.
  void say_loss(Context& context) const;

 private:
  void take_session(Context& context, const Values& values, std::chrono::milliseconds wait);

  MaybeDatabase database_;
  std::optional<alert::Session> session_;
  alert::Memory memory_;
  Time now_;
};

// What is remembered, to look at: from the database, and from files that are ahead of it or all
// there is. Takes no lock; says what could not be read.
alert::Memory alert_memory(Context& context, const Values& values, MaybeDatabase& database);
alert::Memory alert_memory(Context& context, const Values& values, const std::string& name);

}  // namespace pcx::cli
