#include "alert/zone_table.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr std::string_view kMagic = "TZif";
constexpr std::size_t kReservedBytes = 15;
constexpr std::size_t kTypeBytes = 6;
constexpr std::size_t kTypesMax = 256;  // an index is one byte
// RFC 8536, 3.2: readers may rely on no other.
constexpr std::int32_t kOffsetMin_s = -89'999;
constexpr std::int32_t kOffsetMax_s = 93'599;

class Bytes {
 public:
  Bytes(std::string_view bytes, const std::string& zone) : rest_(bytes), zone_(zone) {}

  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) refuse("ends too early");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).front()); }
  // Big-endian.
  std::uint64_t whole(std::size_t bytes) {
    std::uint64_t value = 0;
    for (const char c : take(bytes)) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
  }
  std::string_view rest() const { return rest_; }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error{ErrorCode::data,
                fmt::format("the file of time zone '{}' {}", escape_controls(zone_), why),
                "Install the package tzdata again."}
        .because("zone_file");
  }

 private:
  std::string_view rest_;
  const std::string& zone_;
};

struct Header {
  char version = 0;
  std::uint64_t utc_marks = 0, standard_marks = 0, leaps = 0, changes = 0, types = 0, letters = 0;

  // Of what follows it, with times of so many bytes.
  std::uint64_t body_bytes(std::uint64_t time_bytes) const {
    return changes * (time_bytes + 1) + types * kTypeBytes + letters + leaps * (time_bytes + 4) +
           standard_marks + utc_marks;
  }
};

Header read_header(Bytes& bytes) {
  if (!bytes.rest().starts_with(kMagic)) bytes.refuse("is no compiled time zone");
  bytes.take(kMagic.size());
  Header header;
  header.version = static_cast<char>(bytes.byte());
  bytes.take(kReservedBytes);
  for (std::uint64_t* const count : {&header.utc_marks, &header.standard_marks, &header.leaps,
                                     &header.changes, &header.types, &header.letters}) {
    *count = bytes.whole(4);
  }
  if (header.version < '2') bytes.refuse("has no times of 64 bits");
  return header;
}

void require_usable(const Header& header, const Bytes& bytes) {
  if (header.leaps != 0) bytes.refuse("counts leap seconds");
  if (header.types == 0 || header.types > kTypesMax) {
    bytes.refuse(fmt::format("has {} types of local time", header.types));
  }
  // Before anything is reserved for what they say.
  if (header.body_bytes(8) > bytes.rest().size()) bytes.refuse("ends too early");
}

std::vector<std::int64_t> read_times(Bytes& bytes, std::uint64_t count) {
  std::vector<std::int64_t> times;
  times.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    times.push_back(static_cast<std::int64_t>(bytes.whole(8)));
    if (i > 0 && times[i] <= times[i - 1]) bytes.refuse("has times that do not rise");
  }
  return times;
}

std::vector<std::int32_t> read_offsets(Bytes& bytes, std::uint64_t types) {
  std::vector<std::int32_t> offsets;
  for (std::uint64_t i = 0; i < types; ++i) {
    const auto offset = static_cast<std::int32_t>(bytes.whole(4));
    if (offset < kOffsetMin_s || offset > kOffsetMax_s) {
      bytes.refuse(fmt::format("has local time that is {} s ahead of UTC", offset));
    }
    offsets.push_back(offset);
    bytes.take(kTypeBytes - 4);  // whether it is daylight saving time, and its name
  }
  return offsets;
}

// "\n" TZ "\n", and nothing after it. An empty TZ: nobody knows what comes.
std::optional<ZoneRule> read_footer(Bytes& bytes) {
  const std::string_view footer = bytes.rest();
  if (footer.size() < 2 || footer.front() != '\n' || footer.find('\n', 1) != footer.size() - 1) {
    bytes.refuse("has no footer");
  }
  const std::string_view text = footer.substr(1, footer.size() - 2);
  if (text.empty()) return std::nullopt;
  auto rule = ZoneRule::parse(text);
  if (!rule) bytes.refuse(fmt::format("has the footer '{}'", escape_controls(text)));
  return rule;
}

}  // namespace

ZoneTable ZoneTable::parse(std::string_view text, const std::string& zone) {
  Bytes bytes{text, zone};
  if (text.size() > kZoneBytesMax) {
    bytes.refuse(fmt::format("has more than {} bytes", kZoneBytesMax));
  }
  bytes.take(read_header(bytes).body_bytes(4));  // the times of 32 bits, for readers of version 1
  const Header header = read_header(bytes);
  require_usable(header, bytes);
  const std::vector<std::int64_t> times = read_times(bytes, header.changes);
  const std::string_view types = bytes.take(header.changes);
  const std::vector<std::int32_t> offsets = read_offsets(bytes, header.types);
  bytes.take(header.letters + header.standard_marks + header.utc_marks);

  ZoneTable table;
  table.first_offset_s_ = offsets.front();
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto type = static_cast<std::uint8_t>(types[i]);
    if (type >= offsets.size()) bytes.refuse(fmt::format("has no type {} of local time", type));
    table.changes_.push_back({times[i], offsets[type]});
  }
  table.rule_ = read_footer(bytes);
  return table;
}

int ZoneTable::utc_offset_s(Time at) const {
  const std::int64_t at_s = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  const auto next =
      std::ranges::upper_bound(changes_, at_s, std::ranges::less{}, &ZoneTable::Change::at_s);
  if (next == changes_.end() && rule_) return rule_->utc_offset_s(at);
  return next == changes_.begin() ? first_offset_s_ : std::prev(next)->offset_s;
}

}  // namespace pcx::alert
