// What happens in another thread, to be waited for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pcx::apikey::testing {

class Events {
 public:
  void tell() {
    const std::lock_guard guard{mutex_};
    ++count_;
    told_.notify_all();
  }
  // Until it was told `count` times in all; false: not within ten seconds.
  bool wait_for(int count) {
    std::unique_lock guard{mutex_};
    return told_.wait_for(guard, std::chrono::seconds{10}, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  int count_ = 0;
};

}  // namespace pcx::apikey::testing
