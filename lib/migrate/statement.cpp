#include "migrate/statement.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/document.h"
#include "core/text.h"
#include "migrate/setting.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

using tree::flag_of;
using tree::has_option;
using tree::list_of;
using tree::name_parts;
using tree::number_of;
using tree::text_of;
using tree::typed;

// --- white space and comments before a statement

// For PostgreSQL a lone carriage return ends a line, too (scan.l: newline).
std::size_t skip_line_comment(std::string_view sql, std::size_t at) {
  const auto end = sql.find_first_of("\n\r", at);
  return end == std::string_view::npos ? sql.size() : end + 1;
}

std::size_t skip_block_comment(std::string_view sql, std::size_t at) {
  int depth = 0;
  while (at < sql.size()) {
    const std::string_view pair = sql.substr(at, 2);
    if (pair == "/*") ++depth;
    if (pair == "*/") --depth;
    at += pair == "/*" || pair == "*/" ? 2 : 1;
    if (depth == 0) return at;
  }
  return at;
}

std::size_t skip_blank(std::string_view sql, std::size_t at) {
  while (at < sql.size()) {
    if (std::isspace(static_cast<unsigned char>(sql[at])) != 0) {
      ++at;
    } else if (sql.substr(at, 2) == "--") {
      at = skip_line_comment(sql, at);
    } else if (sql.substr(at, 2) == "/*") {
      at = skip_block_comment(sql, at);
    } else {
      break;
    }
  }
  return at;
}

