// A virtual user: its variables, its cookies, and where it is in its scenario. An explicit program
// counter instead of a stack: a user who thinks is a few hundred bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/random.h"
#include "load/exchange.h"

namespace pcx::load {

// What users of a shard share, besides what exchanges do.
struct UserTools {
  ExchangeTools& exchange;
  std::function<void(const std::string& line)> log;  // of `log:` steps
  bool strict = false;                               // --artillery-strict
};

class User;

// One line of execution: the user's own, or a branch of a `parallel`.
class Branch : public Exchange::Owner, public Timer {
 public:
  // `parent`: nullptr for the user's own.
  Branch(User& user, Branch* parent, std::size_t begin, std::size_t end);
  ~Branch() override;

  // Goes on until it has to wait, or is at its end.
  void run(Instant intended);

 private:
  struct LoopFrame {
    std::size_t step = 0;
    std::int64_t done = 0;     // rounds
    std::int64_t rounds = -1;  // -1: without end
    std::int64_t from = 0;     // what $loopCount begins with
    std::shared_ptr<const std::vector<Value>> elements;
  };
  enum class Next { go_on, wait, stop };

  void on_outcome(const Exchange::Outcome& outcome) override;
  void on_time() override;

  Next do_step(const Step& step);
  Next operator_request(const Request& request);
  Next think(const Think& think);
  Next enter_loop(const Loop& loop);
  Next end_round(const LoopEnd& end);
  bool begin_round(const Loop& loop, LoopFrame& frame);
  Next start_branches(const Parallel& parallel);
  void start_more_branches();
  void on_branch_end(Branch& branch);
  bool accept(const Request& request, const Answer& answer);
  bool is_wanted(const Request& request);

  friend class User;
  User& user_;
  Branch* parent_;
  std::size_t step_, end_;
  Instant intended_{};
  std::vector<LoopFrame> loops_;
  std::unique_ptr<Exchange> exchange_;
  bool is_running_ = false;  // in run(): what comes at once is met there
  bool has_outcome_ = false;
  // Of a parallel step under way.
  const Parallel* parallel_ = nullptr;
  std::size_t next_branch_ = 0;
  bool is_starting_ = false;  // in start_more_branches(): ends that come at once are met there
  std::vector<std::unique_ptr<Branch>> branches_, finished_;
};

class User {
 public:
  // Told once, when it is over; may destroy the user afterwards, not during the call.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_user_end(User& user, bool completed) = 0;
  };

  User(const UserTools& tools, Owner& owner, std::unique_ptr<Connections> connections,
       const Scenario& scenario, std::size_t phase, std::uint64_t seed,
       std::vector<Value> variables);

  void start(Instant intended);
  // Ends it without an end of its own.
  void abort();
  Instant began() const { return began_; }
  const std::vector<Value>& variables() const { return variables_; }

 private:
  friend class Branch;
  void fail();
  void end(bool completed);

  const UserTools& tools_;
  Owner& owner_;
  std::unique_ptr<Connections> connections_;
  const Scenario& scenario_;
  std::size_t phase_;
  SeededRandom random_;
  std::vector<Value> variables_;
  Scope scope_;
  CookieJar jar_;
  Instant began_{};
  bool is_over_ = false;
  std::unique_ptr<Branch> main_;
};

}  // namespace pcx::load
