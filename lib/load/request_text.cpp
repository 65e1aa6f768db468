#include "load/request_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "crypto/encoding.h"

namespace pcx::load {

namespace {

constexpr std::string_view kUserAgent = "Artillery (https://artillery.io)";
constexpr std::string_view kEncodings = "gzip, deflate, br, zstd";
constexpr std::string_view kBoundary = "pcx-form-7c9d2f1b4a6e4e0b";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void append_percent(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

void append_number(std::size_t number, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out.append(digits, end);
}

void append_line(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool is_plain(char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; }

// A value from a capture must not begin another line. False: it has what no header may have.
bool append_value(const Template& value, const Scope& scope, std::string& out) {
  const std::size_t begin = out.size();
  value.append(scope, out);
  const auto rest = out.begin() + static_cast<std::ptrdiff_t>(begin);
  if (std::all_of(rest, out.end(), is_plain)) return true;
  const std::string text{rest, out.end()};
  out.resize(begin);
  return append_header_value(text, out);
}

class BodyWriter {
 public:
  BodyWriter(const Scope& scope, std::string& out) : scope_(scope), out_(out) {}
  // The content type that goes with it; "" none.
  std::string operator()(const NoBody&) const { return {}; }
  std::string operator()(const JsonBody& body) const {
    body.json.append(scope_, out_);
    return "application/json";
  }
  std::string operator()(const TextBody& body) const {
    body.text.append(scope_, out_);
    return {};
  }
  std::string operator()(const FormBody& body) const {
    bool is_first = true;
    for (const auto& [name, value] : body.fields) {
      if (!is_first) out_ += '&';
      is_first = false;
      append_form_encoded(name, out_);
      out_ += '=';
      append_form_encoded(value.render(scope_), out_);
    }
    return "application/x-www-form-urlencoded";
  }
  std::string operator()(const MultipartBody& body) const {
    for (const MultipartBody::Part& part : body.parts) {
      out_.append("--").append(kBoundary).append("\r\ncontent-disposition: form-data; name=\"");
      append_quoted(part.name);
      if (!part.filename.empty()) {
        out_ += "\"; filename=\"";
        append_quoted(part.filename);
      }
      out_ += "\"\r\n";
      if (!part.content_type.empty()) append_line("content-type", part.content_type, out_);
      out_ += "\r\n";
      part.value.append(scope_, out_);
      out_ += "\r\n";
    }
    out_.append("--").append(kBoundary).append("--\r\n");
    return fmt::format("multipart/form-data; boundary={}", kBoundary);
  }

 private:
  // As browsers do (WHATWG HTML, multipart/form-data).
  void append_quoted(std::string_view text) const {
    for (const char c : text) {
      if (c == '"') {
        out_ += "%22";
      } else if (c == '\r') {
        out_ += "%0D";
      } else if (c == '\n') {
        out_ += "%0A";
      } else {
        out_ += c;
      }
    }
  }

  const Scope& scope_;
  std::string& out_;
};

bool is_credential(std::string_view header) {
  return header == "authorization" || header == "cookie" || header == "host";
}

// Whether a header of the script is left out, or replaced by what the frame has.
bool is_replaced(std::string_view header, const RequestFrame& frame) {
  if (header == "content-length" || header == "transfer-encoding" || header == "host") return true;
  if (header == "cookie" && !frame.cookies.empty()) return true;
  if (header == "traceparent" && !frame.trace_parent.empty()) return true;
  return !frame.with_credentials && is_credential(header);
}

bool append_host(const Request& request, const Scope& scope, const RequestFrame& frame,
                 std::string& out) {
  const auto own = std::find_if(request.headers.begin(), request.headers.end(),
                                [](const HeaderTemplate& header) { return header.name == "host"; });
  if (own == request.headers.end() || !frame.with_credentials) {
    append_line("host", frame.authority, out);
    return true;
  }
  out += "host: ";
  const bool is_fine = append_value(own->value, scope, out);
  out += "\r\n";
  return is_fine;
}

// What the script's headers have said already.
struct Given {
  bool agent = false, type = false, encodings = false, authorization = false, connection = false;
  bool is_fine = true;  // no header has what none may have
};

// A variable that nobody has set, and nothing beside it.
bool is_left_out(const Template& value, const Scope& scope) {
  return value.only_variable() != nullptr && value.evaluate(scope).is_undefined();
}

Given append_headers(const Request& request, const Scope& scope, const RequestFrame& frame,
                     std::string& out) {
  Given given;
  for (const HeaderTemplate& header : request.headers) {
    if (is_replaced(header.name, frame) || is_left_out(header.value, scope)) continue;
    given.agent = given.agent || header.name == "user-agent";
    given.type = given.type || header.name == "content-type";
    given.encodings = given.encodings || header.name == "accept-encoding";
    given.authorization = given.authorization || header.name == "authorization";
    given.connection = given.connection || header.name == "connection";
    out.append(header.name).append(": ");
    given.is_fine = append_value(header.value, scope, out) && given.is_fine;
    out += "\r\n";
  }
  return given;
}

// As querystring.stringify() of Node.js has it: a name alone for all else.
bool is_shown_in_query(const Value& value) {
  return value.text() != nullptr || value.boolean() != nullptr ||
         (value.number() != nullptr && std::isfinite(*value.number()));
}

bool may_have_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

void append_auth(const Request& request, const Scope& scope, std::string& out) {
  const auto& [user, password] = *request.basic_auth;
  const std::string pair = user.render(scope) + ":" + password.render(scope);
  const auto bytes = std::as_bytes(std::span{pair.data(), pair.size()});
  append_line("authorization", "Basic " + crypto::to_base64(bytes), out);
}

}  // namespace

void append_form_encoded(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '*' || c == '-' || c == '.' || c == '_') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      append_percent(c, out);
    }
  }
}

