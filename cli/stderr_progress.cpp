#include "cli/stderr_progress.h"

#include <cstdio>

#include <fmt/format.h>

#include "cli/render/render.h"
#include "cli/render/width.h"
#include "core/json.h"
#include "core/log.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

constexpr std::chrono::milliseconds kBetweenUpdates{100};
constexpr std::chrono::milliseconds kBetweenLines{9'500};  // what comes once a second, every tenth

void write(const std::string& text) { std::fputs(text.c_str(), stderr); }

std::vector<log::Field> fields_of(const Document& figures) {
  std::vector<log::Field> fields;
  for (const auto& [name, value] : figures.members()) {
    fields.emplace_back(name, value.is_scalar() ? cell_text(value.scalar()) : to_json(value));
  }
  return fields;
}

}  // namespace

std::string progress_line(std::string_view activity, std::string_view what, std::int64_t done,
                          std::int64_t total, std::string_view unit) {
  std::string line = total > 0 ? fmt::format("{} {} of {}", activity, done, counted(total, unit))
                               : fmt::format("{} {}", activity, counted(done, unit));
  if (!what.empty()) line += fmt::format(": {}", what);
  return escape_controls(line);
}

std::string progress_json(std::string_view activity, std::string_view what, std::int64_t done,
                          std::int64_t total, std::string_view unit) {
  Document inner = Document::object();
  inner.set("activity", std::string{activity});
  inner.set("what", std::string{what});
  inner.set("done", done);
  if (total > 0) inner.set("total", total);
  inner.set("unit", std::string{unit});
  Document outer = Document::object();
  outer.set("progress", std::move(inner));
  return to_json(outer);
}

void StderrProgress::update(std::string_view activity, std::string_view what, std::int64_t done,
                            std::int64_t total, std::string_view unit) {
  if (style_ == ProgressStyle::none || style_ == ProgressStyle::sparse) return;
  if (!is_due(total > 0 && done >= total)) return;
  if (style_ == ProgressStyle::json) {
    write(progress_json(activity, what, done, total, unit) + "\n");
    return;
  }
  rewrite(progress_line(activity, what, done, total, unit));
}

void StderrProgress::status(std::string_view sentence, const Document& figures) {
  switch (style_) {
    case ProgressStyle::none: return;
    case ProgressStyle::sparse:
      if (is_line_due()) say(sentence, fields_of(figures));
      return;
    case ProgressStyle::line: return rewrite(escape_controls(sentence));
    case ProgressStyle::json: {
      Document outer = Document::object();
      outer.set("progress", figures);
      return write(to_json(outer) + "\n");
    }
  }
}

void StderrProgress::rewrite(std::string_view line) {
  write("\r\x1b[K" + shortened(line, columns_ - 1));
  line_shown_ = true;
}

void StderrProgress::say(std::string_view sentence, const std::vector<log::Field>& fields) {
  if (say_ == SayStyle::none) return;
  clear();
  write(say_ == SayStyle::json ? log::json_line(log::Level::info, sentence, fields) + "\n"
                               : fmt::format("pcx: {}\n", escape_controls(sentence)));
}

void StderrProgress::clear() {
  if (line_shown_) write("\r\x1b[K");
  line_shown_ = false;
}

// The first one ten seconds after there was something to tell.
bool StderrProgress::is_line_due() {
  const auto now = clock_.steady_now();
  if (!last_) last_ = now;
  if (now - *last_ < kBetweenLines) return false;
  last_ = now;
  return true;
}

bool StderrProgress::is_due(bool finished) {
  const auto now = clock_.steady_now();
  if (!finished && last_ && now - *last_ < kBetweenUpdates) return false;
  last_ = now;
  return true;
}

}  // namespace pcx::cli
