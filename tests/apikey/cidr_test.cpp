#include "apikey/cidr.h"

#include <algorithm>
#include <cstdio>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/random.h"
#include "db/script.h"
#include "tests/db/fixture.h"

namespace pcx::apikey {
namespace {

// The name of the fault, or the range as it is written.
std::string read(std::string_view text) {
  const auto parsed = Cidr::parse(text);
  const auto* const range = std::get_if<Cidr>(&parsed);
  return range != nullptr ? range->text() : to_string(std::get<CidrFault>(parsed));
}

Cidr cidr(std::string_view text) { return std::get<Cidr>(Cidr::parse(text)); }

std::string address(std::string_view text) {
  const auto parsed = Address::parse(text);
  return parsed ? parsed->text() : "none";
}

TEST(Address, IsReadStrictly) {
  struct Case {
    std::string text;
    const char* shown;
  };
  const Case cases[] = {
      {"10.0.0.1", "10.0.0.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"::", "::"},
      {"::1", "::1"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"2001:0db8::0001", "2001:db8::1"},  // groups may be filled up, as RFC 4291 has it
      {"::ffff:10.0.0.1", "10.0.0.1"},
      {"::FFFF:a00:1", "10.0.0.1"},
      {"0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"},
      {"::10.0.0.1", "::10.0.0.1"},  // not the same
      {"::fffe:10.0.0.1", "::fffe:a00:1"},
      {"0000:0000:0000:0000:0000:ffff:255.255.255.255", "255.255.255.255"},
      {"", "none"},
      {"10", "none"},
      {"10.0.0", "none"},
      {"10.0.0.1.1", "none"},
      {"10.0.0.256", "none"},
      {"010.0.0.1", "none"},
      {"10.0.0.01", "none"},
      {"10.0.0.00", "none"},
      {"0x0a.0.0.1", "none"},
      {"167772161", "none"},
      {"10.0.0.1 ", "none"},
      {" 10.0.0.1", "none"},
      {"10.0.0.-1", "none"},
      {"10.0.0.1/32", "none"},
      {"10.0.0.1:80", "none"},
      {"[::1]", "none"},
      {":::", "none"},
      {"1::2::3", "none"},
      {"12345::", "none"},
      {"::ffff:010.0.0.1", "none"},
      {"::ffff:10.0.0", "none"},
      {"fe80::1%eth0", "none"},
      {"fe80::1%1", "none"},
      {"localhost", "none"},
      {std::string("10.0.0.1\0", 9), "none"},
      {std::string("10.0.0.1\0.9", 11), "none"},
      {std::string(1 << 20, '1'), "none"},
      {"0000:0000:0000:0000:0000:ffff:255.255.255.2555", "none"},
  };
  for (const Case& one : cases) EXPECT_EQ(address(one.text), one.shown) << one.text;
  EXPECT_TRUE(Address::parse("::ffff:1.2.3.4")->is_v4());
  EXPECT_FALSE(Address::parse("::1.2.3.4")->is_v4());
  EXPECT_EQ(Address::parse("::ffff:1.2.3.4"), Address::parse("1.2.3.4"));
}

struct Read {
  std::string text;
  const char* shown;
};

const std::vector<Read>& table() {
  static const std::vector<Read> all = {
      {"10.0.0.0/8", "10.0.0.0/8"},
      {"10.1.2.3", "10.1.2.3/32"},
      {"10.1.2.3/32", "10.1.2.3/32"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"128.0.0.0/1", "128.0.0.0/1"},
      {"255.255.255.254/31", "255.255.255.254/31"},
      {"::/0", "::/0"},
      {"2001:db8::/32", "2001:db8::/32"},
      {"2001:DB8::1", "2001:db8::1/128"},
      {"8000::/1", "8000::/1"},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8"},
      {"::ffff:0:0/96", "0.0.0.0/0"},
      {"::ffff:10.1.2.3", "10.1.2.3/32"},
      {"::ffff:10.1.2.3/128", "10.1.2.3/32"},
      {"", "no address"},
      {"/8", "no address"},
      {"10/8", "no address"},
      {"10.0.0.0.0/8", "no address"},
      {"010.0.0.0/8", "no address"},
      {"10.0.0.0 /8", "no address"},
      {"any", "no address"},
      {std::string("10.0.0.0\0/8", 11), "no address"},
      {"fe80::%eth0/10", "a zone"},
      {"fe80::1%1", "a zone"},
      {"10.0.0.0/", "no mask"},
      {"10.0.0.0/33", "no mask"},
      {"10.0.0.0/08", "no mask"},
      {"10.0.0.0/+8", "no mask"},
      {"10.0.0.0/-8", "no mask"},
      {"10.0.0.0/8 ", "no mask"},
      {"10.0.0.0/8/8", "no mask"},
      {"10.0.0.0/255.0.0.0", "no mask"},
      {"10.0.0.0/4294967304", "no mask"},
      {"::/129", "no mask"},
      {"::/999", "no mask"},
      {"::ffff:10.0.0.0/129", "no mask"},
      {"10.0.0.1/8", "bits to the right of the mask"},
      {"10.0.0.1/31", "bits to the right of the mask"},
      {"1.0.0.0/7", "bits to the right of the mask"},
      {"128.0.0.0/0", "bits to the right of the mask"},
      {"2001:db8::1/127", "bits to the right of the mask"},
      {"::ffff:10.0.0.0/8", "bits to the right of the mask"},
      {"::ffff:10.0.0.0/95", "bits to the right of the mask"},
      {"::ffff:0:0/95", "bits to the right of the mask"},
      {"::ffff:0:0/0", "bits to the right of the mask"},
      {"::ffff:10.0.0.1/104", "bits to the right of the mask"},
      {std::string(50, '1'), "too long"},
      {std::string(1 << 20, '1'), "too long"},
  };
  return all;
}

TEST(Cidr, IsReadStrictly) {
  for (const Read& one : table()) EXPECT_EQ(read(one.text), one.shown) << one.text;
  EXPECT_EQ(cidr("::ffff:10.0.0.0/104"), cidr("10.0.0.0/8"));
}

TEST(Cidr, ContainsByItsFirstBits) {
  struct Case {
    const char* range;
    const char* address;
    bool contains;
  };
  const Case cases[] = {
      {"10.0.0.0/8", "10.255.255.255", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.0.0.0/8", "9.255.255.255", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"10.0.0.0/8", "::10.1.2.3", false},
      {"::ffff:10.0.0.0/104", "10.1.2.3", true},
      {"192.168.4.0/22", "192.168.7.255", true},
      {"192.168.4.0/22", "192.168.8.0", false},
      {"10.1.2.3", "10.1.2.3", true},
      {"10.1.2.3", "10.1.2.2", false},
      {"0.0.0.0/0", "255.1.2.3", true},
      {"0.0.0.0/0", "::1", false},
      {"0.0.0.0/0", "::", false},
      {"::/0", "2001:db8::1", true},
      {"::/0", "10.0.0.1", false},
      {"::/0", "::ffff:10.0.0.1", false},
      {"2001:db8::/33", "2001:db8:7fff:ffff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"::1", "::1", true},
      {"::1", "0.0.0.1", false},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(cidr(one.range).contains(*Address::parse(one.address)), one.contains)
        << one.range << ' ' << one.address;
  }
}

TEST(Cidr, IsFoundInAList) {
  const auto ranges = require_cidrs(std::vector<std::string>{"10.0.0.0/8", "10.1.0.0/16", "::1"});
  EXPECT_EQ(first_containing(ranges, *Address::parse("10.1.2.3")), &ranges[0]);
  EXPECT_EQ(first_containing(ranges, *Address::parse("::1")), &ranges[2]);
  EXPECT_EQ(first_containing(ranges, *Address::parse("::2")), nullptr);
  EXPECT_EQ(first_containing({}, *Address::parse("::2")), nullptr);
}

TEST(Cidr, IsRefusedForAKeyThatIsMade) {
  const Error error = pcx::testing::error_of([] {
    require_cidrs(std::vector<std::string>{"10.0.0.0/8", "10.0.0.1/8"});
  });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_EQ(error.reason(), "cidr");
  EXPECT_STREQ(error.what(),
               "'10.0.0.1/8' is no range of addresses: bits to the right of the mask");
  const std::vector<std::string> many(kCidrsMax + 1, "::1");
  EXPECT_STREQ(pcx::testing::error_of([&] { require_cidrs(many); }).what(),
               "65 ranges are too many for one key");
}

TEST(CidrFault, HasAPhraseEach) { EXPECT_STREQ(to_string(static_cast<CidrFault>(99)), "unknown"); }

// Any address, often one that begins with zeros or ends in them, with any mask.
std::string any_range(Random& random) {
  const bool is_v4 = random.below(2) == 0;
  std::string text;
  const auto zeros_from = random.below(9);
  for (std::uint64_t i = 0; i < (is_v4 ? 4 : 8); ++i) {
    if (i > 0) text += is_v4 ? '.' : ':';
    const auto bits = random.below(is_v4 ? 9 : 17);
    const auto value = i >= zeros_from ? 0 : random.below(std::uint64_t{1} << bits);
    char digits[8] = {};
    std::snprintf(digits, sizeof digits, is_v4 ? "%u" : "%x", static_cast<unsigned>(value));
    text += digits;
  }
  return text + "/" + std::to_string(random.below(is_v4 ? 34 : 130));
}

class CidrBesidePostgres : public pcx::testing::DatabaseFixture {
 protected:
  db::Database& database() {
    if (database_) return *database_;
    database_.emplace(connect());
    db::run_script(*database_,
                   "CREATE FUNCTION public.as_cidr(text) RETURNS cidr LANGUAGE plpgsql AS $$"
                   "BEGIN RETURN $1::cidr; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$",
                   "test");
    return *database_;
  }

 private:
  std::optional<db::Database> database_;
};

// Shorthands, and a mask that is 8 in 32 bits.
bool is_the_servers_alone(const std::string& text) {
  constexpr std::string_view texts[] = {"10/8", "010.0.0.0/8", "10.0.0.0/08",
                                        "10.0.0.0/4294967304"};
  return std::ranges::find(texts, text) != std::end(texts);
}

// What pcx takes, the column takes and writes the same, but for IPv4 as IPv6.
TEST_F(CidrBesidePostgres, TakesNothingElse) {
  SeededRandom random{4};
  std::vector<std::string> texts;
  for (const Read& one : table()) {
    if (one.text.find('\0') == std::string::npos && one.text.size() < 100)
      texts.push_back(one.text);
  }
  while (texts.size() < 20'000) texts.push_back(any_range(random));
  const auto rows = database().query(
      {"test.cidr", "SELECT t, public.as_cidr(t)::text AS range FROM unnest($1::text[]) t"},
      {texts});
  std::size_t taken = 0, refused = 0;
  for (const db::Row row : rows) {
    const auto text = row["t"].as<std::string>();
    const auto range = db::nullable<std::string>(row["range"]);
    const auto parsed = Cidr::parse(text);
    const auto* const found = std::get_if<Cidr>(&parsed);
    const bool is_mapped = text.starts_with("::ffff:");
    if (found == nullptr) {
      ++refused;
      EXPECT_TRUE(!range || is_the_servers_alone(text)) << text;
      continue;
    }
    ++taken;
    EXPECT_TRUE(range) << text;
    if (!is_mapped) {
      EXPECT_EQ(found->text(), range.value_or("refused"));
    }
  }
  EXPECT_GT(taken, 2'000u);
  EXPECT_GT(refused, 2'000u);
}

TEST_F(CidrBesidePostgres, ContainsTheSame) {
  SeededRandom random{6};
  std::vector<std::string> ranges, addresses;
  while (ranges.size() < 10'000) {
    const std::string range = any_range(random);
    if (!std::holds_alternative<Cidr>(Cidr::parse(range))) continue;
    ranges.push_back(range);
    // Half of them within reach: the range's own address, and its neighbours.
    const std::string other = random.below(2) == 0 ? any_range(random) : range;
    std::string host = other.substr(0, other.find('/'));
    if (random.below(2) == 0) host.back() = host.back() == '1' ? '2' : '1';
    addresses.push_back(host);
  }
  const auto rows = database().query(
      {"test.contains",
       "SELECT r, a, a::inet <<= r::cidr AS contains FROM unnest($1::text[], $2::text[]) x(r, a)"},
      {ranges, addresses});
  std::size_t contained = 0;
  for (const db::Row row : rows) {
    const auto range = row["r"].as<std::string>();
    const auto host = row["a"].as<std::string>();
    const bool contains = row["contains"].as<bool>();
    contained += contains ? 1 : 0;
    EXPECT_EQ(cidr(range).contains(*Address::parse(host)), contains) << range << ' ' << host;
  }
  EXPECT_GT(contained, 1'000u);
  EXPECT_LT(contained, 9'000u);
}

}  // namespace
}  // namespace pcx::apikey
