#include "core/log.h"

#include <memory>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/document.h"
#include "core/json.h"
#include "core/redact.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::log {

namespace {

Format chosen_format = Format::text;

// Made at the first message: a run without messages does not pay for spdlog. Its default logger,
// which would write to stdout, is never touched.
spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made{"pcx", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
    made.set_pattern("%v");
    made.set_level(spdlog::level::warn);
    return made;
  }();
  return instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

std::string shown(std::string_view text) { return escape_controls(redact(text)); }

std::string shown(const Field& field) {
  return names_secret(field.first) ? "***" : shown(field.second);
}

std::string as_text(Level level, std::string_view message, const std::vector<Field>& fields) {
  std::string line = fmt::format("pcx: {}: {}", name_of(level), shown(message));
  for (const auto& field : fields) {
    line += fmt::format(" {}={}", field.first, shown(field));
  }
  return line;
}

void write(Level level, std::string_view message, const std::vector<Field>& fields) {
  if (!logger().should_log(to_spdlog(level))) return;
  const std::string line = chosen_format == Format::json ? json_line(level, message, fields)
                                                         : as_text(level, message, fields);
  logger().log(to_spdlog(level), spdlog::string_view_t{line});
}

}  // namespace

void configure(Level minimum, Format format) {
  chosen_format = format;
  logger().set_level(to_spdlog(minimum));
}

std::string json_line(Level level, std::string_view message, const std::vector<Field>& fields) {
  Document line = Document::object();
  line.set("time", to_rfc3339(std::chrono::system_clock::now()));  // a log line's own time
  line.set("level", std::string{name_of(level)});
  line.set("message", shown(message));
  for (const auto& field : fields) line.set(std::string{field.first}, shown(field));
  return to_json(line);
}

void debug(std::string_view message, const std::vector<Field>& fields) {
  write(Level::debug, message, fields);
}
void info(std::string_view message, const std::vector<Field>& fields) {
  write(Level::info, message, fields);
}
void warning(std::string_view message, const std::vector<Field>& fields) {
  write(Level::warning, message, fields);
}
void error(std::string_view message, const std::vector<Field>& fields) {
  write(Level::error, message, fields);
}

}  // namespace pcx::log
