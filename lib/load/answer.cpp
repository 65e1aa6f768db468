#include "load/answer.h"

#include <algorithm>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "core/ascii.h"

namespace pcx::load {

namespace {

namespace beast_http = boost::beast::http;
using boost::beast::string_view;

constexpr int kInterimMax = 5;
constexpr std::size_t kCookiesMax = 64;
// "0\r\n\r\n". Beast 1.81 asserts that it has so many bytes when it comes back to a last chunk that
// was not whole, also where a server has sent fewer.
constexpr std::size_t kLastChunkBytes = 5;

}  // namespace

std::string_view Answer::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

class AnswerReader::Parser : public beast_http::basic_parser<false> {
 public:
  explicit Parser(AnswerReader& reader) : reader_(reader) {
    header_limit(kHeaderBytesMax);
    body_limit(boost::none);  // what is kept has a limit of its own
    skip(reader.wishes_.no_body);
    eager(true);
  }

  bool is_interim() const { return status_ < 200; }
  int status() const { return status_; }

 private:
  using error_code = boost::beast::error_code;

  void on_request_impl(beast_http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override { status_ = code; }

  void on_field_impl(beast_http::field name, string_view text, string_view value,
                     error_code&) override {
    Answer& answer = reader_.answer_;
    switch (name) {
      case beast_http::field::content_type: answer.content_type.assign(value); break;
      case beast_http::field::content_encoding: reader_.encoding_.assign(value); break;
      case beast_http::field::location: answer.location.assign(value); break;
      case beast_http::field::set_cookie:
        if (answer.set_cookies.size() < kCookiesMax) answer.set_cookies.emplace_back(value);
        break;
      case beast_http::field::unknown:
        if (boost::beast::iequals(text, "server-timing")) answer.server_timing.assign(value);
        break;
      default: break;
    }
    if (!reader_.wishes_.headers) return;
    answer.headers.emplace_back(to_lower_ascii({text.data(), text.size()}), value);
  }

  void on_header_impl(error_code&) override {
    if (is_interim()) return;
    Answer& answer = reader_.answer_;
    answer.status = status_;
    answer.keeps_alive = keep_alive();
    if (const auto length = content_length()) {
      answer.content_length = static_cast<std::int64_t>(*length);
    }
    const Wishes& wishes = reader_.wishes_;
    const bool decodes = wishes.body && wishes.decode && !wishes.no_body;
    // What pcx cannot undo stays as it was sent.
    reader_.decoder_.begin(decodes ? std::string_view{reader_.encoding_} : "");
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(string_view body, error_code& ec) override { return take(body, ec); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override {
    return take(body, ec);
  }

  void on_finish_impl(error_code& ec) override {
    if (!reader_.decoder_.is_complete()) ec = beast_http::error::partial_message;
  }

  std::size_t take(string_view body, error_code& ec) {
    Answer& answer = reader_.answer_;
    answer.body_bytes += static_cast<std::int64_t>(body.size());
    if (!reader_.wishes_.body) return body.size();
    const auto decoded =
        reader_.decoder_.put({body.data(), body.size()}, answer.body, kBodyBytesMax);
    if (decoded == Decoder::State::broken) ec = beast_http::error::bad_value;
    if (decoded == Decoder::State::too_large) ec = beast_http::error::body_limit;
    return body.size();
  }

  AnswerReader& reader_;
  int status_ = 0;
};

// Made anew for each message, in the same place: Beast's parser is good for one.
struct AnswerReader::Place {
  std::optional<Parser> parser;
};

AnswerReader::AnswerReader() : place_(std::make_unique<Place>()) {}
AnswerReader::~AnswerReader() = default;

void AnswerReader::begin(const Wishes& wishes) {
  wishes_ = wishes;
  state_ = State::waiting;
  failure_ = "";
  pending_.clear();
  has_begun_ = false;
  interim_ = 0;
  start_message();
}

void AnswerReader::start_message() {
  answer_.status = 0;
  answer_.keeps_alive = false;
  answer_.content_length = -1;
  answer_.body_bytes = 0;
  answer_.content_type.clear();
  answer_.location.clear();
  answer_.server_timing.clear();
  answer_.set_cookies.clear();
  answer_.headers.clear();
  answer_.body.clear();
  encoding_.clear();
  place_->parser.emplace(*this);
}

bool AnswerReader::has_begun() const { return has_begun_; }

AnswerReader::State AnswerReader::fail(const char* name) {
  failure_ = name;
  return state_ = State::failed;
}

AnswerReader::State AnswerReader::put(std::string_view bytes) {
  if (state_ == State::failed || bytes.empty()) return state_;
  if (state_ == State::done) return put_behind();
  has_begun_ = true;
  if (pending_.empty()) return parse(bytes);
  pending_ += bytes;
  const std::string all = std::move(pending_);
  pending_.clear();
  return parse(all);
}

// What comes behind the end. Where there is no body (RFC 9112, 6.3) a server that sends one all the
// same is misled, but has answered.
AnswerReader::State AnswerReader::put_behind() {
  const bool has_no_body = answer_.status == 204 || answer_.status == 304 || wishes_.no_body;
  if (!has_no_body) return fail("HPE_CLOSED_CONNECTION");
  answer_.keeps_alive = false;
  return state_;
}

AnswerReader::State AnswerReader::parse(std::string_view bytes) {
  while (!bytes.empty()) {
    Parser& parser = *place_->parser;
    const bool may_be_last = bytes.front() == '0' && bytes.size() < kLastChunkBytes;
    if (may_be_last && parser.is_header_done() && parser.chunked()) {
      pending_.assign(bytes);
      break;
    }
    boost::system::error_code failed;
    const std::size_t used =
        parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, failed);
    bytes.remove_prefix(used);
    if (failed && failed != beast_http::error::need_more) {
      if (failed == beast_http::error::header_limit) return fail("HPE_HEADER_OVERFLOW");
      if (failed == beast_http::error::body_limit) return fail("ERR_BODY_TOO_LARGE");
      return fail("HPE_INVALID_RESPONSE");
    }
    if (parser.is_done()) {
      if (parser.is_interim() && parser.status() != 101) {
        if (++interim_ > kInterimMax) return fail("HPE_INVALID_RESPONSE");
        start_message();
        continue;
      }
      if (parser.is_interim()) return fail("HPE_INVALID_RESPONSE");
      state_ = State::done;
      return bytes.empty() ? state_ : put_behind();
    }
    if (failed == beast_http::error::need_more || used == 0) {
      pending_.assign(bytes);
      if (pending_.size() > kHeaderBytesMax) return fail("HPE_HEADER_OVERFLOW");
      break;
    }
  }
  const Parser& parser = *place_->parser;
  if (parser.is_header_done() && !parser.is_interim()) state_ = State::head_read;
  return state_;
}

AnswerReader::State AnswerReader::put_end() {
  if (state_ == State::done || state_ == State::failed) return state_;
  Parser& parser = *place_->parser;
  boost::system::error_code failed;
  if (parser.got_some()) parser.put_eof(failed);
  if (!failed && parser.is_done() && !parser.is_interim()) return state_ = State::done;
  return fail("ECONNRESET");  // Node.js: socket hang up
}

}  // namespace pcx::load
