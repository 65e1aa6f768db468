// Ranges of addresses, and addresses: whatever is taken is written and read again as the same.
#include <string>

#include "apikey/cidr.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pcx::apikey;
  using pcx::fuzz::promise;
  const std::string_view text = pcx::fuzz::text_of(data, size);
  const auto parsed = Cidr::parse(text);
  const auto* const range = std::get_if<Cidr>(&parsed);
  const auto address = Address::parse(text);
  if (address) {
    promise(Address::parse(address->text()) == address, "an address is read again as itself");
    promise(range != nullptr && range->contains(*address), "an address is a range of itself");
  }
  if (range != nullptr) {
    const std::string written = range->text();
    const auto again = Cidr::parse(written);
    promise(std::get<Cidr>(again) == *range, "a range is read again as itself");
    const auto network = Address::parse(written.substr(0, written.find('/')));
    promise(network && range->contains(*network), "a range contains its first address");
  }
  return 0;
}
