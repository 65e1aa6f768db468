// What attacks on sealed trails have in common, and those of them that pretend to be pcx's doing.
#pragma once

#include <string>
#include <vector>

#include "tests/trail/attacks.h"

namespace pcx::audit {

// The ledger in its order with the index that each row was sealed at; one tree.
inline constexpr const char* kIndexed =
    "(SELECT row_number() OVER (ORDER BY segment, xid, seq) - 1 AS i, l.* FROM pcx.ledger AS l)";

// What the leaf of row `c` of pcx.change is.
inline const std::string kRightLeaf =
    "sha256('\\x007063783143'::bytea || record_send(ROW(c.seq, c.xid, c.at, c.relation, c.op,"
    " c.row_key, c.tenant, c.actor, c.correlation, c.address, c.db_user, c.application, c.before,"
    " c.after)))";

// A sealed row of a source, but not the last one of all.
struct Place {
  std::int64_t index = 0;
  std::string xid;
  std::string seq;
  std::string id;

  std::string where() const { return fmt::format("xid = '{}'::xid8 AND seq = {}", xid, seq); }
};

Place place_at(Trail& trail, std::int64_t index);
// Below index `below`, otherwise below that of the last row.
Place random_place(Trail& trail, Random& random, const std::string& source,
                   std::int64_t below = -1);

std::int64_t size_of(Trail& trail);
bool flip(Random& random);

// Of all that has triggers of pcx, and of months. A superuser may write to the catalog: no trigger
// fires then, no event trigger sees it, and every trigger is as it was before.
std::string switch_triggers(bool are_on);
void unseen(Trail& trail, const std::string& deed);
// The same by what owners of tables may do, and puts everything back: that leaves traces.
void behind_disabled_triggers(Trail& trail, const std::string& deed,
                              const std::vector<const char*>& tables);

Expected forge_retain(Trail& trail, Random& random);
Expected forge_reseal(Trail& trail, Random& random);
Expected replace_function(Trail& trail, Random& random);
Expected trigger_before(Trail& trail, Random& random);
Expected own_epoch(Trail& trail, Random& random);
Expected remove_checkpoint(Trail& trail, Random& random);
Expected date_back(Trail& trail, Random& random);

}  // namespace pcx::audit
