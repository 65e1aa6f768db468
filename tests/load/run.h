// Whole runs of scripts against a target server.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <gmock/gmock.h>

#include "core/error.h"
#include "load/figures.h"
#include "load/runner.h"
#include "tests/load/plan_of.h"
#include "tests/load/target.h"

namespace pcx::load {

// How often each occurs.
inline std::map<std::string, int> counted(const std::vector<std::string>& lines) {
  std::map<std::string, int> counts;
  for (const std::string& line : lines) ++counts[line];
  return counts;
}

// "localhost" and addresses; no other name is found.
inline std::vector<boost::asio::ip::tcp::endpoint> resolve_near(const http::Url& url) {
  if (!url.host_is_address && url.host != "localhost") {
    throw Error{ErrorCode::unreachable, "no such host: " + url.host}.because("resolve");
  }
  const std::string host = url.host_is_address ? url.host : "127.0.0.1";
  return {{boost::asio::ip::make_address(host), url.port}};
}

class Runs : public ::testing::Test {
 protected:
  Runs() {
    options.script = "script.yml";
    options.seed = 7;
    options.shards = 1;
    options.resolve = resolve_near;
    options.log = [this](const std::string& line) {
      const std::lock_guard lock{mutex_};
      logged.push_back(line);
    };
  }

  // A plan of one flow, see script_of(). Without phases in `config` one user arrives, soon.
  Plan plan(const std::string& flow, const std::string& config = {},
            const ScriptOptions& read = {}) const {
    const bool has_phases = config.find("  phases:") != std::string::npos;
    const std::string phases = has_phases ? "" : users(1);
    return plan_of(script_of(target.url(), phases + config, flow), read);
  }
  // So many of them within a moment.
  static std::string users(int count, const std::string& within = "10ms") {
    return "  phases: [{duration: " + within + ", arrivalCount: " + std::to_string(count) + "}]\n";
  }

  Result run(const Plan& of) { return result = run_load(of, options, interrupt); }
  Result run(const std::string& flow, const std::string& config = {}) {
    return run(plan(flow, config));
  }

  // Of the last run.
  std::int64_t count(const std::string& name) const { return count_of(result.counters, name); }
  // "ECONNRESET: 1", the most frequent first.
  std::string errors() const { return kinds_text(counters_below(result.counters, "errors.")); }
  std::string codes() const { return kinds_text(counters_below(result.counters, "http.codes.")); }

  Target target;
  RunOptions options;
  Interrupt interrupt;
  Result result;
  std::vector<std::string> logged;  // of `log:` steps

 private:
  std::mutex mutex_;
};

}  // namespace pcx::load
