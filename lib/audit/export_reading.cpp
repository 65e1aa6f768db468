#include "audit/export_reading.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>

#include <fmt/format.h>

#include "audit/quotes.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::size_t kProofPieceBytes = std::size_t{256} << 10;

[[noreturn]] void throw_unreadable(const std::string& name, int reason) {
  const ErrorCode code = reason == ENOENT                      ? ErrorCode::not_found
                         : reason == EACCES || reason == EPERM ? ErrorCode::permission
                                                               : ErrorCode::io;
  throw Error{code,
              fmt::format("cannot read {}: {}", name, std::generic_category().message(reason))};
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path) : name_(escape_controls(path.string())) {
  file_ = Descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file_.is_open()) throw_unreadable(name_, errno);
}

bool InputFile::read_into(std::string& buffer, std::size_t bytes_max) {
  const std::size_t old = buffer.size();
  buffer.resize(old + bytes_max);
  for (;;) {
    const ssize_t count = ::read(file_.number(), buffer.data() + old, bytes_max);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_unreadable(name_, errno);
    buffer.resize(old + static_cast<std::size_t>(count));
    return count > 0;
  }
}

bool LineFile::read_more() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (buffer_.size() > kExportLineBytesMax) {
    throw Error{ErrorCode::data, fmt::format("a line of {} is too long", file_.name())};
  }
  const std::size_t old = buffer_.size();
  if (!file_.read_into(buffer_, kPieceBytes)) return false;
  sha256_.update(buffer_.substr(old));
  bytes_ += buffer_.size() - old;
  return true;
}

// Where the line break is, looking from there on.
std::optional<std::size_t> LineFile::find_end(std::size_t from) {
  for (;;) {
    const std::size_t end = buffer_.find('\n', from);
    const std::size_t until = std::min(end, buffer_.size());
    if (format_ == ExportFormat::csv) {
      const std::string_view looked_at{buffer_.data() + from, until - from};
      is_in_quotes_ ^= has_odd_quotes(looked_at);
    }
    if (end == std::string::npos) return std::nullopt;
    if (!is_in_quotes_) return end;
    from = end + 1;
  }
}

std::optional<LineFile::Line> LineFile::next() {
  std::size_t looked_at = begin_;
  is_in_quotes_ = false;
  for (;;) {
    if (const auto end = find_end(looked_at)) {
      std::string_view text{buffer_.data() + begin_, *end - begin_};
      begin_ = *end + 1;
      if (format_ == ExportFormat::jsonl) return Line{text};
      const bool is_whole = text.ends_with('\r');
      if (is_whole) text.remove_suffix(1);
      return Line{text, is_whole};
    }
    looked_at = buffer_.size() - begin_;  // read_more() moves the line to the front
    if (read_more()) continue;
    if (buffer_.empty()) return std::nullopt;
    begin_ = buffer_.size();
    return Line{buffer_, false};
  }
}

std::optional<Hash> ProofFile::next() {
  Hash hash;
  while (buffer_.size() - at_ < hash.size()) {
    buffer_.erase(0, at_);
    at_ = 0;
    if (!file_.read_into(buffer_, kProofPieceBytes)) return std::nullopt;
  }
  std::memcpy(hash.data(), buffer_.data() + at_, hash.size());
  at_ += hash.size();
  return hash;
}

}  // namespace pcx::audit
