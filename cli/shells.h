// The completion scripts of bash, zsh and fish: fixed adaptors that ask `pcx __complete`, so they
// do not change when commands do.
#pragma once

#include <string_view>

namespace pcx::cli {

extern const std::string_view kBashCompletion;
extern const std::string_view kZshCompletion;
extern const std::string_view kFishCompletion;

}  // namespace pcx::cli
