#include "alert/app.h"

#include <cmath>
#include <sys/stat.h>

#include <gmock/gmock.h>

#include "tests/alert/app_rig.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kLogin = "POST /api/v1/auth/login";
const std::string kMetrics = "GET /metrics";

std::string header(const http::Request& request, const std::string& name) {
  for (const http::Header& each : request.headers) {
    if (each.name == name) return each.value;
  }
  return "";
}

class App : public AppRig {
 protected:
  // The requests since the last time, without those of health.
  std::vector<std::string> asked() {
    std::vector<std::string> all = app.asked();
    app.requests.clear();
    std::erase_if(all, [](const std::string& each) { return each.find("/health/") != each.npos; });
    return all;
  }
  std::string failure(const InputSet& inputs, std::string_view input = kAppMetricsInput) const {
    const auto found = inputs.failures().find(std::string{input});
    return found == inputs.failures().end() ? "" : found->second;
  }
};

TEST_F(App, IsAskedForHealthWithoutATokenAndForMetricsWithOne) {
  const InputSet inputs = read();
  EXPECT_THAT(inputs.failures(), IsEmpty());
  EXPECT_THAT(app.asked(), ElementsAre("GET /health/live", "GET /health/ready", kLogin, kMetrics));
  EXPECT_EQ(header(app.requests[0], "Authorization"), "");
  EXPECT_EQ(app.requests[2].body, R"({"email":"admin@example.com","password":"Adm1n/pass\"word"})");
  EXPECT_EQ(header(app.requests[2], "Content-Type"), "application/json");
  EXPECT_EQ(header(app.requests[3], "Authorization"),
            "Bearer " + token_until(clock.wall_now() + kTokenLife));
}

TEST_F(App, SaysWhetherItIsWell) {
  const InputSet inputs = read();
  EXPECT_THAT(values(inputs, "pcx_app_up"), ElementsAre(1));
  EXPECT_THAT(values(inputs, "pcx_app_ready"), ElementsAre(1));
  EXPECT_THAT(inputs.select({.name = "pcx_app_check"}, Time{}),
              ElementsAre(Sample{{{"check", "database"}}, 1}, Sample{{{"check", "redis"}}, 1}));
  EXPECT_THAT(values(inputs, "pcx_app_resident_bytes"), ElementsAre(181403648));
  EXPECT_THAT(inputs.select({.name = "pcx_app_circuit_breaker_state"}, Time{}),
              ElementsAre(Sample{{{"app", "purple-cross-api"}, {"service", "lab"}}, 2}));
}

TEST_F(App, IsUpButNotReadyWithoutItsCache) {
  app.answers["/health/ready"] = {
      {.status = 503,
       .headers = {},
       .body = R"({"status":"not_ready","checks":{"database":true,"redis":false}})"}};
  const InputSet inputs = read();
  EXPECT_THAT(values(inputs, "pcx_app_up"), ElementsAre(1));
  EXPECT_THAT(values(inputs, "pcx_app_ready"), ElementsAre(0));
  EXPECT_THAT(inputs.select({.name = "pcx_app_check"}, Time{}),
              ElementsAre(Sample{{{"check", "database"}}, 1}, Sample{{{"check", "redis"}}, 0}));
}

TEST_F(App, IsNotReadyWhenSomebodyElseAnswers) {
  app.answers["/health/ready"] = {{.status = 200, .headers = {}, .body = "<html>Sign in</html>"}};
  EXPECT_THAT(values(read(), "pcx_app_ready"), ElementsAre(0));
}

TEST_F(App, IsDownAsAValueWhenItCannotBeReached) {
  app.answers.clear();
  const InputSet inputs = read();
  EXPECT_THAT(values(inputs, "pcx_app_up"), ElementsAre(0));
  EXPECT_THAT(values(inputs, "pcx_app_ready"), ElementsAre(0));
  EXPECT_EQ(failure(inputs), "https://api.test does not answer");
  EXPECT_EQ(failure(inputs, kAppInput), "");
  EXPECT_THAT(app.asked(), ElementsAre("GET /health/live"));
  EXPECT_THAT(memory.readings, SizeIs(1));
}

