// What `pcx help TOPIC` explains beside commands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::cli {

struct TopicEntry {
  std::string label;
  std::string meaning;
};

// Paragraphs, then a list. Help and the man page of pcx show both.
struct Topic {
  std::string_view name;                           // "exit-codes"
  std::string_view summary;                        // a fragment
  std::string_view text;                           // paragraphs separated by a blank line
  std::vector<TopicEntry> (*entries)() = nullptr;  // nullptr: no list
};

const std::vector<Topic>& topics();
const Topic* find_topic(std::string_view name);
std::string topic_text(const Topic& topic, std::size_t columns);

}  // namespace pcx::cli
