#include "migrate/hidden_steps.h"

#include <algorithm>

#include "migrate/sql.h"

namespace pcx::migrate {

void note_hidden_steps(db::Database& database, std::vector<Entry>& entries) {
  const auto is_failed = [](const Entry& entry) { return entry.state == State::failed; };
  if (std::none_of(entries.begin(), entries.end(), is_failed)) return;
  const bool hidden = database.query(sql::step_journal_hidden).one()["hidden"].as<bool>();
  for (Entry& entry : entries) entry.hides_steps = hidden && is_failed(entry);
}

}  // namespace pcx::migrate
