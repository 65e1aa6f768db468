#include "load/script_steps.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"
#include "load/script_request.h"
#include "load/script_tree.h"
#include "load/time_text.h"
#include "load/variable_path.h"

namespace pcx::load {

namespace {

constexpr std::string_view kMethods[] = {"get",    "post", "put",     "patch",
                                         "delete", "head", "options", "trace"};
// What stands beside a step's own key.
constexpr std::string_view kLoopKeys[] = {"count", "over", "whileTrue", "loopValue", "loopElement"};
// Steps of engines that pcx does not have.
constexpr std::string_view kOtherSteps[] = {"emit",      "connect",     "send",    "flowFunction",
                                            "namespace", "acknowledge", "response"};

bool is_method(std::string_view key) {
  return std::ranges::find(kMethods, key) != std::end(kMethods);
}

std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

class StepReader {
 public:
  StepReader(Reading& reading, const YamlNode& node, std::vector<Step>& program)
      : reading_(reading), node_(node), program_(program) {}

  void read() {
    if (is_list(node_)) return read_steps(reading_, node_, program_);
    if (!is_map(node_) || node_.members.empty()) return refuse_step();
    if (node_.find("loop") != nullptr) return read_loop();
    if (node_.find("parallel") != nullptr) return read_parallel();
    const std::string& key = step_key();
    check_alone(key);
    const YamlNode& value = *node_.find(key);
    if (key == "think") return read_think(value);
    if (key == "log") return read_log(value);
    if (key == "function") return refuse_hooks(reading_, node_, "function");
    if (key == "set") return read_set(value);
    if (key == "check") return read_check(value);
    read_request_step(key, value);
  }

 private:
  Faults& faults() { return reading_.faults; }

  void refuse_step() {
    faults().refuse("no_step", node_.place, "this is no step",
                    "A step is a map: `- get: {url: /}`, `- think: 1`.");
  }

  // Artillery asks for these first, and takes the first key for a method otherwise.
  const std::string& step_key() const {
    for (const char* key : {"think", "log", "function", "set", "check"}) {
      for (const auto& member : node_.members) {
        if (member.first == key) return member.first;
      }
    }
    return node_.members.front().first;
  }

  void check_alone(const std::string& key) {
    for (std::size_t i = 0; i < node_.members.size(); ++i) {
      const std::string& other = node_.members[i].first;
      if (other == key || (key == "think" && other == "jitter")) continue;
      const bool is_step = is_method(other) || other == "think" || other == "log" ||
                           other == "function" || other == "set" || other == "check";
      if (is_step) {
        faults().fault("two_steps", node_.key_places[i],
                       fmt::format("{} and {} in one step: only {} is done", escape_controls(key),
                                   escape_controls(other), escape_controls(key)),
                       "Begin each step with a dash of its own.");
      } else {
        faults().fault("misplaced_key", node_.key_places[i],
                       fmt::format("{} stands beside {}, where nobody looks at it",
                                   escape_controls(other), escape_controls(key)),
                       fmt::format("Indent it, so that it is a part of {}.", escape_controls(key)));
      }
    }
  }

  void read_log(const YamlNode& value) { program_.push_back(Log{read_template(reading_, value)}); }

  // --- think

  void read_think(const YamlNode& value) {
    if (is_map(value)) {
      return faults().refuse("think_range", value.place, "think is a number, not a map",
                             "Write `think: 2` with `jitter: 50%` beside it for 1 to 3 seconds.");
    }
    Think made{read_template(reading_, value)};
    if (const std::string* text = made.time.literal()) fix_think(value, *text, made);
    const YamlNode* jitter = find_value(node_, "jitter");
    made.jitter = jitter != nullptr ? read_template(reading_, *jitter) : reading_.default_jitter;
    const std::string* literal = made.jitter.literal();
    if (literal != nullptr && !literal->empty() && !parse_jitter(*literal, {})) {
      faults().refuse("bad_duration", jitter != nullptr ? jitter->place : value.place,
                      fmt::format("{} is no jitter", escape_controls(*literal)),
                      "Write milliseconds, or a percentage: 20%.");
    }
    program_.push_back(std::move(made));
  }

