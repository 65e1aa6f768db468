// Diagnostics for people and log collectors, on stderr. The only door to spdlog.
//
// Results never go here. Below warning nothing is shown unless asked for (--verbose). Text passes
// through redact() and escape_controls() first.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pcx::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

using Field = std::pair<std::string_view, std::string>;

// Called once, by main. Until then warnings and errors go to stderr as text.
void configure(Level minimum, Format format);

void debug(std::string_view message, const std::vector<Field>& fields = {});
void info(std::string_view message, const std::vector<Field>& fields = {});
void warning(std::string_view message, const std::vector<Field>& fields = {});
void error(std::string_view message, const std::vector<Field>& fields = {});

// A line of Format::json, without its end, for what else is written to stderr: {"time","level",
// "message", fields}.
std::string json_line(Level level, std::string_view message, const std::vector<Field>& fields = {});

}  // namespace pcx::log
