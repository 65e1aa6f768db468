#include "sandbox/cluster_state.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/file.h"
#include "core/secret.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::sandbox {
namespace {

using pcx::testing::TemporaryFolder;
using ::testing::HasSubstr;

State sample_state(const Layout& layout) {
  State state;
  state.id = "0123456789ab";
  state.data_folder = layout.data_folder();
  state.socket_folder = "/tmp/pcx-1000-0123456789ab";
  state.port = 6543;
  state.listens_on_tcp = true;
  state.server_major = 15;
  state.server_version = "15.20";
  state.ready = true;
  return state;
}

TEST(State, ReadsBackWhatItWrote) {
  const TemporaryFolder folder;
  const Layout layout{folder.path()};
  write_state(layout, sample_state(layout));
  const auto state = read_state(layout);
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->id, "0123456789ab");
  EXPECT_EQ(state->data_folder, layout.data_folder());
  EXPECT_EQ(state->socket_folder, "/tmp/pcx-1000-0123456789ab");
  EXPECT_EQ(state->port, 6543);
  EXPECT_TRUE(state->listens_on_tcp);
  EXPECT_EQ(state->server_major, 15);
  EXPECT_EQ(state->server_version, "15.20");
  EXPECT_TRUE(state->ready);
}

TEST(State, IsForItsOwnerOnly) {
  const TemporaryFolder folder;
  const Layout layout{folder.path()};
  write_state(layout, sample_state(layout));
  struct stat status {};
  ASSERT_EQ(::stat(layout.state_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST(State, FollowsAFolderThatMoved) {
  const TemporaryFolder folder;
  const Layout before{folder.path() / "before"};
  const Layout after{folder.path() / "after"};
  std::filesystem::create_directory(before.folder);
  write_state(before, sample_state(before));
  std::filesystem::rename(before.folder, after.folder);
  EXPECT_EQ(read_state(after)->data_folder, after.data_folder());
}

TEST(State, MayKeepItsDataInTheSharedFolder) {
  const TemporaryFolder folder;
  const Layout layout{folder.path()};
  State state = sample_state(layout);
  state.data_folder = "/var/lib/pcx/sandbox-0123456789ab";
  write_state(layout, state);
  EXPECT_EQ(read_state(layout)->data_folder, "/var/lib/pcx/sandbox-0123456789ab");
}

TEST(State, IsNothingWithoutAFile) {
  const TemporaryFolder folder;
  EXPECT_FALSE(read_state({folder.path()}).has_value());
  EXPECT_FALSE(read_state({folder.path() / "absent"}).has_value());
}

constexpr const char* kWhole = R"({"format":1,"id":"0123456789ab","data_folder":"data",
  "socket_folder":"/tmp/pcx-0-0123456789ab","port":5432,"listens_on_tcp":false,
  "server_major":15,"server_version":"15.20","ready":true})";

struct Damage {
  const char* what;
  std::string from;  // replaced in kWhole ...
  std::string to;    // ... by this
  ErrorCode code = ErrorCode::data;
};

class DamagedState : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedState, IsNamedInTheError) {
  const TemporaryFolder folder;
  const Layout layout{folder.path()};
  std::string text = kWhole;
  const std::size_t begin = text.find(GetParam().from);
  ASSERT_NE(begin, std::string::npos);
  text.replace(begin, GetParam().from.size(), GetParam().to);
  folder.write("sandbox.json", text);
  try {
    read_state(layout);
    FAIL() << "no error: " << GetParam().what;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), GetParam().code) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(layout.state_file().native()));
    EXPECT_NE(error.hint(), "");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, DamagedState,
    ::testing::Values(
        Damage{"cut off", "\"ready\":true}", ""}, Damage{"a list", kWhole, "[]"},
        Damage{"empty", kWhole, ""}, Damage{"no id", "\"id\"", "\"di\""},
        Damage{"short id", "\"0123456789ab\",\"data", "\"01\",\"data"},
        Damage{"id with letters", "\"0123456789ab\",\"data", "\"0123456789xy\",\"data"},
        Damage{"data elsewhere", "\"data\"", "\"/etc\""},
        Damage{"data of another sandbox", "\"data\"", "\"/var/lib/pcx/sandbox-ffffffffffff\""},
        Damage{"data by a detour", "\"data\"", "\"/var/lib/pcx/sandbox-0123456789ab/../..\""},
        Damage{"socket elsewhere", "/tmp/pcx-0-0123456789ab", "/etc"},
        Damage{"socket below", "/tmp/pcx-0-0123456789ab", "/tmp/pcx-0-01/../../etc"},
        Damage{"socket without user", "/tmp/pcx-0-0123456789ab", "/tmp/pcx--01"},
        Damage{"port as text", "5432", "\"5432\""}, Damage{"port 0", "5432", "0"},
        Damage{"port too large", "5432", "65536"},
        Damage{"version 0", "\"server_major\":15", "\"server_major\":0"},
        Damage{"ready as number", "true", "1"}, Damage{"no format", "\"format\":1", "\"f\":1"},
        Damage{"newer", "\"format\":1", "\"format\":2", ErrorCode::config}));

TEST(UrlOf, NamesTheSocketAndNoPassword) {
  const State state = sample_state({"/s"});
  EXPECT_EQ(url_of(state),
            "postgresql://postgres@localhost:6543/purple_cross?host=/tmp/pcx-1000-0123456789ab");
}