TEST_F(App, KeepsItsTokenUntilItExpires) {
  read();
  EXPECT_THAT(asked(), ElementsAre(kLogin, kMetrics));
  struct stat facts {};
  ASSERT_EQ(stat(config.token_file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  read_after(5min);
  EXPECT_THAT(asked(), ElementsAre(kMetrics));
  read_after(9min + 40s);  // 20 seconds left: not enough for a request
  EXPECT_THAT(asked(), ElementsAre(kLogin, kMetrics));
}

TEST_F(App, LogsInForAnotherAccountOrUrl) {
  read();
  asked();
  folder.write("credentials", "other@example.com\nx\n", 0600);
  read_after(1min);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kMetrics));
}

TEST_F(App, LogsInOnceMoreWhenAKeptTokenIsRefused) {
  read();
  asked();
  app.answers["/metrics"] = {recorded("metrics without token"), metrics({})};
  EXPECT_EQ(failure(read_after(1min)), "");
  EXPECT_THAT(asked(), ElementsAre(kMetrics, kLogin, kMetrics));
}

TEST_F(App, GivesUpWhenANewTokenIsRefused) {
  read();
  asked();
  app.answers["/metrics"] = {recorded("metrics without token")};
  EXPECT_EQ(failure(read_after(1min)), "https://api.test/metrics answered 401: No token provided");
  EXPECT_THAT(asked(), ElementsAre(kMetrics, kLogin, kMetrics));
}

TEST_F(App, SaysThatAnAccountIsNoAdministrator) {
  app.answers["/metrics"] = {recorded("vet reads metrics: 403")};
  const InputSet inputs = read();
  EXPECT_EQ(failure(inputs),
            "https://api.test/metrics answered 403: Forbidden: Insufficient permissions");
  EXPECT_THAT(asked(), ElementsAre(kLogin, kMetrics));
  EXPECT_EQ(error_of([&] { values(inputs, "pcx_app_requests:5m"); }).reason(), "input_failed");
  EXPECT_THAT(values(inputs, "pcx_app_up"), ElementsAre(1));
}

TEST_F(App, TriesARefusedLoginAgainAfterAQuarterOfAnHourOnly) {
  app.answers["/api/v1/auth/login"] = {recorded("wrong password")};
  EXPECT_EQ(failure(read()),
            "https://api.test/api/v1/auth/login answered 401: Invalid email or password");
  std::filesystem::last_write_time(config.credentials_file, std::filesystem::file_time_type::min());
  asked();
  for (int minute = 1; minute < 15; ++minute) {
    EXPECT_THAT(failure(read_after(1min)), HasSubstr("the login was refused at 2026-01-15T12:00"));
  }
  EXPECT_THAT(asked(), IsEmpty());
  read_after(1min);
  EXPECT_THAT(asked(), ElementsAre(kLogin));
}

TEST_F(App, TriesALoginAtOnceWhenTheCredentialsChanged) {
  app.answers["/api/v1/auth/login"] = {recorded("wrong password"),
                                       login(token_until(clock.wall_now() + kTokenLife))};
  read();
  asked();
  // The fake clock is behind: whatever is written now was written later.
  folder.write("credentials", "admin@example.com\nright\n", 0600);
  EXPECT_EQ(failure(read_after(1min)), "");
  EXPECT_THAT(asked(), ElementsAre(kLogin, kMetrics));
}

