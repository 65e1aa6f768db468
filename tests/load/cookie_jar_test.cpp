#include "load/cookie_jar.h"

#include <gmock/gmock.h>

namespace pcx::load {
namespace {

using namespace std::chrono_literals;

const Time kNow{std::chrono::seconds{1'800'000'000}};  // 2027-01-15T08:00:00Z

class CookieJars : public ::testing::Test {
 protected:
  void put(const std::string& line, const std::string& url = "http://www.a.test/dir/page") {
    jar.put(line, http::parse_url(url), kNow);
  }
  // "none": no header.
  std::string sent(const std::string& url = "http://www.a.test/dir/page", Time now = kNow) {
    std::string out;
    return jar.append_header(http::parse_url(url), now, out) ? out : "none" + out;
  }

  CookieJar jar;
};

TEST_F(CookieJars, GiveBackWhatTheyGot) {
  EXPECT_TRUE(jar.is_empty());
  EXPECT_EQ(sent(), "none");
  put("sid=a=b\"c; HttpOnly");
  put("  theme = dark ");
  put("empty=");
  EXPECT_FALSE(jar.is_empty());
  EXPECT_EQ(sent(), "sid=a=b\"c; theme=dark; empty=");
}

TEST_F(CookieJars, AppendToWhatIsThere) {
  put("a=1");
  std::string out = "cookie: ";
  EXPECT_TRUE(jar.append_header(http::parse_url("http://www.a.test/dir/"), kNow, out));
  EXPECT_EQ(out, "cookie: a=1");
}

TEST_F(CookieJars, KeepTheLastOfAName) {
  put("a=1");
  put("b=1");
  put("a=2");
  EXPECT_EQ(sent(), "a=2; b=1");
}

TEST_F(CookieJars, IgnoreWhatIsNoCookie) {
  put("");
  put("novalue");
  put("=x");
  put("; Path=/");
  EXPECT_TRUE(jar.is_empty());
}

struct Rule {
  const char* line;
  const char* sends;      // a URL that gets it; nullptr: none does
  const char* sends_not;  // one that does not; nullptr: not looked at
};

class CookieRules : public ::testing::TestWithParam<Rule> {};

TEST_P(CookieRules, AreThoseOfTheRfc) {
  CookieJar jar;
  jar.put(GetParam().line, http::parse_url("http://www.a.test/dir/page?x=/y/z"), kNow);
  const auto is_sent = [&](const char* url) {
    std::string out;
    return jar.append_header(http::parse_url(url), kNow, out);
  };
  if (GetParam().sends != nullptr) {
    EXPECT_TRUE(is_sent(GetParam().sends)) << GetParam().line;
  } else {
    EXPECT_TRUE(jar.is_empty()) << GetParam().line;
  }
  if (GetParam().sends_not != nullptr) {
    EXPECT_FALSE(is_sent(GetParam().sends_not)) << GetParam().line;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CookieRules,
    ::testing::Values(
        Rule{"a=1", "http://www.a.test/dir/", "http://a.test/dir/"},
        Rule{"a=1", "http://www.a.test/dir", "http://www.a.test/directory"},
        Rule{"a=1", "http://www.a.test:8080/dir/x", "http://www.a.test/"},
        Rule{"a=1", "https://www.a.test/dir/x", "http://x.www.a.test/dir/x"},
        Rule{"a=1; Domain=a.test", "http://a.test/dir/", "http://b.test/dir/"},
        Rule{"a=1; domain=.A.Test", "http://x.y.a.test/dir/", "http://xa.test/dir/"},
        Rule{"a=1; Domain=www.a.test", "http://b.www.a.test/dir/", "http://a.test/dir/"},
        Rule{"a=1; Domain=other.test", nullptr, nullptr},
        Rule{"a=1; Domain=x.www.a.test", nullptr, nullptr},
        Rule{"a=1; Domain=test", nullptr, nullptr},
        Rule{"a=1; Domain=", "http://www.a.test/dir/", "http://a.test/dir/"},
        Rule{"a=1; Path=/", "http://www.a.test/", nullptr},
        Rule{"a=1; Path=/other", "http://www.a.test/other/x", "http://www.a.test/dir/page"},
        Rule{"a=1; Path=/di", "http://www.a.test/di/x", "http://www.a.test/dir/page"},
        Rule{"a=1; Path=dir", "http://www.a.test/dir/x", "http://www.a.test/x"},
        Rule{"a=1; Path=/; Path=/b", "http://www.a.test/b", "http://www.a.test/c"},
        Rule{"a=1; Secure", nullptr, nullptr}, Rule{"a=1; Max-Age=0", nullptr, nullptr},
        Rule{"a=1; Max-Age=-5", nullptr, nullptr},
        Rule{"a=1; Max-Age=5x", "http://www.a.test/dir/", nullptr},
        Rule{"a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://www.a.test/dir/",
             nullptr},
        Rule{"a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", nullptr, nullptr},
        Rule{"a=1; Expires=Sunday, 06-Nov-94 08:49:37 GMT", nullptr, nullptr},
        Rule{"a=1; Expires=Sun Nov  6 08:49:37 1994", nullptr, nullptr},
        Rule{"a=1; Expires=Fri, 15 Jan 2027 08:00:01 GMT", "http://www.a.test/dir/", nullptr},
        Rule{"a=1; Expires=Fri, 15 Jan 2027 08:00:00 GMT", nullptr, nullptr},
        Rule{"a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", "http://www.a.test/dir/", nullptr},
        Rule{"a=1; Expires=tomorrow", "http://www.a.test/dir/", nullptr},
        Rule{"a=1; Expires=Fri, 15 Jan 1500 08:00:01 GMT", "http://www.a.test/dir/", nullptr},
        Rule{"a=1; SameSite=Strict; Unknown", "http://www.a.test/dir/", nullptr}));

TEST_F(CookieJars, KeepSecureOnesForTls) {
  put("a=1; Secure; Path=/", "https://www.a.test/");
  EXPECT_EQ(sent("https://www.a.test/"), "a=1");
  EXPECT_EQ(sent("http://www.a.test/"), "none");
}

TEST_F(CookieJars, ForgetWhatHasExpired) {
  put("a=1; Max-Age=60");
  EXPECT_EQ(sent("http://www.a.test/dir/", kNow + 59s), "a=1");
  EXPECT_EQ(sent("http://www.a.test/dir/", kNow + 60s), "none");
  put("a=; Max-Age=0");
  EXPECT_TRUE(jar.is_empty());
}

TEST_F(CookieJars, SendLongerPathsFirst) {
  put("root=1; Path=/");
  put("page=1; Path=/dir/page");
  put("dir=1; Path=/dir");
  put("also=1; Path=/");
  EXPECT_EQ(sent(), "page=1; dir=1; root=1; also=1");
}

TEST_F(CookieJars, TakeAddressesForHosts) {
  put("a=1; Path=/", "http://127.0.0.1:3000/");
  put("b=1; Path=/; Domain=0.0.1", "http://127.0.0.1:3000/");
  put("c=1; Path=/; Domain=127.0.0.1", "http://127.0.0.1:3000/");
  put("d=1; Path=/; Domain=localhost", "http://localhost/");
  EXPECT_EQ(sent("http://127.0.0.1/"), "a=1; c=1");
  EXPECT_EQ(sent("http://localhost:80/x"), "d=1");
}

TEST_F(CookieJars, SetWhatTheScriptSays) {
  put("a=1", "http://www.a.test/");
  jar.set("a", "2", http::parse_url("http://www.a.test/dir/page"));
  jar.set("b", "3", http::parse_url("http://www.a.test/dir/page"));
  EXPECT_EQ(sent("http://www.a.test/"), "a=1");
  EXPECT_EQ(sent("http://www.a.test/dir/other"), "a=2; b=3; a=1");
  EXPECT_EQ(sent("http://a.test/"), "none");
}

// A user's variable may be a captured one: its value must be neither a header nor a cookie more.
TEST_F(CookieJars, EndValuesOfTheScriptWhereCookiesEnd) {
  const http::Url here = http::parse_url("http://www.a.test/dir/page");
  jar.set("a", "1\r\nX-Evil: 1", here);
  jar.set("b", "2; admin=1", here);
  jar.set("c\r\nX-Evil", std::string{"3\0rest", 6}, here);
  jar.set("d", " four\x7f", here);
  EXPECT_EQ(sent(), "a=1; b=2; c=3; d=four");
}

TEST_F(CookieJars, LetTheOldestGoWhenTheyAreFull) {
  for (std::size_t i = 0; i <= CookieJar::kCookiesMax; ++i) put("c" + std::to_string(i) + "=1");
  const std::string all = sent();
  EXPECT_EQ(all.find("c0=1"), std::string::npos);
  EXPECT_EQ(all.substr(0, 5), "c1=1;");
  EXPECT_THAT(all, ::testing::EndsWith("c64=1"));
}

}  // namespace
}  // namespace pcx::load
