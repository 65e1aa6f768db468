// What the database must say: a log of every write that was committed.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/rotate/clinic.h"

namespace pcx::testing {

// A committed write of one record. The server counted its version up under the row's lock, so
// versions are the order in which writes of a record were committed.
struct Write {
  std::string id;
  int version = 1;
  std::array<std::optional<std::optional<std::string>>, 4> texts;  // std::nullopt: left as it was
};

// A copy in the audit trail of what was written to one column.
struct Copy {
  std::string id;
  std::string record;
  std::size_t column = 0;
  std::string text;
};

class Shadow {
 public:
  explicit Shadow(const Plaintexts& before) : before_(before) {}

  void add(std::vector<Write> writes) {
    std::move(writes.begin(), writes.end(), std::back_inserter(writes_));
  }
  std::size_t size() const { return writes_.size(); }

  // Cells that do not have the text of their last committed write, and records that are missing.
  std::vector<std::string> lost(const Plaintexts& now) {
    std::vector<std::string> lost;
    const Plaintexts expected = expect();
    for (const auto& [id, texts] : expected) {
      const auto found = now.find(id);
      if (found == now.end()) {
        lost.push_back(id + " is not there");
        continue;
      }
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (found->second[i] == texts[i]) continue;
        lost.push_back(fmt::format("{}.{}: '{}' instead of '{}'", id, kColumns[i],
                                   shown(found->second[i]), shown(texts[i])));
      }
    }
    return lost;
  }

  // Records whose versions are not those of their writes: the log itself would be wrong.
  std::vector<std::string> unlogged(const std::map<std::string, int>& versions) const {
    std::map<std::string, int> logged;
    for (const Write& write : writes_) ++logged[write.id];
    std::vector<std::string> unlogged;
    for (const auto& [id, version] : versions) {
      const int writes = version - (before_.contains(id) ? 1 : 0);
      if (logged[id] != writes) {
        unlogged.push_back(fmt::format("{}: {} writes, {} logged", id, writes, logged[id]));
      }
    }
    return unlogged;
  }

 private:
  static std::string shown(const std::optional<std::string>& text) {
    return text ? text->substr(0, 40) : "NULL";
  }

  Plaintexts expect() {
    std::sort(writes_.begin(), writes_.end(), [](const Write& left, const Write& right) {
      return std::tie(left.id, left.version) < std::tie(right.id, right.version);
    });
    Plaintexts expected = before_;
    for (const Write& write : writes_) {
      Texts& texts = expected[write.id];
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (write.texts[i]) texts[i] = *write.texts[i];
      }
    }
    return expected;
  }

  const Plaintexts& before_;
  std::vector<Write> writes_;
};

}  // namespace pcx::testing
