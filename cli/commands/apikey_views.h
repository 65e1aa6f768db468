// Keys as commands of `pcx apikey` show them. Names, owners and reasons are data of others: control
// characters are escaped.
#pragma once

#include <string>
#include <vector>

#include "apikey/key.h"
#include "cli/command.h"

namespace pcx::cli {

View keys_view(const std::vector<apikey::Key>& keys, Time now);
Tree key_tree(const apikey::Key& key, Time now);

}  // namespace pcx::cli
