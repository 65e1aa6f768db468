#include "kpi/source_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"
#include "kpi/definition_fields.h"
#include "kpi/sql_outline.h"

namespace pcx::kpi {

namespace {

constexpr std::string_view kKeys[] = {"help", "rows", "tables", "sql", "index"};
constexpr std::string_view kRows[] = {"day", "lone_day", "state"};  // as Rows
constexpr std::string_view kReserved[] = {"windows", "days", "bounds", "moment"};
constexpr std::string_view kBeginnings[] = {"select", "with", "values"};

bool is_reserved(std::string_view name) {
  return std::ranges::find(kReserved, name) != std::end(kReserved);
}

bool is_table_name(std::string_view text) {
  const auto is_letter = [](char c) {
    const char lower = to_lower_ascii(c);
    return (lower >= 'a' && lower <= 'z') || c == '_';
  };
  const auto is_part = [is_letter](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= kNameBytesMax && is_letter(text.front()) &&
         std::ranges::all_of(text, is_part);
}

class SourceReader {
 public:
  SourceReader(Catalog& catalog, std::string_view file, const YamlNode& sources)
      : catalog_(catalog), file_(file), sources_(sources), first_(catalog.sources.size()) {}

  void read() {
    if (sources_.kind != YamlNode::Kind::map) refuse("sources is not a map", sources_.place);
    for (std::size_t i = 0; i < sources_.members.size(); ++i) {
      catalog_.sources.push_back(
          source(sources_.members[i].first, sources_.members[i].second, sources_.key_places[i]));
    }
    for (std::size_t i = first_; i < catalog_.sources.size(); ++i) check_tables(i);
    for (std::size_t i = 0; i < sources_.members.size(); ++i) link(i);
  }

 private:
  Source source(const std::string& name, const YamlNode& node, const Location& place) const {
    check_name(name, place);
    const Fields fields{file_, "source " + name, node, place, kKeys};
    Source made;
    made.name = name;
    made.place = place;
    made.help = without_line_end(fields.prose("help", kHelpBytesMax));
    made.rows = static_cast<Rows>(fields.choice("rows", kRows));
    made.tables = tables(fields);
    made.sql = sql(fields);
    if (fields.has("index")) made.index = index(fields);
    return made;
  }

  void check_name(const std::string& name, const Location& place) const {
    if (!is_name(name)) {
      refuse(fmt::format("a source cannot be named {}", quoted(name)), place, kNameHint);
    }
    if (is_reserved(name)) {
      refuse(fmt::format("a source cannot be named {}", quoted(name)), place,
             "SQL of sources sees pcx's own windows, bounds and moment by these names.");
    }
    const auto found = std::ranges::find(catalog_.sources, name, &Source::name);
    if (found != catalog_.sources.end()) {
      refuse(
          fmt::format("source {} is there already", name), place,
          fmt::format("The first one is at {}; name this one otherwise.", to_string(found->place)));
    }
    if (catalog_.sources.size() == kSourcesMax) {
      refuse(fmt::format("more than {} sources", kSourcesMax), place);
    }
  }

  std::vector<std::string> tables(const Fields& fields) const {
    const YamlNode& list = fields.need("tables");
    if (list.kind != YamlNode::Kind::list) {
      fields.refuse_value("tables", "is not a list", "Write it so: [appointments, payments].");
    }
    if (list.items.empty()) fields.refuse_value("tables", "is empty");
    if (list.items.size() > kTablesMax) {
      fields.refuse_value("tables", fmt::format("has more than {} names", kTablesMax));
    }
    std::vector<std::string> names;
    for (const YamlNode& item : list.items) {
      check_table(fields, item, names);
      names.push_back(item.text);
    }
    return names;
  }

  static void check_table(const Fields& fields, const YamlNode& item,
                          const std::vector<std::string>& names) {
    if (item.kind != YamlNode::Kind::scalar || !is_table_name(item.text)) {
      refuse(fmt::format("tables of {} has {}, which is no name of a table", fields.noun(),
                         quoted(item.text)),
             item.place, "Names of tables are letters, digits and _, without a schema.");
    }
    if (is_reserved(item.text)) {
      refuse(fmt::format("tables of {} has {}, which is pcx's own", fields.noun(), item.text),
             item.place);
    }
    if (std::ranges::find(names, item.text) != names.end()) {
      refuse(fmt::format("tables of {} has {} twice", fields.noun(), item.text), item.place);
    }
  }

  static std::string sql(const Fields& fields) {
    std::string text = fields.prose("sql", kSqlBytesMax);
    const SqlOutline outline = outline_without_fault(fields, "sql", text);
    const bool begins =
        outline.start && !outline.names.empty() && outline.names.front().offset == *outline.start &&
        !outline.names.front().is_quoted &&
        std::ranges::find(kBeginnings, outline.names.front().text) != std::end(kBeginnings);
    if (!begins) {
      fields.refuse_value("sql", "does not begin with SELECT, WITH or VALUES", {},
                          outline.start.value_or(0));
    }
    return text;
  }

  static std::string index(const Fields& fields) {
    std::string text = without_line_end(fields.prose("index", kIndexBytesMax));
    const SqlOutline outline = outline_without_fault(fields, "index", text);
    const auto& words = outline.names;
    if (words.size() < 2 || words[0].offset != *outline.start || words[0].text != "create" ||
        words[1].text != "index") {
      fields.refuse_value("index", "does not begin with CREATE INDEX");
    }
    return text;
  }

  // What the SQL of the file's `number`-th source needs.
  void link(std::size_t number) {
    const std::size_t own = first_ + number;
    const YamlNode& sql = *sources_.members[number].second.find("sql");
    std::vector<bool> is_needed(own, false);
    for (const SqlName& name : outline_sql(sql.text).names) {
      const auto found = std::ranges::find(catalog_.sources, name.text, &Source::name);
      const auto place = static_cast<std::size_t>(found - catalog_.sources.begin());
      if (found == catalog_.sources.end()) continue;
      if (place >= own) refuse_name(own, place, place_within(file_, sql, name.offset));
      is_needed[place] = true;
    }
    for (std::size_t i = 0; i < own; ++i) {
      if (is_needed[i]) catalog_.sources[own].needs.push_back(catalog_.sources[i].name);
    }
  }

  [[noreturn]] void refuse_name(std::size_t own, std::size_t other, const Location& place) const {
    const std::string& name = catalog_.sources[own].name;
    if (own == other) {
      refuse(fmt::format("sql of source {} names itself", name), place,
             "Where a column or an alias is meant, name the source otherwise.");
    }
    const std::string& later = catalog_.sources[other].name;
    refuse(fmt::format("sql of source {} names {}, which comes later", name, later), place,
           fmt::format("Move {} above it; where a column is meant, name the source otherwise.",
                       later));
  }

  // A later source that means a table would see the source of that name.
  void check_tables(std::size_t number) const {
    const Source& source = catalog_.sources[number];
    for (const Source& other : catalog_.sources) {
      const auto has = [](const Source& tables, const std::string& name) {
        return std::ranges::find(tables.tables, name) != tables.tables.end();
      };
      if (has(other, source.name)) {
        refuse(fmt::format("source {} is named as a table of source {}", source.name, other.name),
               source.place, "Name the source otherwise.");
      }
      if (has(source, other.name)) {
        refuse(fmt::format("source {} reads table {}, and there is a source of that name",
                           source.name, other.name),
               source.place,
               fmt::format("The source is at {}; name it otherwise.", to_string(other.place)));
      }
    }
  }

  Catalog& catalog_;
  std::string_view file_;
  const YamlNode& sources_;
  std::size_t first_;
};

}  // namespace

void read_sources(Catalog& catalog, std::string_view file, const YamlNode& sources) {
  SourceReader{catalog, file, sources}.read();
}

}  // namespace pcx::kpi
