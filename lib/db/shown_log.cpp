#include "db/shown_log.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "db/server_words.h"

namespace pcx::db {
namespace {

constexpr std::string_view kState = "Database error code: ";
constexpr std::string_view kError = "Database error:";  // the message begins in the next line
constexpr std::string_view kPosition = "Position:";     // then lines of the script
constexpr std::string_view kDetail = "DETAIL: ";
constexpr std::string_view kHint = "HINT: ";

using Lines = std::vector<std::string>;

bool begins_part(const std::string& line) {
  return trim(line).empty() || line.starts_with(kDetail) || line.starts_with(kHint) ||
         line.starts_with(kPosition);
}

class Reader {
 public:
  explicit Reader(std::string_view log) : lines_(split(log, '\n')) {}

  wire::ServerError read() {
    wire::ServerError error;
    error.sqlstate = "22000";  // where none is told: the message may quote a value
    for (const std::string& line : lines_) {
      if (line.starts_with(kState)) error.sqlstate = trim(line.substr(kState.size()));
      if (line.starts_with(kPosition)) error.position = 1;  // in the script, wherever
    }
    const auto heading = std::find(lines_.begin(), lines_.end(), kError);
    at_ = heading == lines_.end() ? 0 : static_cast<std::size_t>(heading - lines_.begin()) + 1;
    while (at_ < lines_.size() && trim(lines_[at_]).empty()) ++at_;
    error.message = heading == lines_.end() ? take_line() : take_part("");
    if (heading != lines_.end()) {
      error.detail = take_part(kDetail);
      error.hint = take_part(kHint);
    }
    return error;
  }

  // Lines that are not empty, and that nobody has taken.
  long long left() const {
    const auto rest = std::count_if(lines_.begin(), lines_.end(),
                                    [](const std::string& line) { return !trim(line).empty(); });
    return rest - taken_;
  }

 private:
  std::string take_line() {
    if (at_ == lines_.size()) return {};
    ++taken_;
    return lines_[at_++];
  }

  // The lines from here to the next part, when they begin with `label`.
  std::string take_part(std::string_view label) {
    if (at_ == lines_.size() || !lines_[at_].starts_with(label)) return {};
    std::string part = take_line().substr(label.size());
    while (at_ < lines_.size() && !begins_part(lines_[at_])) part += "\n" + take_line();
    return part;
  }

  Lines lines_;
  std::size_t at_ = 0;
  long long taken_ = 0;
};

}  // namespace

std::string shown_log(std::string_view log) {
  Reader reader{log};
  const wire::ServerError error = reader.read();
  Lines shown;
  for (const std::string& part : {wire::shown_message(error), wire::shown_detail(error)}) {
    if (!part.empty()) shown.push_back(part);
  }
  if (!error.hint.empty()) shown.push_back(std::string{kHint} + wire::shown_hint(error));
  if (reader.left() > 0) {
    shown.push_back(fmt::format("({} more {} in column logs of its row in _prisma_migrations)",
                                reader.left(), reader.left() == 1 ? "line" : "lines"));
  }
  return join(shown, "\n");
}

}  // namespace pcx::db
