// Keys as commands of `pcx apikey` show them. Names, owners and reasons are data of others: control
// characters are escaped.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "apikey/verdict.h"
#include "cli/command.h"

namespace pcx::cli {

View keys_view(const std::vector<apikey::Key>& keys, Time now);
Tree key_tree(const apikey::Key& key, Time now);
// What `verdict` says of a request for `wanted` from `address`, with one sentence for people.
Tree verdict_tree(const apikey::Verdict& verdict, std::span<const apikey::Scope> wanted,
                  const std::optional<apikey::Address>& address);

}  // namespace pcx::cli
