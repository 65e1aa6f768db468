// Answers of hostile servers: nothing but a State leaves AnswerReader, in pieces of any size the
// same one, and what it keeps has a limit. The first byte says what is wanted, the second one how
// long the pieces are.
#include <algorithm>
#include <string>

#include "load/answer.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::fuzz::promise;
using pcx::load::Answer;
using pcx::load::AnswerReader;
using State = AnswerReader::State;

State read(AnswerReader& reader, const pcx::load::Wishes& wishes, std::string_view bytes,
           std::size_t step) {
  reader.begin(wishes);
  promise(!reader.has_begun(), "nothing has come yet");
  bool was_head_read = false;
  while (!bytes.empty() && reader.state() != State::failed) {
    const State state = reader.put(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    promise(state == reader.state(), "put() tells the state");
    promise(reader.has_begun(), "a byte of it has come");
    promise(!was_head_read || state != State::waiting, "a head is read once");
    was_head_read = state == State::head_read;
    promise(reader.answer().body.size() <= pcx::load::kBodyBytesMax, "a body has a limit");
  }
  const State state = reader.put_end();
  promise(state == State::done || state == State::failed, "the end is an end");
  promise((state == State::failed) != std::string_view{reader.failure()}.empty(),
          "failures have names");
  return state;
}

bool is_same(const Answer& one, const Answer& other) {
  return one.status == other.status && one.keeps_alive == other.keeps_alive &&
         one.content_length == other.content_length && one.body_bytes == other.body_bytes &&
         one.content_type == other.content_type && one.location == other.location &&
         one.server_timing == other.server_timing && one.set_cookies == other.set_cookies &&
         one.headers == other.headers && one.body == other.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const pcx::load::Wishes wishes{.headers = (data[0] & 1) != 0,
                                 .body = (data[0] & 2) != 0,
                                 .decode = (data[0] & 4) != 0,
                                 .no_body = (data[0] & 8) != 0};
  const std::string_view bytes = pcx::fuzz::text_of(data + 2, size - 2);
  AnswerReader whole, pieces;
  const State state = read(whole, wishes, bytes, std::max<std::size_t>(bytes.size(), 1));
  promise(read(pieces, wishes, bytes, data[1] + std::size_t{1}) == state, "pieces end the same");
  if (state != State::done) return 0;
  promise(whole.answer().status >= 200, "interim answers are left out");
  promise(is_same(whole.answer(), pieces.answer()), "and are the same");
  promise(wishes.body || whole.answer().body.empty(), "nothing is kept that nobody wants");
  return 0;
}
