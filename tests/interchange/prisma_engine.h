// Prisma's schema engine as a child process: Node.js with engine.mjs, which says what it
// understands.
#pragma once

#include <string>
#include <sys/types.h>

#include "core/document.h"

namespace pcx::interchange {

class PrismaEngine {
 public:
  // Starts the engine of Prisma 6 or 7. Throws std::runtime_error, with what to do, when it is not
  // installed.
  explicit PrismaEngine(int major);
  PrismaEngine(const PrismaEngine&) = delete;
  PrismaEngine& operator=(const PrismaEngine&) = delete;
  ~PrismaEngine();

  // One command, and its answer. Throws std::runtime_error when the engine failed instead.
  void send(const Document& command) const;
  Document receive();

  void kill();  // at once: SIGKILL

 private:
  bool receive_more();

  pid_t pid_ = -1;
  int socket_ = -1;
  std::string received_;  // the beginning of the next answer
};

}  // namespace pcx::interchange
