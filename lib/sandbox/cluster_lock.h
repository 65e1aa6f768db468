// One command at a time on a sandbox's folder.
#pragma once

#include <chrono>

#include "core/clock.h"
#include "core/interrupt.h"
#include "sandbox/layout.h"

namespace pcx::sandbox {

// Held as long as it lives; the kernel gives it back when the process dies. Functions that change
// a sandbox take one as proof.
class FolderLock {
 public:
  // REQUIRES: the folder exists.
  //
  // Throws Error{busy} when another command still has it after `wait`, Error{permission} or
  // Error{cannot_create} when the lock file cannot be made, and what a requested stop throws.
  FolderLock(const Layout& layout, Clock& clock, std::chrono::milliseconds wait,
             const Interrupt* interrupt = nullptr);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  int descriptor_ = -1;
};

}  // namespace pcx::sandbox
