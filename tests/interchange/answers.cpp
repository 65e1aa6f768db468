#include "tests/interchange/answers.h"

#include <map>
#include <regex>
#include <stdexcept>
#include <vector>

#include "core/json.h"
#include "core/text.h"

namespace pcx::interchange {
namespace {

std::string text_of(const Document& object, const std::string& key) {
  const Document* value = object.find(key);
  if (value == nullptr || value->text() == nullptr) {
    throw std::runtime_error{"no " + key + " in " + to_json(object)};
  }
  return *value->text();
}

std::string with_names(const std::string& what, const Document& names) {
  if (names.items().empty()) return "nothing";
  std::string text = what;
  for (const Document& name : names.items()) text += " " + *name.text();
  return text;
}

// "pending 2_pet, edited 1_clinic": by kind, since the two tools list in different orders.
std::string by_kind(const std::map<std::string, Document>& names) {
  std::string text;
  for (const char* kind : {"failed", "pending", "out_of_order", "edited", "missing"}) {
    const auto found = names.find(kind);
    if (found == names.end() || found->second.items().empty()) continue;
    text += (text.empty() ? "" : ", ") + with_names(kind, found->second);
  }
  return text.empty() ? "in order" : text;
}

std::string status_of_pcx(const Document& rows) {
  std::map<std::string, Document> names;
  for (const Document& row : rows.items()) {
    names[text_of(row, "state")].add(text_of(row, "name"));
  }
  return by_kind(names);
}

// The error is the last line of stderr, below warnings and news.
std::string refusal_of_pcx(const testing::Ran& ran) {
  const std::size_t at = ran.err.rfind("{\"error\"");
  if (at == std::string::npos) return "exit " + std::to_string(ran.exit) + ": " + ran.err;
  const Document error = parse_json(ran.err.substr(at), "stderr");
  const std::string message = text_of(*error.find("error"), "message");
  std::smatch code;
  if (std::regex_search(message, code, std::regex{R"(\(Prisma's (P\d+)\))"})) return code[1].str();
  const Document* reason = error.find("error")->find("reason");
  return reason == nullptr ? text_of(*error.find("error"), "code") : *reason->text();
}

}  // namespace

std::string answer_of_prisma(const Document& answer) {
  if (const Document* code = answer.find("code")) {
    return code->text() != nullptr ? *code->text() : "no_code";
  }
  if (const Document* applied = answer.find("applied")) return with_names("applied", *applied);
  if (answer.find("failed") == nullptr) return "done";
  std::map<std::string, Document> names;
  for (const auto& [kind, value] : answer.members()) {
    if (value.is_array()) names[kind] = value;
  }
  const bool has_table = *answer.find("table") == Document{true};
  return (has_table ? "" : "no table, ") + by_kind(names);
}

std::string answer_of_pcx(const std::string& command, const testing::Ran& ran) {
  if (ran.out.empty()) return refusal_of_pcx(ran);
  const Document* data = nullptr;
  const Document view = parse_json(ran.out, "stdout");
  data = view.find("data");
  if (data == nullptr) throw std::runtime_error{"no data in " + ran.out};
  if (command == "status" || command == "verify") return status_of_pcx(*data);
  if (command == "resolve" || command == "baseline") return "done";
  Document names = Document::array();
  for (const Document& row : data->items()) names.add(text_of(row, "name"));
  return with_names(command == "down" ? "reverted" : "applied", names);
}

}  // namespace pcx::interchange
