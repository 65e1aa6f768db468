// One event of the trail, out of either source.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/filter.h"
#include "db/query.h"
#include "db/result.h"

namespace pcx::audit {

// A text of which perhaps only the beginning was read.
struct LongText {
  std::string text;
  std::int64_t bytes = 0;  // of all of it

  bool is_cut() const { return static_cast<std::int64_t>(text.size()) < bytes; }
};

struct Event {
  Source source = Source::app;
  std::string id;  // of audit_logs; of captured changes "segment.xid.seq"
  std::string at;  // UTC: "2026-01-31 23:59:59.123", as the server writes it; perhaps "infinity"
  std::int64_t at_us = 0;  // since 1970; infinities are the ends of the range
  std::optional<std::string> user;
  std::optional<std::string> action;    // of captured changes: insert, update, delete, truncate
  std::optional<std::string> resource;  // of captured changes: schema.table
  std::optional<std::string> resource_id;
  std::optional<std::string> tenant;
  std::optional<std::string> correlation;
  std::optional<std::string> ip;
  std::optional<std::string> agent;        // of the application's rows
  std::optional<std::string> db_user;      // of captured changes
  std::optional<std::string> application;  // of captured changes
  std::optional<LongText> before;          // of captured changes; JSON
  std::optional<LongText> changes;         // of captured changes the new values; JSON
  std::optional<LongText> metadata;        // of the application's rows; JSON
};

// How much of each JSON text is read: a text for people has no room for more, programs take all.
inline constexpr std::int64_t kShownCharsMax = 4000;

// The list of columns of rows `e` that to_event() reads.
void append_event_columns(db::Query& query, Source source, std::optional<std::int64_t> chars_max);

Event to_event(const db::Row& row, Source source);

// "segment.xid.seq" of a captured change; std::nullopt for everything else.
struct ChangeId {
  std::string segment;
  std::string xid;
  std::string seq;
};
std::optional<ChangeId> parse_change_id(std::string_view text);

// RFC 3339 in UTC; of times that no calendar has the server's text.
std::string time_text(const Event& event);

}  // namespace pcx::audit
