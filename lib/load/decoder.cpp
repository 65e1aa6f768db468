#include "load/decoder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <zlib.h>
#include <zstd.h>

#include <brotli/decode.h>

#include "core/ascii.h"
#include "core/text.h"

namespace pcx::load {

namespace {

constexpr std::size_t kStagesMax = 2;
// Between two stages: what they make of it may be nothing at all, and cost time all the same.
constexpr std::size_t kBetweenBytesMax = std::size_t{32} * 1024 * 1024;
constexpr std::size_t kPieceBytes = 16 * 1024;

}  // namespace

// One encoding. Nothing at all is complete: HTTP has bodies without a byte, whatever they are said
// to be.
class Decoder::Stage {
 public:
  virtual ~Stage() = default;
  // Gives pieces of the decoded text to `sink` until `bytes` are used; false: broken, or the sink
  // wants no more.
  virtual bool put(std::string_view bytes, const std::function<bool(std::string_view)>& sink) = 0;
  virtual bool is_complete() const = 0;
};

namespace {

class Inflate final : public Decoder::Stage {
 public:
  // gzip and zlib are told by their first bytes; "deflate" without zlib's header is sent, too.
  explicit Inflate(bool may_be_raw) : may_be_raw_(may_be_raw) {
    constexpr int kAnyHeader = 32 + MAX_WBITS;
    is_open_ = inflateInit2(&stream_, kAnyHeader) == Z_OK;
  }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;
  ~Inflate() override {
    if (is_open_) inflateEnd(&stream_);
  }

  bool put(std::string_view bytes, const std::function<bool(std::string_view)>& sink) override {
    if (bytes.empty()) return true;
    if (!is_open_ || !choose_raw(bytes)) return false;
    std::array<char, kPieceBytes> piece;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      if (is_over_ && is_behind_all()) return true;
      if (is_over_ && inflateReset(&stream_) != Z_OK) return false;  // another member of a gzip
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      const int state = inflate(&stream_, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return false;
      is_over_ = state == Z_STREAM_END;
      if (!sink({piece.data(), piece.size() - stream_.avail_out})) return false;
    } while (stream_.avail_in > 0 || (stream_.avail_out == 0 && !is_over_));
    return true;
  }
  bool is_complete() const override { return is_over_ || !has_begun_; }

 private:
  // Behind a member of a gzip, from a zero byte on, there is only padding, and behind another
  // encoding there is nothing that belongs to it, as Node.js has it.
  bool is_behind_all() {
    is_padding_ = is_padding_ || !is_gzip_ || *stream_.next_in == 0;
    return is_padding_;
  }

  bool choose_raw(std::string_view bytes) {
    if (has_begun_) return true;
    has_begun_ = true;
    constexpr unsigned kMethodMask = 0x0f;
    const auto first = static_cast<unsigned char>(bytes.front());
    is_gzip_ = first == 0x1f;
    const bool has_header = first == 0x1f || (first & kMethodMask) == Z_DEFLATED;
    if (has_header || !may_be_raw_) return true;
    return inflateReset2(&stream_, -MAX_WBITS) == Z_OK;
  }

