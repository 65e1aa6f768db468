#include "http/resolve.h"

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::http {

namespace {

constexpr std::chrono::milliseconds kInterruptPoll{50};

struct Answer {
  int failure = 0;  // of getaddrinfo
  std::vector<Address> addresses;
};

// Shared with the thread, which may outlive its caller.
struct Lookup {
  std::string host;
  std::string port;
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  Answer answer;
};

Answer look_up(const std::string& host, const std::string& port, int flags) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  Answer answer{.failure = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found)};
  if (answer.failure != 0) return answer;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{found, ::freeaddrinfo};
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (answer.addresses.size() == kAddressesMax) break;
    Address& address = answer.addresses.emplace_back();
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
  }
  return answer;
}

std::shared_ptr<Lookup> start_lookup(const Url& url, const std::string& port) {
  auto lookup = std::make_shared<Lookup>();
  lookup->host = url.host;
  lookup->port = port;
  std::thread{[lookup] {
    Answer answer = look_up(lookup->host, lookup->port, 0);
    const std::lock_guard guard{lookup->mutex};
    lookup->answer = std::move(answer);
    lookup->done = true;
    lookup->finished.notify_one();
  }}.detach();
  return lookup;
}

Answer look_up_name(const Url& url, const std::string& port,
                    std::chrono::steady_clock::time_point deadline, const Interrupt* interrupt) {
  const auto lookup = start_lookup(url, port);
  std::unique_lock lock{lookup->mutex};
  while (!lookup->done) {
    const auto now = std::chrono::steady_clock::now();
    if (interrupt != nullptr) interrupt->throw_if_requested();
    if (now >= deadline) {
      throw Error{ErrorCode::unreachable,
                  fmt::format("{}: the name was not resolved in time", url.origin())}
          .because("timeout");
    }
    lookup->finished.wait_until(lock, std::min(deadline, now + kInterruptPoll));
  }
  return std::move(lookup->answer);
}

}  // namespace

std::vector<Address> resolve(const Url& url, std::chrono::steady_clock::time_point deadline,
                             const Interrupt* interrupt) {
  const std::string port = std::to_string(url.port);
  Answer answer = url.host_is_address ? look_up(url.host, port, AI_NUMERICHOST)
                                      : look_up_name(url, port, deadline, interrupt);
  if (answer.failure != 0) {
    throw Error{ErrorCode::unreachable,
                fmt::format("{}: the name cannot be resolved: {}", url.origin(),
                            ::gai_strerror(answer.failure)),
                "Check the host name and the resolver (/etc/resolv.conf)."}
        .because("resolve");
  }
  return std::move(answer.addresses);
}

}  // namespace pcx::http
