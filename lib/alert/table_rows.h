// Parts of the memory as rows of their tables: keys, and the statements that write what changed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "alert/memory.h"
#include "alert/store.h"
#include "db/query.h"

namespace pcx::alert {

using Texts = std::vector<std::string>;

// Which row it is, within its environment.
std::string key_of(const Alert& alert);
std::string key_of(const Incident& incident);
std::string key_of(const OutboxLine& line);
std::string key_of(const Silence& silence);
std::string key_of(const Reading& reading);

// The statements that bring the tables from what is `known` to what `memory` has, new events
// included; `known` is what they have then. Lines and silences that the memory has forgotten stay.
std::vector<db::Query> write_changes(const std::string& environment, const Memory& memory,
                                     DatabaseStore::Known& known);

// An item and its JSON.
template <typename Item>
using Changed = std::vector<std::pair<const Item*, std::string>>;

db::Query write_lines(const std::string& environment, const Changed<OutboxLine>& lines);

}  // namespace pcx::alert
