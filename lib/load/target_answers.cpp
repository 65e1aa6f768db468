#include "load/target_answers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include "core/ascii.h"
#include "core/json.h"
#include "load/encoder.h"

namespace pcx::load {

namespace {

using Kind = TargetDeed::Kind;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kOk = "{\"ok\":true}";
constexpr std::string_view kNotOk = "{\"ok\":false}";

// --- Texts

std::optional<std::int64_t> read_number(std::string_view text, std::int64_t max) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return is_number && number >= 0 && number <= max ? std::optional{number} : std::nullopt;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                         hex_digit(text[i + 2]) >= 0;
    out +=
        is_code ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (is_code) i += 2;
  }
  return out;
}

// Of the query, as it is written; "" when it is not there.
std::string_view parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view field = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=') {
      return field.substr(name.size() + 1);
    }
  }
  return {};
}

// FNV-1a (Fowler, Noll and Vo). A token only has to differ, and to be known again.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// Its second half says that the first one is ours, so that nobody has to remember it.
std::string token_of(std::string_view body) {
  const std::string first = fmt::format("{:016x}", hash_of(body));
  return first + fmt::format("{:016x}", hash_of("pcx" + first));
}

bool is_token(std::string_view text) {
  return text.size() == 32 &&
         text.substr(16) ==
             fmt::format("{:016x}", hash_of(fmt::format("pcx{}", text.substr(0, 16))));
}

// --- An answer

struct Reply {
  int status = 200;
  std::string body = std::string{kOk};
  std::string_view type = kJson;  // "": none
  std::string headers{};          // more lines, each with its end
  TargetDeed deed{};
};

Reply bad_request() { return {.status = 400, .body = std::string{kNotOk}}; }

void append_head(int status, std::string& out) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status,
                 std::string_view{reason.data(), reason.size()});
}

void append_connection(const TargetRequest& request, std::string& out) {
  if (!request.keeps_alive) {
    out += "connection: close\r\n";
  } else if (request.is_old) {
    out += "connection: keep-alive\r\n";
  }
}

void append_reply(const TargetRequest& request, const Reply& reply, std::string& out) {
  append_head(reply.status, out);
  const bool has_body = reply.status != 204 && reply.status != 304;
  if (has_body && !reply.type.empty()) out.append("content-type: ").append(reply.type) += "\r\n";
  if (has_body)
    fmt::format_to(std::back_inserter(out), "content-length: {}\r\n", reply.body.size());
  out += reply.headers;
  append_connection(request, out);
  out += "\r\n";
  if (has_body && request.method != "HEAD") out += reply.body;
}

// What nearly all answers are, made once.
void append_usual(const TargetRequest& request, int status, std::string& out) {
  static const std::array<std::string, 2> kUsual = [] {
    std::array<std::string, 2> texts;
    append_reply({.method = "GET"}, {}, texts[0]);
    append_reply({.method = "GET"}, {.status = 500, .body = std::string{kNotOk}}, texts[1]);
    return texts;
  }();
  const bool is_error = status != 200;
  if (request.keeps_alive && !request.is_old && request.method != "HEAD") {
    out += kUsual[is_error ? 1 : 0];
    return;
  }
  append_reply(request, {.status = status, .body = std::string{is_error ? kNotOk : kOk}}, out);
}

// --- The paths; `rest` is what stands behind "/name/".

Reply delay(const TargetRequest&, std::string_view rest) {
  const auto ms = read_number(rest, 3'600'000);
  if (!ms) return bad_request();
  return {.deed = {.delay = std::chrono::milliseconds{*ms}}};
}

Reply slow(const TargetRequest& request, std::string_view rest) {
  Reply reply = delay(request, rest);
  reply.deed.delays_body = true;
  return reply;
}

Reply status(const TargetRequest&, std::string_view rest) {
  const auto code = read_number(rest, 599);
  if (!code || *code < 200) return bad_request();
  const auto number = static_cast<int>(*code);
  return {.status = number, .body = std::string{number < 400 ? kOk : kNotOk}};
}

Reply bytes(const TargetRequest&, std::string_view rest) {
  const auto count = read_number(rest, static_cast<std::int64_t>(kTargetBodyBytesMax));
  if (!count) return bad_request();
  return {.body = std::string(static_cast<std::size_t>(*count), 'x'),
          .type = "application/octet-stream"};
}

Reply echo(const TargetRequest& request, std::string_view) {
  Document headers = Document::object();
  request.for_each_header([&](std::string_view name, std::string_view value) {
    headers.set(to_lower_ascii(name), std::string{value});
  });
  Document all = Document::object();
  all.set("method", std::string{request.method});
  all.set("target", std::string{request.target});
  all.set("headers", std::move(headers));
  all.set("body", std::string{request.body});
  return {.body = to_json(all)};
}

Reply mirror(const TargetRequest& request, std::string_view) {
  return {.body = std::string{request.body}, .type = request.content_type};
}

