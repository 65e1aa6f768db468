// A target server that runs for as long as a test does, and remembers what it was asked.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "load/target_server.h"

namespace pcx::load {

class Target {
 public:
  explicit Target(TargetOptions options = {}) : server_(remembered(std::move(options))) {
    thread_ = std::thread{[this] { server_.run(); }};
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target() {
    server_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return server_.port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  std::int64_t connections() const { return server_.connections(); }
  // As they came, in their order.
  std::vector<std::string> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }
  // "GET /path" of each.
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const std::string& request : requests()) {
      all.push_back(request.substr(0, request.find(" HTTP/")));
    }
    return all;
  }

 private:
  TargetOptions remembered(TargetOptions options) {
    options.on_request = [this](const std::string& request) {
      const std::lock_guard lock{mutex_};
      requests_.push_back(request);
    };
    return options;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  TargetServer server_;
  std::thread thread_;
};

}  // namespace pcx::load
