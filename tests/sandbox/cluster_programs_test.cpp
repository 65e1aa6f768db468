// What the sandbox starts, and with which surroundings: no server is needed.
#include "sandbox/cluster_programs.h"

#include <gmock/gmock.h>

#include "sandbox/cluster.h"
#include "sandbox/cluster_files.h"
#include "sandbox/cluster_psql.h"
#include "sandbox/cluster_server.h"
#include "tests/sandbox/cluster_fixture.h"

namespace pcx::sandbox {
namespace {

using ::testing::HasSubstr;

TEST(FindPrograms, FindsTheInstalledServer) {
  const Programs programs = find_programs(MapEnvironment{{}});
  EXPECT_GE(programs.major, 15);
  EXPECT_THAT(programs.version, ::testing::StartsWith(std::to_string(programs.major)));
  EXPECT_EQ(find_programs(MapEnvironment{{{"PATH", "/nowhere"}}}, programs.major).folder,
            programs.folder);
}

TEST(FindPrograms, RefusesAFolderWithoutAServer) {
  const Error error = error_of([] {
    find_programs(MapEnvironment{{{"PCX_POSTGRES_BIN", "/usr/bin/nowhere"}}});
  });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_THAT(error.what(), HasSubstr("PCX_POSTGRES_BIN=/usr/bin/nowhere"));
}

// What a machine with these servers looks like: <root>/<major>/bin, as Debian has it.
class Servers : public PassableFolder {
 public:
  explicit Servers(const std::vector<std::string>& versions) {
    for (const std::string& version : versions) {
      add(path() / version.substr(0, version.find('.')) / "bin", version);
    }
  }
  void add(const std::filesystem::path& folder, const std::string& version) const {
    std::filesystem::create_directories(folder);
    for (const char* name : {"initdb", "pg_ctl", "postgres"}) {
      std::ofstream{folder / name} << "#!/bin/sh\necho 'postgres (PostgreSQL) " << version << "'\n";
      ::chmod((folder / name).c_str(), 0755);
    }
  }
  // Also one that only PATH knows, by its pg_config.
  MapEnvironment with_pg_config(const std::string& version) const {
    add(path() / "opt", version);
    std::ofstream{path() / "opt/pg_config"} << "#!/bin/sh\necho " << (path() / "opt").native()
                                            << "\n";
    ::chmod((path() / "opt/pg_config").c_str(), 0755);
    return MapEnvironment{{{"PATH", (path() / "opt").native()}}};
  }
};

const MapEnvironment kNoPath{{{"PATH", "/nowhere"}}};

TEST(FindPrograms, ChoosesTheNewestThatWillDo) {
  const Servers servers{{"13.22", "15.20", "9.6.24", "16.3"}};
  EXPECT_EQ(find_programs(kNoPath, {}, servers.path()).version, "16.3");
  EXPECT_EQ(find_programs(kNoPath, 15, servers.path()).version, "15.20");
}

TEST(FindPrograms, TakesPgConfigsOneAmongTheOthers) {
  const Servers old_elsewhere{{"15.20"}};
  EXPECT_EQ(find_programs(old_elsewhere.with_pg_config("13.22"), {}, old_elsewhere.path()).version,
            "15.20");
  const Servers new_elsewhere{{"15.20"}};
  EXPECT_EQ(find_programs(new_elsewhere.with_pg_config("17.1"), {}, new_elsewhere.path()).version,
            "17.1");
  const Servers same{{"15.20"}};
  EXPECT_EQ(find_programs(same.with_pg_config("15.2"), {}, same.path()).version, "15.2");
}

TEST(FindPrograms, RefusesWhatIsTooOldAndNamesIt) {
  const Servers servers{{"13.22", "14.11"}};
  const Error error = error_of([&] { find_programs(kNoPath, {}, servers.path()); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_EQ(error.reason(), "server_version");
  EXPECT_THAT(error.what(), HasSubstr("needs PostgreSQL 15 or newer"));
  EXPECT_THAT(error.what(),
              HasSubstr("PostgreSQL 14.11 in " + servers.path().native() + "/14/bin"));
  EXPECT_THAT(error.what(),
              HasSubstr("PostgreSQL 13.22 in " + servers.path().native() + "/13/bin"));
  EXPECT_THAT(error.hint(), HasSubstr("apt install postgresql-15"));
}

TEST(FindPrograms, RefusesANamedFolderThatIsTooOld) {
  const Servers servers{{"14.11"}};
  const MapEnvironment environment{{{"PCX_POSTGRES_BIN", (servers.path() / "14/bin").native()}}};
  const Error error = error_of([&] { find_programs(environment); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_THAT(error.what(), HasSubstr("PostgreSQL 14.11"));
}

TEST(FindPrograms, RefusesAnotherMajorVersion) {
  const Servers servers{{"13.22", "15.20", "16.3"}};
  const Error missing = error_of([&] { find_programs(kNoPath, 17, servers.path()); });
  EXPECT_EQ(missing.code(), ErrorCode::conflict);
  EXPECT_THAT(missing.what(), HasSubstr("of PostgreSQL 17, but there is only PostgreSQL 16.3 in"));
  EXPECT_THAT(missing.hint(), HasSubstr("postgresql-17"));
  const Error too_old = error_of([&] { find_programs(kNoPath, 13, servers.path()); });
  EXPECT_EQ(too_old.code(), ErrorCode::conflict);
  EXPECT_THAT(too_old.hint(), HasSubstr("destroy"));
}

TEST(FindPrograms, SaysWhatToInstallWhereThereIsNone) {
  const Servers servers{{}};
  const Error error = error_of([&] { find_programs(kNoPath, {}, servers.path()); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.hint(), HasSubstr("apt install postgresql"));
}

TEST(PsqlEnvironment, HasOnlyTheSandboxsConnection) {
  State state;
  state.socket_folder = "/tmp/pcx-0-0123456789ab";
  const MapEnvironment environment{
      {{"PGSERVICE", "production"}, {"PGHOST", "db"}, {"TERM", "xterm"}}};
  EXPECT_THAT(psql_environment(environment, state),
              ::testing::UnorderedElementsAre(
                  std::pair{"TERM", "xterm"}, std::pair{"PGHOST", "/tmp/pcx-0-0123456789ab"},
                  std::pair{"PGPORT", "5432"}, std::pair{"PGUSER", "postgres"},
                  std::pair{"PGDATABASE", "purple_cross"}, std::pair{"PGREQUIREPEER", "root"}));
}

TEST(SocketFolderName, FitsIntoTheAddressOfASocket) {
  State state;
  state.socket_folder = socket_folder_name({4'294'967'295U, 0}, "0123456789ab");
  state.port = 65535;
  EXPECT_LE(socket_file(state).native().size() + std::string{".lock"}.size(), 107U);
}

}  // namespace
}  // namespace pcx::sandbox
