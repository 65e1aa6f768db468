#include "load/regexp.h"

#include <charconv>

#include <boost/regex.hpp>
#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::load {

namespace {

using Match = boost::match_results<std::string_view::const_iterator>;

std::optional<std::size_t> number_of(std::string_view group) {
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(group.data(), group.data() + group.size(), number);
  const bool is_whole = failed == std::errc{} && end == group.data() + group.size();
  return is_whole ? std::optional{number} : std::nullopt;
}

// JavaScript's [^] is any character, and [] none; Perl's classes begin with a "]" there.
std::string perl_of(std::string_view pattern) {
  std::string made;
  bool is_in_class = false;
  while (!pattern.empty()) {
    std::string_view piece = pattern.substr(0, pattern.front() == '\\' ? 2 : 1);
    std::string_view replaced = piece;
    if (is_in_class) {
      is_in_class = piece != "]";
    } else if (pattern.starts_with("[^]")) {
      piece = "[^]";
      replaced = "[\\s\\S]";
    } else if (pattern.starts_with("[]")) {
      piece = "[]";
      replaced = "(?!)";
    } else {
      is_in_class = piece == "[";
    }
    made += replaced;
    pattern.remove_prefix(piece.size());
  }
  return made;
}

std::string text_of(const Match& match, const std::string& group) {
  if (group.empty()) return match.str();
  if (const auto number = number_of(group)) {
    return *number < match.size() ? match.str(static_cast<int>(*number)) : match.str();
  }
  const auto& named = match[group];
  return named.matched ? named.str() : match.str();
}

}  // namespace

struct Regexp::Compiled {
  boost::regex pattern;
  boost::match_flag_type how = boost::match_default;
};

Regexp Regexp::compile(const std::string& pattern, std::string_view flags) {
  boost::regex::flag_type syntax = boost::regex::perl;
  if (flags.find('i') != std::string_view::npos) syntax |= boost::regex::icase;
  auto how = boost::match_default;
  if (flags.find('m') == std::string_view::npos) how |= boost::match_single_line;
  if (flags.find('s') == std::string_view::npos) how |= boost::match_not_dot_newline;
  Regexp made;
  try {
    made.compiled_ =
        std::make_shared<const Compiled>(Compiled{boost::regex{perl_of(pattern), syntax}, how});
  } catch (const boost::regex_error& error) {
    // "Unmatched parenthesis.  The error occurred while parsing ..."
    const std::string_view reason = first_line(error.what());
    throw Error{ErrorCode::data,
                fmt::format("not a regular expression: {}",
                            escape_controls(reason.substr(0, reason.find(".  "))))};
  }
  return made;
}

std::optional<std::string> Regexp::find(std::string_view text, const std::string& group) const {
  Match match;
  try {
    if (!boost::regex_search(text.begin(), text.end(), match, compiled_->pattern, compiled_->how)) {
      return std::nullopt;
    }
  } catch (const std::runtime_error&) {  // Boost gives up where the work grows exponentially
    return std::nullopt;
  }
  return text_of(match, group);
}

}  // namespace pcx::load
