// Latencies in the layout of HdrHistogram (hdrhistogram.org): 1 us to 1 hour, every value kept to
// three or two significant digits. Adding histograms is exact: the sum is the one that all values
// together would have made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::load {

class Histogram {
 public:
  static constexpr std::int64_t kLowest = 1;                 // us
  static constexpr std::int64_t kHighest = 3'600'000'000;    // us; longer ones are counted as this

  explicit Histogram(int digits = 3);  // 2 or 3

  void record(std::int64_t microseconds, std::int64_t times = 1);
  // REQUIRES: the same digits.
  void add(const Histogram& other);
  void clear();

  int digits() const { return digits_; }
  std::int64_t count() const { return count_; }
  bool is_empty() const { return count_ == 0; }
  std::int64_t min() const { return min_; }  // exact; 0 when empty
  std::int64_t max() const { return max_; }  // exact; 0 when empty
  double mean() const;                       // exact
  // The highest value that counts as the same as the first one with at least p percent at or below
  // it; never more than max().
  std::int64_t percentile(double p) const;

  struct Bucket {
    std::int64_t from = 0, to = 0;  // both included
    std::int64_t count = 0;
    bool operator==(const Bucket&) const = default;
  };
  std::vector<Bucket> buckets() const;  // those that are not empty, in ascending order

  // HdrHistogram's V2 encoding, deflated, as base64: "HISTFAAAA...". min, max and sum are as near as
  // the buckets are.
  std::string to_base64() const;
  // Throws Error{data}.
  static Histogram from_base64(std::string_view text);
  // A few hundred bytes, exact: for periods that are over. pcx's own.
  std::string pack() const;
  static Histogram unpack(std::string_view packed);  // throws Error{data}

  bool operator==(const Histogram& other) const;

 private:
  int digits_;
  std::int64_t count_ = 0, min_ = 0, max_ = 0;
  std::int64_t sum_ = 0;
  std::vector<std::uint32_t> counts_;  // grows to the highest value that occurs
};

}  // namespace pcx::load
