// What is found wrong while a script is read.
#pragma once

#include <map>
#include <string>
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
  // In the order of the file; what has no place comes first.
  std::vector<Fault> take();

 private:
  void add(Fault fault);

  std::vector<Fault> faults_;
};

}  // namespace pcx::load
