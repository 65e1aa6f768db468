// One parameter of a statement. Texts are copied; bytes travel as bytea.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::db {

class Param {
 public:
  Param(std::nullptr_t) {}
  Param(bool value) : text_(value ? "t" : "f") {}
  Param(int value) : text_(std::to_string(value)) {}
  Param(std::int64_t value) : text_(std::to_string(value)) {}
  Param(double value);  // shortest text that reads back equal
  Param(const char* value) : text_(value) {}
  Param(std::string_view value) : text_(value) {}
  Param(const std::string& value) : text_(value) {}
  Param(std::span<const std::byte> bytes);          // "\x..."
  Param(const std::vector<std::string>& elements);  // text[]
  template <typename T>
  Param(const std::optional<T>& value) {
    if (value) *this = Param{*value};
  }

  const std::optional<std::string>& text() const { return text_; }  // std::nullopt is NULL

 private:
  std::optional<std::string> text_;
};

using Params = std::vector<Param>;

}  // namespace pcx::db
