#include "load/exchange.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/random.h"
#include "crypto/encoding.h"
#include "load/request_text.h"

namespace pcx::load {

namespace {

std::string name_of(const Error& error, const std::string& url) {
  if (error.code() == ErrorCode::unreachable) return "ENOTFOUND";
  if (error.reason() == "public_address") return "ERR_PUBLIC_ADDRESS";
  return "Invalid URL - " + url;
}

// got sends none, and fails.
bool is_body_of_get(const Request& request) {
  const bool has_body = !std::holds_alternative<NoBody>(request.body);
  return has_body && (request.method == "GET" || request.method == "HEAD");
}

std::string random_hex(std::size_t bytes, Random& random) {
  std::vector<std::byte> drawn(bytes);
  random.fill(drawn);
  return crypto::to_hex(drawn);
}

// W3C Trace Context, "traceparent": version, trace id, parent id, flags.
std::string trace_parent(const HttpOptions& options, Random& random) {
  if (!options.trace_parent) return {};
  std::string trace = random_hex(16, random);
  trace.replace(0, options.trace_id_prefix.size(), options.trace_id_prefix);
  return fmt::format("00-{}-{}-{}", trace, random_hex(8, random),
                     options.trace_sampled ? "01" : "00");
}

}  // namespace

Exchange::Exchange(ExchangeTools& tools, Connections& connections, Owner& owner)
    : tools_(tools), connections_(connections), owner_(owner) {}

Exchange::~Exchange() { abort(); }

void Exchange::begin(const Request& request, const Scope& scope, CookieJar& jar, std::size_t phase,
                     Instant intended) {
  request_ = &request;
  scope_ = &scope;
  jar_ = &jar;
  phase_ = phase;
  method_ = request.method;
  with_body_ = with_credentials_ = true;
  with_cookies_ = jar.is_open() || !request.cookies.empty() || !tools_.plan.http.cookies.empty();
  redirects_ = 0;
  timing_ = {.intended = intended};
  trace_parent_ = trace_parent(tools_.plan.http, scope.random);
  if (tools_.plan.strict && is_body_of_get(request)) return fail("ERR_GOT_REQUEST_ERROR");
  std::string url;
  append_url(request, scope, tools_.plan.target, url);
  follow(url);
}

void Exchange::follow(const std::string& url) {
  SplitUrl split = split_url(url);
  if (split.origin.empty()) {
    const std::string error = "Invalid URL - " + url;
    return redirects_ == 0 ? refuse(error) : fail(error);
  }
  Origin* origin = nullptr;
  try {
    // Before the name is looked up: it is the server's choice.
    if (redirects_ > 0 && !tools_.follows_everywhere &&
        http::parse_url(split.origin).host != origin_->url.host) {
      return fail("ERR_REDIRECT_ELSEWHERE");
    }
    origin = &tools_.origins.find(split.origin, now());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unreachable) tools_.tally.request_begun(now());
    return fail(name_of(error, url));
  }
  if (redirects_ > 0) {
    with_credentials_ =
        with_credentials_ && may_have_credentials(origin_->url, origin->url, tools_.plan.strict);
  }
  origin_ = origin;
  target_ = std::move(split.target);
  if (redirects_ == 0) set_cookies();
  ask_for_connection();
}

// Those of all requests, with this one's over them.
void Exchange::set_cookies() {
  const auto& of_all = tools_.plan.http.cookies;
  if (of_all.empty() && request_->cookies.empty()) return;
  std::vector<const std::pair<std::string, Template>*> cookies;
  for (const auto& cookie : of_all) cookies.push_back(&cookie);
  for (const auto& cookie : request_->cookies) {
    const auto same = std::find_if(cookies.begin(), cookies.end(),
                                   [&](const auto* other) { return other->first == cookie.first; });
    if (same != cookies.end()) {
      *same = &cookie;
    } else {
      cookies.push_back(&cookie);
    }
  }
  const http::Url here = url();
  for (const auto* cookie : cookies) {
    jar_->set(cookie->first, cookie->second.render(*scope_), here);
  }
}

http::Url Exchange::url() const {
  http::Url url = origin_->url;
  url.target = target_;
  return url;
}

// As got counts requests: those that get no connection, too.
void Exchange::ask_for_connection() {
  tools_.tally.request_begun(now());
  is_waiting_ = true;
  connections_.ask(*origin_, *this);
}

void Exchange::on_connection(ConnectionPtr connection, bool opened) {
  is_waiting_ = false;
  connection_ = std::move(connection);
  connection_->listen(this);
  timing_.opened = opened;
  timing_.connecting = connection_->steps().began;
  timing_.connected = connection_->steps().connected;
  timing_.secured = connection_->steps().secured;
  send();
}

void Exchange::on_no_connection(const std::string& error) {
  is_waiting_ = false;
  fail(error);
}