void append_component_encoded(std::string_view text, std::string& out) {
  constexpr std::string_view kPlain = "-_.!~*'()";
  for (const char c : text) {
    if (is_alphanumeric(c) || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      append_percent(c, out);
    }
  }
}

bool append_header_value(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (is_plain(text[i])) {
      out += text[i];
      continue;
    }
    // UTF-8 of U+0080 to U+00FF: two bytes, the first one C2 or C3.
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    if ((byte != 0xc2 && byte != 0xc3) || (next & 0xc0) != 0x80) return false;
    out += static_cast<char>(((byte & 0x03) << 6) | (next & 0x3f));
    ++i;
  }
  return true;
}

void append_script_url(const Request& request, const Scope& scope, std::string_view target,
                       std::string& out) {
  const std::size_t begin = out.size();
  request.url.append(scope, out);
  if (out.size() > begin && out[begin] == '/') out.insert(begin, target);
}

void append_url(const Request& request, const Scope& scope, std::string_view target,
                std::string& out) {
  const std::size_t begin = out.size();
  append_script_url(request, scope, target, out);
  if (request.query.empty()) return;
  const auto fragment = out.find('#', begin);
  if (fragment != std::string::npos) out.erase(fragment);
  char separator = out.find('?', begin) == std::string::npos ? '?' : '&';
  const auto append_field = [&](const std::string& name, const Value& value) {
    out += separator;
    separator = '&';
    append_form_encoded(name, out);
    out += '=';
    if (is_shown_in_query(value)) append_form_encoded(value.to_text(), out);
  };
  for (const auto& [name, field] : request.query) {
    const Value value = field.evaluate(scope);
    const Document* const tree = value.tree();
    if (tree == nullptr || !tree->is_array()) {
      append_field(name, value);
      continue;
    }
    for (const Document& item : tree->items()) append_field(name, Value::of(item));
  }
}

bool append_request(const Request& request, const Scope& scope, const RequestFrame& frame,
                    std::string& scratch, std::string& out) {
  scratch.clear();
  std::string content_type;
  if (frame.with_body) content_type = std::visit(BodyWriter{scope, scratch}, request.body);
  const bool has_body = frame.with_body && !std::holds_alternative<NoBody>(request.body);
  out.append(frame.method).append(" ").append(frame.target).append(" HTTP/1.1\r\n");
  const bool is_host_fine = append_host(request, scope, frame, out);
  const Given given = append_headers(request, scope, frame, out);
  if (!is_host_fine || !given.is_fine) return false;
  if (!given.agent) append_line("user-agent", kUserAgent, out);
  if (request.basic_auth && frame.with_credentials && !given.authorization) {
    append_auth(request, scope, out);
  }
  if (!frame.cookies.empty()) append_line("cookie", frame.cookies, out);
  if (!frame.trace_parent.empty()) append_line("traceparent", frame.trace_parent, out);
  if (!given.encodings && request.decompress) append_line("accept-encoding", kEncodings, out);
  if (has_body && !given.type && !content_type.empty()) {
    append_line("content-type", content_type, out);
  }
  if (has_body || may_have_body(frame.method)) {
    out += "content-length: ";
    append_number(scratch.size(), out);
    out += "\r\n";
  }
  if (!given.connection) out += "connection: keep-alive\r\n";
  out += "\r\n";
  out += scratch;
  return true;
}

}  // namespace pcx::load
