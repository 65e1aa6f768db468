#include "load/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"
#include "load/arrivals.h"
#include "tests/support/data.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Time now() { return Time{std::chrono::milliseconds{1'769'860'800'123}}; }

class Script : public ::testing::Test {
 protected:
  const Plan& read(std::string_view text) { return read_file(folder_.write("script.yml", text)); }
  const Plan& read_file(const std::filesystem::path& file) {
    read_ = read_script(file, options_, environment_);
    plan_ = &read_.plan;
    return *plan_;
  }
  // A config and the steps of one flow.
  const Plan& read(const std::string& config, const std::string& flow) {
    return read("config:\n  target: http://a.test\n" + config + "scenarios:\n  - flow:\n" + flow);
  }

  std::string render(const Template& text) {
    return text.render({values_of_users(), random_, now});
  }
  std::string render(const JsonTemplate& json) {
    std::string out;
    json.append({values_of_users(), random_, now}, out);
    return out;
  }
  // What users begin with; values of lists are the first.
  const std::vector<Value>& values_of_users() {
    values_.assign(plan_->variables.size(), Value{});
    for (const auto& [slot, values] : plan_->initial) values_[slot] = values.front();
    return values_;
  }
  const Request& request(std::size_t step, std::size_t scenario = 0) {
    return std::get<Request>(plan_->scenarios.at(scenario).program.at(step));
  }
  std::string header(const Request& request, std::string_view name) {
    for (const HeaderTemplate& header : request.headers) {
      if (header.name == name) return render(header.value);
    }
    return "none";
  }
  std::vector<std::string> rules() const {
    std::vector<std::string> all;
    for (const Fault& fault : read_.faults) all.push_back(fault.rule);
    return all;
  }

  pcx::testing::TemporaryFolder folder_;
  ScriptOptions options_;
  MapEnvironment environment_{{{"HOST", "env.test"}, {"RATE", "7"}}};
  SeededRandom random_{1};
  ReadScript read_;
  const Plan* plan_ = nullptr;
  std::vector<Value> values_;
};

TEST_F(Script, OfTheGuideIsReadUnchanged) {
  const Plan& plan = read_file(pcx::testing::data_path("load/clean/guide.yml"));
  EXPECT_THAT(rules(), IsEmpty());
  EXPECT_EQ(plan.target, "http://localhost:3000");
  EXPECT_THAT(planned_users(plan.phases, 0, {}), ElementsAre(600, 6000, 6000));
  EXPECT_EQ(plan.phases[2].name, "Spike test");
  ASSERT_EQ(plan.scenarios.size(), 1u);
  EXPECT_EQ(plan.scenarios[0].name, "Patient CRUD operations");
  ASSERT_EQ(plan.scenarios[0].program.size(), 4u);
  const Request& create = request(0);
  EXPECT_EQ(create.method, "POST");
  EXPECT_EQ(render(create.url), "/api/v1/patients");
  EXPECT_EQ(render(std::get<JsonBody>(create.body).json),
            R"({"name":"Test Patient","species":"Dog"})");
  EXPECT_EQ(header(create, "content-type"), "application/json");
  EXPECT_EQ(header(create, "user-agent"), "Artillery (https://artillery.io)");
  ASSERT_EQ(create.captures.size(), 1u);
  EXPECT_EQ(plan.variables[create.captures[0].as], "patientId");
  EXPECT_TRUE(create.captures[0].strict);
  EXPECT_EQ(request(1).url.segments.size(), 2u);
  EXPECT_EQ(std::get<Variable>(request(1).url.segments[1]).slot, create.captures[0].as);
  EXPECT_EQ(plan.endpoints[request(1).endpoint].name, "/api/v1/patients/{{ patientId }}");
  EXPECT_EQ(request(3).method, "DELETE");
  EXPECT_EQ(plan.digest.size(), 64u);
}