Reply redirect(const TargetRequest& request, std::string_view rest) {
  const std::string_view asked = parameter(request.query, "status");
  const auto code = asked.empty() ? 302 : read_number(asked, 399);
  if (!code || *code < 300) return bad_request();
  const auto to = [&](const std::string& location) -> Reply {
    return {.status = static_cast<int>(*code), .headers = "location: " + location + "\r\n"};
  };
  if (rest.empty()) {
    const std::string location = percent_decoded(parameter(request.query, "to"));
    const bool is_text = std::none_of(location.begin(), location.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    return is_text && !location.empty() ? to(location) : bad_request();
  }
  const auto hops = read_number(rest, 1'000);
  if (!hops) return bad_request();
  if (*hops == 0) return echo(request, {});
  const std::string query = request.query.empty() ? "" : fmt::format("?{}", request.query);
  return to(fmt::format("/redirect/{}{}", *hops - 1, query));
}

Reply name_and_value(std::string_view rest, std::string_view line) {
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0) return bad_request();
  return {.headers =
              fmt::format(fmt::runtime(line), rest.substr(0, slash), rest.substr(slash + 1))};
}

Reply cookie(const TargetRequest&, std::string_view rest) {
  return name_and_value(rest, "set-cookie: {}={}; Path=/\r\n");
}

Reply header(const TargetRequest&, std::string_view rest) {
  return name_and_value(rest, "{}: {}\r\n");
}

Reply login(const TargetRequest& request, std::string_view) {
  if (request.method != "POST") {
    return {.status = 405, .body = std::string{kNotOk}, .headers = "allow: POST\r\n"};
  }
  return {.body = fmt::format("{{\"token\":\"{}\"}}", token_of(request.body))};
}

Reply privately(const TargetRequest& request, std::string_view) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view given = request.authorization;
  if (given.starts_with(kScheme) && is_token(given.substr(kScheme.size()))) return {};
  return {.status = 401, .body = std::string{kNotOk}, .headers = "www-authenticate: Bearer\r\n"};
}

Reply encoded(const TargetRequest&, std::string_view rest) {
  constexpr std::array<std::string_view, 5> kKnown = {"gzip", "deflate", "br", "zstd", "identity"};
  if (std::find(kKnown.begin(), kKnown.end(), rest) == kKnown.end()) return bad_request();
  return {.body = encode(rest, fmt::format("{{\"ok\":true,\"encoding\":\"{}\"}}", rest)),
          .headers = fmt::format("content-encoding: {}\r\n", rest)};
}

Reply leave(const TargetRequest&, std::string_view) { return {.deed = {.kind = Kind::leave}}; }

// --- Those that are no whole answer

TargetDeed chunked(const TargetRequest& request, std::string_view rest, std::string& out) {
  const auto chunks = read_number(rest, 10'000);
  if (!chunks) {
    append_reply(request, bad_request(), out);
    return {};
  }
  append_head(200, out);
  out += "content-type: text/plain\r\ntransfer-encoding: chunked\r\n";
  append_connection(request, out);
  out += "\r\n";
  if (request.method == "HEAD") return {};
  for (std::int64_t i = 0; i < *chunks; ++i) {
    const std::string text = fmt::format("chunk {}\n", i);
    fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", text.size(), text);
  }
  out += "0\r\n\r\n";
  return {};
}

TargetDeed cut(std::string& out) {
  append_head(200, out);
  out += "content-type: application/json\r\ncontent-length: 100\r\n\r\n{\"ok\":";
  return {.kind = Kind::leave};
}

struct Place {
  std::string_view name;
  Reply (*reply)(const TargetRequest& request, std::string_view rest);
};
constexpr std::array kPlaces = {
    Place{"delay", delay},       Place{"slow", slow},         Place{"status", status},
    Place{"bytes", bytes},       Place{"echo", echo},         Place{"mirror", mirror},
    Place{"redirect", redirect}, Place{"cookie", cookie},     Place{"header", header},
    Place{"login", login},       Place{"private", privately}, Place{"encoded", encoded},
    Place{"leave", leave},
};

TargetDeed answer_at(const TargetRequest& request, std::string_view name, std::string_view rest,
                     std::string& out) {
  if (name == "reset") return {.kind = Kind::reset};
  if (name == "hang") return {.kind = Kind::hang};
  if (name == "chunked") return chunked(request, rest, out);
  if (name == "cut") return cut(out);
  if (name == "close") {
    TargetRequest last = request;
    last.keeps_alive = false;
    append_usual(last, 200, out);
    return {.kind = Kind::leave};
  }
  const auto place = std::find_if(kPlaces.begin(), kPlaces.end(),
                                  [&](const Place& one) { return one.name == name; });
  if (place == kPlaces.end()) {
    append_usual(request, 200, out);
    return {};
  }
  const Reply reply = place->reply(request, rest);
  append_reply(request, reply, out);
  return reply.deed;
}

}  // namespace

TargetDeed TargetAnswers::answer(const TargetRequest& request, std::string& out) {
  errors_due_ += error_share_;
  const Kind kind = request.keeps_alive ? Kind::answer : Kind::leave;
  // A share of a tenth, ten times, is a little less than one.
  if (constexpr double kRounding = 1e-9; errors_due_ >= 1 - kRounding) {
    errors_due_ -= 1;
    append_usual(request, 500, out);
    return {.kind = kind};
  }
  const std::string_view path = request.path.substr(request.path.starts_with('/') ? 1 : 0);
  const auto slash = std::min(path.find('/'), path.size());
  const std::string_view rest = path.substr(std::min(slash + 1, path.size()));
  TargetDeed deed = answer_at(request, path.substr(0, slash), rest, out);
  if (deed.kind == Kind::answer) deed.kind = kind;
  return deed;
}

void TargetAnswers::append_refusal(int status, std::string& out) {
  TargetRequest request;
  request.keeps_alive = false;
  append_reply(request, {.status = status, .body = std::string{kNotOk}}, out);
}

}  // namespace pcx::load
