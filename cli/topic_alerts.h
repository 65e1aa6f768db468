// pcx help alerts: rules and receivers, for whoever sets them up.
#pragma once

#include <string_view>
#include <vector>

#include "cli/topics.h"

namespace pcx::cli {

extern const std::string_view kAlertsText;
std::vector<TopicEntry> alerts_entries();

}  // namespace pcx::cli