  void fix_think(const YamlNode& value, const std::string& text, Think& made) {
    const bool strict = reading_.options.strict;
    const double number = Value{text}.to_number();
    const bool is_fraction =
        !trim(text).empty() && std::isfinite(number) && number != std::trunc(number);
    if (is_fraction && strict && !value.quoted) {
      made.time = Template{{std::string{"1ms"}}};  // setTimeout("0.5ms") is one millisecond
      made.fixed = std::chrono::milliseconds{1};
      return;
    }
    made.fixed = parse_think(text, strict);
    if (!made.fixed) {
      faults().refuse("bad_duration", value.place,
                      fmt::format("{} is no time to think", escape_controls(text)),
                      "Write seconds (2), or a text with a unit: 500ms, 1s.");
    } else if (is_fraction) {
      faults().differs("fractional_think", value.place,
                       fmt::format("Artillery thinks {} only one millisecond, or as milliseconds",
                                   escape_controls(text)),
                       "pcx takes it as seconds.");
    }
  }

  // --- pcx's own

  void note_own(const char* step) {
    if (!reading_.options.strict) return;
    faults().fault("pcx_step", node_.place, fmt::format("Artillery has no {} step", step),
                   "Leave out --artillery-strict.");
  }

  void read_set(const YamlNode& value) {
    note_own("set");
    if (!require_map(reading_, value, "set")) return;
    Set made;
    for (std::size_t i = 0; i < value.members.size(); ++i) {
      const auto& [name, text] = value.members[i];
      const Path path = parse_variable_path(name);
      if (path.size() > 1 || name.find("{{") != std::string::npos) {
        faults().refuse("set_name", value.key_places[i],
                        fmt::format("{} is no name of a variable", escape_controls(name)),
                        "Names have letters, digits and _.");
        continue;
      }
      Template compiled = read_template(reading_, text);
      reading_.names.set(name, NameOrigin::step, value.key_places[i]);
      made.variables.emplace_back(reading_.names.slot(name), std::move(compiled));
    }
    program_.push_back(std::move(made));
  }

  void read_check(const YamlNode& value) {
    note_own("check");
    const YamlNode* condition = is_map(value) ? find_value(value, "condition") : &value;
    if (condition == nullptr) {
      return faults().refuse("check_without_condition", value.place, "a check without a condition",
                             "Write `check: \"id > 0\"`, or `check: {name: ..., condition: ...}`.");
    }
    const YamlNode* name = is_map(value) ? find_value(value, "name") : nullptr;
    try {
      auto expression = read_expression(reading_, *condition);
      if (!expression) return;
      program_.push_back(Check{name != nullptr ? name->text : condition->text,
                               *std::move(expression), condition->place});
    } catch (const Error& error) {
      faults().refuse("expression_syntax", error.location(), error.what(), error.hint());
    }
  }

  // --- Requests

  void read_request_step(const std::string& key, const YamlNode& value) {
    const Location& place = place_of_key(node_, key);
    if (std::ranges::find(kOtherSteps, key) != std::end(kOtherSteps)) {
      return faults().refuse("engine", place,
                             fmt::format("{} is a step of another engine", escape_controls(key)),
                             "pcx runs scenarios over HTTP.");
    }
    if (!is_method(key) && !is_request(value)) return unknown_step(key, place);
    if (!is_method(key)) check_method(key, place);
    if (!require_map(reading_, value, escape_controls(key))) return;
    auto made = read_request(reading_, upper_case(key), value, place);
    if (made) program_.push_back(*std::move(made));
  }

  static bool is_request(const YamlNode& value) {
    return is_map(value) && (find_value(value, "url") || find_value(value, "uri"));
  }

  void unknown_step(const std::string& key, const Location& place) {
    std::vector<std::string> known(std::begin(kMethods), std::end(kMethods));
    known.insert(known.end(), {"think", "log", "loop", "parallel", "function", "set", "check"});
    const auto meant = nearest(key, known);
    faults().refuse("unknown_step", place, fmt::format("there is no step {}", escape_controls(key)),
                    meant ? fmt::format("Did you mean {}?", *meant)
                          : fmt::format("Steps are {}.", join(known, ", ")));
  }

