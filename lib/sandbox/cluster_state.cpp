#include "sandbox/cluster_state.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <span>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/document.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "sandbox/cluster_account.h"

namespace pcx::sandbox {

namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kStateBytesMax = 64 * 1024;
constexpr std::size_t kIdDigits = 12;

[[noreturn]] void throw_damaged(const Layout& layout, std::string_view what) {
  const std::string folder = escape_controls(layout.folder.native());
  throw Error{ErrorCode::data,
              fmt::format("state file {} is damaged: {}",
                          escape_controls(layout.state_file().native()), what),
              fmt::format("Restore the file, or end the server if one runs and remove {} to start "
                          "over.",
                          folder)};
}

// Members of the state file by name and type; what is missing or of another type is damage.
class Reader {
 public:
  Reader(const Layout& layout, const Document& document) : layout_(layout), document_(document) {}

  template <typename T>
  T get(std::string_view key) const {
    const Document* member = document_.find(key);
    const T* value =
        member != nullptr && member->is_scalar() ? std::get_if<T>(&member->scalar()) : nullptr;
    if (value == nullptr) throw_damaged(layout_, fmt::format("{} is missing or wrong", key));
    return *value;
  }
  int get_number(std::string_view key, std::int64_t minimum, std::int64_t maximum) const {
    const auto value = get<std::int64_t>(key);
    if (value < minimum || value > maximum) {
      throw_damaged(layout_, fmt::format("{} is out of range", key));
    }
    return static_cast<int>(value);
  }

 private:
  const Layout& layout_;
  const Document& document_;
};

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char digit) {
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
  });
}

bool is_decimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char digit) { return digit >= '0' && digit <= '9'; });
}

constexpr std::string_view kSocketFolderPrefix = "/tmp/pcx-";

// "/tmp/pcx-<uid>-<id>", and nothing else: the folder is emptied and removed by destroy.
bool is_socket_folder(std::string_view path) {
  constexpr std::string_view kPrefix = kSocketFolderPrefix;
  if (!path.starts_with(kPrefix)) return false;
  path.remove_prefix(kPrefix.size());
  const std::size_t dash = path.find('-');
  return dash != std::string_view::npos && is_decimal(path.substr(0, dash)) &&
         is_hexadecimal(path.substr(dash + 1));
}

// It stands in the name of the socket's folder.
std::optional<uid_t> server_user_number(const State& state) {
  std::string_view name = state.socket_folder.native();
  if (!is_socket_folder(name)) return std::nullopt;
  name.remove_prefix(kSocketFolderPrefix.size());
  uid_t number = 0;
  const auto failure = std::from_chars(name.data(), name.data() + name.size(), number).ec;
  return failure == std::errc{} ? std::optional{number} : std::nullopt;
}

// Everybody may make folders in /tmp, under the sandbox's name too when it is not there just now.
void require_own_socket_folder(const State& state) {
  struct stat status {};
  if (::lstat(state.socket_folder.c_str(), &status) != 0 && errno == ENOENT) return;
  const bool is_private = S_ISDIR(status.st_mode) && (status.st_mode & 07777) == 0700;
  const bool is_own = status.st_uid == ::geteuid() || status.st_uid == 0 ||
                      status.st_uid == server_user_number(state);
  if (is_private && is_own) return;
  throw Error{ErrorCode::permission,
              fmt::format("the sandbox's socket folder {} is not the one that pcx made",
                          escape_controls(state.socket_folder.native())),
              "Somebody else may answer there. Run pcx sandbox down, then up: it chooses another "
              "name."}
      .because("foreign_socket");
}

std::filesystem::path shared_data_folder(const std::string& id) {
  return std::filesystem::path{kSharedDataRoot} / ("sandbox-" + id);
}

// Inside the sandbox's folder the name is relative, so that the folder may be moved.
std::filesystem::path to_data_folder(const Layout& layout, const std::string& id,
                                     const std::string& name) {
  if (name == "data") return layout.data_folder();
  if (name == shared_data_folder(id).native()) return name;
  throw_damaged(layout, "data_folder is not one that pcx makes");
}

