// What the target server answers to a request: see load/target_server.h for its paths. Knows no
// sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "load/target_request.h"

namespace pcx::load {

// What becomes of a connection with an answer.
struct TargetDeed {
  enum class Kind {
    answer,  // the answer is sent
    leave,   // it is sent, and the connection closed behind it
    reset,   // nothing is sent, the connection is reset
    hang,    // nothing is sent, ever
  };
  Kind kind = Kind::answer;
  std::chrono::milliseconds delay{0};  // before it is sent
  bool delays_body = false;            // its head goes at once
};

class TargetAnswers {
 public:
  // `error_share` of all answers, 0 to 1, are 500 instead, spread evenly.
  explicit TargetAnswers(double error_share) : error_share_(error_share) {}

  // Appends the answer to `out`.
  TargetDeed answer(const TargetRequest& request, std::string& out);
  // Of a request that is refused; the connection has to be closed behind it.
  static void append_refusal(int status, std::string& out);

 private:
  double error_share_;
  double errors_due_ = 0;
};

}  // namespace pcx::load
