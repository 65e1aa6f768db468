// A value in a file of results, and where it stands there. Everything that is asked of it is
// checked: the file may come from anywhere.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"

namespace pcx::load {

// Counts and sums: so that those of all parts that there can be still fit.
inline constexpr std::int64_t kCountMax = std::int64_t{1} << 50;

// Points into the document and to the node that it was taken from: both outlive it.
// Every question throws Error{data} with the file's name and the path ("seconds.rows[3][1]").
class ResultNode {
 public:
  ResultNode(const Document& root, const std::string& file) : value_(root), file_(file) {}

  // Of an object with exactly these members.
  void expect_members(std::initializer_list<std::string_view> names) const;
  ResultNode member(std::string_view name) const;
  const Document::Object& members() const;
  ResultNode member(const Document::Member& one) const;

  std::size_t size() const;  // of an array
  ResultNode at(std::size_t index) const;

  std::int64_t whole(std::int64_t min = 0, std::int64_t max = kCountMax) const;
  int small(int min, int max) const;
  double real(double max, double min = 0) const;
  bool flag() const;
  const std::string& text() const;
  std::vector<std::string> texts() const;
  std::uint64_t unsigned_text() const;  // digits, as a text
  std::string base64() const;

  [[noreturn]] void refuse(const std::string& what) const;  // "is no text"

 private:
  ResultNode(const Document& value, const ResultNode& parent, std::string_view name,
             std::size_t index)
      : value_(value), file_(parent.file_), parent_(&parent), name_(name), index_(index) {}
  const Cell& scalar(const char* kind) const;
  std::string path() const;

  const Document& value_;
  const std::string& file_;
  const ResultNode* parent_ = nullptr;
  std::string_view name_;  // empty: an element
  std::size_t index_ = 0;
};

}  // namespace pcx::load