Document parse_state(const Layout& layout, const std::string& text) {
  try {
    return parse_json(text, layout.state_file().native());
  } catch (const Error& error) {
    throw_damaged(layout, error.what());
  }
}

void check_format(const Layout& layout, const Reader& reader) {
  const auto format = reader.get<std::int64_t>("format");
  if (format == kFormat) return;
  throw Error{ErrorCode::config,
              fmt::format("state file {} has format {}, this pcx knows {}",
                          escape_controls(layout.state_file().native()), format, kFormat),
              "Use the pcx that made this sandbox, or a newer one."};
}

State to_state(const Layout& layout, const Reader& reader) {
  State state;
  state.id = reader.get<std::string>("id");
  if (state.id.size() != kIdDigits || !is_hexadecimal(state.id)) {
    throw_damaged(layout, "id is not twelve hexadecimal digits");
  }
  state.data_folder = to_data_folder(layout, state.id, reader.get<std::string>("data_folder"));
  state.socket_folder = reader.get<std::string>("socket_folder");
  if (!is_socket_folder(state.socket_folder.native())) {
    throw_damaged(layout, "socket_folder is not one that pcx makes");
  }
  state.port = reader.get_number("port", 1, 65535);
  state.listens_on_tcp = reader.get<bool>("listens_on_tcp");
  state.server_major = reader.get_number("server_major", 1, 1000);
  state.server_version = reader.get<std::string>("server_version");
  state.ready = reader.get<bool>("ready");
  return state;
}

}  // namespace

std::optional<State> read_state(const Layout& layout) {
  std::string text;
  try {
    text = read_file(layout.state_file(), kStateBytesMax);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
  const Document document = parse_state(layout, text);
  const Reader reader{layout, document};
  check_format(layout, reader);
  return to_state(layout, reader);
}

void write_state(const Layout& layout, const State& state) {
  const bool inside = state.data_folder == layout.data_folder();
  Document document = Document::object();
  document.set("format", kFormat);
  document.set("id", state.id);
  document.set("data_folder", inside ? std::string{"data"} : state.data_folder.native());
  document.set("socket_folder", state.socket_folder.native());
  document.set("port", state.port);
  document.set("listens_on_tcp", state.listens_on_tcp);
  document.set("server_major", state.server_major);
  document.set("server_version", state.server_version);
  document.set("ready", state.ready);
  write_file_atomically(layout.state_file(), to_json(document, 2) + "\n", 0600);
}

std::string random_id(Random& random) {
  std::array<std::byte, kIdDigits / 2> bytes{};
  random.fill(bytes);
  std::string id;
  for (const std::byte byte : bytes) id += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return id;
}

std::filesystem::path socket_file(const State& state) {
  return state.socket_folder / fmt::format(".s.PGSQL.{}", state.port);
}

std::optional<std::string> server_user(const State& state) {
  const auto number = server_user_number(state);
  return number ? name_of(*number) : std::nullopt;
}

db::Target target_of(const State& state, std::string_view database) {
  db::Target target;
  target.keywords = {{"host", state.socket_folder.native()},
                     {"port", std::to_string(state.port)},
                     {"user", kSuperuser},
                     {"dbname", std::string{database}}};
  if (const auto peer = server_user(state)) target.keywords.emplace_back("requirepeer", *peer);
  return target;
}

std::string url_of(const State& state) {
  return fmt::format("postgresql://{}@localhost:{}/{}?host={}", kSuperuser, state.port,
                     kDatabaseName, state.socket_folder.native());
}

std::optional<db::Target> find_running_sandbox(const Environment& environment) {
  const auto layout = default_layout(environment);
  if (!layout) return std::nullopt;
  const auto state = read_state(*layout);
  if (!state || !state->ready) return std::nullopt;
  require_own_socket_folder(*state);
  struct stat status {};
  if (::lstat(socket_file(*state).c_str(), &status) != 0) return std::nullopt;
  if (!S_ISSOCK(status.st_mode)) return std::nullopt;
  return target_of(*state);
}

}  // namespace pcx::sandbox
