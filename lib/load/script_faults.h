// What is found wrong while a script is read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "load/script.h"

namespace pcx::load {

class Faults {
 public:
  void refuse(std::string rule, const Location& place, std::string message, std::string hint);
  void fault(std::string rule, const Location& place, std::string message, std::string hint);
  // Said once for each rule, at the first place of the file; the hint then counts the others.
  void differs(std::string rule, const Location& place, std::string message, std::string hint);

  bool has(const std::string& rule) const;
  // The text of a file, so that places in it can be kept inside of their lines: a value that is
  // written in several lines is read as one.
  void know(const std::string& file, std::string_view text);

  // In the order of the file; what has no place comes first.
  std::vector<Fault> take();

 private:
  void add(Fault fault);
  void keep_inside(Location& place) const;

  std::vector<Fault> faults_;
  std::map<std::string, std::vector<int>> widths_;  // of the lines of files, in characters
};

}  // namespace pcx::load
