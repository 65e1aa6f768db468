#include "load/script_request.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"
#include "load/request_text.h"
#include "load/script_body.h"
#include "load/script_capture.h"
#include "load/script_tree.h"

namespace pcx::load {

namespace {

// --- Names of endpoints

// "%20" becomes a blank, as decodeURIComponent() has it; what is no such code stays.
std::string decoded(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const auto digits = text.substr(i + 1, 2);
    const char* const end = digits.data() + digits.size();
    if (text[i] == '%' && digits.size() == 2 &&
        std::from_chars(digits.data(), end, code, 16).ptr == end) {
      made += static_cast<char>(code);
      i += 2;
    } else {
      made += text[i];
    }
  }
  return find_invalid_utf8(made) ? std::string{text} : made;
}

struct SplitUrl {
  std::string_view host, port, rest;  // rest: path and query
};
SplitUrl split_url(std::string_view url) {
  const auto scheme = url.find("://");
  if (!url.starts_with("http") || scheme == std::string_view::npos) return {{}, {}, url};
  url.remove_prefix(scheme + 3);
  const auto end = std::min(url.find_first_of("/?#"), url.size());
  const std::string_view authority = url.substr(0, end);
  const auto colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && authority.find(']', colon) == authority.npos;
  return {authority.substr(0, has_port ? colon : authority.size()),
          has_port ? authority.substr(colon + 1) : std::string_view{}, url.substr(end)};
}

// As the url is written, templates and all.
std::string endpoint_name(const Reading& reading, std::string_view url) {
  const std::string whole = (url.starts_with('/') ? reading.plan.target : "") + std::string{url};
  const SplitUrl theirs = split_url(whole);
  const SplitUrl ours = split_url(reading.plan.target);
  std::string name;
  if (theirs.host != ours.host) name += theirs.host;
  if (!theirs.port.empty() && theirs.port != ours.port) name.append(":").append(theirs.port);
  std::string_view path = theirs.rest.substr(0, theirs.rest.find('#'));
  if (!reading.whole_urls) path = path.substr(0, path.find('?'));
  return name + decoded(path.empty() ? "/" : path);
}

std::uint32_t endpoint_of(Reading& reading, const YamlNode& spec, std::string_view url) {
  const YamlNode* node = find_value(spec, "name");
  const std::string name = node != nullptr ? node->text : "";
  Endpoint made{endpoint_name(reading, url), !name.empty()};
  if (!name.empty()) {
    made.name = reading.only_request_names ? name : fmt::format("{} ({})", made.name, name);
  } else if (!reading.unnamed_endpoints) {
    made.name.clear();
  }
  auto& endpoints = reading.plan.endpoints;
  const auto found = std::ranges::find(endpoints, made.name, &Endpoint::name);
  if (found != endpoints.end()) return static_cast<std::uint32_t>(found - endpoints.begin());
  endpoints.push_back(std::move(made));
  return static_cast<std::uint32_t>(endpoints.size() - 1);
}

// --- One request

class RequestReader {
 public:
  RequestReader(Reading& reading, const YamlNode& spec) : reading_(reading), spec_(spec) {}

  std::optional<Request> read(const std::string& method, const Location& place) {
    request_.method = method;
    request_.place = place;
    if (!read_url()) return std::nullopt;
    read_headers();
    read_body(reading_, spec_, request_);
    read_query();
    read_cookies_and_auth();
    read_flags();
    read_condition();
    read_response();
    for (const char* hook : {"beforeRequest", "afterResponse"}) refuse_hooks(reading_, spec_, hook);
    return std::move(request_);
  }

 private:
  Faults& faults() { return reading_.faults; }
  const YamlNode* find(const char* key) const { return find_value(spec_, key); }

  bool read_url() {
    const YamlNode* node = find("url");
    if (node == nullptr) node = find("uri");
    const auto text = node != nullptr ? read_text(reading_, *node, "url") : std::nullopt;
    if (!text || text->empty()) {
      faults().refuse("missing_url", request_.place, "a request without a url",
                      "Add `url:` below the method, indented deeper than it.");
      return false;
    }
    request_.url = read_template(reading_, *node);
    request_.endpoint = endpoint_of(reading_, spec_, *text);
    check_url(*node);
    return true;
  }

