// pcx help artillery: what load tests have of Artillery. The lists are those of the readers of
// scripts.
#pragma once

#include <string_view>
#include <vector>

#include "cli/topics.h"

namespace pcx::cli {

extern const std::string_view kArtilleryText;
std::vector<TopicEntry> artillery_entries();

}  // namespace pcx::cli
