#include "audit/content_diff.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace pcx::audit {

namespace {

constexpr std::size_t kBucketsAtOnce = 256;

struct Open {
  std::int64_t count = 0;  // rows less leaves
  LedgerOnly leaf;
};

std::string name_of(LeafSource source, const Hash& leaf, std::string_view key) {
  return static_cast<char>(source) + element_of(leaf, key);
}

std::vector<std::optional<std::string>> copy_of(db::BinaryRow fields) {
  std::vector<std::optional<std::string>> copies;
  for (const db::BinaryField& field : fields) {
    copies.push_back(field ? std::optional{std::string{crypto::text_of(*field)}} : std::nullopt);
  }
  return copies;
}

class Round {
 public:
  Round(std::vector<std::size_t> buckets, ContentDifference& difference)
      : buckets_(std::move(buckets)), difference_(difference) {}

  void run(db::Transaction& ledger, db::Transaction& content) {
    scan_ledger(ledger, buckets_, [this](const LedgerRow& row) {
      Open& open = open_[name_of(row.source, row.leaf, row.key)];
      --open.count;
      open.leaf = {row.source, row.leaf, std::string{row.key}, row.position};
    });
    const bool has_application = has_application_table(content);
    if (has_application) scan_resealed(content, [this](const ContentRow& row) { take(row); });
    for (const LeafSource source : kLeafSources) {
      if (source == LeafSource::application && !has_application) continue;
      scan_content(content, source, [this](const ContentRow& row) { take(row); });
    }
    for (auto& [name, open] : open_) {
      for (; open.count < 0; ++open.count) add(difference_.leaves, open.leaf);
    }
  }

 private:
  void take(const ContentRow& row) {
    const std::size_t bucket = bucket_of(row.source, crypto::text_of(row.leaf));
    if (!std::ranges::binary_search(buckets_, bucket)) return;
    const auto found = open_.find(name_of(row.source, row.leaf, row.key));
    if (found != open_.end() && found->second.count < 0) {
      ++found->second.count;
      return;
    }
    add(difference_.rows,
        UnbackedRow{row.source, row.leaf, std::string{row.key}, copy_of(row.fields)});
  }

  template <typename Item>
  void add(std::vector<Item>& items, Item item) {
    if (items.size() < kDifferencesMax) {
      items.push_back(std::move(item));
    } else {
      ++difference_.left_out;
    }
  }

  std::vector<std::size_t> buckets_;
  ContentDifference& difference_;
  std::unordered_map<std::string, Open> open_;
};

db::BinaryField field_of(const std::optional<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  return crypto::bytes_of(*bytes);
}

}  // namespace

std::int64_t add_content(db::Transaction& tx, bool notes_only, KeyedSums& sums) {
  std::int64_t rows = 0;
  std::string element;
  const auto add = [&](const ContentRow& row) {
    const auto leaf = crypto::text_of(row.leaf);
    element.assign(leaf).append(row.key);
    sums.add(bucket_of(row.source, leaf), crypto::bytes_of(element));
  };
  for (const LeafSource source : kLeafSources) {
    if (notes_only && source != LeafSource::meta) continue;
    if (source == LeafSource::application && !has_application_table(tx)) continue;
    scan_content(tx, source, [&](const ContentRow& row) {
      ++rows;
      add(row);
    });
    if (source == LeafSource::application) scan_resealed(tx, add);
  }
  return rows;
}

void subtract(const LedgerRow& row, KeyedSums& sums) {
  std::array<std::byte, 96> place;  // of a short key; ids of the application may be longer
  const std::size_t size = row.leaf.size() + row.key.size();
  const std::size_t bucket = bucket_of(row.source, crypto::text_of(row.leaf));
  if (size > place.size()) {
    sums.subtract(bucket, crypto::bytes_of(element_of(row.leaf, row.key)));
    return;
  }
  const auto end = std::ranges::copy(row.leaf, place.begin()).out;
  std::ranges::copy(crypto::bytes_of(row.key), end);
  sums.subtract(bucket, std::span{place}.first(size));
}

ContentDifference find_difference(db::Transaction& ledger, db::Transaction& content,
                                  const std::vector<std::size_t>& buckets) {
  ContentDifference difference;
  for (std::size_t first = 0; first < buckets.size(); first += kBucketsAtOnce) {
    const std::size_t count = std::min(kBucketsAtOnce, buckets.size() - first);
    const auto begin = buckets.begin() + static_cast<std::ptrdiff_t>(first);
    Round{{begin, begin + static_cast<std::ptrdiff_t>(count)}, difference}.run(ledger, content);
  }
  return difference;
}

Hash leaf_in_place_of(const UnbackedRow& row, const LedgerOnly& other, RecordHasher& hasher) {
  std::vector<db::BinaryField> fields;
  for (const auto& field : row.fields) fields.push_back(field_of(field));
  if (row.source == LeafSource::application) {
    fields[0] = crypto::bytes_of(other.key);
  } else {
    const std::size_t skip = row.source == LeafSource::change ? 4 : 0;
    const auto key = crypto::bytes_of(std::string_view{other.key}.substr(skip));
    fields[1] = key.subspan(0, 8);
    fields[0] = key.subspan(8, 8);
    fields[2] = key.subspan(16, 8);
  }
  return hasher.leaf(row.source, fields);
}

}  // namespace pcx::audit
