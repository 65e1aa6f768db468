// The C library's idea of local time: it reads tzdata by itself, without PostgreSQL.
#pragma once

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

#include "kpi/day.h"

namespace pcx::kpi {

// Makes a time zone the process's own (TZ) while it lives.
class LocalZone {
 public:
  explicit LocalZone(const std::string& name) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    ::setenv("TZ", (":" + name).c_str(), 1);
    ::tzset();
  }
  LocalZone(const LocalZone&) = delete;
  LocalZone& operator=(const LocalZone&) = delete;
  ~LocalZone() {
    before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }

 private:
  std::optional<std::string> before_;
};

// What clocks show in the process's zone.
inline std::tm local_time(std::time_t instant) {
  std::tm shown{};
  ::localtime_r(&instant, &shown);
  return shown;
}

inline Date date_of(const std::tm& shown) {
  using namespace std::chrono;
  return year{shown.tm_year + 1900} / (shown.tm_mon + 1) / shown.tm_mday;
}

}  // namespace pcx::kpi
