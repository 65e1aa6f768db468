#include "db/binary_copy.h"

#include <concepts>

#include "core/error.h"
#include "db/session.h"
#include "db/wire.h"

namespace pcx::db {

namespace {

constexpr std::string_view kSignature{"PGCOPY\n\xff\r\n\0", 11};
constexpr std::size_t kHeaderBytes = kSignature.size() + 8;  // flags, length of the extension

[[noreturn]] void throw_malformed(const char* what) {
  throw Error{ErrorCode::data, std::string{"the server's binary COPY holds "} + what};
}

template <std::integral Number>
Number big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<Number>(number);
}

template <std::integral Number>
Number number_of(const BinaryField& field) {
  const std::string_view bytes = binary_text(field);
  if (bytes.size() != sizeof(Number)) throw_malformed("a number of another width");
  return big_endian<Number>(bytes);
}

}  // namespace

void BinaryCopyReader::feed(std::string_view piece) {
  if (kept_.empty()) {
    kept_ = piece.substr(take(piece));
    return;
  }
  kept_ += piece;
  kept_.erase(0, take(kept_));
}

void BinaryCopyReader::finish() const {
  if (!has_ended_ || !kept_.empty()) throw_malformed("no end");
}

// How many bytes were whole.
std::size_t BinaryCopyReader::take(std::string_view bytes) {
  std::size_t taken = 0;
  if (!has_begun_) {
    if (bytes.size() < kHeaderBytes) return 0;
    if (!bytes.starts_with(kSignature)) throw_malformed("no signature");
    const auto extension = big_endian<std::uint32_t>(bytes.substr(kHeaderBytes - 4));
    if (extension != 0) throw_malformed("an extension that nobody knows");
    has_begun_ = true;
    taken = kHeaderBytes;
  }
  for (;;) {
    const std::size_t row = take_row(bytes.substr(taken));
    if (row == 0) return taken;
    taken += row;
  }
}

// The length of the row that `bytes` begin with; 0 when it is not whole.
std::size_t BinaryCopyReader::take_row(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (has_ended_) throw_malformed("something behind its end");
  const auto fields = big_endian<std::int16_t>(bytes);
  std::size_t at = 2;
  if (fields == -1) {
    has_ended_ = true;
    return at;
  }
  row_.clear();
  for (int i = 0; i < fields; ++i) {
    if (bytes.size() - at < 4) return 0;
    const auto size = big_endian<std::int32_t>(bytes.substr(at));
    at += 4;
    if (size < -1) throw_malformed("a field of negative length");
    if (size == -1) {
      row_.emplace_back(std::nullopt);
      continue;
    }
    const auto length = static_cast<std::size_t>(size);
    if (bytes.size() - at < length) return 0;
    row_.emplace_back(std::as_bytes(std::span{bytes.data() + at, length}));
    at += length;
  }
  visit_(row_);
  return at;
}

std::int64_t copy_out_binary(Transaction& tx, const Query& query,
                             const std::function<void(BinaryRow)>& visit) {
  Session& session = tx.session();
  session.watch().error.reset();
  if (!wire::start_copy(session.raw(), "COPY (" + query.text() + ") TO STDOUT (FORMAT binary)")) {
    throw session.last_error(query.name(), "COPY was not started");
  }
  std::int64_t rows = 0;
  BinaryCopyReader reader{[&](BinaryRow row) {
    ++rows;
    visit(row);
  }};
  const auto messages = wire::read_copy_messages(
      session.raw(), [&](std::string_view message) { reader.feed(message); });
  if (!messages) throw session.last_error(query.name(), "COPY was not finished");
  reader.finish();
  return rows;
}

std::int64_t binary_int8(const BinaryField& field) { return number_of<std::int64_t>(field); }
std::int32_t binary_int4(const BinaryField& field) { return number_of<std::int32_t>(field); }
std::int16_t binary_int2(const BinaryField& field) { return number_of<std::int16_t>(field); }

std::string_view binary_text(const BinaryField& field) {
  if (!field) throw_malformed("NULL where there is none");
  return {reinterpret_cast<const char*>(field->data()), field->size()};
}

}  // namespace pcx::db
