// Histograms of others: only Error{data} leaves unpack and from_base64, and what they read is what
// is written.
#include "core/error.h"
#include "load/histogram.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::fuzz::promise;
using pcx::load::Histogram;

template <typename Read>
void is_read(Read read) {
  try {
    const Histogram histogram = read();
    promise(Histogram::unpack(histogram.pack()) == histogram, "packing keeps everything");
    promise(Histogram::from_base64(histogram.to_base64()).buckets() == histogram.buckets(),
            "V2 keeps the counts");
    promise(histogram.percentile(100) == histogram.max(), "nothing lies above the maximum");
    promise(histogram.percentile(0) >= histogram.min(), "nor below the minimum");
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad histogram is Error{data}");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  is_read([&] { return Histogram::unpack(text); });
  is_read([&] { return Histogram::from_base64(text); });
  return 0;
}
