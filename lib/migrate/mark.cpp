#include "migrate/mark.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "migrate/check.h"
#include "migrate/statement.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

constexpr std::string_view kPrefix = "pcx:";

// Scripts are long, and most have no mark.
bool may_hold_mark(std::string_view text) {
  for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
    if (at + 1 >= kPrefix.size() && is_for_pcx(text.substr(at + 1 - kPrefix.size()))) return true;
  }
  return false;
}

// A line of a comment that is meant for pcx.
struct Mark {
  std::size_t offset = 0;  // of the line's content in the script
  bool counts = false;     // as the mark, in its place
};

void find_in(const tree::Comment& comment, const std::string& text, std::vector<Mark>& marks) {
  const std::string_view all = std::string_view{text}.substr(comment.offset, comment.length);
  const bool is_line = all.starts_with("--");
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find_first_of("\r\n", begin), all.size());
    const std::string_view line = all.substr(begin, end - begin);
    const bool counts = is_line && comment.leads && trim(line.substr(2)) == kStepsMark;
    if (is_for_pcx(line)) marks.push_back({comment.offset + begin, counts});
    begin = end + 1;
  }
}

std::vector<Mark> marks_in(const std::string& text) {
  std::vector<Mark> marks;
  if (!may_hold_mark(text)) return marks;
  for (const auto& comment : tree::comments(text)) find_in(comment, text, marks);
  return marks;
}

}  // namespace

bool is_for_pcx(std::string_view comment) {
  const std::size_t begin = comment.find_first_not_of("-/* \t");
  if (begin == std::string_view::npos) return false;
  std::string word;
  for (const char c : comment.substr(begin, kPrefix.size())) {
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return word == kPrefix;
}

bool has_steps_mark(const std::string& text) {
  const auto marks = marks_in(text);
  return std::any_of(marks.begin(), marks.end(), [](const Mark& mark) { return mark.counts; });
}

void check_marks(const Script& script) {
  for (const Mark& mark : marks_in(script.text)) {
    if (mark.counts) continue;
    throw Error{ErrorCode::data, "a comment is meant for pcx, which does not know it there",
                fmt::format("Write \"-- {}\" alone on a line before the first statement, and the "
                            "file runs in steps. Begin comments for people with another word.",
                            kStepsMark)}
        .at(location_in(script, mark.offset))
        .because("unknown_mark");
  }
}

void refuse_steps_mark(const Script& script) {
  for (const Mark& mark : marks_in(script.text)) {
    if (!mark.counts) continue;
    throw Error{ErrorCode::data,
                fmt::format("\"-- {}\" in a down script, which is one transaction", kStepsMark),
                "Remove it, and leave to psql what cannot run inside a transaction."}
        .at(location_in(script, mark.offset))
        .because("not_in_transaction");
  }
}

Error hint_at_mark(const Error& error, const Script& script) {
  if (error.sqlstate() != "25001") return error;  // "cannot run inside a transaction block"
  const auto statements = analyse(script.text).statements;
  const bool helps =
      std::any_of(statements.begin(), statements.end(),
                  [](const Statement& statement) { return statement.may_be_refused; });
  if (!helps) return error;
  Error told{error.code(), error.what(),
             fmt::format("Write \"-- {}\" alone on a line before the first statement and run the "
                         "command again: then it runs outside of a transaction.",
                         kStepsMark)};
  return told.at(error.location())
      .because(error.reason())
      .with_sqlstate(error.sqlstate())
      .with_detail(error.detail());
}

}  // namespace pcx::migrate
