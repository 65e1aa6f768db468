#include "http/http_transport.h"

#include <algorithm>
#include <system_error>

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "core/error.h"
#include "http/exchange.h"
#include "http/request_text.h"
#include "http/tls.h"

namespace pcx::http {

struct HttpTransport::Tls {
  explicit Tls(boost::asio::ssl::context made) : context(std::move(made)) {}
  boost::asio::ssl::context context;
};

HttpTransport::HttpTransport(HttpOptions options, const Interrupt* interrupt)
    : options_(std::move(options)), interrupt_(interrupt) {
  if (options_.ca_file) tls_ = std::make_unique<Tls>(make_tls_context(options_.ca_file));
}

HttpTransport::~HttpTransport() = default;

Response HttpTransport::send(const Request& request) {
  const auto began = std::chrono::steady_clock::now();
  const Deadlines deadlines{
      .connect = began + std::min(options_.connect_timeout, options_.total_timeout),
      .total = began + options_.total_timeout,
  };
  const Url url = parse_url(request.url);
  const std::string text = request_text(request, url, options_.user_agent);
  if (interrupt_ != nullptr) interrupt_->throw_if_requested();
  ResponseReader reader{url.origin(), options_.limits, request.method == "HEAD"};
  try {
    if (url.tls && !tls_) tls_ = std::make_unique<Tls>(make_tls_context(options_.ca_file));
    const auto addresses = resolve(url, deadlines.connect, interrupt_);
    Exchange exchange{url, text, reader, deadlines, url.tls ? &tls_->context : nullptr};
    exchange.run(addresses, interrupt_);
  } catch (const std::system_error& failed) {  // boost's derives from it
    throw Error{ErrorCode::unreachable,
                fmt::format("{}: {}", url.origin(), failed.code().message())}
        .because("connect");
  }
  return reader.take();
}

}  // namespace pcx::http