  void check_method(const std::string& key, const Location& place) {
    const std::string lower = to_lower_ascii(key);
    const auto meant = nearest(lower, {std::begin(kMethods), std::end(kMethods)});
    if (!meant) return;
    const bool is_case = *meant == lower;  // Artillery looks for the request below the lower case
    faults().fault(is_case ? "method_case" : "unknown_method", place,
                   fmt::format("the method is {}", escape_controls(key)),
                   fmt::format("Write {}.", *meant));
  }

  // --- loop and parallel

  void check_loop_keys() {
    for (std::size_t i = 0; i < node_.members.size(); ++i) {
      const std::string& key = node_.members[i].first;
      if (key == "loop" || key == "name" ||
          std::ranges::find(kLoopKeys, key) != std::end(kLoopKeys))
        continue;
      const auto meant = nearest(key, {std::begin(kLoopKeys), std::end(kLoopKeys)});
      faults().fault("loop_key", node_.key_places[i],
                     fmt::format("a loop has no {}", escape_controls(key)),
                     meant ? fmt::format("Did you mean {}?", *meant)
                           : "Beside `loop:` stand count, over, whileTrue, loopValue and "
                             "loopElement.");
    }
  }

  std::string name_of(const char* key, const char* otherwise) {
    const YamlNode* node = find_value(node_, key);
    const std::string name = node != nullptr ? node->text : otherwise;
    reading_.names.set(name, NameOrigin::loop, node != nullptr ? node->place : node_.place);
    return name;
  }

  void read_loop() {
    const YamlNode& body = *node_.find("loop");
    check_loop_keys();
    if (!require_list(reading_, body, "loop")) return;
    Loop made;
    const std::string counter = name_of("loopValue", "$loopCount");
    made.value = reading_.names.slot(counter);
    made.element = reading_.names.slot(name_of("loopElement", "$loopElement"));
    if (!read_repetition(made)) return;
    const std::size_t begin = program_.size();
    program_.push_back(std::move(made));
    read_rounds(body, counter);
    if (program_.size() == begin + 1) {
      faults().fault("empty_loop", body.place, "a loop without steps", "Remove it, or fill it.");
    }
    std::get<Loop>(program_[begin]).end = program_.size();
    program_.push_back(LoopEnd{begin});
  }

  void read_rounds(const YamlNode& body, const std::string& counter) {
    auto& around = reading_.open_loops;
    if (std::ranges::find(around, counter) != around.end()) {
      reading_.sharing_loops.emplace_back(counter, node_.place);
    }
    around.push_back(counter);
    read_steps(reading_, body, program_);
    around.pop_back();
  }

  bool read_repetition(Loop& loop) {
    if (const YamlNode* over = find_value(node_, "over")) return read_over(*over, loop);
    const YamlNode* condition = find_value(node_, "whileTrue");
    if (condition != nullptr && !is_hook(*condition)) return read_while(*condition, loop);
    const YamlNode* count = find_value(node_, "count");
    if (condition != nullptr) {
      refuse_hooks(reading_, node_, "whileTrue");
      loop.kind = Loop::Kind::range;  // once, when the condition is left out
      loop.to = 1;
    }
    if (count == nullptr) return true;  // else forever
    const auto text = read_text(reading_, *count, "count");
    if (!text) return false;
    Template compiled = read_template(reading_, *count);
    if (compiled.literal() != nullptr) return read_count(*count, *text, loop);
    loop.kind = Loop::Kind::count;
    loop.count = std::move(compiled);
    return true;
  }

  bool read_over(const YamlNode& over, Loop& loop) {
    loop.kind = Loop::Kind::over;
    if (is_list(over)) {
      for (const YamlNode& item : over.items) loop.elements.push_back(Value::of(to_document(item)));
      return true;
    }
    auto name = read_text(reading_, over, "over");
    if (!name) return false;
    if (name->find("{{") != std::string::npos) {
      faults().fault("over_template", over.place, "over is the name of a variable, not a template",
                     "Leave out the braces; as it is, Artillery runs no step of the loop.");
      std::erase_if(*name, [](char c) { return c == '{' || c == '}' || c == ' '; });
    }
    reading_.names.stand_at(over.place);
    loop.over = reading_.names.variable(*name);
    return true;
  }

