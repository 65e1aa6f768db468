#include "load/histogram.h"

#include <cmath>
#include <limits>
#include <span>
#include <zlib.h>

#include "core/error.h"
#include "crypto/encoding.h"

namespace pcx::load {

namespace {

// HdrHistogram's V2: AbstractHistogram.java and ZigZagEncoding.java of HdrHistogram 2.1.
constexpr std::uint32_t kCookie = 0x1c849303 | 0x10;
constexpr std::uint32_t kDeflatedCookie = 0x1c849304 | 0x10;
constexpr std::size_t kHeaderBytes = 40;
constexpr std::size_t kDeflatedHeaderBytes = 8;
constexpr std::size_t kVarintBytesMax = 9;

constexpr char kPackVersion = 1;
// So that a thousand files that say so can be added.
constexpr std::int64_t kCountMax = std::int64_t{1} << 50;

Error malformed(const std::string& what) {
  return {ErrorCode::data, "this is no histogram: " + what,
          "The file was damaged, or cut off: take it from where it was made once more."};
}

// Of the last bucket's end: 23,552 with three digits.
std::size_t counts_max(int half_magnitude) {
  const int bits = 64 - std::countl_zero(static_cast<std::uint64_t>(Histogram::kHighest));
  return static_cast<std::size_t>(bits - half_magnitude + 1) << half_magnitude;
}

// --- numbers of any length: seven bits a byte, the ninth has eight

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t bits) {
  return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

void append_varint(std::string& out, std::int64_t value) {
  std::uint64_t rest = zigzag(value);
  for (std::size_t i = 1; i < kVarintBytesMax && rest > 0x7f; ++i) {
    out += static_cast<char>((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  out += static_cast<char>(rest);
}

std::int64_t take_varint(std::string_view& stream) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kVarintBytesMax; ++i) {
    if (stream.empty()) throw malformed("it ends in the middle of a number");
    const auto byte = static_cast<unsigned char>(stream.front());
    stream.remove_prefix(1);
    const bool is_ninth = i + 1 == kVarintBytesMax;
    bits |= std::uint64_t{is_ninth ? byte : byte & 0x7fu} << (7 * i);
    if (is_ninth || byte < 0x80) break;
  }
  return unzigzag(bits);
}

// --- big-endian words

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// --- zlib

const Bytef* bytes_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

std::string deflated(const std::string& text) {
  uLongf size = ::compressBound(text.size());
  std::string out(size, '\0');
  auto* const target = reinterpret_cast<Bytef*>(out.data());
  if (::compress(target, &size, bytes_of(text), text.size()) != Z_OK) throw std::bad_alloc{};
  out.resize(size);
  return out;
}

std::string inflated(std::string_view bytes, std::size_t bytes_max) {
  uLongf size = bytes_max;
  uLong used = bytes.size();
  std::string out(size, '\0');
  auto* const target = reinterpret_cast<Bytef*>(out.data());
  const bool is_read = ::uncompress2(target, &size, bytes_of(bytes), &used) == Z_OK;
  if (!is_read || used != bytes.size()) throw malformed("it does not inflate");
  out.resize(size);
  return out;
}

int half_magnitude_of(int digits) { return digits == 2 ? 7 : 10; }

}  // namespace

Histogram::Histogram(int digits) : digits_(digits), half_magnitude_(half_magnitude_of(digits)) {}

void Histogram::add(const Histogram& other) {
  if (other.is_empty()) return;
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  min_ = is_empty() ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  if (__builtin_add_overflow(sum_, other.sum_, &sum_)) {
    sum_ = std::numeric_limits<std::int64_t>::max();
  }
}

void Histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  count_ = min_ = max_ = sum_ = 0;
}

double Histogram::mean() const {
  return is_empty() ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::int64_t Histogram::percentile(double p) const {
  if (is_empty()) return 0;
  // A hair less, so that 99.9 % of 1000 is 999 whatever the last bit of the product says.
  const double share = std::clamp(std::nextafter(p, -1.0), 0.0, 100.0) / 100;
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen > 0 && seen >= wanted) return std::min(bucket_at(i).to, max_);
  }
  return max_;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> found;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) found.push_back(bucket_at(i));
  }
  return found;
}

std::int64_t Histogram::count_above(std::int64_t microseconds) const {
  std::int64_t above = 0;
  const std::size_t first = microseconds < 0 ? 0 : index_of(std::min(microseconds, kHighest)) + 1;
  for (std::size_t i = first; i < counts_.size(); ++i) above += counts_[i];
  return above;
}

Histogram::Bucket Histogram::bucket_at(std::size_t index) const {
  const std::size_t half = std::size_t{1} << half_magnitude_;
  const std::size_t bucket = index < 2 * half ? 0 : (index >> half_magnitude_) - 1;
  const auto from = static_cast<std::int64_t>((index - bucket * half) << bucket);
  return {from, from + (std::int64_t{1} << bucket) - 1, counts_[index]};
}

// To the end of the bucket, so that it does not grow again and again.
void Histogram::grow_to(std::size_t index) {
  const std::size_t half = std::size_t{1} << half_magnitude_;
  counts_.resize((index / half + 1) * half);
}

bool Histogram::operator==(const Histogram& other) const {
  return digits_ == other.digits_ && count_ == other.count_ && min_ == other.min_ &&
         max_ == other.max_ && sum_ == other.sum_ && buckets() == other.buckets();
}

// --- written and read

