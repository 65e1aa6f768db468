#include "migrate/replay.h"

#include "core/text.h"
#include "db/script.h"
#include "migrate/check.h"

namespace pcx::migrate {

Error moved(const Error& error, const Location& begin) {
  Location place = error.location();
  if (place.line == 0) {
    place = begin;
  } else {
    if (place.line == 1 && place.column > 0) place.column += begin.column - 1;
    place.line += begin.line - 1;
    place.file = begin.file;
  }
  Error told{error};
  return told.at(place);
}

void Replay::add(const Script& script, const Step& step) {
  for (const Setting& setting : step.settings) {
    texts_.push_back(setting.text + "\n;\n");  // it may end with a comment
    places_.push_back(location_in(script, setting.offset));
  }
}

std::string Replay::text() const { return join(texts_, ""); }

void Replay::run(db::Transaction& tx) const {
  if (empty()) return;
  const std::string all = text();
  std::vector<std::size_t> offsets;
  std::vector<int> lines;
  for (std::size_t end = 0; const std::string& one : texts_) {
    offsets.push_back(end);
    lines.push_back(line_column_at(all, end).line);
    end += one.size();
  }
  try {
    db::run_script(tx, all, places_.front().file, offsets);
  } catch (const Error& error) {
    Location place = error.location();
    if (place.line == 0) throw;
    std::size_t failed = 0;
    while (failed + 1 < lines.size() && lines[failed + 1] <= place.line) ++failed;
    place.line -= lines[failed] - 1;
    throw moved(Error{error}.at(place), places_[failed]);
  }
}

}  // namespace pcx::migrate
