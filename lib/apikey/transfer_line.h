// One line of a file of keys (apikey/transfer.h), and what is asked of it. Everything is checked:
// the file may come from anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"

namespace pcx::apikey {

// Points into the file's name, and for a part into the line that it was taken from: both outlive
// it. Every question throws Error{data} with the name, the line and the member.
class TransferLine {
 public:
  // Throws for what is no JSON object, or too long.
  TransferLine(std::string_view text, const std::string& name, int line);

  TransferLine part(std::string_view member) const;                // an object
  std::vector<TransferLine> parts(std::string_view member) const;  // an array of objects

  std::string text(std::string_view member) const;  // without NUL, which no column can hold
  std::optional<std::string> optional_text(std::string_view member) const;
  std::string hex(std::string_view member, std::size_t bytes) const;
  Time time(std::string_view member) const;
  std::optional<Time> optional_time(std::string_view member) const;
  std::int64_t whole(std::string_view member, std::int64_t min, std::int64_t max) const;
  std::optional<std::int64_t> optional_whole(std::string_view member, std::int64_t min,
                                             std::int64_t max) const;
  std::vector<std::string> texts(std::string_view member) const;
  bool is_null(std::string_view member) const;  // or not there

  int line() const { return line_; }
  [[noreturn]] void refuse(std::string_view member, const std::string& what) const;

 private:
  TransferLine(const Document& value, const TransferLine& whole, std::string path)
      : document_(value), name_(whole.name_), line_(whole.line_), path_(std::move(path)) {}
  const Document& require(std::string_view member) const;

  Document document_;
  const std::string& name_;
  int line_ = 0;
  std::string path_;  // "row."
};

}  // namespace pcx::apikey
