#include "load/addresses.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

struct Case {
  const char* address;
  bool is_near;
};

class Addresses : public ::testing::TestWithParam<Case> {};

TEST_P(Addresses, AreNearOrPublic) {
  EXPECT_EQ(is_near(boost::asio::ip::make_address(GetParam().address)), GetParam().is_near);
}

// The first and last address of each network, and their neighbours.
INSTANTIATE_TEST_SUITE_P(
    Edges, Addresses,
    ::testing::Values(
        Case{"127.0.0.1", true}, Case{"127.255.255.255", true}, Case{"126.255.255.255", false},
        Case{"128.0.0.0", false}, Case{"10.0.0.0", true}, Case{"10.255.255.255", true},
        Case{"9.255.255.255", false}, Case{"11.0.0.0", false}, Case{"172.16.0.0", true},
        Case{"172.31.255.255", true}, Case{"172.15.255.255", false}, Case{"172.32.0.0", false},
        Case{"192.168.0.0", true}, Case{"192.168.255.255", true}, Case{"192.167.255.255", false},
        Case{"192.169.0.0", false}, Case{"169.254.169.254", true}, Case{"169.253.255.255", false},
        Case{"100.64.0.0", true}, Case{"100.127.255.255", true}, Case{"100.63.255.255", false},
        Case{"100.128.0.0", false}, Case{"0.0.0.0", true}, Case{"0.0.0.1", false},
        Case{"8.8.8.8", false}, Case{"::", true}, Case{"::ffff:0.0.0.0", true}, Case{"::1", true},
        Case{"::2", false}, Case{"fd00::1", true}, Case{"fc00::", true}, Case{"fe80::1", true},
        Case{"febf::1", true}, Case{"fec0::1", false}, Case{"2001:db8::1", false},
        Case{"::ffff:10.1.2.3", true}, Case{"::ffff:8.8.8.8", false}));

TEST(SystemResolve, FindsLoopback) {
  const auto found = system_resolve(false)(http::parse_url("http://127.0.0.1:8080"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().address().to_string(), "127.0.0.1");
  EXPECT_EQ(found.front().port(), 8080);
}

TEST(SystemResolve, RefusesAPublicAddressUnlessAllowed) {
  const http::Url url = http::parse_url("http://203.0.113.7/");
  const Error error = testing::error_of([&] { static_cast<void>(system_resolve(false)(url)); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_EQ(error.reason(), "public_address");
  EXPECT_THAT(error.what(), ::testing::HasSubstr("203.0.113.7"));
  EXPECT_THAT(error.hint(), ::testing::HasSubstr("--yes"));
  EXPECT_EQ(system_resolve(true)(url).size(), 1U);
}

TEST(SystemResolve, NamesTheHostThatIsNotFound) {
  const http::Url url = http::parse_url("http://no-such-host.invalid:81/");
  const Error error = testing::error_of([&] { static_cast<void>(system_resolve(true)(url)); });
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_THAT(error.what(), ::testing::HasSubstr("no-such-host.invalid"));
}

}  // namespace
}  // namespace pcx::load
