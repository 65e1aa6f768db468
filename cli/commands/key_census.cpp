#include "cli/commands/key_census.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "cli/commands/key_field_tools.h"
#include "core/text.h"
#include "inspect/quarantine_counts.h"
#include "keyring/store.h"
#include "rotate/census.h"
#include "rotate/fence.h"
#include "rotate/rotation.h"

namespace pcx::cli {

namespace {

using rotate::Look;

// What is said of all values together.
struct Sum {
  std::int64_t values = 0;  // but NULL and ''
  std::int64_t wrong = 0;   // not encrypted, of no format, under a key that is not there
  std::int64_t quarantined = 0;
  std::size_t hidden = 0;  // tables
};

struct Sheet {
  View view{.columns = {{"what", "WHAT"},
                        {"table", "TABLE"},
                        {"field", "FIELD"},
                        {"kind", "KIND"},
                        {"key", "KEY"},
                        {"state", "STATE"},
                        {"values", "VALUES"},
                        {"share_percent", "%"},
                        {"bytes", "BYTES"},
                        {"fences", "FENCES"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = {}};
  Sum sum;
};

// "k7", or while it is put up "k7 (not valid)"; of several "k5 k7".
std::string text_of(const std::vector<rotate::Fence>& fences) {
  std::vector<std::string> texts;
  for (const rotate::Fence& fence : fences) {
    std::vector<std::string> keys;
    for (const auto key : fence.keys) keys.push_back(fmt::format("k{}", key));
    texts.push_back(join(keys, " ") + (fence.is_valid ? "" : " (not valid)"));
  }
  return join(texts, ", ");
}

Cell share_of(std::int64_t count, std::int64_t all) {
  if (all == 0) return Cell{};
  return Decimal{
      fmt::format("{:.2f}", 100.0 * static_cast<double>(count) / static_cast<double>(all))};
}

bool is_nothing(Look look) { return look == Look::null || look == Look::empty; }

class CensusTaker {
 public:
  CensusTaker(Context& context, Sheet& sheet)
      : context_(context),
        database_(context.database()),
        sheet_(sheet),
        rows_(keyring::read_rows(database_)) {}

  void take(const FieldPlaces& places) {
    const auto total = static_cast<std::int64_t>(places.heaps.heaps.size());
    std::int64_t done = 0;
    for (const rotate::Heap& heap : places.heaps.heaps) {
      context_.progress().update("counting", escape_controls(heap.name()), done++, total, "table");
      if (heap.kind == rotate::HeapKind::partitioned) continue;
      const std::string why = why_hidden(heap);
      why.empty() ? add(heap) : add_hidden(heap.name(), why);
    }
    for (const fields::Field& field : places.heaps.missing) {
      add_hidden(fields::to_string(field), "its table is not there");
    }
    context_.progress().clear();
  }

 private:
  static std::string why_hidden(const rotate::Heap& heap) {
    if (heap.kind != rotate::HeapKind::table) return "a view or a foreign table";
    if (!heap.may_read) return "this role may not read it";
    if (heap.row_security) return "row level security hides rows from this role";
    for (std::size_t i = 0; i < heap.columns.size(); ++i) {
      const std::string& member = heap.target.cells[i].field.member;
      const bool fits = heap.columns[i].is_json() || (heap.columns[i].is_text() && member.empty());
      if (!fits) {
        return fmt::format("{} is not there, or no text",
                           fields::to_string(heap.target.cells[i].field));
      }
    }
    return {};
  }

  void add_hidden(const std::string& place, const std::string& why) {
    ++sheet_.sum.hidden;
    sheet_.view.rows.push_back({std::string{"hidden"}, escape_controls(place), Cell{}, Cell{},
                                Cell{}, Cell{}, Cell{}, Cell{}, Cell{}, Cell{},
                                escape_controls(why)});
  }

  void add(const rotate::Heap& heap) {
    for (const rotate::CellCensus& census : rotate::take_census(database_, heap.target)) {
      const rotate::Cell& cell = heap.target.cells[census.cell];
      const std::string fences = text_of(rotate::read_fences(database_, cell));
      std::int64_t all = 0;
      for (const rotate::Count& count : census.counts) all += count.values;
      auto counts = census.counts;
      std::sort(counts.begin(), counts.end(), [](const auto& left, const auto& right) {
        return std::pair{left.look, left.key} < std::pair{right.look, right.key};
      });
      for (const rotate::Count& count : counts) {
        const std::string note = judge(count);
        sheet_.view.rows.push_back(
            {std::string{"values"}, escape_controls(heap.name()),
             escape_controls(fields::to_string(cell.field)), std::string{to_string(count.look)},
             count.key == 0 ? Cell{} : Cell{std::int64_t{count.key}}, state_of(count.key),
             count.values, share_of(count.values, all), count.bytes,
             fences.empty() ? Cell{} : Cell{fences}, note.empty() ? Cell{} : Cell{note}});
      }
    }
  }

  // What is wrong with them; empty: nothing.
  std::string judge(const rotate::Count& count) {
    if (is_nothing(count.look)) return {};
    sheet_.sum.values += count.values;
    std::string note;
    if (count.look == Look::plaintext) note = "not encrypted";
    if (count.look == Look::unknown) note = "of no known version";
    if (count.look == Look::v2 && find(count.key) == nullptr) {
      note = rows_ ? "the keyring has no such key" : "there is no keyring";
    }
    if (!note.empty()) sheet_.sum.wrong += count.values;
    return note;
  }

  // As the database has it, not verified.
  const keyring::KeyRow* find(crypto::KeyId id) const {
    if (!rows_) return nullptr;
    const auto found = std::find_if(rows_->keys.begin(), rows_->keys.end(),
                                    [&](const auto& row) { return row.key.id == id; });
    return found == rows_->keys.end() ? nullptr : &*found;
  }

  Cell state_of(crypto::KeyId id) const {
    const keyring::KeyRow* const row = find(id);
    return row == nullptr ? Cell{} : Cell{std::string{to_string(row->key.state)}};
  }

  Context& context_;
  db::Database& database_;
  Sheet& sheet_;
  std::optional<keyring::Rows> rows_;
};

void add_quarantine(db::Database& database, Sheet& sheet) {
  for (const auto& count : inspect::count_quarantine(database)) {
    sheet.sum.quarantined += count.values;
    sheet.view.rows.push_back({std::string{"quarantine"}, escape_controls(count.table),
                               escape_controls(count.field), count.kind, Cell{}, Cell{},
                               count.values, Cell{}, Cell{}, Cell{}, Cell{}});
  }
}

// A sentence; empty without a rotation.
std::string add_rotation(db::Database& database, Sheet& sheet) {
  const auto rotation = rotate::find_rotation(database);
  if (!rotation) return {};
  const auto progress = rotate::read_progress(database, *rotation);
  const Cell share = share_of(progress.blocks_done, progress.blocks);
  const std::string state = rotation->is_paused ? "paused" : "under way";
  sheet.view.rows.push_back(
      {std::string{"rotation"}, Cell{}, Cell{}, std::string{to_string(rotation->mode)},
       std::int64_t{rotation->target_key}, state, progress.rows_written, share, Cell{}, Cell{},
       fmt::format("page {} of {}", progress.blocks_done, progress.blocks)});
  return fmt::format(
      " Rotation {} to key {} is {}: {} of {} read, {} written; how long it takes is said by its "
      "workers.",
      rotation->id, rotation->target_key, state, progress.blocks_done,
      counted(progress.blocks, "page"), counted(progress.rows_written, "row"));
}

}  // namespace

Outcome show_census(Context& context) {
  db::Database& database = context.database();
  const FieldPlaces places = read_field_places(context, database);
  Sheet sheet;
  CensusTaker{context, sheet}.take(places);
  add_quarantine(database, sheet);
  const std::string rotation = add_rotation(database, sheet);
  const Sum& sum = sheet.sum;
  std::string worry;
  if (sum.wrong > 0) worry += fmt::format(" {} should not be so: see NOTE.", sum.wrong);
  if (sum.quarantined > 0) worry += fmt::format(" {} in quarantine.", sum.quarantined);
  if (sum.hidden > 0)
    worry +=
        fmt::format(" {} not looked at.", counted(static_cast<long long>(sum.hidden), "place"));
  sheet.view.summary =
      fmt::format("{}, by the {}; none was opened.{}{}", counted(sum.values, "value"),
                  to_string(places.registry.origin), worry, rotation);
  return {std::move(sheet.view), worry.empty() ? Finding::ok : Finding::warning};
}

}  // namespace pcx::cli
