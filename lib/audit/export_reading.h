// The files of an export, read from the beginning to the end: lines of rows, hashes of the proof.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "audit/digest_ahead.h"
#include "audit/export_line.h"
#include "audit/merkle.h"
#include "core/descriptor.h"

namespace pcx::audit {

// Throws Error{not_found}, Error{permission} or Error{io}, which name the path.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path);

  // The next bytes behind what `buffer` holds, at most `bytes_max`; false at the end.
  bool read_into(std::string& buffer, std::size_t bytes_max);
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  Descriptor file_;
};

// A line of csv ends where a line break is not in quotes.
class LineFile {
 public:
  LineFile(const std::filesystem::path& path, ExportFormat format) : file_(path), format_(format) {}

  // The next line, without its line break, valid until the next call; std::nullopt at the end.
  // `is_whole` says whether it had one. Throws Error{data} above kExportLineBytesMax.
  struct Line {
    std::string_view text;
    bool is_whole = true;
  };
  std::optional<Line> next();

  std::uint64_t bytes() const { return bytes_; }  // that were read
  // Once next() has returned nothing.
  Hash sha256() { return sha256_.finish(); }

 private:
  std::optional<std::size_t> find_end(std::size_t from);
  bool read_more();

  InputFile file_;
  ExportFormat format_;
  std::string buffer_;
  std::size_t begin_ = 0;      // of the line
  bool is_in_quotes_ = false;  // where find_end() has looked to
  std::uint64_t bytes_ = 0;
  DigestAhead sha256_;
};

class ProofFile {
 public:
  explicit ProofFile(const std::filesystem::path& path) : file_(path) {}

  std::optional<Hash> next();  // std::nullopt at the end, and where less than a hash is left

 private:
  InputFile file_;
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace pcx::audit
