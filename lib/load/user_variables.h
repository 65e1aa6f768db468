// What a user's variables are when it begins.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "load/plan.h"

namespace pcx::load {

// So that each user's choices are the same whichever shard or machine has it.
std::uint64_t seed_of_user(std::uint64_t seed, std::int64_t number);

// By slot, of user `number` of the whole run: a row of each payload, then what the script gives,
// then what `before` has captured (`shared`; undefined: nothing).
std::vector<Value> variables_of_user(const Plan& plan, const std::vector<Value>& shared,
                                     std::int64_t number, Random& random);

}  // namespace pcx::load
