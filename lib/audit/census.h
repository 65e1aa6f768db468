// What makes the trail, as the server's catalog has it: triggers, event triggers and functions of
// pcx, and the partitions of its tables. Each run of the sealer looks, and notes (kind 'census')
// what changed since it looked last, with a digest of all; the first note of an epoch has
// everything.
//
// A row of the catalog that changed is known by its xmin, also when it was changed back since. Who
// changes it properly leaves a note of his own in the trail: install, pause, ddl...; without one it
// was changed behind the trail's back.
//
//   {"digest": hex, "complete": bool,
//    "now": [{"kind", "oid", "version", "name", "relation", "state", "digest", "acl"}...],
//    "gone": [{"kind", "oid", "name"}...], "xmin": text, "xmax": text}
//
// Transactions below xmin had ended when it looked, those from xmax on had not begun.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/document.h"
#include "db/database.h"

namespace pcx::audit {

struct CensusItem {
  // "trigger", "function", "event trigger", "partition"; and what may keep rows from the trail:
  // "foreign trigger", "rule", "policy", "row security", "check"
  std::string kind;
  std::int64_t oid = 0;
  std::string version;   // xmin of its row; of a partition that of its attachment
  std::string name;      // "pcx_audit", "pcx.audit_row(text,...)", "pcx.ledger_202601"
  std::string relation;  // of a trigger "public.patients", of a partition "pcx.ledger"
  // Of triggers 'A' always, 'O' origin, 'R' replica, 'D' disabled; of what may keep rows from the
  // trail "warning" or "critical"; of functions the xmins of what they depend on, which CREATE OR
  // REPLACE writes anew, and GRANT does not.
  std::string state;
  std::string digest;  // of its definition; of a partition the number of its file
  std::string acl;     // of functions
  bool operator==(const CensusItem&) const = default;

  bool is_bypass() const;
  std::string label() const;  // "trigger pcx_audit on public.patients"
};

// By kind and OID.
using Census = std::map<std::pair<std::string, std::int64_t>, CensusItem>;

Census read_census(db::Transaction& tx);

struct CensusSpan {
  std::uint64_t xmin = 0;
  std::uint64_t xmax = 0;
};

CensusSpan read_span(db::Transaction& tx);

struct CensusChange {
  std::vector<std::pair<CensusItem, CensusItem>> changed;  // before, after
  std::vector<CensusItem> added;
  std::vector<CensusItem> gone;

  bool empty() const { return changed.empty() && added.empty() && gone.empty(); }
};

CensusChange compare(const Census& before, const Census& after);

std::string digest_of(const Census& census);  // hexadecimal digits

// The note of what changed; `complete`: `after` as a whole.
Document census_note(const Census& after, const CensusChange& change, const CensusSpan& span,
                     bool complete);

// What is known after such a note. Throws Error{data} for a note that is none.
CensusSpan apply_census_note(Census& census, const Document& note);

}  // namespace pcx::audit