void Exchange::send() {
  tools_.cookies.clear();
  if (with_cookies_ && !jar_->is_empty()) {
    jar_->append_header(url(), tools_.wall_now(), tools_.cookies);
  }
  tools_.text.clear();
  const RequestFrame frame{.method = method_,
                           .authority = origin_->authority,
                           .target = target_,
                           .cookies = tools_.cookies,
                           .trace_parent = trace_parent_,
                           .with_body = with_body_,
                           .with_credentials = with_credentials_};
  if (!append_request(*request_, *scope_, frame, tools_.body, tools_.text)) {
    return fail("ERR_INVALID_CHAR");
  }
  reader_.begin({.headers = request_->needs_headers(),
                 .body = request_->needs_body(),
                 .decode = request_->decompress,
                 .no_body = method_ == "HEAD"});
  timing_.first_byte = {};
  timing_.written = now();
  tools_.wheel.arm(*this, timing_.written + tools_.plan.http.timeout);
  connection_->send(tools_.text, timing_.written);
}

void Exchange::on_bytes(std::string_view bytes) {
  const Instant came = connection_->stirred();  // to parse and to decode is no time of the target's
  const auto state = reader_.put(bytes);
  if (timing_.first_byte == Instant{} && reader_.has_head()) take_head(came);
  if (state == AnswerReader::State::done) return take_answer(came);
  if (state == AnswerReader::State::failed) fail(reader_.failure());
}

// The time-out is for the head, as Artillery's: a body may take its time.
void Exchange::take_head(Instant came) {
  timing_.first_byte = came;
  cancel();
}

void Exchange::on_end(const std::string& error) {
  const Instant came = connection_->stirred();
  connections_.forget(connection_);
  connection_ = nullptr;
  if (!error.empty()) return fail(error);
  const auto state = reader_.put_end();
  if (state == AnswerReader::State::done) return take_answer(came);
  fail(reader_.failure());
}

void Exchange::on_time() { fail("ETIMEDOUT"); }

bool Exchange::redirects() const {
  constexpr int kRedirects[] = {300, 301, 302, 303, 304, 307, 308};
  const Answer& answer = reader_.answer();
  const bool is_redirect = std::find(std::begin(kRedirects), std::end(kRedirects), answer.status) !=
                           std::end(kRedirects);
  return is_redirect && request_->follow_redirects && !answer.location.empty();
}

void Exchange::take_answer(Instant came) {
  cancel();
  timing_.last_byte = came;
  Answer& answer = reader_.answer();
  keep_cookies(answer);
  const bool goes_on = redirects();
  tools_.tally.answered(request_->endpoint, phase_, answer, timing_, !goes_on);
  release(answer.keeps_alive);
  if (!goes_on) return finish({.answer = &answer, .error = {}});
  timing_.first_byte = {};
  if (++redirects_ > kRedirectsMax) return fail("ERR_TOO_MANY_REDIRECTS");
  // Browsers ask with GET after a POST and 301 or 302, too; got does not.
  if (answer.status == 303) {
    if (method_ != "HEAD") method_ = "GET";
    with_body_ = false;
  }
  follow(resolve_reference(answer.location, origin_->text, target_));
}

void Exchange::keep_cookies(const Answer& answer) {
  for (const std::string& line : answer.set_cookies) {
    if (jar_->put(line, url(), tools_.wall_now())) continue;
    tools_.tally.error("cookie_parse_error_invalid_cookie", now());
  }
}

void Exchange::release(bool reusable) {
  if (!connection_) return;
  ConnectionPtr connection = std::exchange(connection_, nullptr);
  connection->listen(nullptr);
  if (reusable && connection->is_open()) return connections_.give_back(std::move(connection));
  connection->close();
  connections_.forget(connection);
}

void Exchange::let_go() {
  cancel();
  if (is_waiting_) connections_.cancel(*this);
  is_waiting_ = false;
  release(false);
}

void Exchange::count_failure(const std::string& error) {
  const bool has_head = timing_.first_byte != Instant{};
  if (has_head) tools_.tally.cut_off(reader_.answer().status, timing_, now());
  tools_.tally.request_failed(request_->endpoint, phase_, error, timing_.intended, now());
}

void Exchange::fail(std::string error) {
  let_go();
  count_failure(error);
  finish({.answer = nullptr, .error = std::move(error)});
}

// It is no request, and so none's failure.
void Exchange::refuse(std::string error) {
  tools_.tally.error(error, now());
  finish({.answer = nullptr, .error = std::move(error)});
}

void Exchange::finish(const Outcome& outcome) {
  request_ = nullptr;
  owner_.on_outcome(outcome);
}

void Exchange::abort() {
  if (!is_running()) return;
  let_go();
  count_failure("aborted");
  request_ = nullptr;
}

}  // namespace pcx::load
