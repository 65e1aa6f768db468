// Scripts that run in steps: split_steps() throws Error{data} with a place only. The steps and what
// stands between them are the whole script, nothing of which is SQL but BEGIN and COMMIT. Cut out,
// which is how it runs, a step reads as it did in the script; and line ends change nothing.
#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/text.h"
#include "migrate/check.h"
#include "migrate/mark.h"
#include "migrate/operation.h"
#include "migrate/step.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/place.h"

namespace {

using pcx::fuzz::promise;
using pcx::migrate::Analysis;
using pcx::migrate::Operation;
using pcx::migrate::Refusal;
using pcx::migrate::Script;
using pcx::migrate::Statement;
using pcx::migrate::Step;

struct Split {
  std::string reason;
  std::vector<Step> steps;
  std::optional<pcx::Error> refusal;  // then there are none
};

Split split(const Script& script, const Analysis& analysis) {
  Split split{.reason = reason_for_steps(script, analysis)};
  try {
    split.steps = split_steps(script, analysis);
  } catch (const pcx::Error& error) {
    split.refusal = error;
  }
  return split;
}

Split split(std::string text) {
  const Script script{std::move(text), "fuzz.sql"};
  return split(script, pcx::migrate::analyse(script.text));
}

std::string_view text_of(const Script& script, const Step& step) {
  return std::string_view{script.text}.substr(step.offset, step.length);
}

// --- what is refused

void is_told(const pcx::Error& error, const Script& script) {
  promise(error.code() == pcx::ErrorCode::data, "a bad script is Error{data}");
  promise(!error.reason().empty() && !error.hint().empty(), "with a reason and a next step");
  const auto rest = pcx::fuzz::text_from(script.text, error.location());
  promise(error.location().line > 0 && rest, "its place is in the file");
  promise(!rest->empty(), "and somebody is there");
}

void check_foreign(const Script& script, const Analysis& analysis) {
  bool is_foreign = analysis.foreign != Analysis::Foreign::none;
  for (const Statement& statement : analysis.statements) {
    is_foreign = is_foreign || statement.refusal == Refusal::copy_from_stdin;
  }
  try {
    pcx::migrate::check_foreign(script);
    promise(!is_foreign, "what is no SQL is refused");
  } catch (const pcx::Error& error) {
    promise(is_foreign || error.reason() == "unknown_mark", "nothing else is but a wrong mark");
    is_told(error, script);
  }
}

// --- the whole

void must_run_in_steps(const Analysis& analysis, const std::string& reason) {
  for (const Statement& statement : analysis.statements) {
    const bool may = statement.refusal != Refusal::not_in_transaction &&
                     statement.refusal != Refusal::transaction_control;
    promise(may || !reason.empty(), "what cannot be one transaction has a reason");
  }
}

// The grammar itself is asked what stands there.
void is_no_sql(std::string_view gap) {
  const Analysis analysis = pcx::migrate::analyse(gap);
  promise(analysis.analysed, "between steps are comments, semicolons");
  for (const Statement& statement : analysis.statements) {
    promise(statement.refusal == Refusal::transaction_control, "and BEGIN and COMMIT");
  }
}

void is_covered(const Script& script, const std::vector<Step>& steps) {
  const std::string_view text = script.text;
  std::size_t end = 0;
  for (const Step& step : steps) {
    promise(step.offset >= end, "steps follow one another");
    promise(step.offset + step.length <= text.size(), "and end in the script");
    is_no_sql(text.substr(end, step.offset - end));
    end = step.offset + step.length;
    const auto place = pcx::migrate::location_in(script, step.offset);
    const auto found = pcx::fuzz::text_from(text, place);
    promise(found && *found == text.substr(step.offset), "a step's place is where it begins");
  }
  is_no_sql(text.substr(end));
}

// --- each step

void reads_the_same(std::string_view piece, const Step& step) {
  const Analysis analysis = pcx::migrate::analyse(piece);
  promise(analysis.analysed, "a step is SQL");
  promise(analysis.statements.size() == step.statement_offsets.size(), "of as many statements");
  for (std::size_t i = 0; i < analysis.statements.size(); ++i) {
    promise(analysis.statements[i].offset == step.statement_offsets[i], "at the same places");
  }
  promise(step.statement_offsets.front() == 0, "the first at its first byte");
}

void splits_into_itself(std::string_view piece, const Step& step, bool marked) {
  std::string script = marked ? "-- " + std::string{pcx::migrate::kStepsMark} + "\n" : "";
  const bool is_block = step.mode == Step::Mode::transaction;
  script += is_block ? "BEGIN;" : "";
  script += piece;
  script += is_block ? "\n;COMMIT" : "";
  const Split again = split(script);
  promise(again.steps.size() == 1, "a step is one step");
  const Step& same = again.steps.front();
  promise(same.mode == step.mode && same.kind == step.kind, "of one kind");
  promise(is_block || same.hash == step.hash, "with one hash");  // a block has a line break more
  promise(same.statement_offsets == step.statement_offsets, "and the same statements");
}

void sets_what_it_says(std::string_view piece, const Step& step) {
  for (const auto& [offset, setting] : step.settings) {
    promise(offset >= step.offset, "a setting is a part of its step");
    promise(piece.substr(offset - step.offset).starts_with(setting), "at its place");
    const Analysis analysis = pcx::migrate::analyse(setting);
    promise(analysis.statements.size() == 1, "and one statement");
  }
}

void is_known(const std::string& piece, const Step& step) {
  using Kind = Operation::Kind;
  static const std::map<std::string, Kind> kKinds = {
      {"CREATE INDEX CONCURRENTLY", Kind::create_index},
      {"CREATE DATABASE", Kind::create_database},
      {"DROP DATABASE", Kind::drop_database},
      {"CREATE TABLESPACE", Kind::create_tablespace},
      {"DROP TABLESPACE", Kind::drop_tablespace},
      {"VACUUM", Kind::repeatable},
      {"CLUSTER", Kind::repeatable},
      {"ALTER SYSTEM", Kind::repeatable},
      {"ALTER DATABASE ... SET TABLESPACE", Kind::repeatable},
      {"COMMIT PREPARED", Kind::unknowable},
      {"ROLLBACK PREPARED", Kind::unknowable},
      {"CREATE SUBSCRIPTION", Kind::unknowable},
  };
  const Operation operation = pcx::migrate::operation_of(piece);
  const auto known = kKinds.find(step.kind);
  promise(known == kKinds.end() || known->second == operation.kind, "an operation is known");
  const bool has_name = !operation.name.empty() || !operation.table.empty();
  promise(has_name || operation.kind == Kind::repeatable || operation.kind == Kind::unknowable,
          "and by a name where there is one");
}

void check_step(const Script& script, const Step& step, bool marked) {
  const std::string piece{text_of(script, step)};
  reads_the_same(piece, step);
  splits_into_itself(piece, step, marked);
  sets_what_it_says(piece, step);
  if (step.mode == Step::Mode::alone) is_known(piece, step);
}

// --- other line ends

std::string with_returns(std::string_view text) {
  std::string changed;
  for (const char c : text) changed += c == '\n' ? std::string{"\r\n"} : std::string{c};
  return changed;
}

void is_the_same_with_returns(const Script& script, const Split& before) {
  if (script.text.find('\r') != script.text.npos) return;
  const Split after = split(with_returns(script.text));
  promise(after.reason == before.reason, "line ends are no reason");
  promise(after.refusal.has_value() == before.refusal.has_value(), "nor to refuse");
  promise(after.steps.size() == before.steps.size(), "they cut nothing");
  for (std::size_t i = 0; i < before.steps.size(); ++i) {
    promise(after.steps[i].hash == before.steps[i].hash, "and change no hash");
    promise(after.steps[i].kind == before.steps[i].kind, "and no kind");
    promise(after.steps[i].mode == before.steps[i].mode, "and no mode");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  if (pcx::find_invalid_utf8(text) || text.find('\0') != text.npos) return -1;  // refused before
  const Script script{std::string{text}, "fuzz.sql"};
  const Analysis analysis = pcx::migrate::analyse(text);
  check_foreign(script, analysis);
  const Split result = split(script, analysis);
  must_run_in_steps(analysis, result.reason);
  if (result.refusal) is_told(*result.refusal, script);
  if (analysis.analysed && !result.refusal) {
    is_covered(script, result.steps);
    const bool marked = result.reason.find(pcx::migrate::kStepsMark) != std::string::npos;
    for (const Step& step : result.steps) check_step(script, step, marked);
  } else if (!analysis.analysed) {
    promise(result.steps.size() == 1, "what cannot be read is one step");
    promise(text_of(script, result.steps.front()) == text, "and all of it");
  }
  is_the_same_with_returns(script, result);
  return 0;
}
