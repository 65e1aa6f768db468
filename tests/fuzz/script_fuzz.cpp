// Scripts of load tests: only Error{data} leaves read_script; every fault has a place in the file,
// a message and a hint; and a plan that is refused nothing has programs whose jumps stay inside.
#include <fstream>
#include <unistd.h>

#include "core/text.h"
#include "load/script.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/place.h"

namespace {

namespace fs = std::filesystem;
using pcx::fuzz::promise;
using pcx::load::Fault;
using pcx::load::Plan;
using pcx::load::Scenario;
using pcx::load::Step;

fs::path file() {
  static const fs::path path = [] {
    const fs::path memory = "/dev/shm";  // a disk is four times slower
    const fs::path place = fs::exists(memory) ? memory : fs::temp_directory_path();
    return place / ("pcx-fuzz-script-" + std::to_string(::getpid()) + ".yml");
  }();
  return path;
}

void is_told(const Fault& fault, std::string_view text) {
  promise(!fault.rule.empty() && !fault.message.empty() && !fault.hint.empty(),
          "a fault says what, and what to do");
  if (fault.place.file != file()) return;  // a file that the script names
  promise(pcx::fuzz::text_from(text, fault.place).has_value(), "its place is in the script");
}

struct StaysInside {
  const std::vector<Step>& program;

  void operator()(const pcx::load::Loop& loop) const {
    promise(loop.end < program.size(), "a loop ends in the program");
    promise(std::holds_alternative<pcx::load::LoopEnd>(program[loop.end]), "with its end");
  }
  void operator()(const pcx::load::LoopEnd& end) const {
    promise(std::holds_alternative<pcx::load::Loop>(program[end.begin]), "which knows its begin");
  }
  void operator()(const pcx::load::Parallel& parallel) const {
    promise(parallel.end <= program.size(), "branches end in the program");
    for (const auto& [begin, end] : parallel.branches) {
      promise(begin < end && end <= parallel.end, "and are there");
    }
  }
  template <typename Other>
  void operator()(const Other&) const {}
};

void holds(const Plan& plan) {
  for (const Scenario& scenario : plan.scenarios) {
    for (const Step& step : scenario.program) std::visit(StaysInside{scenario.program}, step);
  }
  for (const auto& [slot, values] : plan.initial) {
    promise(slot < plan.variables.size(), "slots have names");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = pcx::fuzz::text_of(data, size);
  std::ofstream{file(), std::ios::binary | std::ios::trunc} << text;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // columns are counted behind it
  try {
    const auto read = pcx::load::read_script(file(), {}, pcx::MapEnvironment{{}});
    bool is_refused = false;
    for (const Fault& fault : read.faults) {
      is_told(fault, text);
      is_refused = is_refused || fault.level == Fault::Level::refused;
    }
    if (!is_refused) holds(read.plan);
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad script is Error{data}");
  }
  return 0;
}
