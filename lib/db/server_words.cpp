#include "db/server_words.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "db/sql_literals.h"

namespace pcx::db::wire {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kLineBytesMax = 400;
constexpr std::size_t kLinesMax = 100;  // as many dependent objects as the server lists
constexpr std::size_t kStatementLinesMax = 3;
constexpr std::size_t kPiecesMax = 20;  // a deep recursion has thousands
constexpr std::size_t kLinesAround = 1;

constexpr const char* kValuesLeftOut = "the values are left out here; the server's log has them";

bool in_class(const ServerError& error, std::string_view prefix) {
  return error.sqlstate.starts_with(prefix);
}

// By RAISE: "PL/pgSQL function f() line 3 at RAISE", whatever the language. The words are those
// of the function's author.
bool is_raised(const ServerError& error) { return first_line(error.context).ends_with(" RAISE"); }

// A value of the script itself has a place in it, one of a row has none. Syntax errors are of a
// row's value, too: of a tsquery or a jsonpath.
bool is_about_values(const ServerError& error) {
  const bool has_place = error.position > 0 || error.internal_position > 0;
  return (in_class(error, "22") && error.position == 0) || (in_class(error, "42601") && !has_place);
}

// Details that are values from end to end: the lines of an XML document around the mistake, and
// the parameters of a query that had too few or too many rows (print_strict_params).
bool has_values_for_detail(const ServerError& error) {
  constexpr std::array<std::string_view, 7> kStates = {"2200L", "2200M", "2200N", "2200S",
                                                       "2200T", "P0002", "P0003"};
  return std::find(kStates.begin(), kStates.end(), error.sqlstate) != kStates.end();
}

std::string with_note(std::string detail) {
  if (!detail.empty()) detail += '\n';
  return detail += kValuesLeftOut;
}

std::string cut(std::string_view line) {
  if (line.size() <= kLineBytesMax) return std::string{line};
  std::size_t end = kLineBytesMax;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}... ({} more bytes)", line.substr(0, end), line.size() - end);
}

std::string cut_lines(std::string_view text, std::size_t lines_max = kLinesMax) {
  std::vector<std::string> lines = split(text, '\n');
  const std::size_t count = lines.size();
  if (count > lines_max) lines.resize(lines_max);
  for (std::string& line : lines) line = cut(line);
  if (count > lines_max) {
    lines.push_back(fmt::format("... ({} more lines)", count - lines_max));
  }
  return join(lines, "\n");
}

// What stands between the first and the last quotation mark, of whichever language.
std::string without_quoted(std::string_view text) {
  constexpr std::array<std::string_view, 6> kMarks = {"\"",     "\u00ab", "\u00bb",
                                                      "\u201e", "\u201c", "\u201d"};
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (const std::string_view mark : kMarks) {
    const auto first = text.find(mark);
    if (first == kNone) continue;
    begin = std::min(begin, first + mark.size());
    end = std::max(end, text.rfind(mark));
  }
  if (end == 0) return std::string{text};
  return fmt::format("{}***{}", text.substr(0, begin),
                     text.substr(end < begin ? text.size() : end));  // one mark alone: to the end
}

// A syntax error quotes what it stumbled over: of an unclosed constant all the rest of the script.
std::string without_constants(std::string_view message) {
  for (std::size_t at = 0; at < message.size(); ++at) {
    const char next = at + 1 < message.size() ? message[at + 1] : ' ';
    const bool is_dollar = message[at] == '$' && (next < '0' || next > '9');
    if (message[at] != '\'' && message[at] != '\n' && !is_dollar) continue;
    return fmt::format("{}***\"", message.substr(0, at));
  }
  return std::string{message};
}

// "Key (a, b)=(1, 2) already exists." without the second list. An exclusion constraint's has two
// keys.
std::string without_key_values(std::string_view detail) {
  const auto columns = detail.find(")=(");
  if (columns == kNone) return {};
  const auto kept = detail.substr(0, columns + 1);
  const bool is_pair = detail.find(")=(", columns + 3) != kNone;
  const auto rest = detail.substr(detail.rfind(')') + 1);
  return cut(
      fmt::format("{}{}", kept, is_pair && rest == "." ? " conflicts with another row." : rest));
}

