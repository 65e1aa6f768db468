#include "audit/epoch_check.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "audit/checkpoint_store.h"
#include "audit/notes.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

class Check {
 public:
  Check(db::Transaction& tx, const TrustedKeys& keys, const Trees& trees)
      : tx_(tx), keys_(keys), trees_(trees), notes_(read_notes(tx, {"epoch"})) {}

  std::vector<TrailFinding> run() {
    const Epoch* before = nullptr;
    for (const Epoch& epoch : trees_.epochs) {
      check_row(epoch, before);
      check_note(epoch);
      before = &epoch;
    }
    return std::move(findings_);
  }

 private:
  void report(std::int32_t epoch, std::string what) {
    findings_.push_back({.attack = Attack::checkpoint_replaced,
                         .severity = Finding::critical,
                         .epoch = epoch,
                         .index = 0,
                         .is_exact = false,
                         .what = std::move(what)});
  }

  void check_row(const Epoch& epoch, const Epoch* before) {
    const std::int32_t expected = before == nullptr ? 1 : before->number + 1;
    if (epoch.number != expected) {
      report(epoch.number, fmt::format("tree {} is missing", expected));
    }
    for (const Epoch& other : trees_.epochs) {
      if (&other == &epoch) break;
      if (other.cluster != epoch.cluster) continue;
      report(epoch.number,
             fmt::format("tree {} is of the server and database of tree {}: no restore is between "
                         "them",
                         epoch.number, other.number));
    }
    if (!is_origin_of(epoch.origin, epoch.cluster, epoch.number)) {
      report(
          epoch.number,
          fmt::format("the origin of tree {} does not name its server and database", epoch.number));
    }
  }

  void check_note(const Epoch& epoch) {
    const auto is_of = [&](const TrailNote& note) { return note.epoch == epoch.number; };
    const auto note = std::ranges::find_if(notes_, is_of);
    if (note == notes_.end()) {
      return report(epoch.number,
                    fmt::format("tree {} has no note of its beginning", epoch.number));
    }
    if (std::ranges::count_if(notes_, is_of) > 1) {
      report(epoch.number, fmt::format("tree {} has two notes of its beginning", epoch.number));
    }
    const Document& details = note->details;
    const Cluster cluster{text_at(details, "system_identifier"),
                          static_cast<std::int32_t>(number_at(details, "timeline")),
                          number_at(details, "database_oid")};
    if (cluster != epoch.cluster || text_at(details, "origin") != epoch.origin ||
        number_at(details, "number") != epoch.number) {
      report(epoch.number, fmt::format("the row of tree {} in pcx.audit_epoch is not what its note "
                                       "says",
                                       epoch.number));
    }
    check_previous(epoch, text_at(details, "previous"));
  }

  std::string last_note_before(std::int32_t number) {
    for (auto epoch = trees_.epochs.rbegin(); epoch != trees_.epochs.rend(); ++epoch) {
      if (epoch->number >= number) continue;
      if (auto newest = newest_checkpoint(tx_, epoch->number)) return std::move(newest->note);
    }
    return {};
  }

  void check_previous(const Epoch& epoch, const std::string& previous) {
    if (previous == last_note_before(epoch.number)) return;
    auto opened = keys_.open(previous);
    const auto* const tree = std::get_if<SealedTree>(&opened);
    const auto old =
        tree == nullptr ? trees_.epochs.end()
                        : std::ranges::find(trees_.epochs, tree->checkpoint.origin, &Epoch::origin);
    if (old == trees_.epochs.end()) {
      return report(
          epoch.number,
          fmt::format("tree {} does not begin with the last checkpoint before it", epoch.number));
    }
    const auto newest = trees_.newest.find(old->number);
    const std::uint64_t size =
        newest == trees_.newest.end() ? 0 : newest->second.checkpoint.tree.size;
    const std::uint64_t had = tree->checkpoint.tree.size;
    if (size >= had) {
      return report(old->number,
                    fmt::format("checkpoints were added to tree {} when the next one had begun, or "
                                "taken away",
                                old->number));
    }
    findings_.push_back(
        {.attack = Attack::tail_dropped,
         .severity = Finding::critical,
         .epoch = old->number,
         .index = size,
         .what = fmt::format("tree {} had {} leaves when the next one began", old->number, had)});
  }

  db::Transaction& tx_;
  const TrustedKeys& keys_;
  const Trees& trees_;
  std::vector<TrailNote> notes_;
  std::vector<TrailFinding> findings_;
};

}  // namespace

bool is_origin_of(std::string_view origin, const Cluster& cluster, std::int32_t number) {
  const auto parts = split(origin, '/');
  return parts.size() == 5 && parts[0] == "purple-cross" && parts[1] == "audit" &&
         parts[2] == cluster.system_identifier &&
         (number == 0 || parts[3] == std::to_string(number)) &&
         std::string_view{parts[4]}.starts_with(
             fmt::format("{}-{}-", cluster.timeline, cluster.database_oid));
}

std::int32_t tree_number_in(std::string_view origin) {
  const auto parts = split(origin, '/');
  if (parts.size() != 5 || parts[0] != "purple-cross" || parts[1] != "audit") return 0;
  std::int32_t number = 0;
  const char* const end = parts[3].data() + parts[3].size();
  const auto read = std::from_chars(parts[3].data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? number : 0;
}

std::vector<TrailFinding> check_epochs(db::Transaction& tx, const TrustedKeys& keys,
                                       const Trees& trees) {
  return Check{tx, keys, trees}.run();
}

}  // namespace pcx::audit
