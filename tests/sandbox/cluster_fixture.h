// A sandbox in a folder of its own, removed with its server at the end of the test.
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/clock.h"
#include "core/environment.h"
#include "core/error.h"
#include "core/file.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "sandbox/cluster.h"
#include "sandbox/cluster_programs.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::sandbox {

using pcx::testing::error_of;

inline constexpr std::chrono::seconds kLockWait{60};

// The folder above the sandbox, passable for the server's account when the tests run as root.
class PassableFolder : public pcx::testing::TemporaryFolder {
 public:
  PassableFolder() { ::chmod(path().c_str(), 0711); }
};

using Variables = std::map<std::string, std::string, std::less<>>;

class OneSandbox {
 public:
  explicit OneSandbox(const std::filesystem::path& folder, Variables variables = {},
                      Interrupt* interrupt = nullptr)
      : environment_{std::move(variables)},
        cluster_{{folder}, environment_, clock_, random_, interrupt} {}
  OneSandbox(const OneSandbox&) = delete;
  OneSandbox& operator=(const OneSandbox&) = delete;
  ~OneSandbox() {
    try {
      if (const auto lock = cluster_.lock(kLockWait)) cluster_.destroy(*lock);
    } catch (const Error& error) {
      ADD_FAILURE() << "the sandbox cannot be removed: " << error.what();
    }
  }

  Cluster& cluster() { return cluster_; }
  const Layout& layout() const { return cluster_.layout(); }
  const Environment& environment() const { return environment_; }

  UpReport up(
      const UpOptions& options = {},
      const std::function<void(std::string_view)>& say = [](std::string_view) {}) {
    const FolderLock lock = cluster_.lock_for_up(kLockWait);
    return cluster_.up(lock, options, say);
  }
  bool down() {
    const auto lock = cluster_.lock(kLockWait);
    return lock && cluster_.down(*lock);
  }
  void destroy() {
    if (const auto lock = cluster_.lock(kLockWait)) cluster_.destroy(*lock);
  }
  ServerState state() const { return cluster_.status().server; }

  // The text of the only field of a query on the sandbox's database.
  std::string ask(const db::Statement& statement) const {
    db::Database database{target_of(cluster_.require_running()), {}};
    return database.query(statement).one()[0].as<std::string>();
  }
  void tell(const db::Statement& statement) const {
    db::Database database{target_of(cluster_.require_running()), {}};
    database.query(statement);
  }

 private:
  MapEnvironment environment_;
  SystemClock clock_;
  SystemRandom random_;
  Cluster cluster_;
};

// PostgreSQL's programs, but one of them is a shell script. `$real` in it is PostgreSQL's own.
class OtherProgram {
 public:
  OtherProgram(const PassableFolder& parent, std::string_view name, std::string_view script)
      : folder_(parent.path() / "bin") {
    const Programs real = find_programs(SystemEnvironment{});
    std::filesystem::create_directory(folder_);
    for (const char* program : {"initdb", "pg_ctl", "postgres"}) {
      if (program != name) std::filesystem::create_symlink(real.path(program), folder_ / program);
    }
    std::ofstream{folder_ / name} << "#!/bin/sh\nreal=" << real.path(name).native() << '\n'
                                  << script;
    ::chmod((folder_ / name).c_str(), 0755);
  }
  Variables variables() const { return {{"PCX_POSTGRES_BIN", folder_.native()}}; }

 private:
  std::filesystem::path folder_;
};

// Kills the postmaster and waits until it is gone, as if the machine had lost it.
inline void kill_postmaster(const State& state) {
  SystemClock clock;
  const auto server = find_postmaster(state.data_folder);
  ASSERT_TRUE(server.has_value());
  ASSERT_TRUE(server->handle.signal(SIGKILL));
  ASSERT_TRUE(server->handle.wait_for_end(clock, std::chrono::seconds{30}));
}

}  // namespace pcx::sandbox
