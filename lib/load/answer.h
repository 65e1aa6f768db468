// A response of the target, read piece by piece. The parser is Beast's, without its containers: of
// header lines only those are kept that somebody looks at, of the body only what is asked for.
// Knows no sockets; takes bytes of a hostile server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/decoder.h"

namespace pcx::load {

inline constexpr std::size_t kHeaderBytesMax = std::size_t{64} * 1024;
// Of a body that is kept, after decoding: a small one may be a bomb.
inline constexpr std::size_t kBodyBytesMax = std::size_t{16} * 1024 * 1024;

struct Answer {
  int status = 0;
  bool keeps_alive = false;
  std::int64_t content_length = -1;  // -1: the server did not say
  std::int64_t body_bytes = 0;       // as they were sent, without chunk sizes
  std::string content_type;
  std::string location;
  std::string server_timing;
  std::vector<std::string> set_cookies;
  std::vector<std::pair<std::string, std::string>>
      headers;       // all, names in lower case, when wanted
  std::string body;  // decoded, when wanted

  // "" when there is none.
  std::string_view header(std::string_view lower_case_name) const;
};

struct Wishes {
  bool headers = false;
  bool body = false;
  bool decode = true;    // else the body stays as it was sent
  bool no_body = false;  // the answer to HEAD
};

class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  // A new answer. Its Answer is the one that answer() gave before, emptied: what it held of memory
  // is used again.
  void begin(const Wishes& wishes);

  enum class State { waiting, head_read, done, failed };
  // The next bytes. Interim answers (1xx) are left out. What comes behind an answer that is done is
  // a failure: nobody asked for it. Behind one that has no body (204, 304, to HEAD) it is taken for
  // the body that should not be there: the connection is of no use any more.
  State put(std::string_view bytes);
  // The connection ended in order.
  State put_end();

  State state() const { return state_; }
  bool has_begun() const;  // a byte of it has come
  // Its status and header lines have come, whatever became of the rest. Interim ones do not count.
  bool has_head() const { return answer_.status > 0; }
  // Why it failed: a name for errors.NAME, as Node.js has them.
  const char* failure() const { return failure_; }
  const Answer& answer() const { return answer_; }
  Answer& answer() { return answer_; }

 private:
  class Parser;
  friend class Parser;
  struct Place;

  State parse(std::string_view bytes);
  State fail(const char* name);
  void start_message();
  State put_behind();

  Wishes wishes_;
  Answer answer_;
  std::string encoding_;
  std::string pending_;  // an unfinished head or chunk size
  State state_ = State::done;
  const char* failure_ = "";
  bool has_begun_ = false;
  int interim_ = 0;
  Decoder decoder_;
  std::unique_ptr<Place> place_;
};

}  // namespace pcx::load