TEST_F(App, IsNotAskedBeforeItSaid) {
  app.answers["/api/v1/auth/login"] = {recorded("bad login 4")};  // Retry-After: 898
  EXPECT_THAT(failure(read()), HasSubstr("answered 429: Too many authentication attempts"));
  EXPECT_THAT(asked(), ElementsAre(kLogin));
  EXPECT_EQ(failure(read_after(897s)),
            "https://api.test answered 429; it is asked again at 2026-01-15T12:14:58.000Z");
  EXPECT_THAT(asked(), IsEmpty());
  read_after(1s);
  EXPECT_THAT(asked(), ElementsAre(kLogin));
}

TEST_F(App, RemembersAPauseOfMetricsToo) {
  app.answers["/metrics"] = {{.status = 429, .headers = {}, .body = "slow down"}, metrics({})};
  EXPECT_EQ(failure(read()), "https://api.test/metrics answered 429: slow down");
  read_after(59s);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kMetrics));
  EXPECT_EQ(failure(read_after(1s)), "");
  EXPECT_THAT(asked(), ElementsAre(kMetrics));
}

TEST_F(App, NeverTellsAPasswordOrAToken) {
  app.answers["/api/v1/auth/login"] = {
      {.status = 500, .headers = {}, .body = "cannot log in with Adm1n/pass\"word"}};
  EXPECT_THAT(failure(read()), Not(HasSubstr("Adm1n")));
  const std::string token = token_until(clock.wall_now() + kTokenLife);
  app.answers["/api/v1/auth/login"] = {login(token)};
  app.answers["/metrics"] = {{.status = 500, .headers = {}, .body = "bad: " + token}};
  EXPECT_THAT(failure(read_after(1min)), Not(HasSubstr(token)));
  for (const Reading& each : memory.readings) {
    EXPECT_THAT(to_json(each.values), Not(HasSubstr(token.substr(0, 20))));
  }
}

TEST_F(App, FailsWithoutCredentialsForMetricsOnly) {
  config.credentials_file.clear();
  const InputSet inputs = read();
  EXPECT_EQ(failure(inputs), "alert.app has no credentials_file");
  EXPECT_EQ(failure(inputs, kAppInput), "");
  EXPECT_THAT(asked(), IsEmpty());
}

struct Wrong {
  http::Response metrics;
  std::string message;
};

TEST_F(App, FailsForAnswersThatAreNone) {
  const std::vector<Wrong> cases{
      {{.status = 200, .headers = {}, .body = "{}"}, "the last line does not end"},
      {{.status = 200, .headers = {}, .body = "<html>\n"}, "a metric's name was expected"},
      {{.status = 302, .headers = {}, .body = ""}, "answered 302"},
  };
  for (const Wrong& each : cases) {
    app.answers["/metrics"] = {each.metrics};
    EXPECT_THAT(failure(read_after(1min)), HasSubstr(each.message));
  }
  app.answers["/api/v1/auth/login"] = {{.status = 200, .headers = {}, .body = "{\"data\":{}}"}};
  std::filesystem::remove(config.token_file);
  EXPECT_THAT(failure(read_after(1min)), HasSubstr("answered without an access token"));
}

TEST_F(App, FailsForFilesThatOthersMayRead) {
  std::filesystem::permissions(config.credentials_file, std::filesystem::perms{0644});
  EXPECT_THAT(failure(read()), HasSubstr("credentials"));
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(App, EndsWhenItIsInterrupted) {
  const AppTools tools{.connect = [](const AppConfig&) -> std::unique_ptr<http::Transport> {
                         throw Error{ErrorCode::interrupted, "stop"};
                       },
                       .clock = clock};
  InputSet inputs;
  EXPECT_EQ(error_of([&] { read_app(config, tools, memory, inputs); }).code(),
            ErrorCode::interrupted);
}

TEST_F(App, KnowsAllOfItsMetrics) {
  EXPECT_EQ(read().metrics(), app_metrics());
  EXPECT_THAT(app_metrics(), SizeIs(4 * 8 + 5));
  EXPECT_THAT(app_metrics(), Contains("pcx_app_latency_p95_seconds:30m"));
}

}  // namespace
}  // namespace pcx::alert
