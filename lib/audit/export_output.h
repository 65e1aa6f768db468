// A file that grows by an export: written in large pieces, hashed meanwhile, cut back when the
// export is taken up again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "audit/merkle.h"
#include "core/descriptor.h"

namespace pcx::audit {

// A device, a pipe: there is one, and it is neither a file nor a folder.
bool is_special_file(const std::filesystem::path& path);

// Throws Error{cannot_create} with reason "exists" when there is a file, as making it would.
void require_new_file(const std::filesystem::path& path);

class ExportOutput {
 public:
  // Makes the file, with mode 0600. With `kept` it is there (unless nothing is kept), and what is
  // behind that many bytes is cut off. A device or a pipe is written as it is, and hashed all the
  // same.
  //
  // Throws Error{cannot_create}, with reason "exists" when there is a file and nothing is kept of
  // it; Error{conflict} with reason "shorter" when it has fewer bytes than `kept`; Error{io}.
  ExportOutput(const std::filesystem::path& path, std::optional<std::uint64_t> kept);
  ExportOutput(const ExportOutput&) = delete;
  ExportOutput& operator=(const ExportOutput&) = delete;
  // Removes the file that it made, unless stay() was called.
  ~ExportOutput();
  void stay() { stays_ = true; }

  // Append here, then call grown(): it writes when enough has come together.
  std::string& buffer() { return buffer_; }
  void grown() {
    if (buffer_.size() >= kPieceBytes) write_out();
  }
  // All that was appended is with the operating system, and with `is_synced` on the disk. Throws
  // Error{io}.
  void write_out();
  void sync();

  std::uint64_t bytes() const { return written_ + buffer_.size(); }
  // Of all bytes, also those before the last time. Once; nothing is appended any more.
  Hash sha256();

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

  void cut(std::uint64_t kept);

  std::filesystem::path path_;
  std::string name_;
  Descriptor file_;
  bool stays_ = false;
  bool is_regular_ = true;
  std::uint64_t written_ = 0;
  std::string buffer_;
  crypto::Sha256 sha256_;
};

}  // namespace pcx::audit
