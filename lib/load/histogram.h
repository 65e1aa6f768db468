// Latencies in the layout of HdrHistogram (hdrhistogram.org): 1 us to 1 hour, every value kept to
// three or two significant digits. Adding histograms is exact: the sum is the one that all values
// together would have made.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::load {

class Histogram {
 public:
  static constexpr std::int64_t kLowest = 1;               // us
  static constexpr std::int64_t kHighest = 3'600'000'000;  // us; longer ones are counted as this

  explicit Histogram(int digits = 3);  // 2 or 3

  // Negative ones are counted as 0. A few nanoseconds; memory is taken only for a value that is
  // higher than all before. REQUIRES: times > 0.
  void record(std::int64_t microseconds, std::int64_t times = 1) {
    const std::int64_t value = std::clamp<std::int64_t>(microseconds, 0, kHighest);
    const std::size_t at = index_of(value);
    if (at >= counts_.size()) grow_to(at);
    counts_[at] += times;
    min_ = count_ == 0 ? value : std::min(min_, value);
    max_ = std::max(max_, value);
    count_ += times;
    sum_ += value * times;
  }
  // REQUIRES: the same digits. A sum beyond int64 stays there.
  void add(const Histogram& other);
  void clear();

  int digits() const { return digits_; }
  std::int64_t count() const { return count_; }
  bool is_empty() const { return count_ == 0; }
  std::int64_t min() const { return min_; }  // exact; 0 when empty
  std::int64_t max() const { return max_; }  // exact; 0 when empty
  std::int64_t sum() const { return sum_; }  // exact
  double mean() const;                       // exact; 0 when empty
  // The highest value that counts as the same as the first one with at least p percent at or below
  // it; never more than max().
  std::int64_t percentile(double p) const;

  struct Bucket {
    std::int64_t from = 0, to = 0;  // both included
    std::int64_t count = 0;
    bool operator==(const Bucket&) const = default;
  };
  std::vector<Bucket> buckets() const;  // those that are not empty, in ascending order
  // How many values are in buckets that lie above `microseconds`.
  std::int64_t count_above(std::int64_t microseconds) const;

  // HdrHistogram's V2 encoding, deflated, as base64: "HISTFAAAA...". min, max and sum are as near
  // as the buckets are.
  std::string to_base64() const;
  // Of 2 or 3 digits, from 1 us on. Throws Error{data}.
  static Histogram from_base64(std::string_view text);
  // A few hundred bytes, exact: for periods that are over. pcx's own: version, digits, min, max and
  // sum, then the counts as V2 has them.
  std::string pack() const;
  // Throws Error{data} for what pack() cannot have made.
  static Histogram unpack(std::string_view packed);

  bool operator==(const Histogram& other) const;

 private:
  // Buckets double in width; each has half of the sub-buckets, the first one all.
  std::size_t index_of(std::int64_t value) const {
    const auto bits = static_cast<std::uint64_t>(value);
    const std::uint64_t half = std::uint64_t{1} << half_magnitude_;
    const int bucket = 63 - half_magnitude_ - std::countl_zero(bits | (2 * half - 1));
    return (static_cast<std::uint64_t>(bucket) << half_magnitude_) + (bits >> bucket);
  }
  Bucket bucket_at(std::size_t index) const;
  void grow_to(std::size_t index);
  void read_counts(std::string_view stream);
  std::string write_counts() const;

  int digits_;
  int half_magnitude_;  // 10 or 7
  std::int64_t count_ = 0, min_ = 0, max_ = 0;
  std::int64_t sum_ = 0;
  std::vector<std::int64_t> counts_;  // grows to the highest value that occurs
};

}  // namespace pcx::load
