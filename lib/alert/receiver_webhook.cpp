#include "alert/receiver_webhook.h"

#include <fmt/format.h>

#include "alert/receiver_post.h"
#include "alert/receiver_secret.h"
#include "alert/receiver_text.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"
#include "crypto/hmac.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kKeyPrefix = "whsec_";

Secret key_bytes(const ReceiverConfig& config, std::string_view key) {
  if (!key.starts_with(kKeyPrefix)) return Secret{key};
  key.remove_prefix(kKeyPrefix.size());
  Secret bytes = Secret::with_size(crypto::base64_bytes(key));
  if (crypto::read_base64(key, bytes.writable_bytes()) == crypto::EncodingFault::none) return bytes;
  throw Error{ErrorCode::config,
              fmt::format("receiver {}: the key of signatures is no base64 behind whsec_",
                          escape_controls(config.name)),
              "Copy it whole, or write another one that does not begin with whsec_."}
      .at(config.place);
}

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

class Webhook final : public Receiver {
 public:
  Webhook(ReceiverConfig config, const ReceiverTools& tools)
      : config_(std::move(config)), tools_(tools) {}

  Attempt send(const std::string& id, const Notification& notification,
               milliseconds time_max) override {
    http::Request request = json_request(config_.url, webhook_body(id, notification));
    const Secret url = secret_url();
    if (!url.empty()) request.url = std::string{url.reveal_text()};
    const auto key = find_secret(config_, tools_.environment, "key of signatures");
    add_signature(request, id, key);
    auto secrets = secret_parts(url.reveal_text());
    if (key) secrets.push_back(key->reveal_text());
    return post(config_, tools_, request, secrets, time_max);
  }

 private:
  Secret secret_url() const {
    if (config_.url_file.empty()) return Secret{};
    Secret url = read_receiver_file(config_, config_.url_file, "URL");
    require_safe_url(config_, url.reveal_text(), "URL");
    return url;
  }

  void add_signature(http::Request& request, const std::string& id,
                     const std::optional<Secret>& key) const {
    const std::int64_t now = seconds_of(tools_.clock.wall_now());
    request.headers.push_back({"webhook-id", id});
    request.headers.push_back({"webhook-timestamp", std::to_string(now)});
    if (!key) return;
    request.headers.push_back({"webhook-signature", webhook_signature(config_, key->reveal_text(),
                                                                      id, now, request.body)});
  }

  ReceiverConfig config_;
  const ReceiverTools& tools_;
};

}  // namespace

std::string webhook_body(const std::string& id, const Notification& notification) {
  return to_json(notification_body(id, notification));
}

std::string webhook_signature(const ReceiverConfig& config, std::string_view key,
                              const std::string& id, std::int64_t timestamp_s,
                              const std::string& body) {
  crypto::HmacSha256 hmac{key_bytes(config, key)};
  hmac.update(fmt::format("{}.{}.", id, timestamp_s));
  hmac.update(body);
  return "v1," + crypto::to_base64(hmac.finish());
}

std::unique_ptr<Receiver> make_webhook(const ReceiverConfig& config, const ReceiverTools& tools) {
  return std::make_unique<Webhook>(config, tools);
}

}  // namespace pcx::alert