TEST_F(Script, IsReadWhole) {
  const Plan& plan = read_file(pcx::testing::data_path("load/clean/login.yml"));
  EXPECT_THAT(rules(), ElementsAre("pcx_function"));
  EXPECT_EQ(plan.target, "https://api.example.org");
  ASSERT_EQ(plan.phases.size(), 4u);
  EXPECT_EQ(plan.phases[0].duration, 1min);
  EXPECT_EQ(plan.phases[0].rate_at_end, 10);
  EXPECT_TRUE(plan.phases[1].is_pause);
  EXPECT_EQ(plan.phases[2].users_max, 100);
  EXPECT_EQ(plan.phases[3].count, 20);
  EXPECT_EQ(plan.http.timeout, 30s);
  EXPECT_EQ(plan.http.pool, 10u);
  EXPECT_FALSE(plan.http.tls.verify);
  EXPECT_TRUE(plan.expectations_are_errors);
  EXPECT_EQ(plan.apdex, 100ms);
  EXPECT_EQ(plan.ensure.thresholds.size(), 2u);
  EXPECT_THAT(plan.ensure.metrics, ElementsAre("http.codes.200", "vusers.failed"));
  EXPECT_FALSE(plan.ensure.conditions[0].strict);
  EXPECT_EQ(plan.ensure.error_rate_max, 0.1);
  ASSERT_EQ(plan.payloads.size(), 1u);
  EXPECT_EQ(*plan.payloads[0].rows[0][1].text(), "007");
  EXPECT_TRUE(plan.payloads[0].in_sequence);
  ASSERT_TRUE(plan.before && plan.after);
  EXPECT_EQ(plan.scenarios[0].weight, 3u);
}

TEST_F(Script, ProgramsHaveLoopsAndBranches) {
  using Range = std::pair<std::size_t, std::size_t>;
  const Plan& plan = read_file(pcx::testing::data_path("load/clean/login.yml"));
  const auto& program = plan.scenarios[1].program;
  const Loop& loop = std::get<Loop>(program[1]);
  EXPECT_EQ(loop.kind, Loop::Kind::over);
  EXPECT_EQ(loop.end, 3u);
  EXPECT_EQ(std::get<LoopEnd>(program[3]).begin, 1u);
  EXPECT_TRUE(std::get<Request>(program[2]).condition);
  EXPECT_EQ(std::get<Think>(program[4]).fixed, 2s);
  EXPECT_EQ(*std::get<Think>(program[4]).jitter.literal(), "20%");
  EXPECT_EQ(request(6, 1).probability, 50);
  const Parallel& parallel = std::get<Parallel>(program[7]);
  EXPECT_EQ(parallel.limit, 2u);
  EXPECT_THAT(parallel.branches, ElementsAre(Range{8, 9}, Range{9, 10}));
  EXPECT_EQ(parallel.end, 10u);
  EXPECT_FALSE(std::get<Request>(program[8]).follow_redirects);
  const Request& last = std::get<Request>(program[10]);
  EXPECT_EQ(render(last.basic_auth->first), "admin");
  EXPECT_EQ(last.query[0].first, "force");
  EXPECT_EQ(render(last.query[0].second), "true");
  EXPECT_EQ(plan.variables[std::get<Variable>(last.cookies[0].second.segments[0]).slot], "$uuid");
}

TEST_F(Script, RendersJsonWithTypes) {
  read_file(pcx::testing::data_path("load/clean/login.yml"));
  const std::string body = render(std::get<JsonBody>(request(6, 1).body).json);
  EXPECT_THAT(body, ::testing::MatchesRegex(
                        R"(\{"name":"undefined of Purple Cross","clinicId":7,"species":"dog",)"
                        R"("visits":\[1,2\.5,"3",null,true\],"token":"[A-Za-z0-9]{8}-[1-9]"\})"));
}

TEST_F(Script, PutsMembersInTheOrderOfJavaScript) {
  read("", "      - post: {url: /, json: {b: 1, '10': 2, a: {}, '2': [], 'x{{ $uuid }}': 3}}\n");
  EXPECT_EQ(render(std::get<JsonBody>(request(0).body).json),
            R"({"2":[],"10":2,"b":1,"a":{},"xundefined":3})");
}

