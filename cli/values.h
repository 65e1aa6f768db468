// Texts to values, strictly: decimal digits only, nothing guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pcx::cli {

// "-12"; std::nullopt for anything else: blanks, "+1", "010", "0x10", "1e3", beyond 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text);

// "1", "true", "yes", "on" and their opposites, for environment and configuration.
std::optional<bool> parse_switch(std::string_view text);

}  // namespace pcx::cli
