#include "load/script_payload.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/file.h"
#include "core/text.h"
#include "load/csv.h"
#include "load/script_tree.h"

namespace pcx::load {

namespace {

// The first character of an option's text; `otherwise` when it is not there, '\0' for "", false and
// null.
char character_of(Reading& reading, const YamlNode& options, const char* key, char otherwise) {
  const YamlNode* node = options.find(key);
  if (node == nullptr) return otherwise;
  if (!is_scalar(*node) || node->text.empty() || node->text == "false") return '\0';
  if (node->text.size() > 1) {
    reading.faults.refuse("csv_option", node->place, fmt::format("{} is no single character", key),
                          "Write one character of ASCII.");
  }
  return node->text.front();
}

class PayloadReader {
 public:
  PayloadReader(Reading& reading, const YamlNode& node) : reading_(reading), node_(node) {}

  void read() {
    if (!require_map(reading_, node_, "a payload")) return;
    if (!read_file_of()) return;
    const CsvOptions options = read_options();
    try {
      rows_ = read_csv(text_, path_, options);
    } catch (const Error& error) {
      return faults().refuse("bad_csv", error.location(), error.what(), error.hint());
    }
    if (rows_.empty()) {
      faults().fault("empty_payload", place_of_key(node_, "path"),
                     fmt::format("{} has no rows", escape_controls(path_)),
                     "Users would have \"undefined\" in its fields.");
    }
    read_fields();
    read_order();
    if (whole_name_.empty() && names_.empty()) return no_fields();
    check_rows(options);
    finish();
  }

 private:
  Faults& faults() { return reading_.faults; }

  const YamlNode* find(const char* key) const { return find_value(node_, key); }
  bool flag(const char* key, bool otherwise) {
    const YamlNode* node = find(key);
    return node != nullptr ? read_flag(reading_, *node, key).value_or(otherwise) : otherwise;
  }

  bool read_file_of() {
    const YamlNode* path = find("path");
    const auto text = path != nullptr ? read_text(reading_, *path, "path") : std::nullopt;
    if (!text) {
      faults().refuse("payload_without_path", node_.place, "a payload without a file",
                      "Add `path:` with a CSV file, from the script's folder.");
      return false;
    }
    path_ = (reading_.file.parent_path() / *text).native();
    try {
      text_ = read_file(path_);
    } catch (const Error& error) {
      faults().refuse("missing_file", path->place, error.what(),
                      "Paths begin at the script's folder.");
      return false;
    }
    reading_.digest_text.append("\n").append(text_);
    return true;
  }

  CsvOptions read_options() {
    CsvOptions made;
    if (const YamlNode* delimiter = find("delimiter")) made.delimiter = delimiter->text;
    made.skip_empty_lines = flag("skipEmptyLines", true);
    made.cast = flag("cast", true);
    made.from_line = flag("skipHeader", false) ? 2 : 1;
    if (const YamlNode* more = find("options"); more && is_map(*more)) read_more(*more, made);
    if (made.delimiter.empty()) made.delimiter = ",";
    return made;
  }

  // csv-parse's own options, which go before.
  void read_more(const YamlNode& options, CsvOptions& made) {
    for (std::size_t i = 0; i < options.members.size(); ++i) {
      const auto& [key, value] = options.members[i];
      if (key == "delimiter")
        made.delimiter = value.text;
      else if (key == "quote")
        made.quote = character_of(reading_, options, "quote", '"');
      else if (key == "escape")
        made.escape = character_of(reading_, options, "escape", '"');
      else if (key == "comment")
        made.comment = value.text;
      else if (key == "trim" || key == "ltrim" || key == "rtrim")
        made.trim = value.text == "true";
      else if (key == "cast")
        made.cast = value.text == "true";
      else if (key == "skip_empty_lines")
        made.skip_empty_lines = value.text == "true";
      else if (key == "relax_column_count")
        made.same_width = value.text != "true";
      else if (key == "from_line")
        made.from_line = line_of(value);
      else if (key != "bom")
        refuse_option(options.key_places[i], key);
    }
  }

  std::size_t line_of(const YamlNode& node) {
    return static_cast<std::size_t>(
        std::clamp(read_number(reading_, node, "from_line").value_or(1), 1.0, 1e9));
  }

  void refuse_option(const Location& place, const std::string& key) {
    faults().refuse("csv_option", place,
                    fmt::format("pcx does not know the CSV option {}", escape_controls(key)),
                    "It knows delimiter, quote, escape, comment, trim, cast, skip_empty_lines, "
                    "relax_column_count and from_line.");
  }

  void read_fields() {
    const YamlNode* fields = find("fields");
    if (fields == nullptr || !require_list(reading_, *fields, "fields")) return;
    for (const YamlNode& field : fields->items) {
      const auto name = read_text(reading_, field, "a field");
      names_.push_back(name.value_or(""));
      places_.push_back(field.place);
    }
  }

  void read_order() {
    const YamlNode* order = find("order");
    made_.in_sequence = order != nullptr && order->text == "sequence";
    if (order != nullptr && order->text != "sequence" && order->text != "random") {
      faults().fault(
          "unknown_order", order->place,
          fmt::format("order is neither sequence nor random, but {}", escape_controls(order->text)),
          "Without `order: sequence` rows are taken at random.");
    }
    if (!flag("loadAll", false)) return;
    const YamlNode* name = find("name");
    if (name == nullptr) {
      faults().fault("load_all_without_name", place_of_key(node_, "loadAll"),
                     "loadAll without a name: nothing can ask for the rows", "Add `name:`.");
      return;
    }
    whole_name_ = name->text;
    reading_.names.set(whole_name_, NameOrigin::column, name->place);
  }

