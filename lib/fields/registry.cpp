#include "fields/registry.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "fields/profile.h"
#include "fields/sql.h"

namespace pcx::fields {

namespace {

Error bad(const YamlNode& node, const std::string& message, std::string hint) {
  Error error{ErrorCode::config, message, std::move(hint)};
  return error.at(node.place);
}

std::optional<std::string> text_of(const YamlNode& item, const char* key) {
  const YamlNode* node = item.find(key);
  if (node == nullptr || node->kind == YamlNode::Kind::null) return std::nullopt;
  if (node->kind != YamlNode::Kind::scalar || node->text.empty()) {
    throw bad(*node, fmt::format("fields: {} is not a text", key), "Write one name.");
  }
  return node->text;
}

// "table.column" or "schema.table.column"
void read_column(const YamlNode& item, Field& field) {
  const auto text = text_of(item, "column");
  if (!text) throw bad(item, "fields: a field without a column", "Add `column: table.column`.");
  auto parts = split(*text, '.');
  if (parts.size() == 2) parts.insert(parts.begin(), "public");
  const bool is_name =
      parts.size() == 3 &&
      std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
  if (!is_name) {
    throw bad(*item.find("column"), fmt::format("fields: {} is no column", *text),
              "Write table.column, or schema.table.column.");
  }
  field.schema = parts[0];
  field.table = parts[1];
  field.column = parts[2];
}

crypto::Column read_name(const YamlNode& node, const std::string& text) {
  const auto parts = split(text, '.');
  if (parts.size() == 2 && !parts[0].empty() && !parts[1].empty()) {
    return {std::string{parts[0]}, std::string{parts[1]}};
  }
  throw bad(node, fmt::format("fields: {} is no name of a field", text), "Write table.column.");
}

void require_no(const YamlNode& item, const char* key, const char* because_of) {
  if (const YamlNode* node = item.find(key)) {
    throw bad(*node, fmt::format("fields: {} does not go with {}", key, because_of),
              "Remove one of them.");
  }
}

void read_copy(const YamlNode& item, Field& field) {
  require_no(item, "name", "copy_of");
  require_no(item, "bind", "copy_of");
  const auto row_column = text_of(item, "row_column");
  if (!row_column) {
    throw bad(item, "fields: a copy without a row_column",
              "Add `row_column:` with the column that names the row it is a copy of.");
  }
  const auto match_column = text_of(item, "match_column");
  const auto match_value = text_of(item, "match_value");
  if (match_column.has_value() != match_value.has_value()) {
    throw bad(item, "fields: match_column and match_value go together", "Add the other one.");
  }
  field.copy = Copy{*row_column, match_column.value_or(""), match_value.value_or("")};
}

void read_original(const YamlNode& item, Field& field) {
  for (const char* key : {"row_column", "match_column", "match_value"}) {
    require_no(item, key, "a field that is no copy");
  }
  const auto bind = text_of(item, "bind");
  if (bind && *bind != "row" && *bind != "column") {
    throw bad(*item.find("bind"), fmt::format("fields: bind is row or column, not {}", *bind),
              "Bind values to their row where the table has a primary key.");
  }
  field.bind = bind == "column" ? Bind::column : Bind::row;
}

Field read_field(const YamlNode& item) {
  Field field;
  read_column(item, field);
  field.member = text_of(item, "member").value_or("");
  const char* const key = item.find("copy_of") != nullptr ? "copy_of" : "name";
  const auto name = text_of(item, key);
  field.name = name ? read_name(*item.find(key), *name) : crypto::Column{field.table, field.column};
  if (item.find("copy_of") != nullptr) {
    read_copy(item, field);
  } else {
    read_original(item, field);
  }
  return field;
}

Field to_field(const db::Row& row) {
  Field field{
      .schema = row["schema_name"].as<std::string>(),
      .table = row["table_name"].as<std::string>(),
      .column = row["column_name"].as<std::string>(),
      .member = row["member"].as<std::string>(),
      .name = {row["logical_table"].as<std::string>(), row["logical_column"].as<std::string>()},
      .bind = row["bind"].as<std::string_view>() == "column" ? Bind::column : Bind::row};
  if (const auto row_column = db::nullable<std::string>(row["row_column"])) {
    field.copy = Copy{*row_column, db::nullable<std::string>(row["match_column"]).value_or(""),
                      db::nullable<std::string>(row["match_value"]).value_or("")};
  }
  return field;
}

const Field* find_same_place(const std::vector<Field>& fields, const Field& field) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& other) {
    return to_string(other) == to_string(field);
  });
  return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> differences(const std::vector<Field>& registered,
                                     const std::vector<Field>& configured) {
  std::vector<std::string> texts;
  for (const Field& field : configured) {
    const Field* same = find_same_place(registered, field);
    if (same == nullptr) {
      texts.push_back(to_string(field) + " is configured and not registered");
    } else if (!(*same == field)) {
      texts.push_back(to_string(field) + " is configured otherwise than it is registered");
    }
  }
  for (const Field& field : registered) {
    if (find_same_place(configured, field) != nullptr) continue;
    texts.push_back(to_string(field) + " is registered and not configured");
  }
  return texts;
}

}  // namespace

