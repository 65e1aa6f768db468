#include "load/origins.h"

#include <gmock/gmock.h>

#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

struct Url {
  const char* url;
  const char* origin;
  const char* target;
};

class Urls : public ::testing::TestWithParam<Url> {};

TEST_P(Urls, AreSplitAsTheStandardSays) {
  const SplitUrl split = split_url(GetParam().url);
  EXPECT_EQ(split.origin, GetParam().origin) << GetParam().url;
  EXPECT_EQ(split.target, GetParam().target) << GetParam().url;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Urls,
    ::testing::Values(
        Url{"http://a.test", "http://a.test", "/"}, Url{"http://a.test/", "http://a.test", "/"},
        Url{"https://a.test:8443/x/y?z=1", "https://a.test:8443", "/x/y?z=1"},
        Url{"HTTP://a.test/x", "HTTP://a.test", "/x"},
        Url{"http://[::1]:80/x", "http://[::1]:80", "/x"},
        Url{"http://a.test?x=1", "http://a.test", "/?x=1"},
        Url{"http://a.test/?", "http://a.test", "/"},
        Url{"http://a.test#part", "http://a.test", "/"},
        Url{"http://a.test/x#part?y", "http://a.test", "/x"},
        Url{"http://a.test/x?y#part", "http://a.test", "/x?y"},
        // --- dot segments
        Url{"http://a.test/a/../b", "http://a.test", "/b"},
        Url{"http://a.test/a/./b/.", "http://a.test", "/a/b/"},
        Url{"http://a.test/a/b/..", "http://a.test", "/a/"},
        Url{"http://a.test/../../a", "http://a.test", "/a"},
        Url{"http://a.test/..", "http://a.test", "/"},
        Url{"http://a.test/a/.../b", "http://a.test", "/a/.../b"},
        Url{"http://a.test/a//../b", "http://a.test", "/a/b"},
        Url{"http://a.test//a//b/", "http://a.test", "//a//b/"},
        Url{"http://a.test/.well-known/x", "http://a.test", "/.well-known/x"},
        Url{"http://a.test/a?x=/../b", "http://a.test", "/a?x=/../b"},
        // --- encoding
        Url{"http://a.test/a b?c d", "http://a.test", "/a%20b?c%20d"},
        Url{"http://a.test/\xc3\xa9?\xc3\xa9", "http://a.test", "/%C3%A9?%C3%A9"},
        Url{"http://a.test/%41%zz", "http://a.test", "/%41%zz"},
        Url{"http://a.test/{id}\"<>`", "http://a.test", "/%7Bid%7D%22%3C%3E%60"},
        Url{"http://a.test/?{id}`'\"<>", "http://a.test", "/?{id}`%27%22%3C%3E"},
        Url{"http://a.test/it's!$&()*+,;=:@-._~[]|", "http://a.test", "/it's!$&()*+,;=:@-._~[]|"},
        Url{"http://a.test/a\tb\r\nc", "http://a.test", "/abc"},
        Url{"http://a.test/a\x01\x7f", "http://a.test", "/a%01%7F"},
        // --- none
        Url{"", "", ""}, Url{"/x", "", ""}, Url{"ftp://a.test/", "", ""}, Url{"a.test/x", "", ""},
        Url{"undefined", "", ""}, Url{"http:/a.test", "", ""}));

struct Reference {
  const char* location;
  const char* url;
};

class References : public ::testing::TestWithParam<Reference> {};

TEST_P(References, AreResolved) {
  EXPECT_EQ(resolve_reference(GetParam().location, "http://a.test:81", "/b/c?d=/e"), GetParam().url)
      << GetParam().location;
}

INSTANTIATE_TEST_SUITE_P(
    Table, References,
    ::testing::Values(
        Reference{"https://x.test/y", "https://x.test/y"},
        Reference{"HTTP://x.test", "HTTP://x.test"}, Reference{"//x.test/y", "http://x.test/y"},
        Reference{"/y", "http://a.test:81/y"}, Reference{"/", "http://a.test:81/"},
        Reference{"y", "http://a.test:81/b/y"}, Reference{"y/z?w", "http://a.test:81/b/y/z?w"},
        Reference{"./y", "http://a.test:81/b/./y"},  // split_url() resolves it
        Reference{"../y", "http://a.test:81/b/../y"}, Reference{"?y", "http://a.test:81/b/c?y"},
        Reference{"#y", "http://a.test:81/b/c?d=/e"}, Reference{"", "http://a.test:81/b/c?d=/e"},
        Reference{"http:y", "http://a.test:81/b/http:y"}));

