// When the trail's triggers of a table did not all fire: as its notes say, which tell of every
// pause, uninstall and DDL. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "audit/notes.h"

namespace pcx::audit {

struct CaptureGap {
  std::int32_t epoch = 0;  // in which it began
  std::string relation;    // "public.patients"; of the trail's own tables: their guards
  Time from{};
  std::optional<Time> to;  // std::nullopt: not over
  std::string by;          // role that began it
  std::string why;

  std::string text() const;  // a phrase for people
};

// Of notes in the order of the trail. What one transaction switches off and on again is one, too,
// since it may have done something between. `standing`: tables of tables_said_gone() that are there
// nevertheless. A note that one of them is gone, or one that has a later note of its capture, is
// that of an uninstall: from then on it was not captured.
std::vector<CaptureGap> find_gaps(const std::vector<TrailNote>& notes,
                                  const std::set<std::string>& standing);

// That a note says were dropped or renamed, which proves nothing.
std::set<std::string> tables_said_gone(const std::vector<TrailNote>& notes);

// As DDL notes name objects: "pcx_audit_row on public.patients" and "public.patients" are of that
// table. Without quotes.
std::string relation_in(const std::string& object);
std::string without_quotes(std::string text);

}  // namespace pcx::audit
