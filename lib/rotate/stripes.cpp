#include "rotate/stripes.h"

#include <algorithm>
#include <numeric>

namespace pcx::rotate {

std::vector<Stripe> cut_into_stripes(const std::vector<OldRow>& rows, std::size_t rows_per_page) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto is_before = [&](std::size_t a, std::size_t b) {
    if (rows[a].block != rows[b].block) return rows[a].block < rows[b].block;
    return rows[a].bytes() > rows[b].bytes();
  };
  std::stable_sort(order.begin(), order.end(), is_before);

  std::vector<Stripe> stripes;
  std::size_t on_page = 0;  // rows of this page so far
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool is_new_page = i == 0 || rows[order[i]].block != rows[order[i - 1]].block;
    on_page = is_new_page ? 0 : on_page + 1;
    const std::size_t stripe = on_page / rows_per_page;
    if (stripe == stripes.size()) stripes.emplace_back();
    stripes[stripe].push_back(order[i]);
  }
  return stripes;
}

}  // namespace pcx::rotate
