// SHA-256 of what goes by, computed on a thread of its own: a file is hashed while it is
// understood.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "audit/merkle.h"

namespace pcx::audit {

class DigestAhead {
 public:
  DigestAhead();
  DigestAhead(const DigestAhead&) = delete;
  DigestAhead& operator=(const DigestAhead&) = delete;
  ~DigestAhead();

  void update(std::string piece);  // waits while a few others are under way
  Hash finish();                   // of all pieces; once

 private:
  void run();
  void end();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> pieces_;
  bool has_ended_ = false;
  crypto::Sha256 sha256_;
  std::thread worker_;
};

}  // namespace pcx::audit