  z_stream stream_{};
  bool may_be_raw_;
  bool is_open_ = false;
  bool has_begun_ = false;
  bool is_gzip_ = false;
  bool is_over_ = false;
  bool is_padding_ = false;
};

class Brotli final : public Decoder::Stage {
 public:
  bool put(std::string_view bytes, const std::function<bool(std::string_view)>& sink) override {
    if (bytes.empty() || state_ == BROTLI_DECODER_RESULT_SUCCESS) return true;
    has_begun_ = true;
    std::array<char, kPieceBytes> piece;
    const auto* next = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t left = bytes.size();
    for (;;) {
      auto* out = reinterpret_cast<std::uint8_t*>(piece.data());
      std::size_t room = piece.size();
      state_ = BrotliDecoderDecompressStream(decoder_.get(), &left, &next, &room, &out, nullptr);
      if (state_ == BROTLI_DECODER_RESULT_ERROR) return false;
      if (!sink({piece.data(), piece.size() - room})) return false;
      if (state_ == BROTLI_DECODER_RESULT_SUCCESS) return true;  // what is left is none of it
      if (state_ == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return true;
    }
  }
  bool is_complete() const override {
    return state_ == BROTLI_DECODER_RESULT_SUCCESS || !has_begun_;
  }

 private:
  struct Free {
    void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
  };
  std::unique_ptr<BrotliDecoderState, Free> decoder_{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
  BrotliDecoderResult state_ = BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT;
  bool has_begun_ = false;
};

class Zstd final : public Decoder::Stage {
 public:
  Zstd() { ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLogMax); }
  bool put(std::string_view bytes, const std::function<bool(std::string_view)>& sink) override {
    // Without input it would say what it needs for another frame.
    if (bytes.empty()) return true;
    std::array<char, kPieceBytes> piece;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (;;) {
      ZSTD_outBuffer out{piece.data(), piece.size(), 0};
      left_ = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(left_)) return false;
      if (!sink({piece.data(), out.pos})) return false;
      if (in.pos == in.size && (left_ == 0 || out.pos < out.size)) return true;
    }
  }
  bool is_complete() const override { return left_ == 0; }

 private:
  static constexpr int kWindowLogMax = 23;  // 8 MB, as RFC 8878 recommends for the web
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
  std::size_t left_ = 0;
};

std::unique_ptr<Decoder::Stage> make_stage(std::string_view name) {
  if (name == "gzip" || name == "x-gzip") return std::make_unique<Inflate>(false);
  if (name == "deflate") return std::make_unique<Inflate>(true);
  if (name == "br") return std::make_unique<Brotli>();
  if (name == "zstd") return std::make_unique<Zstd>();
  return nullptr;
}

}  // namespace

Decoder::Decoder() = default;
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

bool Decoder::begin(std::string_view content_encoding) {
  stages_.clear();
  between_bytes_ = 0;
  if (trim(content_encoding).empty()) return true;
  for (const std::string& part : split(content_encoding, ',')) {
    const std::string name = to_lower_ascii(trim(part));
    if (name == "identity") continue;
    auto stage = make_stage(name);
    if (!stage || stages_.size() == kStagesMax) {
      stages_.clear();
      return false;
    }
    stages_.insert(stages_.begin(), std::move(stage));
  }
  return true;
}

namespace {

using Sink = std::function<bool(std::string_view)>;

// Through the stages from `first` on; `between` is told of what goes from one to the next.
bool pass(const std::vector<std::unique_ptr<Decoder::Stage>>& stages, std::size_t first,
          std::string_view bytes, const Sink& between, const Sink& sink) {
  if (first == stages.size()) return sink(bytes);
  if (first > 0 && !between(bytes)) return false;
  return stages[first]->put(
      bytes, [&](std::string_view piece) { return pass(stages, first + 1, piece, between, sink); });
}

}  // namespace

Decoder::State Decoder::put(std::string_view bytes, std::string& out, std::size_t out_max) {
  if (stages_.empty() && bytes.size() <= out_max - std::min(out.size(), out_max)) {
    out += bytes;
    return State::fine;
  }
  bool is_too_large = false;
  const auto count = [&](std::string_view piece) {
    between_bytes_ += piece.size();
    is_too_large = between_bytes_ > kBetweenBytesMax;
    return !is_too_large;
  };
  const auto append = [&](std::string_view piece) {
    is_too_large = piece.size() > out_max - std::min(out.size(), out_max);
    if (!is_too_large) out += piece;
    return !is_too_large;
  };
  const bool is_fine = pass(stages_, 0, bytes, count, append);
  if (is_too_large) return State::too_large;
  return is_fine ? State::fine : State::broken;
}

bool Decoder::is_complete() const {
  return std::all_of(stages_.begin(), stages_.end(),
                     [](const auto& stage) { return stage->is_complete(); });
}

}  // namespace pcx::load
