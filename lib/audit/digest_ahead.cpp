#include "audit/digest_ahead.h"

namespace pcx::audit {

namespace {

constexpr std::size_t kPiecesMax = 4;

}  // namespace

DigestAhead::DigestAhead() : worker_{[this] { run(); }} {}

DigestAhead::~DigestAhead() { end(); }

void DigestAhead::end() {
  {
    const std::lock_guard lock{mutex_};
    has_ended_ = true;
  }
  changed_.notify_all();
  if (worker_.joinable()) worker_.join();
}

void DigestAhead::update(std::string piece) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return pieces_.size() < kPiecesMax; });
  pieces_.push_back(std::move(piece));
  changed_.notify_all();
}

Hash DigestAhead::finish() {
  end();
  return sha256_.finish();
}

void DigestAhead::run() {
  for (;;) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return has_ended_ || !pieces_.empty(); });
    if (pieces_.empty()) return;
    const std::string piece = std::move(pieces_.front());
    pieces_.pop_front();
    changed_.notify_all();
    lock.unlock();
    sha256_.update(piece);
  }
}

}  // namespace pcx::audit
