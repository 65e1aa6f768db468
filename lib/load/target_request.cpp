#include "load/target_request.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/ascii.h"
#include "core/text.h"

namespace pcx::load {

namespace {

constexpr int kBadRequest = 400;
constexpr int kLengthRequired = 411;
constexpr int kBodyTooLarge = 413;
constexpr int kHeadTooLarge = 431;
constexpr int kBadVersion = 505;

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool is_name(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char c, char wanted) { return to_lower_ascii(c) == wanted; });
}

bool is_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

struct Line {
  std::string_view name, value;
};

// "Name: value" without its end; std::nullopt: none.
std::optional<Line> read_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const Line read{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!is_token(read.name) || !is_value(read.value)) return std::nullopt;
  return read;
}

std::string_view next_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end, text.size() - 2) + 2);
  return line;
}

class HeadReader {
 public:
  explicit HeadReader(TargetRequest& request) : request_(request) {}

  // The status of the refusal; 0: none.
  int read(std::string_view head) {
    if (const int refusal = read_request_line(next_line(head))) return refusal;
    request_.headers = head;
    while (!head.empty()) {
      const auto line = read_line(next_line(head));
      if (!line) return kBadRequest;
      if (const int refusal = take(*line)) return refusal;
    }
    return hosts_ == 1 || (request_.is_old && hosts_ == 0) ? 0 : kBadRequest;
  }
  std::size_t length() const { return length_.value_or(0); }

 private:
  int read_request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return kBadRequest;
    request_.method = line.substr(0, first);
    request_.target = line.substr(first + 1, last - first - 1);
    const std::string_view target = request_.target;
    const bool is_target = std::all_of(target.begin(), target.end(), [](char c) {
      return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
    });
    if (!is_token(request_.method) || target.empty() || !is_target) return kBadRequest;
    const auto question = target.find('?');
    request_.path = target.substr(0, question);
    if (question != std::string_view::npos) request_.query = target.substr(question + 1);
    const std::string_view version = line.substr(last + 1);
    if (!version.starts_with("HTTP/")) return kBadRequest;
    request_.is_old = version == "HTTP/1.0";
    request_.keeps_alive = !request_.is_old;
    return request_.is_old || version == "HTTP/1.1" ? 0 : kBadVersion;
  }

  int take(const Line& line) {
    if (is_name(line.name, "host")) ++hosts_;
    if (is_name(line.name, "authorization")) request_.authorization = line.value;
    if (is_name(line.name, "content-type")) request_.content_type = line.value;
    if (is_name(line.name, "transfer-encoding")) return kLengthRequired;
    if (is_name(line.name, "connection")) {
      if (is_name(line.value, "close")) request_.keeps_alive = false;
      if (is_name(line.value, "keep-alive")) request_.keeps_alive = true;
    }
    return is_name(line.name, "content-length") ? take_length(line.value) : 0;
  }

  int take_length(std::string_view text) {
    std::size_t length = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || read.ptr != text.data() + text.size()) return kBadRequest;
    if (read.ec == std::errc::result_out_of_range) return kBodyTooLarge;
    if (read.ec != std::errc{} || (length_ && *length_ != length)) return kBadRequest;
    length_ = length;
    return length > kTargetBodyBytesMax ? kBodyTooLarge : 0;
  }

  TargetRequest& request_;
  int hosts_ = 0;
  std::optional<std::size_t> length_;
};

}  // namespace

void TargetRequest::for_each_header(
    const std::function<void(std::string_view, std::string_view)>& take) const {
  for (std::string_view rest = headers; !rest.empty();) {
    const auto line = read_line(next_line(rest));
    if (line) take(line->name, line->value);
  }
}

ReadTargetRequest read_target_request(std::string_view bytes) {
  const auto end = bytes.substr(0, kTargetHeadBytesMax).find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return {.refusal = bytes.size() >= kTargetHeadBytesMax ? kHeadTooLarge : 0, .request = {}};
  }
  ReadTargetRequest read;
  HeadReader head{read.request};
  read.refusal = head.read(bytes.substr(0, end + 2));
  if (read.refusal != 0) return read;
  const std::size_t begin = end + 4;
  if (bytes.size() - begin < head.length()) return read;
  read.request.body = bytes.substr(begin, head.length());
  read.bytes = begin + head.length();
  return read;
}

}  // namespace pcx::load
