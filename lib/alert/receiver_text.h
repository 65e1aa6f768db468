// Words and numbers of a notification, as several receivers write them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "alert/notification.h"
#include "core/document.h"

namespace pcx::alert {

// At most `characters_max` code points, the last one an ellipsis (U+2026) where something was cut;
// invalid UTF-8 becomes U+FFFD. REQUIRES: characters_max > 0
std::string cut_to(std::string_view text, std::size_t characters_max);

// The same of a text whose control characters are escaped, so that it is one line.
std::string shown_to(std::string_view text, std::size_t characters_max);

// The summary on one line, control characters escaped, at most `characters_max` of them; the dedup
// key when the summary is blank.
std::string headline(const Notification& notification, std::size_t characters_max);

// "FIRING", "ACKNOWLEDGED" or "RESOLVED".
std::string_view state_word(Action action) noexcept;

// 12, 0.25, NaN, +Inf, -Inf: the shortest that reads back the same, whatever the locale.
std::string number_text(double value);
// A number of JSON; the words above as text, since JSON has none for them.
Document number_document(double value);

// The value of the annotation or label; "" when the member has none.
std::string annotation(const Member& member, const std::string& name);
std::string label(const Member& member, const std::string& name);

// "https://..." that http::parse_url() takes, also with a fragment, 2048 bytes at most: links in
// others' pages are only such ones. It has no white space, quotes, brackets, '<', '>' or '|'.
bool is_https_url(std::string_view text);

// {"value", "active_since", "severity", "rule", "labels": {}, "annotations": {}}
Document member_document(const Member& member);

// What a webhook and a program are told, version 1:
//
//   {"version": 1, "id": "<uuid>", "action": "trigger" | "acknowledge" | "resolve",
//    "dedup_key": "...", "severity": "info" | "warning" | "error" | "critical", "summary": "...",
//    "why": "fired", "at": "2026-03-08T07:00:00.000Z", "began_at": "...",
//    "alerts": [{"value": 12, "active_since": "...", "severity": "...", "rule": "...",
//                "labels": {"alertname": "LowStock"}, "annotations": {"summary": "..."}}]}
//
// Of a resolve, alerts are as they were last told. A reader that meets a later version may go on:
// members are added, never changed. The same id comes again when an answer was lost.
Document notification_body(const std::string& id, const Notification& notification);

// The same for people, in lines that end with "\n": headline, state, and up to 50 alerts.
std::string notification_lines(const Notification& notification);

}  // namespace pcx::alert
