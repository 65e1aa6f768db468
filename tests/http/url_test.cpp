#include "http/url.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace pcx::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Known {
  const char* text;
  bool tls;
  const char* host;
  bool host_is_address;
  int port;
  const char* target;
  const char* authority;
};

class ParseUrl : public ::testing::TestWithParam<Known> {};

TEST_P(ParseUrl, ReadsEveryPart) {
  const Url url = parse_url(GetParam().text);
  EXPECT_EQ(url.tls, GetParam().tls);
  EXPECT_EQ(url.host, GetParam().host);
  EXPECT_EQ(url.host_is_address, GetParam().host_is_address);
  EXPECT_EQ(url.port, GetParam().port);
  EXPECT_EQ(url.target, GetParam().target);
  EXPECT_EQ(url.authority(), GetParam().authority);
  EXPECT_EQ(url.origin(), (url.tls ? "https://" : "http://") + url.authority());
}

INSTANTIATE_TEST_SUITE_P(
    Urls, ParseUrl,
    ::testing::Values(
        Known{"http://example.org", false, "example.org", false, 80, "/", "example.org"},
        Known{"HTTPS://Example.ORG/", true, "example.org", false, 443, "/", "example.org"},
        Known{"https://example.org:443/a", true, "example.org", false, 443, "/a", "example.org"},
        Known{"https://example.org:80/a", true, "example.org", false, 80, "/a", "example.org:80"},
        Known{"http://h:8080/a/b%20c?x=1&y=/?", false, "h", false, 8080, "/a/b%20c?x=1&y=/?",
              "h:8080"},
        Known{"http://h?x=1", false, "h", false, 80, "/?x=1", "h"},
        Known{"http://10.0.0.1:1/", false, "10.0.0.1", true, 1, "/", "10.0.0.1:1"},
        Known{"http://[::1]:65535/x", false, "::1", true, 65535, "/x", "[::1]:65535"},
        Known{"https://[2001:DB8::1]", true, "2001:db8::1", true, 443, "/", "[2001:db8::1]"},
        Known{"http://my_host-1.local/", false, "my_host-1.local", false, 80, "/",
              "my_host-1.local"}));

struct Refused {
  std::string text;
  const char* message;
};

class ParseUrlRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(ParseUrlRefuses, SaysWhyAndDoesNotRepeatTheUrl) {
  try {
    parse_url(GetParam().text);
    FAIL() << GetParam().text;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(std::string{error.what()},
              std::string{"not a URL that can be called: "} + GetParam().message);
    EXPECT_THAT(std::string{error.what()} + error.hint(), Not(HasSubstr("s3cret")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Urls, ParseUrlRefuses,
    ::testing::Values(
        Refused{"", "it does not begin with http:// or https://"},
        Refused{"example.org", "it does not begin with http:// or https://"},
        Refused{"http:/example.org", "it does not begin with http:// or https://"},
        Refused{"ftp://example.org", "its scheme is neither http nor https"},
        Refused{" http://example.org", "its scheme is neither http nor https"},
        Refused{"http://", "it has no host"}, Refused{"http:///s3cret", "it has no host"},
        Refused{"http://:80/", "it has no host"},
        Refused{"http://user:s3cret@h/", "it has a user name or password"},
        Refused{"http://h:/", "its port is not a number from 1 to 65535"},
        Refused{"http://h:0/", "its port is not a number from 1 to 65535"},
        Refused{"http://h:65536/", "its port is not a number from 1 to 65535"},
        Refused{"http://h:+80/", "its port is not a number from 1 to 65535"},
        Refused{"http://h:80:80/", "its port is not a number from 1 to 65535"},
        Refused{"http://a..b/", "its host name has a bad label"},
        Refused{"http://example.org./", "its host name has a bad label"},
        Refused{"http://" + std::string(64, 'a') + "/", "its host name has a bad label"},
        Refused{"http://" + std::string(254, 'a') + "/",
                "its host name is longer than 253 characters"},
        Refused{"http://h h/", "its host name has a character that names do not have"},
        Refused{"http://h%20h/", "its host name has a character that names do not have"},
        Refused{"http://m\xc3\xbcnchen.de/",
                "its host name has a character that names do not have"},
        Refused{"http://127.1/", "its IPv4 address is incomplete"},
        Refused{"http://2130706433/", "its IPv4 address is incomplete"},
        Refused{"http://256.0.0.1/", "its IPv4 address is incomplete"},
        Refused{"http://[::1/", "there is no IPv6 address between its brackets"},
        Refused{"http://[fe80::1%25eth0]/", "there is no IPv6 address between its brackets"},
        Refused{"http://[127.0.0.1]/", "there is no IPv6 address between its brackets"},
        Refused{"http://[]/", "there is no IPv6 address between its brackets"},
        Refused{"http://[::1]80/", "something other than a port follows its host"},
        Refused{"http://h/#s3cret", "it has a fragment"},
        Refused{"http://h/s3cret%2", "it has a '%' without two hexadecimal digits"},
        Refused{"http://h/s3cret%zz", "it has a '%' without two hexadecimal digits"},
        Refused{"http://h/s3cret x", "it has a character that must be percent-encoded"},
        Refused{"http://h/s3cret\r\nX: y", "it has a character that must be percent-encoded"},
        Refused{"http://h/\xc3\xbc", "it has a character that must be percent-encoded"},
        Refused{"http://h/" + std::string(8192, 'a'), "it is longer than 8192 bytes"}));

}  // namespace
}  // namespace pcx::http
