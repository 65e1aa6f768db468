#include "audit/export_output.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr mode_t kMode = 0600;  // who did what is nobody else's business

std::string reason_text() { return std::generic_category().message(errno); }

[[noreturn]] void throw_exists(const std::string& name) {
  throw Error{ErrorCode::cannot_create, fmt::format("cannot make {}: it is there already", name),
              "Name another file, or go on with one by its --cursor."}
      .because("exists");
}

}  // namespace

bool is_special_file(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
         !std::filesystem::is_directory(status);
}

void require_new_file(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(path, ignored);
  if (std::filesystem::exists(status) && !is_special_file(path)) {
    throw_exists(escape_controls(path.string()));
  }
}

ExportOutput::ExportOutput(const std::filesystem::path& path, std::optional<std::uint64_t> kept)
    : path_(path), name_(escape_controls(path.string())), is_regular_(!is_special_file(path)) {
  int flags = O_CLOEXEC;
  if (!is_regular_) {
    flags |= O_WRONLY;
  } else {
    flags |= O_RDWR | (kept.value_or(0) == 0 ? O_CREAT : 0) | (kept ? 0 : O_EXCL);
  }
  file_ = Descriptor{::open(path.c_str(), flags, kMode)};
  if (!file_.is_open()) {
    const bool is_there = errno == EEXIST;
    if (is_there) throw_exists(name_);
    throw Error{ErrorCode::cannot_create, fmt::format("cannot make {}: {}", name_, reason_text())};
  }
  stays_ = !is_regular_ || kept.has_value();
  if (is_regular_ && kept) cut(*kept);
}

ExportOutput::~ExportOutput() {
  if (stays_) return;
  std::error_code ignored;  // what cannot be removed stays, and the error under way is told
  std::filesystem::remove(path_, ignored);
}

void ExportOutput::cut(std::uint64_t kept) {
  struct stat facts {};
  if (::fstat(file_.number(), &facts) != 0) {
    throw Error{ErrorCode::io, fmt::format("cannot look at {}: {}", name_, reason_text())};
  }
  if (static_cast<std::uint64_t>(facts.st_size) < kept) {
    throw Error{ErrorCode::conflict,
                fmt::format("{} is shorter than its cursor says: {} bytes instead of {}", name_,
                            facts.st_size, kept),
                "It was changed since; begin a new file with a new cursor."}
        .because("shorter");
  }
  if (::ftruncate(file_.number(), static_cast<off_t>(kept)) != 0) {
    throw Error{ErrorCode::io, fmt::format("cannot cut {}: {}", name_, reason_text())};
  }
  std::string piece(std::size_t{1} << 20, '\0');
  while (written_ < kept) {
    const std::size_t wanted = std::min<std::uint64_t>(piece.size(), kept - written_);
    const ssize_t count = ::read(file_.number(), piece.data(), wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      throw Error{ErrorCode::io, fmt::format("cannot read {}: {}", name_, reason_text())};
    }
    sha256_.update(std::string_view{piece.data(), static_cast<std::size_t>(count)});
    written_ += static_cast<std::uint64_t>(count);
  }
}

void ExportOutput::write_out() {
  sha256_.update(buffer_);
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = ::write(file_.number(), rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error{ErrorCode::io, fmt::format("cannot write {}: {}", name_, reason_text())};
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  written_ += buffer_.size();
  buffer_.clear();
}

void ExportOutput::sync() {
  write_out();
  if (is_regular_ && ::fsync(file_.number()) != 0) {
    throw Error{ErrorCode::io, fmt::format("cannot write {}: {}", name_, reason_text())};
  }
}

Hash ExportOutput::sha256() {
  write_out();
  return sha256_.finish();
}

}  // namespace pcx::audit
