#include "load/user_variables.h"

namespace pcx::load {

namespace {

void put_row(const Payload& payload, std::int64_t number, Random& random,
             std::vector<Value>& variables) {
  if (payload.rows.empty()) return;
  const std::size_t rows = payload.rows.size();
  const std::size_t row = payload.in_sequence ? static_cast<std::size_t>(number) % rows
                                              : static_cast<std::size_t>(random.below(rows));
  for (std::size_t i = 0; i < payload.fields.size(); ++i) {
    variables[payload.fields[i]] = payload.rows[row][i];
  }
}

}  // namespace

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
std::uint64_t seed_of_user(std::uint64_t seed, std::int64_t number) {
  std::uint64_t z = seed + 0x9e3779b97f4a7c15 * (static_cast<std::uint64_t>(number) + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::vector<Value> variables_of_user(const Plan& plan, const std::vector<Value>& shared,
                                     std::int64_t number, Random& random) {
  std::vector<Value> variables(plan.variables.size());
  for (const Payload& payload : plan.payloads) put_row(payload, number, random, variables);
  for (const auto& [slot, values] : plan.initial) {
    if (values.empty()) continue;
    variables[slot] = values.size() == 1 ? values.front() : values[random.below(values.size())];
  }
  for (std::size_t slot = 0; slot < shared.size(); ++slot) {
    if (!shared[slot].is_undefined()) variables[slot] = shared[slot];
  }
  variables[plan.uuid_slot] = Value{uuid_v4(random)};
  return variables;
}

}  // namespace pcx::load