// One line of CONTEXT that is no statement; empty when it is none that is known to be harmless.
std::string shown_context_line(std::string_view line) {
  if (line.starts_with("COPY ") || line.starts_with("JSON")) {  // then ": " and the data
    return cut(line.substr(0, line.find(": ")));
  }
  const bool is_known = line.starts_with("SQL function ") || line.starts_with("while ") ||
                        line.find("PL/pgSQL") != kNone;
  return is_known ? cut(line) : std::string{};
}

// The length of the opening of a statement in CONTEXT: `SQL statement "`; 0 when there is none.
std::size_t statement_opening(std::string_view text) {
  for (const std::string_view opening :
       {"SQL statement \"", "SQL expression \"", "PL/pgSQL assignment \""}) {
    if (text.starts_with(opening)) return opening.size();
  }
  return 0;
}

// The place of the quotation mark that ends a statement which begins at `begin`. Should it be one
// inside the statement, the lines behind it are unknown ones, and left out.
std::size_t end_of_statement(std::string_view text, std::size_t begin) {
  const auto end = text.find("\"\n", begin);
  return end == kNone ? text.size() - 1 : end;
}

// Takes the first piece off `context`: a statement, or a line.
std::string take_piece(std::string_view& context) {
  const std::size_t opening = statement_opening(context);
  std::string piece;
  std::size_t end = 0;
  if (opening > 0) {
    end = std::max(end_of_statement(context, opening), opening);
    const auto statement = mask_literals(context.substr(opening, end - opening));
    piece =
        cut_lines(fmt::format("{}{}\"", context.substr(0, opening), statement), kStatementLinesMax);
    ++end;
  } else {
    end = std::min(context.find('\n'), context.size());
    piece = shown_context_line(context.substr(0, end));
  }
  context.remove_prefix(std::min(end + 1, context.size()));
  return piece;
}

}  // namespace

std::string shown_message(const ServerError& error) {
  if (is_raised(error)) return cut_lines(error.message);
  if (is_about_values(error)) return cut_lines(without_quoted(error.message));
  return cut_lines(in_class(error, "42601") ? without_constants(error.message) : error.message);
}

std::string shown_detail(const ServerError& error) {
  if (is_raised(error)) return cut_lines(error.detail);
  if (!error.detail.empty() && has_values_for_detail(error)) return kValuesLeftOut;
  if (is_about_values(error)) {
    const std::string detail = without_quoted(error.detail);
    const bool is_whole = detail == error.detail && without_quoted(error.message) == error.message;
    return is_whole ? cut_lines(detail) : with_note(cut_lines(detail));
  }
  const bool is_about_a_row = in_class(error, "23") || in_class(error, "44");
  if (!is_about_a_row || error.detail.empty()) return cut_lines(error.detail);
  return with_note(without_key_values(error.detail));
}

std::string shown_hint(const ServerError& error) { return cut(error.hint); }

std::string shown_context(const ServerError& error) {
  std::vector<std::string> pieces;
  long long left_out = 0;
  for (std::string_view context = error.context; !context.empty();) {
    std::string piece = take_piece(context);
    if (piece.empty() || pieces.size() == kPiecesMax) {
      ++left_out;
    } else {
      pieces.push_back(std::move(piece));
    }
  }
  if (left_out > 0) {
    pieces.push_back(fmt::format("({} more {} of context in the server's log)", left_out,
                                 left_out == 1 ? "line" : "lines"));
  }
  return join(pieces, "\n");
}

std::string shown_inner_query(const ServerError& error) {
  if (error.internal_query.empty()) return {};
  const auto at =
      line_column_at(error.internal_query,
                     byte_offset_of_character(error.internal_query,
                                              std::max<std::size_t>(error.internal_position, 1)));
  const std::vector<std::string> lines = split(mask_literals(error.internal_query), '\n');
  const auto line = static_cast<std::size_t>(at.line) - 1;
  const std::size_t first = line - std::min(line, kLinesAround);
  const std::size_t last = std::min(line + kLinesAround + 1, lines.size());
  std::vector<std::string> around;
  for (std::size_t i = first; i < last; ++i) around.push_back(cut(lines[i]));
  return fmt::format("in the inner query, line {}, column {}: {}", at.line, at.column,
                     join(around, "\n"));
}

}  // namespace pcx::db::wire