  static bool has_scheme_in_capitals(const std::string& url) {
    const auto colon = url.find("://");
    if (colon == std::string::npos) return false;
    const std::string scheme = to_lower_ascii(url.substr(0, colon));
    return scheme == "http" || scheme == "https";
  }

  // "http://user:secret@host/": what is between the slashes and the next one.
  static bool has_credentials(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos || url.find_first_of("/?#") != scheme + 1) return false;
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find_first_of("/?#")).find('@') != std::string_view::npos;
  }

  void check_url(const YamlNode& node) {
    if (request_.url.segments.empty()) return;
    if (has_credentials(node.text)) {
      return faults().refuse("url_credentials", node.place, "a url with a user and a password",
                             "Write `auth: {user: ..., pass: ...}` beside the url.");
    }
    const auto* begin = std::get_if<std::string>(&request_.url.segments.front());
    if (begin == nullptr || begin->starts_with("http://") || begin->starts_with("https://")) return;
    if (has_scheme_in_capitals(*begin)) {
      return faults().refuse("relative_url", node.place,
                             fmt::format("{} begins with a scheme in capitals, which is no URL for "
                                         "Artillery",
                                         escape_controls(node.text)),
                             "Write http:// or https:// in small letters.");
    }
    if (!begin->starts_with('/')) {
      return faults().refuse(
          "relative_url", node.place,
          fmt::format("{} begins neither with / nor with http", escape_controls(node.text)),
          fmt::format("Write /{}.", escape_controls(node.text)));
    }
    if (!reading_.plan.target.empty() || faults().has("bad_target")) return;
    faults().refuse(
        "missing_target", node.place, "the script has no target for this url",
        "Add `config: {target: https://...}`, choose an environment with -e, or pass -t.");
  }

  void read_headers() {
    request_.headers = reading_.default_headers;
    const YamlNode* node = find("headers");
    if (node == nullptr || !require_map(reading_, *node, "headers")) return;
    for (std::size_t i = 0; i < node->members.size(); ++i) {
      const auto& [name, value] = node->members[i];
      check_header(name, value, node->key_places[i]);
      set_header(request_.headers, name, read_template(reading_, value));
    }
  }

  void check_header(const std::string& name, const YamlNode& value, const Location& place) {
    constexpr std::string_view kToken = "!#$%&'*+-.^_`|~";
    const bool is_token = !name.empty() && std::ranges::all_of(name, [&](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || kToken.find(c) != kToken.npos;
    });
    if (!is_token) {
      faults().refuse("bad_header", place,
                      fmt::format("\"{}\" is no name of a header", escape_controls(name)),
                      "Names have letters, digits and dashes, no blanks and colons.");
    }
    note_framing(name, place);
    std::string sent;
    if (append_header_value(value.text, sent)) return;
    if (value.text.find_first_of("\r\n") != std::string::npos) {
      return faults().refuse("bad_header", value.place, "a header's value with a line break in it",
                             "Write it in one line; `>-` joins lines, `|` keeps their ends.");
    }
    faults().refuse("bad_header", value.place,
                    "a header's value with a character that headers cannot have",
                    "They have those of Latin-1; encode the others, as with percent codes.");
  }

  void note_framing(const std::string& name, const Location& place) {
    const std::string lower = to_lower_ascii(name);
    if (lower != "content-length" && lower != "transfer-encoding") return;
    faults().differs("framing_header", place,
                     fmt::format("Artillery sends {} as it is written, right or wrong", name),
                     "pcx sends the length of the body.");
  }

  void read_query() {
    const YamlNode* node = find("qs");
    if (node == nullptr || !require_map(reading_, *node, "qs")) return;
    for (const auto& [name, value] : node->members) {
      for (const YamlNode* item : read_items(value)) {
        request_.query.emplace_back(name, read_template(reading_, *item));
      }
    }
    const bool has_query = std::ranges::any_of(request_.url.segments, [](const Segment& segment) {
      const auto* text = std::get_if<std::string>(&segment);
      return text != nullptr && text->find('?') != std::string::npos;
    });
    if (!has_query) return;
    if (reading_.options.strict) return cut_query();
    faults().differs("qs_replaces_query", node->place,
                     "Artillery throws away the url's own query where there is a `qs:`",
                     "pcx sends both.");
  }

  void cut_query() {
    Template& url = request_.url;
    for (std::size_t i = 0; i < url.segments.size(); ++i) {
      auto* text = std::get_if<std::string>(&url.segments[i]);
      const auto mark = text != nullptr ? text->find('?') : std::string::npos;
      if (mark == std::string::npos) continue;
      text->resize(mark);
      url.segments.resize(i + 1);
      return;
    }
  }

  void read_cookies_and_auth() {
    if (const YamlNode* cookie = find("cookie")) {
      request_.cookies = read_templates(reading_, *cookie, "cookie");
    }
    const YamlNode* auth = find("auth");
    if (auth == nullptr || !require_map(reading_, *auth, "auth")) return;
    const YamlNode* user = find_value(*auth, "user");
    const YamlNode* pass = find_value(*auth, "pass");
    if (user == nullptr || pass == nullptr) {
      return faults().fault("incomplete_auth", auth->place, "auth without `user` or `pass`",
                            "Write `auth: {user: name, pass: \"{{ password }}\"}`.");
    }
    request_.basic_auth = {read_template(reading_, *user), read_template(reading_, *pass)};
  }

  void read_flags() {
    if (const YamlNode* gzip = find("gzip")) {
      request_.decompress = read_flag(reading_, *gzip, "gzip").value_or(true);
    }
    if (const YamlNode* follow = find("followRedirect")) {
      request_.follow_redirects = read_flag(reading_, *follow, "followRedirect").value_or(true);
    }
  }

  void read_condition() {
    if (const YamlNode* node = find("probability")) read_probability(*node);
    const YamlNode* node = find("ifTrue");
    if (node == nullptr) return;
    if (is_hook(*node)) return refuse_hooks(reading_, spec_, "ifTrue");
    try {
      request_.condition = read_expression(reading_, *node);
    } catch (const Error& error) {
      const char* hint = "Artillery runs the request whenever it cannot read its condition. ";
      if (reading_.options.strict) {
        faults().fault("expression_syntax", error.location(), error.what(), hint + error.hint());
      } else {
        faults().refuse("expression_syntax", error.location(), error.what(), hint + error.hint());
      }
    }
  }

  // A function of the processor: a name that nobody sets.
  bool is_hook(const YamlNode& node) const {
    const bool is_name = std::ranges::all_of(node.text, [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
    });
    return is_name && reading_.has_processor && !reading_.names.is_variable(node.text);
  }

  void read_probability(const YamlNode& node) {
    const auto percent = read_number(reading_, node, "probability");
    if (!percent) return;
    if (*percent < 0 || *percent > 100) {
      faults().fault("probability", node.place,
                     fmt::format("a probability of {} percent", escape_controls(node.text)),
                     "Write a number from 0 to 100.");
    } else if (*percent > 0 && *percent < 1) {
      faults().fault("probability", node.place,
                     fmt::format("a probability of {}, which is below one percent",
                                 escape_controls(node.text)),
                     fmt::format("It is a percentage: write {:.0f}.", *percent * 100));
    } else if (*percent == 0) {
      faults().fault("never_reached", node.place, "a request that is never sent",
                     "Remove it, or give it a probability above 0.");
    }
    request_.probability = static_cast<int>(std::clamp(std::ceil(*percent), 0.0, 100.0));
  }

  void read_response() {
    if (const YamlNode* capture = find("capture")) read_captures(reading_, *capture, request_);
    if (const YamlNode* match = find("match")) read_matches(reading_, *match, request_);
    read_expectations(reading_, find("expect"), request_);
  }

  Reading& reading_;
  const YamlNode& spec_;
  Request request_;
};

}  // namespace

std::optional<Request> read_request(Reading& reading, const std::string& method,
                                    const YamlNode& spec, const Location& place) {
  return RequestReader{reading, spec}.read(method, place);
}

void refuse_hooks(Reading& reading, const YamlNode& map, std::string_view key) {
  const YamlNode* node = find_value(map, key);
  if (node == nullptr) return;
  reading.has_hooks = true;
  for (const YamlNode* item : read_items(*node)) {
    const std::string message =
        fmt::format("{} runs the JavaScript function {}", key, escape_controls(item->text));
    if (reading.options.skip_hooks) {
      reading.faults.differs("hook_skipped", item->place, message, "pcx leaves it out, as asked.");
    } else {
      reading.faults.refuse("hook", item->place, message,
                            "pcx runs no JavaScript: use `set:`, `check:` and functions like "
                            "$uuid(), or leave it out "
                            "with --skip-hooks.");
    }
  }
}

}  // namespace pcx::load
