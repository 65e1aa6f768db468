// What is going on, on stderr: one line that rewrites itself on a terminal, a JSON object a line
// with --progress json, or on a terminal with --log-format json, nothing otherwise. At most 10
// updates a second.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "core/log.h"

namespace pcx::cli {

class Progress {
 public:
  virtual ~Progress() = default;
  // `done` of `total` units ("file", "row"); total 0 means unknown. `what` names the current one.
  virtual void update(std::string_view activity, std::string_view what, std::int64_t done,
                      std::int64_t total, std::string_view unit) = 0;
  // How it stands, in a sentence: a line that rewrites itself on a terminal, one every ten seconds
  // elsewhere; {"progress": figures} with JSON. `figures` is an object of scalars.
  virtual void status(std::string_view sentence, const Document& figures) = 0;
  // A line that stays: on stderr with "pcx: " before it, a line of the log with --log-format json,
  // which has `fields`, too; not with --quiet.
  virtual void say(std::string_view sentence, const std::vector<log::Field>& fields) = 0;
  void say(std::string_view sentence) { say(sentence, {}); }
  virtual void clear() = 0;  // removes the line before something else is written
};

}  // namespace pcx::cli
