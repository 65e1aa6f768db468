// pcx commands: the table itself, for scripts.
#include "cli/commands/groups.h"
#include "cli/context.h"
#include "cli/help.h"
#include "cli/table.h"

namespace pcx::cli {

namespace {

std::string_view name_of(Type type) {
  switch (type) {
    case Type::flag: return "flag";
    case Type::text: return "text";
    case Type::integer: return "integer";
    case Type::choice: return "choice";
    case Type::file: return "file";
    case Type::folder: return "folder";
    case Type::duration: return "duration";
  }
  return "text";
}

void set_unless_empty(Document& object, const char* key, std::string_view text) {
  if (!text.empty()) object.set(key, std::string{text});
}

Document texts_of(const std::vector<std::string_view>& texts) {
  Document array = Document::array();
  for (const std::string_view text : texts) array.add(std::string{text});
  return array;
}

Document to_document(const Opt& option) {
  Document object = Document::object();
  object.set("name", std::string{option.name});
  if (option.letter != 0) object.set("letter", std::string{option.letter});
  object.set("type", std::string{name_of(option.type)});
  object.set("help", std::string{option.help});
  set_unless_empty(object, "metavar", option.metavar);
  if (!option.choices.empty()) object.set("choices", texts_of(option.choices));
  set_unless_empty(object, "default", option.fallback);
  set_unless_empty(object, "environment", option.environment);
  set_unless_empty(object, "config_key", option.config_key);
  object.set("required", option.required);
  object.set("repeated", option.repeated);
  return object;
}

Document to_document(const Arg& argument) {
  Document object = Document::object();
  object.set("name", std::string{argument.name});
  object.set("type", std::string{name_of(argument.type)});
  object.set("help", std::string{argument.help});
  if (!argument.choices.empty()) object.set("choices", texts_of(argument.choices));
  object.set("required", argument.required);
  object.set("repeated", argument.repeated);
  return object;
}

Document to_document(const Cmd& command) {
  Document options = Document::array();
  for (const Opt* option : listed_options(command)) options.add(to_document(*option));
  Document arguments = Document::array();
  for (const Arg& argument : command.arguments) arguments.add(to_document(argument));
  Document exits = Document::array();
  for (const ExitNote& note : command.exits) {
    Document entry = Document::object();
    entry.set("code", note.code);
    entry.set("meaning", std::string{note.meaning});
    exits.add(std::move(entry));
  }
  Document object = Document::object();
  object.set("path", std::string{command.path});
  object.set("summary", std::string{command.summary});
  object.set("group", is_group(command));
  object.set("mutating", command.mutating);
  object.set("destructive", command.destructive);
  object.set("options", std::move(options));
  object.set("arguments", std::move(arguments));
  object.set("exits", std::move(exits));
  return object;
}

View as_view() {
  View view{.columns = {{"path", "COMMAND"}, {"summary", "SUMMARY"}}, .rows = {}, .summary = {}};
  for (const Cmd& command : commands()) {
    if (command.hidden || is_group(command)) continue;
    view.rows.push_back({std::string{command.path}, std::string{command.summary}});
  }
  return view;
}

Outcome run_commands(Context&, const Values& values) {
  const std::string& format = values.text("--format");
  if (format == "text" || format == "csv") return {as_view()};
  Document all = Document::array();
  for (const Cmd& command : commands()) {
    if (!command.hidden) all.add(to_document(command));
  }
  return {Tree{std::move(all), {}}};
}

}  // namespace

std::vector<Cmd> commands_commands() {
  return {{.path = "commands",
           .summary = "List every command; in JSON with options and arguments",
           .examples = {{"pcx commands -o json", "the whole command line as data"}},
           .hidden = true,
           .run = run_commands}};
}

}  // namespace pcx::cli
