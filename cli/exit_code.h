// Findings and errors to process exit codes: the one table behind `pcx help exit-codes`, the man
// pages and every exit. Scripts depend on the numbers: add, never change.
//
// Sources: 0 to 3 are those of monitoring plugins (Monitoring Plugins Development Guidelines),
// 64 to 78 those of BSD's <sysexits.h>, 128 + n those of a shell for signal n; 79 and 80 are ours.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/finding.h"

namespace pcx::cli {

constexpr int exit_code(Finding finding) { return static_cast<int>(finding); }

constexpr int exit_code(ErrorCode code) {
  switch (code) {  // no default: -Wswitch names the code that somebody forgot
    case ErrorCode::declined: return 1;
    case ErrorCode::critical: return 2;
    case ErrorCode::unknown: return 3;
    case ErrorCode::usage: return 64;
    case ErrorCode::data: return 65;
    case ErrorCode::not_found: return 66;
    case ErrorCode::unreachable: return 69;
    case ErrorCode::internal: return 70;
    case ErrorCode::cannot_create: return 73;
    case ErrorCode::io: return 74;
    case ErrorCode::busy: return 75;
    case ErrorCode::unsafe_connection: return 76;
    case ErrorCode::permission: return 77;
    case ErrorCode::config: return 78;
    case ErrorCode::conflict: return 79;
    case ErrorCode::crypto: return 80;
    case ErrorCode::interrupted: return 130;
    case ErrorCode::terminated: return 143;
  }
  return 70;
}

struct ExitText {
  int code;
  std::string_view meaning;  // a fragment, lower case, no final dot
};

inline constexpr ExitText kExitTexts[] = {
    {0, "done, and nothing to report"},
    {1,
     "done, with a warning or finding: pending migrations, lint, drift, a failed check; with "
     "--dry-run: there is something to do; or a question was answered with no, and nothing was "
     "done"},
    {2, "a critical finding: tampering, failed verification, a failed migration present"},
    {3, "the question could not be answered"},
    {64, "bad command line"},
    {65, "bad data: a script, rule, SQL statement or file that does not hold up"},
    {66, "an input does not exist: file, database, migration"},
    {69, "the database or a service cannot be reached"},
    {70, "internal error: a bug in pcx"},
    {73, "an output cannot be created"},
    {74, "reading or writing failed half way"},
    {75, "locked or busy; try again later"},
    {76, "a transaction pooler is between, and this command needs a session of its own"},
    {77, "not allowed by the server, the file system or a password"},
    {78, "a mistake in the configuration, or schema pcx is newer than this binary"},
    {79, "conflict: the state contradicts the request; the field reason says which"},
    {80, "a key or a ciphertext does not fit"},
    {130, "interrupted (SIGINT), after an orderly stop"},
    {143, "terminated (SIGTERM), after an orderly stop"},
};

constexpr std::string_view exit_text(int code) {
  for (const ExitText& text : kExitTexts) {
    if (text.code == code) return text.meaning;
  }
  return {};
}

constexpr bool every_error_has_a_text() {
  for (int code = 0; code <= static_cast<int>(ErrorCode::terminated); ++code) {
    if (exit_text(exit_code(static_cast<ErrorCode>(code))).empty()) return false;
  }
  return true;
}

static_assert(every_error_has_a_text());
static_assert(exit_code(Finding::unknown) == 3, "monitoring reads 3 as UNKNOWN");
static_assert(exit_code(ErrorCode::usage) == 64, "EX_USAGE");
static_assert(exit_code(ErrorCode::busy) == 75, "scripts retry on EX_TEMPFAIL");
static_assert(exit_code(ErrorCode::interrupted) == 128 + 2, "SIGINT");
static_assert(exit_code(ErrorCode::terminated) == 128 + 15, "SIGTERM");

}  // namespace pcx::cli