  bool is_hook(const YamlNode& condition) const {
    const bool is_name = std::ranges::all_of(condition.text, [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    });
    return is_name && !reading_.names.is_variable(condition.text);
  }

  bool read_while(const YamlNode& condition, Loop& loop) {
    try {
      loop.condition = read_expression(reading_, condition);
    } catch (const Error& error) {
      faults().refuse("expression_syntax", error.location(), error.what(), error.hint());
    }
    loop.kind = Loop::Kind::expression;
    return loop.condition.has_value();
  }

  // 1.5: a second round begins, since one is less.
  static bool read_rounds_number(const std::string& text, Loop& loop) {
    constexpr double kRoundsMax = 9007199254740991;  // Number.MAX_SAFE_INTEGER
    if (trim(text).empty()) return false;
    const double rounds = Value{text}.to_number();
    if (!(std::fabs(rounds) <= kRoundsMax)) return false;
    if (rounds < 0 && rounds != std::trunc(rounds)) return false;
    loop.to = static_cast<std::int64_t>(std::ceil(rounds));
    return true;
  }

  static bool read_rounds_range(const std::string& text, Loop& loop) {
    const char* const end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, loop.from);
    if (failed != std::errc{} || stop == end || *stop != '-') return false;
    const auto [last, wrong] = std::from_chars(stop + 1, end, loop.to);
    return wrong == std::errc{} && last == end;
  }

  // "10", or "2-5" for 2, 3 and 4.
  bool read_count(const YamlNode& node, const std::string& text, Loop& loop) {
    if (!read_rounds_number(text, loop) && !read_rounds_range(text, loop)) {
      faults().refuse("bad_number", node.place,
                      fmt::format("{} is no number of rounds", escape_controls(node.text)),
                      "Write a number, or a range: 1-10.");
      return false;
    }
    if (loop.to == 0 && !node.quoted) {
      faults().fault("endless_loop", node.place, "a count of 0, which Artillery takes for no end",
                     "Remove the loop, or the count when it is to have no end.");
    }
    const bool is_endless = loop.to == -1 || (loop.to == 0 && !node.quoted);
    loop.kind = is_endless ? Loop::Kind::forever : Loop::Kind::range;
    if (loop.kind == Loop::Kind::range && loop.from >= loop.to) {
      faults().fault("never_reached", node.place,
                     fmt::format("a loop of {} rounds", escape_controls(node.text)),
                     "Its steps are never run.");
    }
    return true;
  }

  void read_parallel() {
    const YamlNode& body = *node_.find("parallel");
    if (!require_list(reading_, body, "parallel")) return;
    note_parallel(body);
    Parallel made;
    if (const YamlNode* limit = find_value(node_, "limit")) {
      const double number = read_number(reading_, *limit, "limit").value_or(0);
      if (number >= 1) made.limit = static_cast<std::size_t>(std::min(number, 1e6));
    }
    // Artillery's users have one connection.
    if (reading_.options.strict && reading_.plan.http.pool == 0) made.limit = 1;
    const std::size_t at = program_.size();
    program_.push_back(made);
    for (const YamlNode& item : body.items) {
      const std::size_t begin = program_.size();
      StepReader{reading_, item, program_}.read();
      if (program_.size() > begin) made.branches.emplace_back(begin, program_.size());
    }
    made.end = program_.size();
    program_[at] = std::move(made);
  }

  void note_parallel(const YamlNode& body) {
    if (reading_.plan.http.pool > 0 || reading_.options.strict || body.items.size() < 2) return;
    faults().differs("parallel_without_pool", node_.place,
                     "Artillery sends parallel requests one after another, since a user has one "
                     "connection",
                     "pcx opens more connections for them.");
  }

  Reading& reading_;
  const YamlNode& node_;
  std::vector<Step>& program_;
};

}  // namespace

void read_steps(Reading& reading, const YamlNode& flow, std::vector<Step>& program) {
  for (const YamlNode& item : flow.items) StepReader{reading, item, program}.read();
}

}  // namespace pcx::load
