#include "migrate/check.h"

#include <fmt/format.h>

#include "core/text.h"
#include "migrate/mark.h"

namespace pcx::migrate {

namespace {

// Only down scripts get here, and what is done by hand cannot be recorded for them: the script has
// to hold afterwards, too.
std::string way_outside(const Script& script, const Statement& statement) {
  const bool is_optional = statement.kind.ends_with("CONCURRENTLY");
  std::string hint = is_optional ? "Write it without CONCURRENTLY. Or run it by hand with psql"
                                 : "Run it by hand with psql";
  hint += statement.kind == "DROP INDEX CONCURRENTLY"
              ? ", and write DROP INDEX IF EXISTS in its place"
              : ", and write in its place what changes nothing then, such as SELECT 1";
  hint += ". Then run: pcx migrate down";
  // One file with both directions, and one checksum.
  return script.line_offset > 0 ? hint + " --allow-edited" : hint;
}

[[noreturn]] void refuse_statement(const Script& script, const Statement& statement) {
  const Location place = location_in(script, statement.offset);
  switch (statement.refusal) {
    case Refusal::transaction_control:
      throw Error{ErrorCode::data,
                  fmt::format("{} is transaction control, and pcx runs each migration in a "
                              "transaction of its own",
                              statement.kind),
                  "Remove it: the whole file is applied or nothing of it."}
          .at(place)
          .because("transaction_control");
    case Refusal::copy_from_stdin:
      throw Error{ErrorCode::data, "COPY ... FROM STDIN has its data outside of SQL",
                  "Write the rows as INSERT, or load them with psql after the migration."}
          .at(place)
          .because("copy_from_stdin");
    default:
      throw Error{ErrorCode::data,
                  fmt::format("{} cannot run inside a transaction", statement.kind),
                  way_outside(script, statement)}
          .at(place)
          .because("not_in_transaction");
  }
}

void refuse_foreign(const Script& script, const Analysis& analysis) {
  if (analysis.foreign == Analysis::Foreign::none) return;
  const Location place = location_in(script, analysis.error_offset);
  if (analysis.foreign == Analysis::Foreign::copy_data) {
    throw Error{ErrorCode::data, "COPY ... FROM STDIN is followed by data, which is not SQL",
                "Write the rows as INSERT, or load them with psql after the migration."}
        .at(place)
        .because("copy_from_stdin");
  }
  const auto word =
      split(first_line(std::string_view{script.text}.substr(analysis.error_offset)), ' ');
  throw Error{ErrorCode::data,
              fmt::format("{} is a command of psql, not SQL", escape_controls(word.front())),
              "Write SQL only: migrations are sent to the server as they are."}
      .at(place)
      .because("psql_command");
}

}  // namespace

Location location_in(const Script& script, std::size_t byte_offset) {
  const auto [line, column] = line_column_at(script.text, byte_offset);
  return {escape_controls(script.file.native()), line + script.line_offset, column};
}

Analysis check_foreign(const Script& script) {
  Analysis analysis = analyse(script.text);
  refuse_foreign(script, analysis);
  check_marks(script);
  for (const auto& statement : analysis.statements) {
    if (statement.refusal == Refusal::copy_from_stdin) refuse_statement(script, statement);
  }
  return analysis;
}

Analysis check_script(const Script& script) {
  Analysis analysis = check_foreign(script);
  refuse_steps_mark(script);
  for (const auto& statement : analysis.statements) {
    if (statement.refusal != Refusal::none) {
      refuse_statement(script, statement);
    }
  }
  return analysis;
}

}  // namespace pcx::migrate
