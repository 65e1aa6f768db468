#include "core/secret.h"

#include <cstring>
#include <ostream>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace pcx {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(Streamable<std::string_view>, "the question itself works");
static_assert(!Streamable<Secret>, "a secret cannot be printed");
static_assert(!fmt::is_formattable<Secret>::value, "nor formatted");
static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(!std::is_convertible_v<std::string_view, Secret>);

TEST(Secret, KeepsItsBytes) {
  const Secret secret{std::string_view{"a\0b", 3}};
  EXPECT_EQ(secret.reveal_text(), (std::string_view{"a\0b", 3}));
  EXPECT_EQ(secret.reveal_bytes().size(), 3u);
  EXPECT_FALSE(secret.empty());
}

TEST(Secret, MayBeEmpty) {
  EXPECT_TRUE(Secret{}.empty());
  EXPECT_TRUE(Secret{std::string_view{}}.empty());
  EXPECT_TRUE(Secret::with_size(0).empty());
  EXPECT_EQ(Secret{}.reveal_text(), "");
  EXPECT_TRUE(Secret{}.clone().empty());
}

TEST(Secret, MovesWithoutCopyingBytes) {
  Secret first{std::string_view{"key"}};
  const auto* place = first.reveal_bytes().data();
  Secret second{std::move(first)};
  EXPECT_EQ(second.reveal_bytes().data(), place);
  Secret third;
  third = std::move(second);
  EXPECT_EQ(third.reveal_bytes().data(), place);
  EXPECT_EQ(third.reveal_text(), "key");
}

TEST(Secret, ClonesIntoOtherMemory) {
  const Secret first{std::string_view{"key"}};
  const Secret second = first.clone();
  EXPECT_EQ(second.reveal_text(), "key");
  EXPECT_NE(second.reveal_bytes().data(), first.reveal_bytes().data());
}

TEST(Secret, StartsAsZeroesAndCanBeFilled) {
  Secret secret = Secret::with_size(3);
  EXPECT_EQ(secret.reveal_text(), (std::string_view{"\0\0\0", 3}));
  std::memcpy(secret.writable_bytes().data(), "abc", 3);
  EXPECT_EQ(secret.reveal_text(), "abc");
}

TEST(Secret, IsWipedWhenFreed) {
  const char* place = nullptr;
  {
    const Secret secret{std::string_view{"wipe me"}};
    place = secret.reveal_text().data();
  }
  // The page stays mapped, so its bytes may be looked at.
  EXPECT_EQ(std::memcmp(place, "\0\0\0\0\0\0\0", 7), 0);
}

TEST(Secret, UsesFreedMemoryAgain) {
  // Freed in every order, blocks of several sizes merge into what a larger secret fits in.
  for (int round = 0; round < 3; ++round) {
    std::vector<Secret> secrets;
    for (std::size_t size = 1; size <= 200; ++size) secrets.push_back(Secret::with_size(size * 7));
    for (std::size_t i = 0; i < secrets.size(); i += 2) secrets[i] = Secret{};
    for (std::size_t i = 1; i < secrets.size(); i += 2) secrets[i] = Secret{};
    const Secret large = Secret::with_size(50'000);
    const std::string_view bytes = large.reveal_text();
    EXPECT_EQ(bytes.find_first_not_of('\0'), std::string_view::npos);
  }
}

TEST(Secret, DoesNotReachForkedChildren) {
  const Secret secret{std::string_view{"key"}};
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(std::memcmp(secret.reveal_text().data(), "\0\0\0", 3) == 0 ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(secret.reveal_text(), "key");
}

#ifndef __SANITIZE_ADDRESS__  // it turns mlock(2) into nothing
TEST(Secret, SaysWhetherItsPagesAreLocked) {
  const Secret secret{std::string_view{"key"}};
  std::size_t locked_kb = 0;
  // The truth is the kernel's count for this process.
  FILE* file = std::fopen("/proc/self/status", "re");
  ASSERT_NE(file, nullptr);
  for (char line[256]; std::fgets(line, sizeof line, file) != nullptr;) {
    if (std::sscanf(line, "VmLck: %zu", &locked_kb) == 1) break;
  }
  std::fclose(file);
  EXPECT_TRUE(!secrets_locked() || locked_kb > 0);
}
#endif

}  // namespace
}  // namespace pcx
