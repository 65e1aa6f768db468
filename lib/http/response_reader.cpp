#include "http/response_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "core/error.h"

namespace pcx::http {

namespace {

namespace beast_http = boost::beast::http;

// "0\r\n\r\n". Beast 1.81 asserts that it has so many bytes when it comes back to a last chunk that
// was not whole, also where a server has sent fewer.
constexpr std::size_t kLastChunkBytes = 5;

[[noreturn]] void throw_protocol(const std::string& origin, const std::string& what) {
  throw Error{ErrorCode::unreachable, fmt::format("{}: not an HTTP response: {}", origin, what)}
      .because("protocol");
}

[[noreturn]] void throw_too_large(const std::string& origin, std::string_view part,
                                  std::size_t bytes_max) {
  throw Error{ErrorCode::unreachable,
              fmt::format("{}: the response's {} is longer than {} bytes", origin, part, bytes_max)}
      .because("too_large");
}

}  // namespace

struct ResponseReader::Parser {
  beast_http::response_parser<beast_http::string_body> message;
};

ResponseReader::ResponseReader(std::string origin, const ResponseLimits& limits, bool without_body)
    : origin_(std::move(origin)), limits_(limits), without_body_(without_body) {
  start_message();
}

ResponseReader::~ResponseReader() = default;

void ResponseReader::start_message() {
  begun_ = false;
  parser_ = std::make_unique<Parser>();
  auto& message = parser_->message;
  message.header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
  message.body_limit(limits_.body_bytes_max);
  message.skip(without_body_);
  message.eager(true);
}

// The parser waits for a whole header; a mail or SSH server that only greets would be a timeout.
void ResponseReader::check_beginning() {
  constexpr std::string_view kBeginning = "HTTP/1.";
  if (begun_) return;
  if (!kBeginning.starts_with(std::string_view{pending_}.substr(0, kBeginning.size()))) {
    throw_protocol(origin_, "it does not begin with HTTP/1");
  }
  begun_ = pending_.size() >= kBeginning.size();
}

// True when a complete interim response was dropped and the next message begins.
bool ResponseReader::skip_interim() {
  auto& message = parser_->message;
  if (!message.is_done()) return false;
  const unsigned status = message.get().result_int();
  if (status >= 200) return false;
  if (status == 101) throw_protocol(origin_, "it switches protocols, which nobody asked for");
  if (++interim_ > kInterimMax) throw_protocol(origin_, "too many interim responses");
  start_message();
  return true;
}

void ResponseReader::put(std::string_view bytes) {
  pending_ += bytes;
  do {
    if (done()) return;
    check_beginning();
    const auto& message = parser_->message;
    const bool may_be_last = pending_.starts_with('0') && pending_.size() < kLastChunkBytes;
    if (may_be_last && message.is_header_done() && message.chunked()) break;
    boost::system::error_code failed;
    const std::size_t parsed =
        parser_->message.put(boost::asio::const_buffer{pending_.data(), pending_.size()}, failed);
    pending_.erase(0, parsed);
    if (failed == beast_http::error::need_more) failed.clear();
    if (failed == beast_http::error::header_limit) {
      throw_too_large(origin_, "header", limits_.header_bytes_max);
    }
    if (failed == beast_http::error::body_limit) {
      throw_too_large(origin_, "body", limits_.body_bytes_max);
    }
    if (failed) throw_protocol(origin_, failed.message());
  } while (skip_interim());
  // The parser keeps header lines and chunk sizes here until they are whole.
  if (!done() && pending_.size() > limits_.header_bytes_max) {
    throw_too_large(origin_, "header", limits_.header_bytes_max);
  }
}

void ResponseReader::put_end() {
  boost::system::error_code failed;
  if (!done() && parser_->message.got_some()) parser_->message.put_eof(failed);
  if (!failed && done()) return;
  throw Error{ErrorCode::unreachable,
              fmt::format("{}: the connection ended before the response did", origin_)}
      .because("truncated");
}

bool ResponseReader::done() const { return parser_->message.is_done(); }

Response ResponseReader::take() {
  auto message = parser_->message.release();
  Response response{.status = static_cast<int>(message.result_int()),
                    .body = std::move(message.body())};
  for (const auto& field : message) {
    response.headers.push_back({std::string{field.name_string()}, std::string{field.value()}});
  }
  return response;
}

}  // namespace pcx::http