// Counts up to the last one; zeros in a row are their negative number.
std::string Histogram::write_counts() const {
  std::string out;
  std::int64_t zeros = 0;
  for (const std::int64_t count : counts_) {
    if (count == 0) {
      ++zeros;
      continue;
    }
    if (zeros > 0) append_varint(out, zeros == 1 ? 0 : -zeros);
    zeros = 0;
    append_varint(out, count);
  }
  return out;
}

// min, max and sum are then as near as the buckets are.
void Histogram::read_counts(std::string_view stream) {
  const std::size_t size = counts_max(half_magnitude_);
  std::size_t at = 0;
  while (!stream.empty()) {
    const std::int64_t number = take_varint(stream);
    if (number <= 0) {
      const std::uint64_t zeros = number == 0 ? 1 : zigzag(number) / 2 + 1;
      if (zeros > size - at) throw malformed("it has values beyond an hour");
      at += zeros;
      continue;
    }
    if (at >= size || at > index_of(kHighest)) throw malformed("it has values beyond an hour");
    if (number > kCountMax - count_) throw malformed("its counts are too large");
    if (at >= counts_.size()) grow_to(at);
    counts_[at] = number;
    const Bucket bucket = bucket_at(at++);
    if (count_ == 0) min_ = bucket.from;
    max_ = std::min(bucket.to, kHighest);
    count_ += number;
    std::int64_t part = 0;
    const std::int64_t middle = bucket.from + (bucket.to - bucket.from) / 2;
    if (__builtin_mul_overflow(middle, number, &part) ||
        __builtin_add_overflow(sum_, part, &sum_)) {
      throw malformed("its sum is too large");
    }
  }
}

std::string Histogram::to_base64() const {
  const std::string counts = write_counts();
  std::string plain;
  append_big_endian(plain, kCookie, 4);
  append_big_endian(plain, counts.size(), 4);
  append_big_endian(plain, 0, 4);  // normalizing index offset
  append_big_endian(plain, static_cast<std::uint64_t>(digits_), 4);
  append_big_endian(plain, kLowest, 8);
  append_big_endian(plain, kHighest, 8);
  append_big_endian(plain, std::bit_cast<std::uint64_t>(1.0), 8);  // integer to double ratio
  const std::string body = deflated(plain + counts);
  std::string bytes;
  append_big_endian(bytes, kDeflatedCookie, 4);
  append_big_endian(bytes, body.size(), 4);
  return crypto::to_base64(crypto::bytes_of(bytes + body));
}

// Offset and ratio are not looked at: hdr-histogram-js writes others, and means the same.
Histogram Histogram::from_base64(std::string_view text) {
  const std::size_t bytes_max = kHeaderBytes + kVarintBytesMax * counts_max(half_magnitude_of(3));
  if (text.size() > 2 * bytes_max) throw malformed("it is too long");
  const auto bytes = crypto::from_base64(text);
  if (!bytes) throw malformed("it is no base64");
  std::string_view rest = *bytes;
  if (rest.size() < kDeflatedHeaderBytes || big_endian(rest.substr(0, 4)) != kDeflatedCookie ||
      big_endian(rest.substr(4, 4)) != rest.size() - kDeflatedHeaderBytes) {
    throw malformed("it does not begin as HdrHistogram's V2 encoding does");
  }
  const std::string plain = inflated(rest.substr(kDeflatedHeaderBytes), bytes_max);
  rest = plain;
  if (rest.size() < kHeaderBytes || big_endian(rest.substr(0, 4)) != kCookie ||
      big_endian(rest.substr(4, 4)) != rest.size() - kHeaderBytes) {
    throw malformed("what was deflated does not begin as HdrHistogram's V2 encoding does");
  }
  const std::uint64_t digits = big_endian(rest.substr(12, 4));
  if ((digits != 2 && digits != 3) || big_endian(rest.substr(16, 8)) != kLowest) {
    throw malformed("it has another resolution");
  }
  Histogram histogram{static_cast<int>(digits)};
  histogram.read_counts(rest.substr(kHeaderBytes));
  return histogram;
}

std::string Histogram::pack() const {
  std::string out{kPackVersion, static_cast<char>(digits_)};
  for (const std::int64_t number : {min_, max_, sum_}) append_varint(out, number);
  return out + write_counts();
}

Histogram Histogram::unpack(std::string_view packed) {
  if (packed.size() < 2 || packed[0] != kPackVersion || (packed[1] != 2 && packed[1] != 3)) {
    throw malformed("it does not begin as a packed one does");
  }
  Histogram histogram{packed[1]};
  packed.remove_prefix(2);
  const std::int64_t min = take_varint(packed);
  const std::int64_t max = take_varint(packed);
  const std::int64_t sum = take_varint(packed);
  histogram.read_counts(packed);
  const auto is_same = [&](std::int64_t exact, std::int64_t near) {
    return exact >= 0 && exact <= kHighest && histogram.index_of(exact) == histogram.index_of(near);
  };
  const auto in_range = [&](std::int64_t value) { return value >= min && value <= max; };
  const double mean = histogram.is_empty()
                          ? static_cast<double>(sum)
                          : static_cast<double>(sum) / static_cast<double>(histogram.count_);
  if (!is_same(min, histogram.min_) || !is_same(max, histogram.max_) ||
      !in_range(std::llround(mean))) {
    throw malformed("its sums do not fit its counts");
  }
  histogram.min_ = min;
  histogram.max_ = max;
  histogram.sum_ = sum;
  return histogram;
}

}  // namespace pcx::load