  void no_fields() {
    faults().fault("payload_without_fields", node_.place,
                   "a payload without fields: nothing can ask for its columns",
                   "Add `fields:` with a name for each column, or `loadAll: true` and a name.");
  }

  std::size_t width() const { return rows_.empty() ? 0 : rows_.front().fields.size(); }

  void check_rows(const CsvOptions& options) {
    if (rows_.empty()) return;
    if (names_.size() > width()) {
      faults().fault("missing_column", places_[width()],
                     fmt::format("{} has {}, so that {} has no value", escape_controls(path_),
                                 counted(static_cast<long long>(width()), "column"),
                                 escape_controls(names_[width()])),
                     "Remove the field, or check the `delimiter:`.");
    }
    if (is_header()) {
      faults().fault("header_as_row", node_.place,
                     fmt::format("the first line of {} is a row, and reads like a header",
                                 escape_controls(path_)),
                     "Add `skipHeader: true`.");
    }
    if (options.cast) check_leading_zeros();
  }

  bool is_header() const {
    const auto& first = rows_.front().fields;
    std::size_t same = 0;
    for (std::size_t i = 0; i < std::min(names_.size(), first.size()); ++i) {
      same += first[i].to_text() == names_[i];
    }
    return same > 0 && same == std::min(names_.size(), first.size());
  }

  // "007" is 7 afterwards: the text says whether there is any.
  void check_leading_zeros() {
    const std::string_view all{text_};
    for (std::size_t at = 0; at < all.size(); ++at) {
      const bool is_start = at == 0 || all[at - 1] == '\n' || all[at - 1] == ',';
      const bool is_digits =
          all.size() > at + 1 && all[at] == '0' && all[at + 1] >= '0' && all[at + 1] <= '9';
      const auto end = std::min(all.find_first_of(",\r\n", at), all.size());
      if (!is_start || !is_digits) continue;
      if (all.substr(at, end - at).find_first_not_of("0123456789") != std::string_view::npos)
        continue;
      const auto [line, column] = line_column_at(all, at);
      return faults().fault(
          "leading_zeros", {path_, line, column},
          fmt::format("{} becomes a number and loses its zeros", all.substr(at, end - at)),
          "Add `cast: false` to the payload.");
    }
  }

  void finish() {
    if (!whole_name_.empty()) return share_whole();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      reading_.names.set(names_[i], NameOrigin::column, places_[i]);
      made_.fields.push_back(reading_.names.slot(names_[i]));
    }
    for (CsvRow& row : rows_) {
      row.fields.resize(names_.size());
      made_.rows.push_back(std::move(row.fields));
    }
    reading_.plan.payloads.push_back(std::move(made_));
  }

  // The table as every user sees it: one tree that all share.
  void share_whole() {
    Document::Array rows;
    for (CsvRow& row : rows_) {
      if (!names_.empty()) row.fields.resize(names_.size());
      rows.push_back(names_.empty() ? list_of(row.fields) : object_of(row.fields));
    }
    const Value table = Value::of(Document{std::move(rows)});
    reading_.plan.initial.emplace_back(reading_.names.slot(whole_name_), std::vector<Value>{table});
  }

  Document object_of(const std::vector<Value>& row) const {
    Document::Object members;
    for (std::size_t i = 0; i < row.size(); ++i)
      members.emplace_back(names_[i], row[i].to_document());
    return members;
  }
  static Document list_of(const std::vector<Value>& row) {
    Document::Array items;
    for (const Value& value : row) items.push_back(value.to_document());
    return items;
  }

  Reading& reading_;
  const YamlNode& node_;
  std::string path_, text_;
  std::vector<CsvRow> rows_;
  std::vector<std::string> names_;
  std::vector<Location> places_;
  std::string whole_name_;  // empty: a row for each user
  Payload made_;
};

}  // namespace

void read_payloads(Reading& reading, const YamlNode& config) {
  const YamlNode* payload = find_value(config, "payload");
  if (payload == nullptr) return;
  for (const YamlNode* item : read_items(*payload)) PayloadReader{reading, *item}.read();
}

void read_variables(Reading& reading, const YamlNode& config) {
  const YamlNode* variables = find_value(config, "variables");
  if (variables == nullptr || !require_map(reading, *variables, "variables")) return;
  reading.variables = variables;
  for (std::size_t i = 0; i < variables->members.size(); ++i) {
    const auto& [name, value] = variables->members[i];
    reading.names.set(name, NameOrigin::variable, variables->key_places[i]);
    if (!is_list(value) || !value.items.empty()) continue;
    reading.faults.fault(
        "empty_list", value.place,
        fmt::format("{} is an empty list: users have no value of it", escape_controls(name)),
        "Each user gets one element of a list.");
  }
}

void fill_initial(Reading& reading, const YamlNode& config) {
  const YamlNode* variables = find_value(config, "variables");
  if (variables == nullptr || !is_map(*variables)) return;
  for (const auto& [name, node] : variables->members) {
    if (!reading.names.has_slot(name)) continue;
    std::vector<Value> values;
    for (const YamlNode* item : read_items(node)) values.push_back(Value::of(to_document(*item)));
    reading.plan.initial.emplace_back(reading.names.slot(name), std::move(values));
  }
}

}  // namespace pcx::load
