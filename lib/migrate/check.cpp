#include "migrate/check.h"

#include <fmt/format.h>

#include "core/text.h"
#include "migrate/mark.h"

namespace pcx::migrate {

namespace {

// What else is in the file would be skipped by recording it as applied.
std::string way_outside(bool is_alone) {
  return is_alone ? "Run it by hand with psql, then record the migration with: pcx migrate resolve "
                    "--applied NAME"
                  : "Move it into a migration of its own. Then run that one by hand with psql and "
                    "record it with: pcx migrate resolve --applied NAME";
}

[[noreturn]] void refuse_statement(const Script& script, const Statement& statement,
                                   bool is_alone) {
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
                  way_outside(is_alone)}
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
    if (statement.refusal == Refusal::copy_from_stdin) refuse_statement(script, statement, false);
  }
  return analysis;
}

Analysis check_script(const Script& script) {
  Analysis analysis = check_foreign(script);
  refuse_steps_mark(script);
  for (const auto& statement : analysis.statements) {
    if (statement.refusal != Refusal::none) {
      refuse_statement(script, statement, analysis.statements.size() == 1);
    }
  }
  return analysis;
}

}  // namespace pcx::migrate