TEST_F(Script, ReadsOtherBodies) {
  folder_.write("pet.png", "PNG");
  read("",
       "      - post: {url: /, form: {a: 1, b: [x, 2], c: 'd e'}}\n"
       "      - put: {url: /, body: 'a {{ $uuid }}'}\n"
       "      - post:\n"
       "          url: /\n"
       "          formData:\n"
       "            plain: text\n"
       "            file: {fromFile: pet.png}\n"
       "            typed: {value: 5, contentType: text/x}\n");
  EXPECT_THAT(rules(), IsEmpty());
  const auto& form = std::get<FormBody>(request(0).body).fields;
  EXPECT_EQ(render(form[1].second), "x,2");
  EXPECT_EQ(header(request(0), "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header(request(1), "content-type"), "none");
  const auto& parts = std::get<MultipartBody>(request(2).body).parts;
  EXPECT_EQ(render(parts[0].value), "text");
  EXPECT_EQ(render(parts[1].value), "PNG");
  EXPECT_EQ(parts[1].filename, "pet.png");
  EXPECT_EQ(parts[1].content_type, "image/png");
  EXPECT_EQ(render(parts[2].value), "5");
  EXPECT_EQ(parts[2].content_type, "text/x");
}

TEST_F(Script, TakesHeadersOverDefaults) {
  read("  http: {defaults: {headers: {X-A: 1, X-B: 2}}}\n",
       "      - get: {url: /, headers: {x-b: 3, X-C: true}}\n");
  EXPECT_EQ(header(request(0), "x-a"), "1");
  EXPECT_EQ(header(request(0), "x-b"), "3");
  EXPECT_EQ(header(request(0), "x-c"), "true");
  EXPECT_EQ(header(request(0), "user-agent"), "got (https://github.com/sindresorhus/got)");
  EXPECT_EQ(request(0).headers.size(), 4u);
}

constexpr const char* kEnvironments = R"(config:
  target: http://base.test
  phases:
    - {duration: 1, arrivalRate: 1}
    - {duration: 2, arrivalRate: 2}
  environments:
    short:
      target: http://short.test
      phases: [{arrivalRate: 9, duration: 9}]
scenarios:
  - flow: [{get: {url: /}}]
)";

TEST_F(Script, LaysAnEnvironmentOver) {
  options_.environment = "short";
  const Plan& plan = read(kEnvironments);
  EXPECT_EQ(plan.target, "http://short.test");
  EXPECT_THAT(planned_users(plan.phases, 0, {}), ElementsAre(81));
  EXPECT_THAT(rules(), ElementsAre("environment_phases"));
  EXPECT_EQ(plan.environment, "short");
}

TEST_F(Script, MergesPhasesByIndexWhenStrict) {
  options_.environment = "short";
  options_.strict = true;
  EXPECT_THAT(planned_users(read(kEnvironments).phases, 0, {}), ElementsAre(81, 4));
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(Script, RefusesAnUnknownEnvironment) {
  options_.environment = "shrot";
  read(kEnvironments);
  ASSERT_THAT(rules(), ElementsAre("unknown_environment"));
  EXPECT_EQ(read_.faults[0].hint, "Did you mean \"short\"?");
}

TEST_F(Script, ListensToTheCommandLine) {
  options_.target = "http://t.test";
  options_.insecure = true;
  options_.overrides = parse_json(R"({"config":{"phases":[{"duration":3,"arrivalRate":1}]}})", "o");
  options_.variables = parse_json(R"({"who":"Rex","n":5})", "v");
  const Plan& plan = read(
      "config:\n"
      "  target: http://base.test\n"
      "  variables: {who: nobody, greeting: 'hi {{ who }}'}\n"
      "  phases: [{duration: 1, arrivalRate: 1}, {pause: 1}]\n"
      "scenarios:\n"
      "  - flow:\n"
      "      - post: {url: '/{{ who }}/{{ greeting }}', json: ['{{ n }}']}\n");
  EXPECT_THAT(rules(), IsEmpty());
  EXPECT_EQ(plan.target, "http://t.test");
  EXPECT_FALSE(plan.http.tls.verify);
  EXPECT_EQ(plan.phases.size(), 1u);
  EXPECT_EQ(render(request(0).url), "/Rex/hi Rex");
  EXPECT_EQ(render(std::get<JsonBody>(request(0).body).json), "[5]");
}

TEST_F(Script, KnowsTheEnvironmentOfTheProcess) {
  options_.dotenv = {{"TOKEN", "dot"}, {"HOST", "dotenv.test"}};
  const Plan& plan = read(
      "config:\n"
      "  target: 'http://{{ $processEnvironment.HOST }}'\n"
      "  phases: [{duration: 2, arrivalRate: '{{ $env.RATE }}'}]\n"
      "scenarios:\n"
      "  - flow:\n"
      "      - get: {url: \"/{{ $env.TOKEN }}/{{ target }}/{{ $environment }}\"}\n");
  EXPECT_EQ(plan.target, "http://env.test");
  EXPECT_EQ(plan.phases[0].rate, 7);
  EXPECT_EQ(*request(0).url.literal(), "/dot/http://env.test/undefined");
}

TEST_F(Script, IsSeveralFilesOneOverTheOther) {
  folder_.write("data/u.csv", "Rex\n");
  const auto base = folder_.write("data/base.yml",
                                  "config:\n  target: http://a.test\n"
                                  "  phases: [{duration: 1, arrivalRate: 5}]\n"
                                  "  payload: {path: u.csv, fields: [pet]}\n");
  const auto flows = folder_.write("flows.yml",
                                   "config:\n  phases: [{arrivalRate: 7}]\nscenarios:\n"
                                   "  - flow:\n      - gett: {url: '/{{ pet }}'}\n"
                                   "      - get: {url: '/{{ pet }}'}\n");
  read_ = read_script({base, flows}, options_, environment_);
  plan_ = &read_.plan;
  EXPECT_THAT(rules(), ElementsAre("unknown_method"));
  EXPECT_EQ(to_string(read_.faults[0].place), flows.native() + ":5:9");
  EXPECT_EQ(plan_->target, "http://a.test");
  EXPECT_EQ(plan_->phases[0].rate, 7);
  EXPECT_EQ(plan_->payloads[0].rows.size(), 1u);
}

TEST_F(Script, TakesAPayloadOfTheCommandLine) {
  const std::string flow = "      - get: {url: '/{{ pet }}'}\n";
  options_.payload = folder_.write("elsewhere/u.csv", "Rex\nMia\n");
  const Plan& plan = read("  payload: {path: missing.csv, fields: [pet]}\n", flow);
  EXPECT_THAT(rules(), IsEmpty());
  EXPECT_EQ(plan.payloads[0].rows.size(), 2u);
  read("  payload: [{path: a.csv, fields: [pet]}]\n", flow);
  EXPECT_THAT(rules(), ElementsAre("payload_option", "missing_file", "variable_never_set"));
  read("  variables: {pet: Rex}\n", flow);
  EXPECT_THAT(rules(), ElementsAre("payload_option"));
}

TEST_F(Script, VariablesGoBeforeConstants) {
  read("  variables: {target: mine}\n", "      - get: {url: '/{{ target }}'}\n");
  EXPECT_EQ(render(request(0).url), "/mine");
}

TEST_F(Script, GivesUsersWhatTheyBeginWith) {
  folder_.write("u.csv", "a,1\nb,2\n");
  const Plan& plan = read(
      "  variables: {list: [x, y], tree: {a: [1]}, unused: 1}\n"
      "  payload:\n"
      "    - {path: u.csv, fields: [name, n]}\n"
      "    - {path: u.csv, loadAll: true, name: all, fields: [name, n]}\n",
      "      - get: {url: '/{{ list }}{{ tree.a[0] }}{{ all[1].name }}'}\n"
      "      - get: {url: '/{{ name }}{{ n }}'}\n");
  EXPECT_THAT(rules(), ElementsAre("variable_never_used"));
  EXPECT_EQ(render(request(0).url), "/x1b");
  EXPECT_EQ(plan.initial.size(), 3u);
  ASSERT_EQ(plan.payloads.size(), 1u);
  EXPECT_EQ(plan.payloads[0].fields.size(), 2u);
  EXPECT_EQ(*plan.payloads[0].rows[1][1].number(), 2);
  EXPECT_FALSE(plan.payloads[0].in_sequence);
}

TEST_F(Script, HasOneUserWithoutPhasesOrAlone) {
  EXPECT_THAT(planned_users(read("", "      - get: {url: /}\n").phases, 0, {}), ElementsAre(1));
  options_.solo = true;
  EXPECT_THAT(planned_users(read(kEnvironments).phases, 0, {}), ElementsAre(1));
}

TEST_F(Script, ChoosesOneScenario) {
  const std::string text =
      "config: {target: http://a.test}\n"
      "scenarios:\n"
      "  - {name: one, flow: [{get: {url: /1}}]}\n"
      "  - {name: two, flow: [{get: {url: /2}}]}\n";
  options_.scenario_name = "two";
  EXPECT_EQ(read(text).scenarios.size(), 1u);
  EXPECT_EQ(render(request(0).url), "/2");
  options_.scenario_name = "^on";
  EXPECT_EQ(read(text).scenarios[0].name, "one");
  options_.scenario_name = "o";
  read(text);
  EXPECT_THAT(rules(), ElementsAre("scenario_name"));
}

TEST_F(Script, NamesEndpoints) {
  const Plan& plan = read("",
                          "      - get: {url: '/a?b=1#c', name: first}\n"
                          "      - get: {url: 'http://a.test/a%20b'}\n"
                          "      - get: {url: 'http://b.test:8080/x'}\n"
                          "      - get: {url: 'http://b.test'}\n"
                          "      - post: {url: '/a', name: first}\n");
  std::vector<std::string> names;
  for (const Endpoint& endpoint : plan.endpoints) names.push_back(endpoint.name);
  EXPECT_THAT(names, ElementsAre("/a (first)", "/a b", "b.test:8080/x", "b.test/"));
  EXPECT_EQ(request(4).endpoint, 0u);
}

TEST_F(Script, ReadsLoops) {
  read("  variables: {n: 3}\n",
       "      - {loop: [{think: 1}], count: 4}\n"
       "      - {loop: [{think: 1}], count: '2-5'}\n"
       "      - {loop: [{think: 1}], count: '{{ n }}'}\n"
       "      - {loop: [{think: 1}], count: -1}\n"
       "      - {loop: [{get: {url: '/{{ it }}'}}], over: [a, 2], "
       "loopElement: it, loopValue: i}\n"
       "      - {loop: [{think: 1}], whileTrue: 'n > 1'}\n"
       "      - {loop: [{think: 1}], count: 1.5}\n"
       "      - {loop: [{think: 1}], count: '1e2'}\n");
  EXPECT_THAT(rules(), IsEmpty());
  const auto& program = plan_->scenarios[0].program;
  const auto loop = [&](std::size_t i) { return std::get<Loop>(program[i * 3]); };
  EXPECT_EQ(loop(0).kind, Loop::Kind::range);
  EXPECT_EQ(loop(0).to, 4);
  EXPECT_EQ(loop(1).from, 2);
  EXPECT_EQ(loop(1).to, 5);
  EXPECT_EQ(loop(2).kind, Loop::Kind::count);
  EXPECT_EQ(loop(3).kind, Loop::Kind::forever);
  EXPECT_EQ(loop(6).kind, Loop::Kind::range);
  EXPECT_EQ(loop(6).to, 2);
  EXPECT_EQ(loop(7).to, 100);
  EXPECT_EQ(loop(4).elements.size(), 2u);
  EXPECT_EQ(plan_->variables[loop(4).element], "it");
  EXPECT_EQ(plan_->variables[loop(4).value], "i");
  EXPECT_EQ(loop(5).kind, Loop::Kind::expression);
}

TEST_F(Script, ReadsStepsOfItsOwn) {
  read("",
       "      - set: {id: '{{ $randomInt(5, 5) }}', twice: '{{ id }}{{ id }}'}\n"
       "      - check: {name: is right, condition: 'twice == 55'}\n"
       "      - check: id > 1\n");
  EXPECT_THAT(rules(), ElementsAre("pcx_function"));
  const auto& program = plan_->scenarios[0].program;
  EXPECT_EQ(std::get<Set>(program[0]).variables.size(), 2u);
  EXPECT_EQ(std::get<Check>(program[1]).name, "is right");
  EXPECT_EQ(std::get<Check>(program[2]).name, "id > 1");
}

TEST_F(Script, FollowsArtilleryWhenStrict) {
  options_.strict = true;
  read(
      "  variables: {v: 1}\n"
      "  http: {defaults: {headers: {x: 'd-{{ v }}'}}}\n"
      "  ensure: {p95: 1}\n",
      "      - get: {url: '/?a=1', qs: {b: 2}, expect: {statusCode: 200}}\n"
      "      - think: 0.5\n"
      "      - get: {url: '/{{ v }}{{ $timestamp }}'}\n");
  EXPECT_EQ(header(request(0), "x"), "d-undefined");
  EXPECT_EQ(render(request(0).url), "/");
  EXPECT_THAT(request(0).expectations, IsEmpty());
  EXPECT_THAT(plan_->ensure.thresholds, IsEmpty());
  EXPECT_EQ(std::get<Think>(plan_->scenarios[0].program[1]).fixed, 1ms);
  EXPECT_EQ(render(request(2).url), "/1undefined");
  EXPECT_TRUE(plan_->strict);
}

TEST_F(Script, DoesWhatWasMeantOtherwise) {
  read(
      "  variables: {v: 1}\n"
      "  http: {defaults: {headers: {x: 'd-{{ v }}'}}}\n"
      "  ensure: {p95: 1}\n",
      "      - get: {url: '/?a=1', qs: {b: 2}, expect: {statusCode: 200}}\n"
      "      - think: 0.5\n");
  EXPECT_EQ(header(request(0), "x"), "d-1");
  EXPECT_EQ(render(request(0).url), "/?a=1");
  EXPECT_EQ(request(0).expectations.size(), 1u);
  EXPECT_EQ(plan_->ensure.thresholds[0].metric, "http.response_time.p95");
  EXPECT_EQ(std::get<Think>(plan_->scenarios[0].program[1]).fixed, 500ms);
  EXPECT_THAT(rules(), ElementsAre("default_headers", "ensure_without_plugin", "qs_replaces_query",
                                   "expect_without_plugin", "fractional_think"));
}

TEST_F(Script, KnowsWhoReadsBodies) {
  read("  plugins: {expect: {}}\n",
       "      - get: {url: /, expect: {statusCode: 200}}\n"
       "      - get: {url: /, expect: {hasProperty: a.b}}\n"
       "      - get: {url: /, match: {json: $.a, value: 1}}\n"
       "      - get: {url: /, expect: {headerEquals: [X-A, b]}}\n");
  EXPECT_FALSE(request(0).needs_body());
  EXPECT_TRUE(request(1).needs_body());
  EXPECT_EQ(request(1).expectations[0].property.size(), 2u);
  EXPECT_TRUE(request(2).needs_body());
  EXPECT_FALSE(request(3).needs_body());
  EXPECT_EQ(render(request(3).expectations[0].values[0]), "x-a");
}

TEST_F(Script, HasTheSameDigestForTheSameTest) {
  const std::string text = kEnvironments;
  const std::string digest = read(text).digest;
  EXPECT_EQ(read("# a comment\n" + text).digest, digest);
  options_.target = "http://other.test";
  EXPECT_NE(read(text).digest, digest);
}

TEST_F(Script, HasOtherDigestsForOtherEnvironments) {
  const std::string text =
      "config:\n  target: 'http://{{ $env.HOST }}'\nscenarios:\n  - flow:\n"
      "      - get: {url: '/{{ $processEnvironment.PATH_OF_API }}'}\n";
  const std::string digest = read(text).digest;
  EXPECT_EQ(read(text).digest, digest);
  environment_ = MapEnvironment{{{"HOST", "other.test"}}};
  EXPECT_NE(read(text).digest, digest);
  environment_ = MapEnvironment{{{"HOST", "env.test"}, {"PATH_OF_API", "v2"}}};
  EXPECT_NE(read(text).digest, digest);
  environment_ = MapEnvironment{{{"HOST", "env.test"}, {"RATE", "8"}, {"NEVER_READ", "1"}}};
  EXPECT_EQ(read(text).digest, digest);
}

TEST_F(Script, RefusesWhatIsNone) {
  const auto error = pcx::testing::error_of([&] { read("just a text\n"); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(pcx::testing::error_of([&] { read("a: [\n"); }).code(), ErrorCode::data);
  EXPECT_EQ(pcx::testing::error_of([&] { read_file(folder_.path() / "none.yml"); }).code(),
            ErrorCode::not_found);
}

TEST_F(Script, ReadsTracingAndTls) {
  folder_.write("ca.pem", "x");
  read(
      "  http: {extendedMetrics: true, distributedTracing: {sampled: false, traceIdPrefix: "
      "'zAB1'}}\n"
      "  tls: {certificateAuthority: ca.pem, passphrase: p}\n",
      "      - get: {url: /}\n");
  EXPECT_TRUE(plan_->http.trace_parent);
  EXPECT_FALSE(plan_->http.trace_sampled);
  EXPECT_EQ(plan_->http.trace_id_prefix, "ab1");
  EXPECT_TRUE(plan_->http.extended_metrics);
  EXPECT_EQ(plan_->http.tls.ca_file, (folder_.path() / "ca.pem").native());
}

}  // namespace
}  // namespace pcx::load
