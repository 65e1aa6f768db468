#include "tests/support/loopback_server.h"

#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <stdexcept>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace pcx::testing {

namespace {

constexpr std::size_t kRequestBytesMax = 16 * 1024 * 1024;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error{std::string{"loopback server: "} + what};
}

BIO* memory_of(const std::string& text) {
  return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
}

std::shared_ptr<SSL_CTX> make_tls(const Certificate& certificate, const std::string& newest) {
  std::shared_ptr<SSL_CTX> tls{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  BIO* const certificate_text = memory_of(certificate.certificate_pem);
  BIO* const key_text = memory_of(certificate.key_pem);
  X509* const parsed = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  require(SSL_CTX_use_certificate(tls.get(), parsed) == 1, "certificate");
  require(SSL_CTX_use_PrivateKey(tls.get(), key) == 1, "key");
  EVP_PKEY_free(key);
  X509_free(parsed);
  BIO_free(key_text);
  BIO_free(certificate_text);
  if (newest == "TLSv1.1") {
    SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls.get(), TLS1_1_VERSION);
    SSL_CTX_set_cipher_list(tls.get(), "ALL:@SECLEVEL=0");
  }
  return tls;
}

int listen_on(const std::string& address, std::uint16_t& port) {
  const bool is_ipv6 = address.find(':') != std::string::npos;
  sockaddr_storage storage{};
  auto* const ipv4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const ipv6 = reinterpret_cast<sockaddr_in6*>(&storage);
  storage.ss_family = is_ipv6 ? AF_INET6 : AF_INET;
  void* const target = is_ipv6 ? static_cast<void*>(&ipv6->sin6_addr) : &ipv4->sin_addr;
  require(::inet_pton(storage.ss_family, address.c_str(), target) == 1, "address");

  const int listener = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto* const any = reinterpret_cast<sockaddr*>(&storage);
  socklen_t size = is_ipv6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  require(listener >= 0 && ::bind(listener, any, size) == 0 && ::listen(listener, 8) == 0,
          "listening");
  require(::getsockname(listener, any, &size) == 0, "port");
  port = ntohs(is_ipv6 ? ipv6->sin6_port : ipv4->sin_port);
  return listener;
}

std::string head(int status, const HeaderLines& headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value) += "\r\n";
  return text;
}

// The head of a request, without its body.
Received parse_head(const std::string& text) {
  Received request;
  const std::size_t space = text.find(' ');
  request.method = text.substr(0, space);
  request.target = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
  std::size_t at = text.find("\r\n") + 2;
  for (std::size_t end = text.find("\r\n", at); end > at; end = text.find("\r\n", at)) {
    const std::size_t colon = text.find(": ", at);
    request.headers.emplace_back(text.substr(at, colon - at),
                                 text.substr(colon + 2, end - colon - 2));
    at = end + 2;
  }
  return request;
}

}  // namespace

Script answer(int status, const std::string& body, const HeaderLines& headers) {
  return raw(head(status, headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
             body);
}

Script chunked(const std::vector<std::string>& chunks) {
  std::string bytes = head(200, {{"Transfer-Encoding", "chunked"}}) + "\r\n";
  for (const std::string& chunk : chunks) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    bytes.append(size).append(chunk) += "\r\n";
  }
  return raw(bytes + "0\r\n\r\n");
}

Script raw(std::string bytes) { return {.bytes = std::move(bytes)}; }
Script hang() { return {.manner = Script::Manner::hang}; }
Script reset(std::string bytes) { return {Script::Manner::reset, std::move(bytes)}; }
Script cut_off(std::string bytes) { return {Script::Manner::cut_off, std::move(bytes)}; }
Script trickle(std::string bytes, std::chrono::milliseconds pause) {
  return {Script::Manner::trickle, std::move(bytes), pause};
}

std::string Received::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (::strcasecmp(key.c_str(), name.c_str()) == 0) return value;
  }
  return {};
}

// One accepted socket, with or without TLS. Failures end the conversation: the client may leave
// whenever it likes.
class LoopbackServer::Connection {
 public:
  Connection(int socket, SSL_CTX* tls) : socket_(socket) {
    if (tls == nullptr) return;
    tls_.reset(SSL_new(tls));
    SSL_set_fd(tls_.get(), socket);
    alive_ = SSL_accept(tls_.get()) == 1;
  }

  bool alive() const { return alive_; }

