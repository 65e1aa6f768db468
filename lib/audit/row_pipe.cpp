#include "audit/row_pipe.h"

#include <cstdint>
#include <cstring>

namespace pcx::audit {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
constexpr std::size_t kWaitingBytesMax = std::size_t{2} << 20;

void append_int32(std::string& bytes, std::int32_t value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

}  // namespace

bool RowPipe::put(db::BinaryRow row) {
  append_int32(gathering_, static_cast<std::int32_t>(row.size()));
  for (const db::BinaryField& field : row) {
    append_int32(gathering_, field ? static_cast<std::int32_t>(field->size()) : -1);
    if (!field) continue;
    gathering_.append(reinterpret_cast<const char*>(field->data()), field->size());
  }
  return gathering_.size() < kPieceBytes || hand_over();
}

bool RowPipe::hand_over() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return is_closed_ || waiting_bytes_ < kWaitingBytesMax; });
  if (is_closed_) return false;
  waiting_bytes_ += gathering_.size();
  pieces_.push_back(std::move(gathering_));
  gathering_.clear();
  changed_.notify_all();
  return true;
}

void RowPipe::end(std::exception_ptr failure) {
  if (!failure && !gathering_.empty()) hand_over();
  const std::lock_guard lock{mutex_};
  has_ended_ = true;
  failure_ = std::move(failure);
  changed_.notify_all();
}

void RowPipe::close() {
  const std::lock_guard lock{mutex_};
  is_closed_ = true;
  changed_.notify_all();
}

bool RowPipe::decode() {
  if (at_ == piece_.size()) return false;
  const auto read_int32 = [&] {
    std::int32_t value = 0;
    std::memcpy(&value, piece_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  };
  row_.clear();
  for (std::int32_t left = read_int32(); left > 0; --left) {
    const std::int32_t size = read_int32();
    if (size < 0) {
      row_.emplace_back(std::nullopt);
      continue;
    }
    const auto length = static_cast<std::size_t>(size);
    row_.emplace_back(std::as_bytes(std::span{piece_.data() + at_, length}));
    at_ += length;
  }
  return true;
}

const std::vector<db::BinaryField>* RowPipe::peek() {
  while (!has_row_) {
    has_row_ = decode();
    if (has_row_) break;
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return has_ended_ || !pieces_.empty(); });
    if (pieces_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return nullptr;
    }
    piece_ = std::move(pieces_.front());
    pieces_.pop_front();
    waiting_bytes_ -= piece_.size();
    at_ = 0;
    changed_.notify_all();
  }
  return &row_;
}

namespace {

struct NobodyWants {};  // leaves copy_out_binary(), which cancels the rest

}  // namespace

PipedCopy::PipedCopy(db::Transaction& tx, db::Query query)
    : reader_{[this, &tx, query = std::move(query)] { read(tx, query); }} {}

PipedCopy::~PipedCopy() {
  pipe_.close();
  reader_.join();
}

void PipedCopy::read(db::Transaction& tx, const db::Query& query) noexcept {
  try {
    db::copy_out_binary(tx, query, [this](db::BinaryRow row) {
      if (!pipe_.put(row)) throw NobodyWants{};
    });
    pipe_.end();
  } catch (const NobodyWants&) {
    pipe_.end();
  } catch (...) {
    pipe_.end(std::current_exception());
  }
}

}  // namespace pcx::audit
