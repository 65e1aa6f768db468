#include "audit/event.h"

#include "audit/seal_point.h"

namespace pcx::audit {

namespace {

std::optional<LongText> long_text(const db::Row& row, std::string_view text,
                                  std::string_view bytes) {
  auto found = db::nullable<std::string>(row[text]);
  if (!found) return std::nullopt;
  return LongText{std::move(*found), row[bytes].as<std::int64_t>()};
}

// A JSON column, all of it or its beginning, and its size.
template <std::size_t N>
void append_json(db::Query& query, const char (&column)[N], std::optional<std::int64_t> chars_max) {
  if (!chars_max) {
    query.sql(column).sql("::text");
    return;
  }
  query.sql("left(").sql(column).sql("::text, ").number(*chars_max).sql(")");
}

}  // namespace

void append_event_columns(db::Query& query, Source source, std::optional<std::int64_t> chars_max) {
  if (source == Source::app) {
    query.sql(
        "e.id AS id, e.\"timestamp\"::text AS at, CASE WHEN isfinite(e.\"timestamp\") THEN "
        "floor(extract(epoch FROM e.\"timestamp\") * 1000000)::bigint WHEN e.\"timestamp\" > "
        "'-infinity' THEN 9223372036854775807 ELSE -9223372036854775807 END AS at_us, "
        "e.\"userId\" AS \"user\", e.action AS action, e.resource AS resource, "
        "e.\"resourceId\" AS resource_id, e.\"tenantId\" AS tenant, "
        "e.metadata ->> 'correlationId' AS correlation, e.\"ipAddress\" AS ip, "
        "e.\"userAgent\" AS agent, NULL::text AS db_user, NULL::text AS application, "
        "NULL::text AS before, NULL::bigint AS before_bytes, ");
    append_json(query, "e.changes", chars_max);
    query.sql(" AS changes, octet_length(e.changes::text)::bigint AS changes_bytes, ");
    append_json(query, "e.metadata", chars_max);
    query.sql(" AS metadata, octet_length(e.metadata::text)::bigint AS metadata_bytes");
    return;
  }
  query.sql(
      "e.segment::text || '.' || e.xid::text || '.' || e.seq::text AS id, "
      "(e.at AT TIME ZONE 'UTC')::text AS at, CASE WHEN isfinite(e.at) THEN "
      "floor(extract(epoch FROM e.at) * 1000000)::bigint WHEN e.at > '-infinity' THEN "
      "9223372036854775807 ELSE -9223372036854775807 END AS at_us, e.actor AS \"user\", ");
  append_column(query, Field::op, source);
  query.sql(
      " AS action, e.relation AS resource, e.row_key AS resource_id, e.tenant AS tenant, "
      "e.correlation AS correlation, e.address AS ip, NULL::text AS agent, e.db_user AS db_user, "
      "e.application AS application, ");
  append_json(query, "e.before", chars_max);
  query.sql(" AS before, octet_length(e.before::text)::bigint AS before_bytes, ");
  append_json(query, "e.after", chars_max);
  query.sql(
      " AS changes, octet_length(e.after::text)::bigint AS changes_bytes, NULL::text AS metadata, "
      "NULL::bigint AS metadata_bytes");
}

Event to_event(const db::Row& row, Source source) {
  const auto text = [&](std::string_view column) { return db::nullable<std::string>(row[column]); };
  Event event{.source = source, .id = row["id"].as<std::string>()};
  event.at = row["at"].as<std::string>();
  event.at_us = row["at_us"].as<std::int64_t>();
  event.user = text("user");
  event.action = text("action");
  event.resource = text("resource");
  event.resource_id = text("resource_id");
  event.tenant = text("tenant");
  event.correlation = text("correlation");
  event.ip = text("ip");
  event.agent = text("agent");
  event.db_user = text("db_user");
  event.application = text("application");
  event.before = long_text(row, "before", "before_bytes");
  event.changes = long_text(row, "changes", "changes_bytes");
  event.metadata = long_text(row, "metadata", "metadata_bytes");
  return event;
}

std::optional<ChangeId> parse_change_id(std::string_view text) {
  const auto position = parse_position(text);
  if (!position) return std::nullopt;
  return ChangeId{std::to_string(position->segment), std::to_string(position->xid),
                  std::to_string(position->seq)};
}

std::string time_text(const Event& event) {
  constexpr std::size_t kDateBytes = 10;
  std::string text = event.at;
  const bool is_plain = text.size() > kDateBytes && text[kDateBytes] == ' ' && text[4] == '-' &&
                        !text.ends_with("BC");
  if (!is_plain) return text;
  text[kDateBytes] = 'T';
  return text + "Z";
}

}  // namespace pcx::audit