TEST(Credentials, FollowToTheSameSiteUnlessItIsPlain) {
  const auto follow = [](const char* from, const char* to, bool is_strict = false) {
    return may_have_credentials(http::parse_url(from), http::parse_url(to), is_strict);
  };
  EXPECT_TRUE(follow("https://a.test/x", "https://a.test/y"));
  EXPECT_TRUE(follow("http://a.test", "https://a.test"));
  EXPECT_TRUE(follow("http://a.test:81", "http://a.test:81"));
  EXPECT_FALSE(follow("https://a.test", "https://b.test"));
  EXPECT_FALSE(follow("http://a.test:81", "http://a.test:82"));
  EXPECT_FALSE(follow("http://a.test:81", "https://a.test"));
  EXPECT_FALSE(follow("https://a.test", "http://a.test"));
  EXPECT_FALSE(follow("https://a.test:81", "http://a.test:81"));
  EXPECT_TRUE(follow("https://a.test", "http://a.test", true));
}

TEST(OriginAddresses, TakeTurns) {
  const tcp::endpoint one{make_address("127.0.0.1"), 1}, two{make_address("127.0.0.1"), 2},
      three{make_address("::1"), 3};
  Origin origin{.addresses = {one, two, three}, .answering = 3};
  EXPECT_EQ(origin.next_address(), one);
  EXPECT_EQ(origin.next_address(), two);
  EXPECT_EQ(origin.next_address(), three);
  EXPECT_EQ(origin.next_address(), one);
}

TEST(OriginAddresses, AreSetAsideWhileOthersAnswer) {
  const tcp::endpoint one{make_address("::1"), 1}, two{make_address("127.0.0.1"), 1};
  Origin origin{.addresses = {one, two}, .answering = 2};
  origin.set_aside(one);
  EXPECT_EQ(origin.next_address(), two);
  EXPECT_EQ(origin.next_address(), two);
  origin.set_aside(one);  // again: another connection has met it, too
  EXPECT_EQ(origin.next_address(), two);
  origin.set_aside(two);  // now nobody answers: all are tried
  const tcp::endpoint first = origin.next_address();
  EXPECT_NE(origin.next_address(), first);
}

class OriginsOfAShard : public ::testing::Test {
 protected:
  Instant now{1'000s};
  int resolved = 0;
  Origins origins{[this](const http::Url& url) -> std::vector<tcp::endpoint> {
    ++resolved;
    if (url.host.ends_with("nowhere.test")) throw Error{ErrorCode::unreachable, "no such host"};
    return {tcp::endpoint{make_address("127.0.0.1"), url.port}};
  }};
};

TEST_F(OriginsOfAShard, AreResolvedOnce) {
  Origin& origin = origins.find("https://a.test:8443", now);
  EXPECT_EQ(origin.text, "https://a.test:8443");
  EXPECT_EQ(origin.authority, "a.test:8443");
  EXPECT_TRUE(origin.url.tls);
  EXPECT_EQ(origin.next_address().port(), 8443);
  EXPECT_EQ(&origins.find("https://a.test:8443", now + 1h), &origin);
  EXPECT_EQ(origins.find("http://a.test", now).authority, "a.test");
  EXPECT_EQ(resolved, 2);
}

TEST_F(OriginsOfAShard, FailTheSameForASecond) {
  for (int i = 0; i < 3; ++i) {
    const Error error =
        pcx::testing::error_of([&] { origins.find("http://nowhere.test", now + 300ms * i); });
    EXPECT_EQ(error.code(), ErrorCode::unreachable);
  }
  EXPECT_EQ(resolved, 1);
  pcx::testing::error_of([&] { origins.find("http://nowhere.test", now + 1s); });
  EXPECT_EQ(resolved, 2);
}

// Names may be made up, a new one for each user: those that were not found do not add up.
TEST_F(OriginsOfAShard, RememberSoManyFailuresAndNoMore) {
  const auto find = [&](int i) {
    const std::string origin = "http://n" + std::to_string(i) + ".nowhere.test";
    pcx::testing::error_of([&] { origins.find(origin, now); });
  };
  for (int i = 0; i < 1'000; ++i) find(i);
  find(0);
  EXPECT_EQ(resolved, 1'000);
  find(1'000);
  find(0);  // had to be forgotten
  EXPECT_EQ(resolved, 1'002);
}

TEST_F(OriginsOfAShard, RefuseWhatIsNone) {
  for (const char* bad : {"http://", "http://a b", "http://a.test:0", "http://u:p@a.test"}) {
    EXPECT_EQ(pcx::testing::error_of([&] { origins.find(bad, now); }).code(), ErrorCode::data);
  }
}

}  // namespace
}  // namespace pcx::load
