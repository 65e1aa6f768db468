// An open file of the operating system that closes itself.
#pragma once

#include <unistd.h>
#include <utility>

namespace pcx {

class Descriptor {
 public:
  Descriptor() = default;  // none
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close_now(); }

  int number() const noexcept { return number_; }  // -1: none
  bool is_open() const noexcept { return number_ >= 0; }
  // False when close(2) fails, errno then says why: late write errors of network file systems.
  bool close_now() noexcept { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_ = -1;
};

}  // namespace pcx