const char* to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::table: return "pcx.field";
    case Origin::config: return "configuration";
    case Origin::profile: return "built-in profile";
  }
  return "unknown";
}

std::vector<ConfigKey> config_keys() {
  return {{"fields[].column", "a column with encrypted values, [schema.]table.column"},
          {"fields[].member", "the member of the objects in a jsonb column that is encrypted"},
          {"fields[].name", "table.column that values are bound to; outlives a rename"},
          {"fields[].bind", "row or column: what else values are bound to"},
          {"fields[].copy_of", "name of the field that this one holds copies of"},
          {"fields[].row_column", "of a copy: the column that names the row it is a copy of"},
          {"fields[].match_column", "of a copy: only rows where this column has match_value"},
          {"fields[].match_value", "that value"}};
}

std::vector<Field> read_config_fields(const Config& config) {
  const YamlNode* section = config.find("fields");
  if (section == nullptr) return {};
  std::vector<Field> fields;
  for (const YamlNode& item : section->items) {
    Field field = read_field(item);
    if (find_same_place(fields, field) != nullptr) {
      throw bad(item, fmt::format("fields: {} is there twice", to_string(field)),
                "Remove one of them.");
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::vector<Field> read_registered(db::Database& database) {
  if (!database.query(sql::registry_exists).one()["found"].as<bool>()) return {};
  std::vector<Field> fields;
  for (const db::Row row : database.query(sql::read_fields)) fields.push_back(to_field(row));
  return fields;
}

Registry read_registry(db::Database& database, const Config& config) {
  auto registered = read_registered(database);
  auto configured = read_config_fields(config);
  if (!registered.empty()) {
    auto told =
        configured.empty() ? std::vector<std::string>{} : differences(registered, configured);
    return {std::move(registered), Origin::table, std::move(told)};
  }
  if (!configured.empty()) return {std::move(configured), Origin::config, {}};
  return {purple_cross(), Origin::profile, {}};
}

void register_fields(db::Transaction& tx, const std::vector<Field>& fields) {
  tx.query(sql::delete_fields);
  for (const Field& field : fields) {
    std::optional<std::string> row_column;
    std::optional<std::string> match_column;
    std::optional<std::string> match_value;
    if (field.copy) row_column = field.copy->row_column;
    if (field.copy && !field.copy->match_column.empty()) {
      match_column = field.copy->match_column;
      match_value = field.copy->match_value;
    }
    tx.query(sql::insert_field,
             {field.schema, field.table, field.column, field.member, field.name.table,
              field.name.column, to_string(field.bind), row_column, match_column, match_value});
  }
}

}  // namespace pcx::fields
