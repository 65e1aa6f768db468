#include "apikey/change_listener.h"

#include <chrono>
#include <poll.h>
#include <utility>

#include "apikey/store.h"
#include "apikey/token.h"
#include "core/log.h"

namespace pcx::apikey {

ChangeListener::ChangeListener(const db::Target& target, KeyCache& cache, Random& random,
                               ListenerOptions options)
    : target_(target), cache_(cache), random_(random), options_(std::move(options)) {
  connect();
  thread_ = std::thread{[this] { run(); }};
}

ChangeListener::~ChangeListener() {
  stop_.request(Interrupt::Signal::terminate);
  stop_.request(Interrupt::Signal::terminate);  // cancels a statement outside of transactions, too
  thread_.join();
}

void ChangeListener::connect() {
  database_.emplace(target_, options_.connect, &stop_);
  listener_.emplace(*database_, kChannel);
  cache_.forget_all();  // what was changed before somebody listened was told to nobody
}

void ChangeListener::hear() {
  while (!stop_.stop_requested()) {
    const auto told = listener_->wait(std::chrono::hours{1}, watch_.number());
    if (!told) continue;
    if (is_key_id(told->payload)) {
      cache_.forget(told->payload);
    } else {
      cache_.forget_all();
    }
    if (options_.events.on_changed) options_.events.on_changed(told->payload);
  }
}

void ChangeListener::lose(const Error& error) {
  listener_.reset();
  database_.reset();
  cache_.forget_all();
  if (stop_.stop_requested()) return;
  if (options_.events.on_lost) return options_.events.on_lost(error);
  log::warning("changes of API keys are not heard: they are noticed later",
               {{"error", error.what()}});
}

void ChangeListener::pause(int number) {
  const auto delay = backoff_delay(options_.backoff, number, random_);
  pollfd stopped{watch_.number(), POLLIN, 0};
  ::poll(&stopped, 1, static_cast<int>(delay.count()));
}

void ChangeListener::run() {
  for (int failures = 0; !stop_.stop_requested();) {
    try {
      if (!listener_) {
        connect();
        if (options_.events.on_listening) options_.events.on_listening();
      }
      failures = 0;
      hear();
    } catch (const Error& error) {
      lose(error);
      pause(++failures);
    }
  }
}

}  // namespace pcx::apikey
