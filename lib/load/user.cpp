#include "load/user.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "load/capture.h"
#include "load/request_text.h"
#include "load/time_text.h"

namespace pcx::load {

namespace {

// A loop of steps that never wait would stop the shard.
constexpr int kStepsAtOnce = 10'000;

constexpr double kRoundsMax = 1e15;

struct Range {
  std::int64_t from = 0, rounds = 0;
};

std::int64_t whole(double number) {
  return std::isnan(number)
             ? 0
             : static_cast<std::int64_t>(std::clamp(number, -kRoundsMax, kRoundsMax));
}

// As Artillery reads the count of a loop once it is rendered: -1 has no end, "2-5" is 2, 3 and 4,
// and what is no number is no round at all.
Range read_count(const Value& count) {
  if (count.number() == nullptr && count.text() == nullptr) return {};
  const double number = count.to_number();
  if (number == -1) return {.rounds = -1};
  if (!std::isnan(number)) return {.rounds = std::max<std::int64_t>(whole(std::ceil(number)), 0)};
  const std::string_view text = *count.text();
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto side = [](std::string_view digits) {
    return whole(Value{std::string{digits}}.to_number());
  };
  const std::int64_t from = side(text.substr(0, dash));
  return {from, std::max<std::int64_t>(side(text.substr(dash + 1)) - from, 0)};
}

}  // namespace

// --- Branch

Branch::Branch(User& user, Branch* parent, std::size_t begin, std::size_t end)
    : user_(user), parent_(parent), step_(begin), end_(end) {}

Branch::~Branch() = default;

void Branch::run(Instant intended) {
  intended_ = intended;
  is_running_ = true;
  const auto& program = user_.scenario_.program;
  for (int steps = 0; step_ < end_; ++steps) {
    if (steps == kStepsAtOnce) {
      is_running_ = false;
      user_.tools_.exchange.wheel.arm(*this, now());
      return;
    }
    const Next next = do_step(program[step_]);
    if (next == Next::go_on) continue;
    is_running_ = false;
    if (next == Next::stop) user_.fail();
    return;
  }
  is_running_ = false;
  if (parent_ != nullptr) return parent_->on_branch_end(*this);
  user_.end(true);
}

Branch::Next Branch::do_step(const Step& step) {
  struct Visitor {
    Branch& branch;
    Next operator()(const Request& request) const { return branch.operator_request(request); }
    Next operator()(const Think& think) const { return branch.think(think); }
    Next operator()(const Log& log) const {
      branch.user_.tools_.log(log.text.render(branch.user_.scope_));
      ++branch.step_;
      return Next::go_on;
    }
    Next operator()(const Set& set) const {
      std::vector<Value> values;
      for (const auto& [slot, value] : set.variables) {
        values.push_back(value.evaluate(branch.user_.scope_));
      }
      for (std::size_t i = 0; i < values.size(); ++i) {
        branch.user_.variables_[set.variables[i].first] = std::move(values[i]);
      }
      ++branch.step_;
      return Next::go_on;
    }
    Next operator()(const Check& check) const {
      const auto value_of = [&](std::size_t slot) { return branch.user_.variables_[slot]; };
      branch.user_.tools_.exchange.tally.checked(
          check.name, check.condition.evaluate(value_of).is_truthy(), now());
      ++branch.step_;
      return Next::go_on;
    }
    Next operator()(const Loop& loop) const { return branch.enter_loop(loop); }
    Next operator()(const LoopEnd& end) const { return branch.end_round(end); }
    Next operator()(const Parallel& parallel) const { return branch.start_branches(parallel); }
  };
  return std::visit(Visitor{*this}, step);
}

bool Branch::is_wanted(const Request& request) {
  if (request.condition) {
    const auto value_of = [&](std::size_t slot) { return user_.variables_[slot]; };
    if (!request.condition->evaluate(value_of).is_truthy()) return false;
  }
  if (!request.probability) return true;
  // Artillery draws from 0 to 100, both included: 100 is not always then.
  const std::uint64_t bound = user_.tools_.strict ? 101 : 100;
  return user_.random_.below(bound) < static_cast<std::uint64_t>(*request.probability);
}

Branch::Next Branch::operator_request(const Request& request) {
  if (!is_wanted(request)) {
    ++step_;
    return Next::go_on;
  }
  if (!exchange_) {
    exchange_ = std::make_unique<Exchange>(user_.tools_.exchange, *user_.connections_, *this);
  }
  has_outcome_ = false;
  exchange_->begin(request, user_.scope_, user_.jar_, user_.phase_, intended_);
  if (user_.is_over_) return Next::wait;
  return has_outcome_ ? Next::go_on : Next::wait;
}

void Branch::on_outcome(const Exchange::Outcome& outcome) {
  if (user_.is_over_) return;
  const auto& request = std::get<Request>(user_.scenario_.program[step_]);
  if (outcome.answer == nullptr || !accept(request, *outcome.answer)) return user_.fail();
  ++step_;
  has_outcome_ = true;
  if (is_running_) {
    intended_ = now();
    return;
  }
  run(now());
}

bool Branch::accept(const Request& request, const Answer& answer) {
  Tally& tally = user_.tools_.exchange.tally;
  const Plan& plan = user_.tools_.exchange.plan;
  std::string url;  // as it was before the captures
  if (plan.expectations_are_errors) append_script_url(request, user_.scope_, plan.target, url);
  const bool is_captured = capture_all(request, answer, user_.scope_, user_.variables_);
  bool is_expected = true;
  for (const Expectation& expectation : request.expectations) {
    const bool met = is_met(expectation, answer, user_.scope_);
    is_expected = is_expected && met;
    tally.expected(expectation, met, now());
  }
  if (!is_captured) {
    tally.error("Failed capture or match", now());
    return false;
  }
  if (is_expected || !plan.expectations_are_errors) return true;
  tally.error("Failed expectations for request " + url, now());
  return false;
}

Branch::Next Branch::think(const Think& think) {
  const bool strict = user_.tools_.exchange.plan.strict;
  nanoseconds time = think.fixed.value_or(nanoseconds{0});
  if (!think.fixed) {
    time = parse_think(think.time.render(user_.scope_), strict).value_or(nanoseconds{0});
  }
  if (!think.jitter.segments.empty()) {
    const auto spread = parse_jitter(think.jitter.render(user_.scope_), time);
    const double share = 2 * user_.random_.unit() - 1;
    time += nanoseconds{
        std::llround(static_cast<double>(spread.value_or(nanoseconds{0}).count()) * share)};
  }
  ++step_;
  intended_ = user_.tools_.exchange.wheel.arm(*this, now() + std::max(time, nanoseconds{0}));
  return Next::wait;
}

void Branch::on_time() {
  if (!user_.is_over_) run(intended_);
}

Branch::Next Branch::enter_loop(const Loop& loop) {
  LoopFrame frame{.step = step_, .elements = nullptr};
  switch (loop.kind) {
    case Loop::Kind::count: {
      const Range range = read_count(loop.count.evaluate(user_.scope_));
      frame.from = range.from;
      frame.rounds = range.rounds;
      break;
    }
    case Loop::Kind::range: {
      frame.from = loop.from;
      frame.rounds = std::max<std::int64_t>(loop.to - loop.from, 0);
      break;
    }
    case Loop::Kind::over: {
      std::vector<Value> elements = loop.elements;
      if (loop.over) {
        const Value list = user_.variables_[loop.over->slot].at(loop.over->path);
        if (list.tree() != nullptr && list.tree()->is_array()) {
          for (const Document& item : list.tree()->items()) elements.push_back(Value::of(item));
        }
      }
      frame.rounds = static_cast<std::int64_t>(elements.size());
      frame.elements = std::make_shared<const std::vector<Value>>(std::move(elements));
      break;
    }
    case Loop::Kind::forever:
    case Loop::Kind::expression: break;
  }
  if (!begin_round(loop, frame)) {
    step_ = loop.end + 1;
    return Next::go_on;
  }
  loops_.push_back(std::move(frame));
  ++step_;
  return Next::go_on;
}

// False: there are no more. The variables are set all the same, as Artillery leaves them.
bool Branch::begin_round(const Loop& loop, LoopFrame& frame) {
  // Artillery adds 1 to whatever the steps, an inner loop perhaps, have left in it.
  Value& counter = user_.variables_[loop.value];
  const bool goes_on = user_.tools_.strict && frame.done > 0;
  counter = goes_on ? counter.to_number() + 1 : static_cast<double>(frame.from + frame.done);
  const auto round = static_cast<std::size_t>(frame.done);
  if (frame.elements) {
    user_.variables_[loop.element] =
        round < frame.elements->size() ? (*frame.elements)[round] : Value{};
  }
  if (frame.rounds >= 0 && frame.done >= frame.rounds) return false;
  if (!loop.condition) return true;
  const auto value_of = [&](std::size_t slot) { return user_.variables_[slot]; };
  return loop.condition->evaluate(value_of).is_truthy();
}

Branch::Next Branch::end_round(const LoopEnd& end) {
  const auto& loop = std::get<Loop>(user_.scenario_.program[end.begin]);
  LoopFrame& frame = loops_.back();
  ++frame.done;
  if (begin_round(loop, frame)) {
    step_ = end.begin + 1;
  } else {
    loops_.pop_back();
    ++step_;
  }
  return Next::go_on;
}

Branch::Next Branch::start_branches(const Parallel& parallel) {
  parallel_ = &parallel;
  next_branch_ = 0;
  finished_.clear();
  start_more_branches();
  if (user_.is_over_) return Next::wait;
  return parallel_ == nullptr ? Next::go_on : Next::wait;
}

void Branch::start_more_branches() {
  is_starting_ = true;
  while (parallel_ != nullptr && next_branch_ < parallel_->branches.size() &&
         branches_.size() < parallel_->limit) {
    const auto [begin, end] = parallel_->branches[next_branch_++];
    branches_.push_back(std::make_unique<Branch>(user_, this, begin, end));
    Branch& branch = *branches_.back();
    branch.run(intended_);
    if (user_.is_over_) return;
  }
  is_starting_ = false;
}

void Branch::on_branch_end(Branch& branch) {
  const auto place = std::find_if(branches_.begin(), branches_.end(),
                                  [&](const auto& one) { return one.get() == &branch; });
  finished_.push_back(std::move(*place));  // it is still on the stack
  branches_.erase(place);
  if (next_branch_ == parallel_->branches.size() && branches_.empty()) {
    step_ = parallel_->end;
    parallel_ = nullptr;
  }
  if (is_running_ || is_starting_) return;
  if (parallel_ != nullptr) start_more_branches();
  if (parallel_ == nullptr && !user_.is_over_) run(now());
}

// --- User

User::User(const UserTools& tools, Owner& owner, std::unique_ptr<Connections> connections,
           const Scenario& scenario, std::size_t phase, std::uint64_t seed,
           std::vector<Value> variables)
    : tools_(tools),
      owner_(owner),
      connections_(std::move(connections)),
      scenario_(scenario),
      phase_(phase),
      random_(seed),
      variables_(std::move(variables)),
      scope_{variables_, random_, tools.exchange.wall_now},
      main_(std::make_unique<Branch>(*this, nullptr, 0, scenario.program.size())) {}

void User::start(Instant intended) {
  began_ = now();
  main_->run(intended);
}

void User::fail() { end(false); }

void User::end(bool completed) {
  if (std::exchange(is_over_, true)) return;
  owner_.on_user_end(*this, completed);
}

void User::abort() { is_over_ = true; }

}  // namespace pcx::load
