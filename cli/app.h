// The composition root: makes the world a command runs in, exactly as much as it Needs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/parse.h"
#include "cli/sessions.h"
#include "cli/signals.h"
#include "cli/stderr_progress.h"
#include "cli/terminal_prompt.h"

namespace pcx::cli {

class App final : public Context {
 public:
  // `words` are argv without the program's name, for the journal. All of them outlive App.
  App(const Parsed& parsed, const std::vector<std::string>& words, const Environment& environment);

  // Prepares what the command needs, runs it, and writes what it shows to standard output or to
  // the file of --output. Throws what these throw.
  Finding run();

  const Config& config() override;
  db::Database& database() override;
  db::Database open_database(const db::ConnectOptions& options) override;
  db::Database open_database(const db::Target& target, const db::ConnectOptions& options) override;
  db::AdvisoryLock& lock(const db::AdvisoryKey& key) override;
  void upgrade_schema() override;
  Clock& clock() override { return clock_; }
  Random& random() override { return random_; }
  const Environment& environment() override { return environment_; }
  Interrupt& interrupt() override { return interrupt_; }
  const db::Actor& actor() override;
  Progress& progress() override { return *progress_; }
  Prompt& prompt() override { return *prompt_; }
  void confirm(const Values& values, std::string_view question,
               const std::vector<std::string>& consequences) override;
  db::Deed agreed(db::Deed deed) const override;

 private:
  void read_configuration();
  void set_up_terminal();
  void show(const Shown& shown);
  std::optional<std::string> output_file() const;  // of what is shown

  const Cmd& command_;
  const Parsed& parsed_;
  const std::vector<std::string>& words_;
  const Environment& environment_;
  SystemClock clock_;
  SystemRandom random_;
  Interrupt interrupt_;
  std::optional<SignalThread> signals_;
  Config config_;
  std::optional<Values> values_;
  std::unique_ptr<StderrProgress> progress_;
  std::unique_ptr<TerminalPrompt> prompt_;
  std::optional<db::Actor> actor_;
  std::vector<std::string> consequences_;  // agreed to
  std::unique_ptr<Sessions> sessions_;     // last: it uses the others
};

}  // namespace pcx::cli
