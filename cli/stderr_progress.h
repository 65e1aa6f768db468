// The Progress of the real stderr.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "cli/progress.h"
#include "core/clock.h"

namespace pcx::cli {

enum class ProgressStyle {
  none,
  sparse,  // only status(), now and then, as lines that stay
  line,
  json,
};
enum class SayStyle { none, text, json };  // json: as lines of the log

class StderrProgress final : public Progress {
 public:
  // A line is cut to `columns`: one that wraps could not be taken back. `clock` outlives it.
  StderrProgress(ProgressStyle style, SayStyle say, std::size_t columns, const Clock& clock)
      : style_(style), say_(say), columns_(columns), clock_(clock) {}
  ~StderrProgress() override { clear(); }

  void update(std::string_view activity, std::string_view what, std::int64_t done,
              std::int64_t total, std::string_view unit) override;
  void status(std::string_view sentence, const Document& figures) override;
  using Progress::say;
  void say(std::string_view sentence, const std::vector<log::Field>& fields) override;
  void clear() override;

 private:
  bool is_due(bool finished);
  bool is_line_due();
  void rewrite(std::string_view line);

  ProgressStyle style_;
  SayStyle say_;
  std::size_t columns_;
  const Clock& clock_;
  bool line_shown_ = false;
  std::optional<std::chrono::steady_clock::time_point> last_;
};

// "applying 3 of 12 files: 20260101_init", for people.
std::string progress_line(std::string_view activity, std::string_view what, std::int64_t done,
                          std::int64_t total, std::string_view unit);
// {"progress":{"activity","what","done","total","unit"}}; total is left out when it is not known.
std::string progress_json(std::string_view activity, std::string_view what, std::int64_t done,
                          std::int64_t total, std::string_view unit);

}  // namespace pcx::cli