// The first two words in capitals: "CREATE TABLE".
std::string leading_words(std::string_view sql) {
  std::string words;
  for (int count = 0; count < 2 && !sql.empty(); ++count) {
    std::size_t length = 0;
    while (length < sql.size() && std::isalpha(static_cast<unsigned char>(sql[length])) != 0) {
      ++length;
    }
    if (length == 0) break;
    if (count > 0) words += ' ';
    for (const char c : sql.substr(0, length)) {
      words += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    sql.remove_prefix(skip_blank(sql, length));
  }
  return words;
}

// --- what cannot run inside a transaction block (PostgreSQL 15: PreventInTransactionBlock callers)

using Verdict = std::pair<Refusal, std::string>;
const Verdict kFine{Refusal::none, ""};

Verdict outside(std::string kind) { return {Refusal::not_in_transaction, std::move(kind)}; }

Verdict judge_transaction(const Document& node) {
  struct Kind {
    std::string_view tree;
    Refusal refusal;
    std::string_view words;
  };
  constexpr auto kControl = Refusal::transaction_control;
  constexpr auto kOutside = Refusal::not_in_transaction;
  constexpr std::array<Kind, 7> kKinds = {{
      {"TRANS_STMT_BEGIN", kControl, "BEGIN"},
      {"TRANS_STMT_START", kControl, "START TRANSACTION"},
      {"TRANS_STMT_COMMIT", kControl, "COMMIT"},
      {"TRANS_STMT_ROLLBACK", kControl, "ROLLBACK"},
      {"TRANS_STMT_PREPARE", kControl, "PREPARE TRANSACTION"},
      {"TRANS_STMT_COMMIT_PREPARED", kOutside, "COMMIT PREPARED"},
      {"TRANS_STMT_ROLLBACK_PREPARED", kOutside, "ROLLBACK PREPARED"},
  }};
  const std::string kind = text_of(node, "kind");
  for (const auto& each : kKinds) {
    if (kind == each.tree) return {each.refusal, std::string{each.words}};
  }
  return kFine;  // savepoints
}

Verdict judge_reindex(const Document& node) {
  if (has_option(node, "params", "concurrently")) return outside("REINDEX CONCURRENTLY");
  const std::string kind = text_of(node, "kind");
  if (kind == "REINDEX_OBJECT_DATABASE") return outside("REINDEX DATABASE");
  if (kind == "REINDEX_OBJECT_SYSTEM") return outside("REINDEX SYSTEM");
  if (kind == "REINDEX_OBJECT_SCHEMA") return outside("REINDEX SCHEMA");
  return kFine;
}

Verdict judge_alter_table(const Document& node) {
  for (const auto& command : list_of(node, "cmds")) {
    const Document& body = typed(command).second;
    const Document* definition = body.find("def");
    if (text_of(body, "subtype") != "AT_DetachPartition" || definition == nullptr) continue;
    if (flag_of(typed(*definition).second, "concurrent")) {
      return outside("ALTER TABLE ... DETACH PARTITION CONCURRENTLY");
    }
  }
  return kFine;
}

Verdict judge_simple(const std::string& type) {
  struct Kind {
    std::string_view type;
    std::string_view words;
  };
  constexpr std::array<Kind, 6> kKinds = {{
      {"CreatedbStmt", "CREATE DATABASE"},
      {"DropdbStmt", "DROP DATABASE"},
      {"CreateTableSpaceStmt", "CREATE TABLESPACE"},
      {"DropTableSpaceStmt", "DROP TABLESPACE"},
      {"AlterSystemStmt", "ALTER SYSTEM"},
      {"CreateSubscriptionStmt", "CREATE SUBSCRIPTION"},
  }};
  for (const auto& each : kKinds) {
    if (type == each.type) return outside(std::string{each.words});
  }
  return kFine;
}

Verdict judge(const std::string& type, const Document& node) {
  if (type == "TransactionStmt") return judge_transaction(node);
  if (type == "ReindexStmt") return judge_reindex(node);
  if (type == "AlterTableStmt") return judge_alter_table(node);
  if (type == "IndexStmt" && flag_of(node, "concurrent")) {
    return outside("CREATE INDEX CONCURRENTLY");
  }
  if (type == "DropStmt" && flag_of(node, "concurrent")) return outside("DROP INDEX CONCURRENTLY");
  if (type == "VacuumStmt" && flag_of(node, "is_vacuumcmd")) return outside("VACUUM");
  if (type == "ClusterStmt" && node.find("relation") == nullptr) return outside("CLUSTER");
  if (type == "AlterDatabaseStmt" && has_option(node, "options", "tablespace")) {
    return outside("ALTER DATABASE ... SET TABLESPACE");
  }
  if (type == "DiscardStmt" && text_of(node, "target") == "DISCARD_ALL") {
    return outside("DISCARD ALL");
  }
  if (type == "CopyStmt" && flag_of(node, "is_from") && node.find("filename") == nullptr) {
    return {Refusal::copy_from_stdin, "COPY ... FROM STDIN"};
  }
  return judge_simple(type);
}

// What judge() lets pass, and still calls PreventInTransactionBlock for some objects.
bool depends_on_object(const std::string& type) {
  constexpr std::array<std::string_view, 4> kTypes = {
      "ReindexStmt", "ClusterStmt", "DropSubscriptionStmt", "AlterSubscriptionStmt"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// --- what lasts longer than its transaction

// Whether a node of this type is anywhere in the tree.
bool holds(const Document& tree, std::string_view type) {
  bool found = false;
  tree::visit(tree, [&](const std::string& key, const Document&) { found = found || key == type; });
  return found;
}

bool is_query(const std::string& type) {
  constexpr std::array<std::string_view, 7> kQueries = {
      "SelectStmt", "InsertStmt",        "UpdateStmt", "DeleteStmt",
      "MergeStmt",  "CreateTableAsStmt", "ExplainStmt"};
  return std::find(kQueries.begin(), kQueries.end(), type) != kQueries.end();
}

// Also in a comment or a longer name: what only may touch the session counts as if it did.
bool names_set_config(std::string_view text) {
  std::string words;
  for (const char c : text) words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return words.find("set_config") != std::string::npos;
}

SettingScope setting_scope(const std::string& type, const Document& node, std::string_view text) {
  if (type == "VariableSetStmt" && flag_of(node, "is_local")) return SettingScope::transaction;
  constexpr std::array<std::string_view, 6> kMayDoIt = {
      "VariableSetStmt", "DeallocateStmt", "DiscardStmt", "DoStmt", "CallStmt", "ExecuteStmt"};
  const bool may =
      std::find(kMayDoIt.begin(), kMayDoIt.end(), type) != kMayDoIt.end() || names_set_config(text);
  return may ? SettingScope::session : SettingScope::none;
}

// --- what is dropped with its data

DataLoss of_range(DataLoss::Kind kind, const Document& range) {
  return {kind, text_of(range, "schemaname"), text_of(range, "relname"), ""};
}

void find_drops(const Document& node, std::vector<DataLoss>& losses) {
  const std::string kind = text_of(node, "removeType");
  if (kind != "OBJECT_TABLE" && kind != "OBJECT_SCHEMA") return;
  for (const auto& object : list_of(node, "objects")) {
    const auto parts = name_parts(object);
    if (parts.empty()) continue;
    if (kind == "OBJECT_SCHEMA") {
      losses.push_back({DataLoss::Kind::schema, "", parts.back(), ""});
    } else {
      const std::string schema = parts.size() > 1 ? parts[parts.size() - 2] : "";
      losses.push_back({DataLoss::Kind::table, schema, parts.back(), ""});
    }
  }
}

void find_dropped_columns(const Document& node, std::vector<DataLoss>& losses) {
  const Document* relation = node.find("relation");
  if (relation == nullptr) return;
  for (const auto& command : list_of(node, "cmds")) {
    const Document& body = typed(command).second;
    if (text_of(body, "subtype") != "AT_DropColumn") continue;
    DataLoss loss = of_range(DataLoss::Kind::column, *relation);
    loss.column = text_of(body, "name");
    losses.push_back(std::move(loss));
  }
}

std::vector<DataLoss> find_losses(const std::string& type, const Document& node) {
  std::vector<DataLoss> losses;
  if (type == "DropStmt") find_drops(node, losses);
  if (type == "AlterTableStmt") find_dropped_columns(node, losses);
  if (type == "TruncateStmt") {
    for (const auto& range : list_of(node, "relations")) {
      losses.push_back(of_range(DataLoss::Kind::truncate, typed(range).second));
    }
  }
  if (type == "DeleteStmt" && node.find("relation") != nullptr) {
    losses.push_back(of_range(DataLoss::Kind::delete_rows, *node.find("relation")));
  }
  return losses;
}

// --- what may destroy data without naming it

bool cascades(const Document& node) { return text_of(node, "behavior") == "DROP_CASCADE"; }

std::string unseen_of_drop(const Document& node, std::string_view text) {
  const std::string kind = text_of(node, "removeType");
  if (cascades(node)) return leading_words(text) + " ... CASCADE";
  if (kind == "OBJECT_MATVIEW") return "DROP MATERIALIZED VIEW";
  if (kind == "OBJECT_EXTENSION") return "DROP EXTENSION";
  return kind == "OBJECT_SEQUENCE" ? "DROP SEQUENCE" : "";
}

std::string unseen_of_alter(const Document& node) {
  for (const auto& command : list_of(node, "cmds")) {
    const Document& body = typed(command).second;
    const std::string kind = text_of(body, "subtype");
    if (kind == "AT_AlterColumnType") return "ALTER COLUMN ... TYPE";
    if (kind != "AT_DropColumn") continue;
    if (text_of(node, "objtype") == "OBJECT_TYPE") return "DROP ATTRIBUTE";
    if (cascades(body)) return "DROP COLUMN ... CASCADE";
  }
  return "";
}

// A query may call a function that does anything, and change rows in its WITH.
std::string unseen_of_query(const std::string& type, const Document& node) {
  if (holds(node, "DeleteStmt")) return "DELETE inside a query";
  if (holds(node, "UpdateStmt")) return "UPDATE inside a query";
  if (holds(node, "onConflictClause")) return "INSERT ... ON CONFLICT";
  return type == "SelectStmt" && holds(node, "FuncCall") ? "SELECT of a function" : "";
}

std::string find_unseen_loss(const std::string& type, const Document& node, std::string_view text) {
  struct Kind {
    std::string_view type;
    std::string_view words;
  };
  constexpr std::array<Kind, 6> kKinds = {{{"DoStmt", "DO"},
                                           {"CallStmt", "CALL"},
                                           {"ExecuteStmt", "EXECUTE"},
                                           {"DropOwnedStmt", "DROP OWNED"},
                                           {"UpdateStmt", "UPDATE"},
                                           {"MergeStmt", "MERGE"}}};
  for (const auto& each : kKinds) {
    if (type == each.type) return std::string{each.words};
  }
  if (type == "DropStmt") return unseen_of_drop(node, text);
  if (type == "AlterTableStmt") return unseen_of_alter(node);
  if (type == "TruncateStmt") return cascades(node) ? "TRUNCATE ... CASCADE" : "";
  return is_query(type) ? unseen_of_query(type, node) : "";
}

// --- what lets names mean something else

std::string find_new_name(const std::string& type, const Document& node) {
  if (type == "RenameStmt") return text_of(node, "newname");
  const Document* relation = node.find("relation");
  if (type != "AlterObjectSchemaStmt" || relation == nullptr) return "";
  return text_of(*relation, "relname");
}

bool moves_partitions(const std::string& type, const Document& node) {
  constexpr std::array<std::string_view, 4> kMoves = {"AT_AttachPartition", "AT_DetachPartition",
                                                      "AT_AddInherit", "AT_DropInherit"};
  const auto& commands = list_of(node, "cmds");
  return type == "AlterTableStmt" &&
         std::any_of(commands.begin(), commands.end(), [&](const Document& command) {
           const std::string kind = text_of(typed(command).second, "subtype");
           return std::find(kMoves.begin(), kMoves.end(), kind) != kMoves.end();
         });
}

bool sets_search_path(const std::string& type, const Document& node) {
  return type == "VariableSetStmt" &&
         (text_of(node, "name") == "search_path" || text_of(node, "kind") == "VAR_RESET_ALL");
}

// --- the whole

Statement to_statement(const Document& entry, std::string_view sql) {
  const auto begin = static_cast<std::size_t>(number_of(entry, "stmt_location"));
  const auto given = static_cast<std::size_t>(number_of(entry, "stmt_len"));
  const std::size_t end = given == 0 ? sql.size() : begin + given;
  Statement statement;
  statement.offset = skip_blank(sql, begin);
  statement.length = end - std::min(end, statement.offset);
  const std::string_view text = sql.substr(statement.offset, statement.length);
  const auto& [type, node] = typed(*entry.find("stmt"));
  auto [refusal, words] = judge(type, node);
  statement.refusal = refusal;
  statement.may_be_refused = refusal == Refusal::none && depends_on_object(type);
  statement.kind = words.empty() ? leading_words(text) : std::move(words);
  statement.settings = setting_scope(type, node, text);
  statement.is_setting = is_setting(type, node);
  statement.sets_transaction = sets_transaction(type, node);
  statement.runs_code = is_query(type) && holds(node, "FuncCall");
  statement.losses = find_losses(type, node);
  statement.unseen_loss = find_unseen_loss(type, node, text);
  statement.new_name = find_new_name(type, node);
  statement.moves_partitions = moves_partitions(type, node);
  statement.sets_search_path = sets_search_path(type, node);
  return statement;
}

// All of an Analysis but `foreign`.
Analysis read_statements(std::string_view sql) {
  const tree::Parsed parsed = tree::parse(std::string{sql});
  Analysis analysis;
  if (!parsed.script) {
    analysis.parse_error = parsed.error;
    const auto cursor = static_cast<std::size_t>(std::max(parsed.error_position, 0));
    const std::size_t offset = cursor == 0 ? sql.size() : byte_offset_of_character(sql, cursor);
    analysis.error_offset = std::min(offset, sql.size());
    return analysis;
  }
  analysis.analysed = true;
  for (const auto& entry : list_of(*parsed.script, "stmts")) {
    analysis.statements.push_back(to_statement(entry, sql));
  }
  return analysis;
}

// What stopped the parser, when that is certain: a backslash that begins a line, or text right
// behind COPY ... FROM STDIN.
Analysis::Foreign foreign_at(std::string_view sql, std::size_t offset) {
  const std::size_t line_begin = sql.rfind('\n', offset == 0 ? 0 : offset - 1);
  const std::size_t begin = line_begin == std::string_view::npos ? 0 : line_begin + 1;
  const bool first_in_line = trim(sql.substr(begin, offset - std::min(offset, begin))).empty();
  if (offset < sql.size() && sql[offset] == '\\' && first_in_line) {
    return Analysis::Foreign::psql_command;
  }
  const Analysis before = read_statements(sql.substr(0, offset));
  const bool copy = before.analysed && !before.statements.empty() &&
                    before.statements.back().refusal == Refusal::copy_from_stdin;
  return copy ? Analysis::Foreign::copy_data : Analysis::Foreign::none;
}

}  // namespace

Analysis analyse(std::string_view sql) {
  Analysis analysis = read_statements(sql);
  if (!analysis.analysed && (analysis.error_offset > 0 || sql.starts_with('\\'))) {
    analysis.foreign = foreign_at(sql, analysis.error_offset);
  }
  return analysis;
}

}  // namespace pcx::migrate
