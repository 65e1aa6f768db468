// Files of rules and their tests: only Error{data} that names a place in the file leaves
// read_rules() and read_rule_test_file(), and what was read is what a rule may be.
#include <set>
#include <string>
#include <vector>

#include "alert/rule.h"
#include "alert/rule_test_file.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/place.h"

namespace {

using pcx::alert::Rule;
using pcx::fuzz::promise;

template <typename Read>
bool is_read(std::string_view text, Read read) {
  try {
    read();
    return true;
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad file is Error{data}");
    promise(error.location().file == "fuzz", "which names the file");
    promise(pcx::fuzz::text_from(text, error.location()).has_value(), "and a place in it");
    return false;
  }
}

void check(const std::vector<Rule>& rules) {
  std::set<std::string> ids;
  for (const Rule& rule : rules) {
    promise(!rule.alert.empty() && ids.insert(rule.id()).second, "a rule has an id of its own");
    promise(rule.hold.count() >= 0 && rule.keep_firing_for.count() >= 0, "no time is negative");
    promise(rule.longest_gap().count() > 0, "and a gap is one");
    promise(rule.flap.changes_max == 0 || rule.flap.changes_max >= 2, "one change is no flap");
    promise(!rule.labels.contains("alertname"), "the name is no label");
    for (const auto& [name, value] : rule.annotations) {
      promise(!name.starts_with("pcx_"), "what pcx reads is no annotation");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  std::vector<Rule> rules;
  if (is_read(text, [&] { pcx::alert::read_rules(text, "fuzz", "Europe/Zurich", rules); })) {
    check(rules);
  } else {
    promise(rules.empty(), "a bad file leaves nothing behind");
  }
  is_read(text, [&] { pcx::alert::read_rule_test_file(text, "fuzz"); });
  return 0;
}
