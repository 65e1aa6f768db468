#include "audit/dropped_trail.h"

#include <algorithm>
#include <set>

#include "audit/catalog.h"
#include "audit/kept_checkpoint.h"
#include "audit/sql.h"

namespace pcx::audit {

namespace {

// Of the kept ones, where none is by a key that is known.
void require_known_signer(const TrustedKeys& keys, const std::vector<std::string>& kept) {
  std::set<std::string> strangers;
  for (const std::string& note : kept) {
    const auto opened = keys.open(note);
    const auto* const doubt = std::get_if<NoteDoubt>(&opened);
    if (doubt == nullptr || doubt->strangers.empty()) return;
    strangers.insert(doubt->strangers.begin(), doubt->strangers.end());
  }
  throw unknown_signers({strangers.begin(), strangers.end()});
}

}  // namespace

std::vector<std::string> find_dropped(db::Database& database) {
  db::Transaction tx = database.begin(db::Access::read_only);
  auto missing = find_missing_tables(tx).names;
  if (missing.empty() && tx.query(sql::list_epochs).empty()) {
    missing.emplace_back("every row of pcx.audit_epoch");
  }
  return missing;
}

std::vector<TrailFinding> judge_dropped(db::Database& database,
                                        const std::vector<VerifierKey>& keys,
                                        const std::vector<std::string>& kept) {
  const auto missing = find_dropped(database);
  const TrustedKeys trusted{keys, kept};
  require_known_signer(trusted, kept);
  db::Transaction tx = database.begin(db::Access::read_only);
  Trees trees;
  if (!tx.query(sql::is_in_recovery).one()["is_standby"].as<bool>()) {
    trees.cluster = read_cluster(tx);
  }
  std::vector<TrailFinding> findings;
  for (const std::string& note : kept) {
    auto finding = compare_kept(tx, trusted, trees, note);
    if (!finding) continue;
    if (finding->attack == Attack::restored) finding->severity = Finding::unknown;
    findings.push_back(std::move(*finding));
  }
  const bool is_of_here = std::ranges::any_of(
      findings, [](const TrailFinding& finding) { return finding.severity == Finding::critical; });
  findings.push_back({.attack = Attack::tail_dropped,
                      .severity = is_of_here ? Finding::critical : Finding::unknown,
                      .index = std::nullopt,
                      .what = missing_text(missing)});
  sort_and_shorten(findings);
  return findings;
}

}  // namespace pcx::audit