TEST(TargetOf, NamesTheSocketItsServerAndNoPassword) {
  State state = sample_state({"/s"});
  state.socket_folder = "/tmp/pcx-0-0123456789ab";
  const db::Target target = target_of(state);
  EXPECT_THAT(target.keywords,
              ::testing::ElementsAre(std::pair{"host", "/tmp/pcx-0-0123456789ab"},
                                     std::pair{"port", "6543"}, std::pair{"user", "postgres"},
                                     std::pair{"dbname", "purple_cross"},
                                     std::pair{"requirepeer", "root"}));
  EXPECT_TRUE(target.password.empty());
}

TEST(ServerUser, IsUnknownWithoutAName) {
  State state = sample_state({"/s"});
  for (const char* folder : {"/tmp/pcx-4294967294-0123456789ab", "/tmp/pcx-99999999999-0", ""}) {
    state.socket_folder = folder;
    EXPECT_EQ(server_user(state), std::nullopt) << folder;
  }
}

TEST(RandomId, IsTwelveDigitsAndNeverTheSame) {
  SystemRandom random;
  const std::string id = random_id(random);
  EXPECT_THAT(id, ::testing::MatchesRegex("[0-9a-f]{12}"));
  EXPECT_NE(id, random_id(random));
}

// A socket that nobody serves: what find_running_sandbox looks at.
class SocketFile {
 public:
  explicit SocketFile(const State& state) : folder_(state.socket_folder) {
    std::filesystem::create_directory(folder_);
    ::chmod(folder_.c_str(), 0700);
    struct sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const std::string path = socket_file(state).native();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    // bind(2) wants the general type of addresses.
    EXPECT_EQ(
        ::bind(descriptor_, reinterpret_cast<const struct sockaddr*>(&address), sizeof address), 0);
  }
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  ~SocketFile() {
    ::close(descriptor_);
    std::filesystem::remove_all(folder_);
  }

 private:
  std::filesystem::path folder_;
  int descriptor_;
};

class FindRunningSandbox : public ::testing::Test {
 protected:
  FindRunningSandbox() {
    std::filesystem::create_directories(layout_.folder);
    state_ = sample_state(layout_);
    SystemRandom random;
    state_.socket_folder = "/tmp/pcx-" + std::to_string(::getuid()) + "-" + random_id(random);
  }
  TemporaryFolder home_;
  MapEnvironment environment_{{{"XDG_STATE_HOME", home_.path().native()}}};
  Layout layout_{home_.path() / "pcx/sandbox"};
  State state_;
};

TEST_F(FindRunningSandbox, FindsItsSocket) {
  write_state(layout_, state_);
  const SocketFile socket{state_};
  const auto target = find_running_sandbox(environment_);
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->keywords.front().second, state_.socket_folder.native());
}

// What another user could have put in /tmp while the sandbox's own folder was not there.
TEST_F(FindRunningSandbox, RefusesASocketFolderThatIsNotItsOwn) {
  write_state(layout_, state_);
  const auto refuses = [&] {
    const Error error = pcx::testing::error_of([&] { find_running_sandbox(environment_); });
    EXPECT_EQ(error.code(), ErrorCode::permission);
    EXPECT_EQ(error.reason(), "foreign_socket");
  };
  {
    const SocketFile socket{state_};
    ::chmod(state_.socket_folder.c_str(), 0755);
    refuses();
    ::chmod(state_.socket_folder.c_str(), 0700);
    EXPECT_TRUE(find_running_sandbox(environment_).has_value());
    if (::geteuid() == 0) {
      ASSERT_EQ(::chown(state_.socket_folder.c_str(), 65534, 65534), 0);
      refuses();
    }
  }
  State elsewhere = state_;
  elsewhere.socket_folder += "0";
  const SocketFile socket{elsewhere};
  std::filesystem::create_directory_symlink(elsewhere.socket_folder, state_.socket_folder);
  refuses();
  std::filesystem::remove(state_.socket_folder);
}

TEST_F(FindRunningSandbox, AcceptsTheServersAccount) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root's server has another account";
  SystemRandom random;
  state_.socket_folder = "/tmp/pcx-65534-" + random_id(random);
  write_state(layout_, state_);
  const SocketFile socket{state_};
  ASSERT_EQ(::chown(state_.socket_folder.c_str(), 65534, 65534), 0);
  EXPECT_TRUE(find_running_sandbox(environment_).has_value());
}

TEST_F(FindRunningSandbox, FindsNothingWithoutASocket) {
  write_state(layout_, state_);
  EXPECT_FALSE(find_running_sandbox(environment_).has_value());
}

TEST_F(FindRunningSandbox, PassesOverOneThatIsNotWhole) {
  state_.ready = false;
  write_state(layout_, state_);
  const SocketFile socket{state_};
  EXPECT_FALSE(find_running_sandbox(environment_).has_value());
}

TEST_F(FindRunningSandbox, FindsNothingWithoutASandboxOrAHome) {
  EXPECT_FALSE(find_running_sandbox(environment_).has_value());
  EXPECT_FALSE(find_running_sandbox(MapEnvironment{{}}).has_value());
}

TEST_F(FindRunningSandbox, DoesNotPassOverDamage) {
  home_.write("pcx/sandbox/sandbox.json", "{");
  EXPECT_THROW(find_running_sandbox(environment_), Error);
}

}  // namespace
}  // namespace pcx::sandbox
