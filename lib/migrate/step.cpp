#include "migrate/step.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "crypto/digest.h"
#include "migrate/check.h"
#include "migrate/mark.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

std::set<std::string> texts_in(const Document& tree) {
  std::set<std::string> texts;
  tree::visit(tree, [&](const std::string& key, const Document& value) {
    if (key == "A_Const") texts.insert(tree::text_of(tree::child_of(value, "sval"), "sval"));
  });
  return texts;
}

// PostgreSQL refuses to use an enum label in the transaction that adds it (55P04), unless the type
// is as new.
bool uses_new_label(const std::string& sql) {
  const auto parsed = tree::parse(sql).script;
  if (!parsed) return false;
  std::set<std::string> added;
  for (const auto& entry : tree::list_of(*parsed, "stmts")) {
    const auto& [type, body] = tree::typed(tree::child_of(entry, "stmt"));
    const auto used = added.empty() ? std::set<std::string>{} : texts_in(body);
    const auto is_used = [&](const std::string& label) { return used.contains(label); };
    if (std::any_of(added.begin(), added.end(), is_used)) return true;
    const bool adds = type == "AlterEnumStmt" && tree::text_of(body, "oldVal").empty();
    if (adds) added.insert(tree::text_of(body, "newVal"));
  }
  return false;
}

bool may_add_label(const Analysis& analysis) {
  return std::any_of(analysis.statements.begin(), analysis.statements.end(),
                     [](const Statement& statement) { return statement.kind == "ALTER TYPE"; });
}

