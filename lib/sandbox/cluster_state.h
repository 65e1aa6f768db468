// Which cluster belongs to a sandbox's folder: the file sandbox.json, and how to connect to it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/environment.h"
#include "core/random.h"
#include "db/target.h"
#include "sandbox/layout.h"

namespace pcx::sandbox {

inline constexpr const char* kDatabaseName = "purple_cross";
inline constexpr const char* kSuperuser = "postgres";
inline constexpr int kSocketPort = 5432;  // names the socket file while there is no TCP

struct State {
  std::string id;  // twelve hexadecimal digits
  std::filesystem::path data_folder;
  std::filesystem::path socket_folder;  // "/tmp/pcx-<uid>-<hexadecimal digits>"
  int port = kSocketPort;               // of the socket's name, and of TCP when there is any
  bool listens_on_tcp = false;          // on 127.0.0.1
  int server_major = 0;                 // 15
  std::string server_version;           // "15.20", of the programs that started it last
  bool ready = false;                   // the cluster was made whole once
};

// std::nullopt when there is no sandbox.json.
//
// Throws Error{data} that names the file when it is damaged, or when it names folders that pcx
// would not have chosen (they are going to be removed some day); Error{config} when a newer pcx
// wrote it; Error{permission} when it may not be read.
std::optional<State> read_state(const Layout& layout);

// Atomically, 0600. Throws as write_file_atomically does.
void write_state(const Layout& layout, const State& state);

std::string random_id(Random& random);  // twelve hexadecimal digits
std::filesystem::path socket_file(const State& state);

// The server's account; std::nullopt when the system has no name for its number.
std::optional<std::string> server_user(const State& state);

// The socket, as role postgres. No password: see `trust` in cluster_make.cpp. Only a server of the
// sandbox's account is spoken to (libpq's requirepeer), where that has a name.
db::Target target_of(const State& state, std::string_view database = kDatabaseName);
// The same as a URL that libpq, Prisma and node-postgres all understand:
// "postgresql://postgres@localhost:5432/purple_cross?host=/tmp/pcx-1000-0123456789ab".
std::string url_of(const State& state);

// The sandbox of the default folder, when its socket is there: the target of commands that were
// told no other. Cheap: one small file and two lstats; it does not ask whether the server answers.
//
// Throws as read_state() does, so that a damaged sandbox is not silently passed over for libpq's
// defaults; Error{permission} with reason "foreign_socket" when the socket's folder is a link, not
// of mode 0700, or neither this user's, root's nor the server's account's.
std::optional<db::Target> find_running_sandbox(const Environment& environment);

}  // namespace pcx::sandbox
