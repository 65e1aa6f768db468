// An application that answers as it was recorded, and whoever asks it.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "alert/app.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"
#include "tests/support/data.h"
#include "tests/support/errors.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {

// An answer of tests/data/alert/app-answers.jsonl.
inline http::Response recorded(const std::string& note) {
  for (const std::string& line :
       split(read_file(testing::data_path("alert/app-answers.jsonl")), '\n')) {
    if (line.empty()) continue;
    const Document found = parse_json(line, "app-answers.jsonl");
    if (*found.find("note")->text() != note) continue;
    http::Response response;
    response.status = static_cast<int>(std::get<std::int64_t>(found.find("status")->scalar()));
    for (const auto& [name, value] : found.find("headers")->members()) {
      response.headers.push_back({name, *value.text()});
    }
    response.body = to_json(*found.find("response"));
    return response;
  }
  throw std::runtime_error{"no such recording: " + note};
}

// A token as the application makes it, which ends at `expires_at`.
inline std::string token_until(Time expires_at, const std::string& salt = "a") {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(expires_at.time_since_epoch());
  const auto part = [](const std::string& text) {
    return crypto::to_base64url(crypto::bytes_of(text));
  };
  return part(R"({"alg":"HS256","typ":"JWT"})") + "." +
         part(fmt::format(R"({{"userId":"{}","role":"ADMIN","exp":{}}})", salt, seconds.count())) +
         "." + part("signature");
}

// What a process of the application has counted.
struct Counted {
  double ok = 0, failed = 0;
  std::map<std::string, double> buckets;  // `le` to its count
  std::int64_t began = 1'000'000;
};

inline std::string metrics_text(const Counted& counted) {
  const std::string app = "app=\"purple-cross-api\"";
  std::string text = fmt::format("process_start_time_seconds{{{}}} {}\n", app, counted.began);
  text += fmt::format("process_resident_memory_bytes{{{}}} 181403648\n", app);
  const auto requests = [&](const char* status, double count) {
    text +=
        fmt::format("http_requests_total{{method=\"GET\",route=\"/\",status_code=\"{}\",{}}} {}\n",
                    status, app, count);
  };
  requests("200", counted.ok);
  requests("500", counted.failed);
  for (const auto& [bound, count] : counted.buckets) {
    text += fmt::format("http_request_duration_seconds_bucket{{le=\"{}\",method=\"GET\",{}}} {}\n",
                        bound, app, count);
  }
  return text + fmt::format("circuit_breaker_state{{service=\"lab\",{}}} 2\n", app);
}

// Answers by path, in turn; the last one of a path for ever. Without any it cannot be reached.
class FakeApp final : public http::Transport {
 public:
  http::Response send(const http::Request& request) override {
    requests.push_back(request);
    const std::string path = request.url.substr(std::string{"https://api.test"}.size());
    auto& queue = answers[path];
    if (queue.empty()) throw Error{ErrorCode::unreachable, "https://api.test:443: connect"};
    const http::Response response = queue.front();
    if (queue.size() > 1) queue.pop_front();
    return response;
  }

  std::vector<std::string> asked() const {
    std::vector<std::string> all;
    for (const http::Request& each : requests) {
      all.push_back(each.method + " " + each.url.substr(std::string{"https://api.test"}.size()));
    }
    return all;
  }

  std::map<std::string, std::deque<http::Response>> answers;
  std::vector<http::Request> requests;
};

class AppRig : public ::testing::Test {
 protected:
  AppRig() {
    config.url = "https://api.test";
    config.credentials_file =
        folder.write("credentials", "admin@example.com\nAdm1n/pass\"word\n", 0600);
    config.token_file = folder.path() / "token";
    app.answers["/health/live"] = {recorded("live")};
    app.answers["/health/ready"] = {recorded("ready")};
    app.answers["/metrics"] = {metrics({})};
    app.answers["/api/v1/auth/login"] = {login(token_until(clock.wall_now() + kTokenLife))};
  }

  static http::Response metrics(const Counted& counted) {
    return {.status = 200, .headers = {}, .body = metrics_text(counted)};
  }

  // The recorded answer with a token in its place.
  static http::Response login(const std::string& token) {
    http::Response response = recorded("login");
    const std::size_t place = response.body.find("<jwt>");
    response.body.replace(place, 5, token);
    return response;
  }

  InputSet read() {
    InputSet inputs;
    const AppTools tools{.connect = [this](const AppConfig&) { return connect(); }, .clock = clock};
    read_app(config, tools, memory, inputs);
    return inputs;
  }
  InputSet read_after(std::chrono::milliseconds pause) {
    clock.advance(pause);
    return read();
  }

  // The values of a metric's samples.
  static std::vector<double> values(const InputSet& inputs, const std::string& metric) {
    std::vector<double> found;
    for (const Sample& each : inputs.select({.name = metric}, Time{})) found.push_back(each.value);
    return found;
  }

  static constexpr std::chrono::minutes kTokenLife{15};

  testing::TemporaryFolder folder;
  testing::FakeClock clock;
  FakeApp app;
  AppConfig config;
  Memory memory;

 private:
  // The application outlives each connection to it.
  class Connection final : public http::Transport {
   public:
    explicit Connection(FakeApp& app) : app_(app) {}
    http::Response send(const http::Request& request) override { return app_.send(request); }

   private:
    FakeApp& app_;
  };
  std::unique_ptr<http::Transport> connect() { return std::make_unique<Connection>(app); }
};

}  // namespace pcx::alert