  void write(std::string_view bytes) {
    while (alive_ && !bytes.empty()) {
      const auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      alive_ = sent > 0;
      if (alive_) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // What came, at least a byte; empty when the client left.
  std::string read() {
    char buffer[16 * 1024];
    const auto got = tls_ ? SSL_read(tls_.get(), buffer, sizeof buffer)
                          : ::recv(socket_, buffer, sizeof buffer, 0);
    alive_ = got > 0;
    return alive_ ? std::string(buffer, static_cast<std::size_t>(got)) : std::string{};
  }

  std::optional<Received> read_request() {
    std::string text;
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
      text += read();
      if (!alive_ || text.size() > kRequestBytesMax) return std::nullopt;
      end = text.find("\r\n\r\n");
    }
    Received request = parse_head(text.substr(0, end + 4));
    request.body = text.substr(end + 4);
    const std::string length = request.header("Content-Length");
    const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
    while (request.body.size() < wanted) {
      request.body += read();
      if (!alive_) return std::nullopt;
    }
    return request;
  }

  void say_farewell() {
    if (tls_ && alive_) SSL_shutdown(tls_.get());
  }

  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

  // Until the client leaves or the server stops.
  void wait_for_end() {
    while (alive_) read();
  }

 private:
  struct Free {
    void operator()(SSL* connection) const noexcept { SSL_free(connection); }
  };
  int socket_;
  bool alive_ = true;
  std::unique_ptr<SSL, Free> tls_;
};

LoopbackServer::LoopbackServer(std::optional<Certificate> certificate, const std::string& address,
                               const std::string& newest_tls)
    : host_(address.find(':') == std::string::npos ? address : "[" + address + "]") {
  ::signal(SIGPIPE, SIG_IGN);  // SSL_write() knows no MSG_NOSIGNAL
  if (certificate) tls_ = make_tls(*certificate, newest_tls);
  listener_ = listen_on(address, port_);
  thread_ = std::thread{[this] { serve(); }};
}

LoopbackServer::~LoopbackServer() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
    if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
    ::shutdown(listener_, SHUT_RDWR);  // ends accept(2)
  }
  changed_.notify_all();
  thread_.join();
  ::close(listener_);
}

std::string LoopbackServer::url(const std::string& path, const std::string& host) const {
  return (tls_ ? "https://" : "http://") + (host.empty() ? host_ : host) + ":" +
         std::to_string(port_) + path;
}

void LoopbackServer::then(Script script) {
  const std::lock_guard guard{mutex_};
  scripts_.push_back(std::move(script));
}

void LoopbackServer::answer_with(Answerer answerer) {
  const std::lock_guard guard{mutex_};
  answerer_ = std::move(answerer);
}

std::vector<Received> LoopbackServer::requests() const {
  const std::lock_guard guard{mutex_};
  return requests_;
}

bool LoopbackServer::wait_for_requests(std::size_t count) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{10},
                           [&] { return requests_.size() >= count; });
}

void LoopbackServer::serve() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    {
      const std::lock_guard guard{mutex_};
      if (stopping_ || socket < 0) {
        if (socket >= 0) ::close(socket);
        return;
      }
      current_ = socket;
    }
    converse(socket);
    const std::lock_guard guard{mutex_};
    current_ = -1;
    ::close(socket);
  }
}

void LoopbackServer::converse(int socket) {
  Connection connection{socket, tls_.get()};
  if (!connection.alive()) return;
  auto request = connection.read_request();
  if (!request) return;
  const Script script = next_script(*request);
  record(std::move(*request));
  play(connection, script);
}

Script LoopbackServer::next_script(const Received& request) {
  const std::lock_guard guard{mutex_};
  if (scripts_.empty()) return answerer_ ? answerer_(request) : answer(200, "");
  Script script = std::move(scripts_.front());
  scripts_.pop_front();
  return script;
}

void LoopbackServer::record(Received request) {
  {
    const std::lock_guard guard{mutex_};
    requests_.push_back(std::move(request));
  }
  changed_.notify_all();
}

void LoopbackServer::play(Connection& connection, const Script& script) {
  if (script.manner == Script::Manner::trickle) {
    for (const char byte : script.bytes) {
      connection.write({&byte, 1});
      std::unique_lock lock{mutex_};
      if (changed_.wait_for(lock, script.pause, [&] { return stopping_; })) return;
      if (!connection.alive()) return;
    }
  } else {
    connection.write(script.bytes);
  }
  switch (script.manner) {
    case Script::Manner::answer:
    case Script::Manner::trickle: connection.say_farewell(); break;
    case Script::Manner::hang: connection.wait_for_end(); break;
    case Script::Manner::reset: connection.reset(); break;
    case Script::Manner::cut_off: break;
  }
}

}  // namespace pcx::testing
