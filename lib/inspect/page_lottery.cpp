#include "inspect/page_lottery.h"

namespace pcx::inspect {

std::int64_t PageLottery::at(std::int64_t position) const {
  const auto found = moved_.find(position);
  return found == moved_.end() ? position : found->second;
}

std::optional<std::int64_t> PageLottery::draw() {
  if (left_ == 0) return std::nullopt;
  const auto chosen = static_cast<std::int64_t>(random_->below(static_cast<std::uint64_t>(left_)));
  const std::int64_t page = at(chosen);
  const std::int64_t last = at(--left_);
  moved_.erase(left_);
  if (chosen != left_) moved_[chosen] = last;
  return page;
}

}  // namespace pcx::inspect
