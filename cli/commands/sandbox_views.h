// What the sandbox commands show. No rule of the domain lives here.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include "cli/command.h"
#include "cli/commands/apply_migrations.h"
#include "sandbox/cluster.h"
#include "sandbox/seed.h"

namespace pcx::cli {

// What became of --seed.
struct Seeding {
  bool asked = false;
  std::optional<sandbox::SeedReport> report;  // none: not asked, or the database had rows already
  std::chrono::milliseconds took{0};          // from the first statement to the commit
};

Outcome show_up(const sandbox::Layout& layout, const sandbox::UpReport& report,
                const AppliedMigrations& migrations, const Seeding& seeding);
Outcome show_sandbox_status(const sandbox::Layout& layout, const sandbox::Status& status);
Outcome show_stopped(const sandbox::Layout& layout, bool stopped);
Outcome show_env(const sandbox::Layout& layout, const sandbox::State& state);
// With --dry-run: Finding::warning, since there is something to do.
Outcome show_reset_plan(const sandbox::Layout& layout, std::int64_t rows_estimated);
Outcome show_reset(const sandbox::Layout& layout, const AppliedMigrations& migrations);
// `removed`: false when they only would be; that is Finding::warning then.
Outcome show_belongings(const std::vector<std::filesystem::path>& belongings, bool removed);
// `dir`: --dir, when the sandbox is not the default one.
Outcome show_written(const std::filesystem::path& folder, int files,
                     const std::optional<std::string>& dir);

}  // namespace pcx::cli