std::string upper_case(std::string_view text) {
  std::string upper;
  for (const char c : text) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

std::string without_returns(std::string_view text) {
  std::string plain{text};
  std::erase(plain, '\r');
  return plain;
}

// CALL and DO may end transactions of their own, where the author says that they must not run in
// one.
bool may_commit(const Statement& statement, std::string_view text) {
  if (statement.kind.starts_with("CALL")) return true;
  if (!statement.kind.starts_with("DO")) return false;
  const std::string words = upper_case(text);
  return words.find("COMMIT") != std::string::npos || words.find("ROLLBACK") != std::string::npos;
}

// pcx has begun the transaction, and asked in it, before any statement of the file.
constexpr const char* kIsolation =
    "Leave it out: each step is READ COMMITTED and READ WRITE. Where others must not change what a "
    "block reads, LOCK TABLE at its beginning keeps them out.";

// One block or statement after another.
class Splitter {
 public:
  Splitter(const Script& script, const Analysis& analysis)
      : script_(script), analysis_(analysis), marked_(has_steps_mark(script.text)) {}

  std::vector<Step> split() {
    for (const Statement& statement : analysis_.statements) take(statement);
    if (begin_ != nullptr) refuse(*begin_, "BEGIN has no COMMIT", "End the block with COMMIT.");
    return std::move(steps_);
  }

 private:
  using Mode = Step::Mode;

  [[noreturn]] void refuse(const Statement& statement, const std::string& what,
                           const std::string& hint) const {
    throw Error{ErrorCode::data, what, hint}
        .at(location_in(script_, statement.offset))
        .because("transaction_control");
  }

  std::string_view text_of(const Statement& statement) const {
    return std::string_view{script_.text}.substr(statement.offset, statement.length);
  }

  void take(const Statement& statement) {
    if (statement.kind == "DISCARD ALL") {
      refuse(statement, "DISCARD ALL would free the locks that keep other migrations out",
             "Write what it is for: RESET ALL, DEALLOCATE ALL or DISCARD TEMP.");
    }
    if (statement.refusal == Refusal::copy_from_stdin) {
      refuse(statement, "COPY ... FROM STDIN has its data outside of SQL",
             "Write the rows as INSERT, or load them with psql after the migration.");
    }
    if (statement.refusal == Refusal::transaction_control) return take_control(statement);
    if (statement.sets_transaction) {
      refuse(statement, "a transaction's characteristics are set in a migration that runs in steps",
             kIsolation);
    }
    if (begin_ != nullptr) return take_in_block(statement);
    add({&statement}, mode_of(statement));
  }

  Mode mode_of(const Statement& statement) const {
    if (statement.refusal == Refusal::not_in_transaction) return Mode::alone;
    if (marked_ && may_commit(statement, text_of(statement))) return Mode::alone;
    if (statement.may_be_refused) return Mode::either;
    // A SELECT has an answer: it is a step, and run again besides.
    const bool only_sets = statement.is_setting && !statement.kind.starts_with("SELECT");
    return only_sets ? Mode::session : Mode::transaction;
  }

  void take_control(const Statement& statement) {
    const bool opens = statement.kind == "BEGIN" || statement.kind == "START TRANSACTION";
    if (!opens && statement.kind != "COMMIT") {
      refuse(statement, fmt::format("{} in a migration", statement.kind),
             "Remove it: what is rolled back need not be written.");
    }
    if (statement.sets_transaction) {
      refuse(statement, fmt::format("{} with options in a migration", statement.kind),
             opens ? kIsolation : "Write COMMIT; and BEGIN; where the next block begins.");
    }
    if (opens) return open(statement);
    if (begin_ != nullptr && !block_.empty()) add(block_, Mode::transaction);
    begin_ = nullptr;
    block_.clear();
  }

  void open(const Statement& statement) {
    if (begin_ != nullptr) {
      refuse(statement, "BEGIN inside a block", "End the block before it with COMMIT.");
    }
    begin_ = &statement;
  }

  void take_in_block(const Statement& statement) {
    if (statement.refusal != Refusal::none) {
      refuse(statement,
             fmt::format("{} cannot run inside a transaction, and stands between BEGIN and COMMIT",
                         statement.kind),
             "Move it behind the COMMIT.");
    }
    const bool is_back = statement.kind.starts_with("ROLLBACK");
    const bool sets = std::any_of(block_.begin(), block_.end(),
                                  [](const Statement* before) { return before->is_setting; });
    if (is_back && sets) {  // later steps would run under what it takes back
      refuse(statement, "ROLLBACK TO behind a SET in its block",
             "Remove it: what is rolled back need not be written.");
    }
    block_.push_back(&statement);
  }

  void add(const std::vector<const Statement*>& statements, Mode mode) {
    const Statement& first = *statements.front();
    const Statement& last = *statements.back();
    Step step{.mode = mode,
              .offset = first.offset,
              .length = last.offset + last.length - first.offset,
              .kind = first.kind};
    if (statements.size() > 1) step.kind += fmt::format(" and {} more", statements.size() - 1);
    step.hash = crypto::sha256_hex(
        without_returns(std::string_view{script_.text}.substr(step.offset, step.length)));
    for (const Statement* one : statements) {
      step.statement_offsets.push_back(one->offset - first.offset);
      if (one->settings == SettingScope::session || one->runs_code) step.touches_session = true;
      if (one->is_setting) step.settings.push_back({one->offset, std::string{text_of(*one)}});
    }
    steps_.push_back(std::move(step));
  }

  const Script& script_;
  const Analysis& analysis_;
  bool marked_;
  std::vector<Step> steps_;
  const Statement* begin_ = nullptr;  // of the open block
  std::vector<const Statement*> block_;
};

Step whole(const Script& script) {
  return {.mode = Step::Mode::alone,
          .length = script.text.size(),
          .kind = std::string{kWholeScript},
          .hash = crypto::sha256_hex(without_returns(script.text)),
          .touches_session = true};
}

}  // namespace

std::string reason_for_steps(const Script& script, const Analysis& analysis) {
  if (has_steps_mark(script.text)) return fmt::format("it says \"-- {}\"", kStepsMark);
  for (const Statement& statement : analysis.statements) {
    if (statement.refusal == Refusal::not_in_transaction) {
      return fmt::format("{} cannot run inside a transaction", statement.kind);
    }
    if (statement.refusal == Refusal::transaction_control) {
      return fmt::format("it has a {} of its own", statement.kind);
    }
  }
  const bool uses = may_add_label(analysis) && uses_new_label(script.text);
  return uses ? "it uses an enum label that it adds" : "";
}

std::vector<Step> split_steps(const Script& script, const Analysis& analysis) {
  if (!analysis.analysed) return {whole(script)};
  return Splitter{script, analysis}.split();
}

}  // namespace pcx::migrate
