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
  EXPECT_GE(programs.major, 13);
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

TEST(FindPrograms, RefusesAnotherMajorVersion) {
  const Error error = error_of([] { find_programs(MapEnvironment{{}}, 12); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_THAT(error.hint(), HasSubstr("postgresql-12"));
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
                  std::pair{"PGDATABASE", "purple_cross"}));
}

TEST(SocketFolderName, FitsIntoTheAddressOfASocket) {
  State state;
  state.socket_folder = socket_folder_name({4'294'967'295U, 0}, "0123456789ab");
  state.port = 65535;
  EXPECT_LE(socket_file(state).native().size() + std::string{".lock"}.size(), 107U);
}

}  // namespace
}  // namespace pcx::sandbox
