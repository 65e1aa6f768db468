#include "kpi/kpi_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "kpi/definition_fields.h"
#include "kpi/metric_name.h"
#include "kpi/sql_outline.h"

namespace pcx::kpi {

namespace {

constexpr std::string_view kKeys[] = {"title", "guide",     "kind",   "unit", "better",
                                      "from",  "value",     "sample", "by",   "empty",
                                      "wide",  "new_relic", "help"};
constexpr std::string_view kKinds[] = {"count", "money", "duration", "ratio"};  // as Kind
constexpr std::string_view kBetter[] = {"more", "fewer", "neither"};            // as Better
constexpr std::string_view kEmpty[] = {"zero", "none"};
constexpr std::string_view kFlags[] = {"false", "true"};
// What metrics are labelled with by pcx, by Prometheus itself, and for histograms and summaries; n
// is the window's number.
constexpr std::string_view kReservedLabels[] = {"tenant",   "kpi", "le", "quantile",
                                                "instance", "job", "n",  "reason"};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

bool is_letter_or_digit(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Words in lower case, one blank between two.
bool is_unit(std::string_view text) {
  return std::ranges::all_of(split(text, ' '), [](const std::string& word) {
    return !word.empty() && std::ranges::all_of(word, is_lower);
  });
}

bool is_guide_name(std::string_view text) {
  return is_lower(text.front()) && std::ranges::all_of(text, is_letter_or_digit);
}

bool is_new_relic_segment(std::string_view text) {
  return !text.empty() && trim(text) == text && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view{" _.-"}.find(c) != std::string_view::npos;
  });
}

bool is_new_relic_name(std::string_view text) {
  const auto segments = split(text, '/');
  return segments.size() > 1 && segments.front() == "Custom" &&
         std::ranges::all_of(segments, is_new_relic_segment);
}

std::string expression(const Fields& fields, std::string_view key) {
  std::string text = fields.line(key, kExpressionCharactersMax);
  const SqlOutline outline = outline_without_fault(fields, key, text);
  if (outline.comment) {
    fields.refuse_value(key, "has a comment", "Write it behind a # of YAML.", *outline.comment);
  }
  if (outline.comma) {
    fields.refuse_value(key, "has a comma outside of brackets", "Write a single expression.",
                        *outline.comma);
  }
  return text;
}

std::string unit(const Fields& fields, Kind kind) {
  if (kind != Kind::count) {
    if (fields.has("unit")) {
      fields.refuse_value(
          "unit", "has no meaning",
          fmt::format("Only counts have one, and its kind is {}.", to_string(kind)));
    }
    return {};
  }
  std::string text = fields.line("unit", kUnitCharactersMax);
  if (!is_unit(text)) {
    fields.refuse_value("unit", fmt::format("cannot be {}", quoted(text)),
                        "Write a noun in the singular, in lower-case letters: appointment.");
  }
  return text;
}

std::string guide(const Fields& fields) {
  std::string text = fields.optional_line("guide", kNameBytesMax);
  if (!text.empty() && !is_guide_name(text)) {
    fields.refuse_value(
        "guide", fmt::format("cannot be {}", quoted(text)),
        "Names in the guide's JSON are letters and digits, a lower-case letter first.");
  }
  return text;
}

std::string new_relic(const Fields& fields) {
  std::string text = fields.optional_line("new_relic", kNewRelicNameBytesMax);
  if (!text.empty() && !is_new_relic_name(text)) {
    fields.refuse_value(
        "new_relic", fmt::format("cannot be {}", quoted(text)),
        "Write Custom/ and segments of letters, digits, blanks, _, . and -, divided "
        "by /: Custom/Revenue/Daily.");
  }
  return text;
}

std::string by(const Fields& fields) {
  std::string text = fields.optional_line("by", kNameBytesMax);
  if (text.empty()) return text;
  if (!is_name(text)) {
    fields.refuse_value("by", fmt::format("cannot be {}", quoted(text)), kNameHint);
  }
  if (std::ranges::find(kReservedLabels, text) != std::end(kReservedLabels)) {
    fields.refuse_value("by", fmt::format("cannot be {}", quoted(text)),
                        "That label has a meaning of its own. Name the column otherwise with AS.");
  }
  return text;
}

bool empty_is_zero(const Fields& fields, Kind kind) {
  if (fields.has("empty")) return fields.choice("empty", kEmpty) == 0;
  return kind == Kind::count || kind == Kind::money;
}

class KpiReader {
 public:
  KpiReader(Catalog& catalog, std::string_view file) : catalog_(catalog), file_(file) {
    for (const Definition& made : catalog.definitions) keep_metrics(made);
  }

  void read(const std::string& name, const YamlNode& node, const Location& place) {
    check_name(name, place);
    const Fields fields{file_, "KPI " + name, node, place, kKeys};
    Definition made = definition(name, fields);
    check_others(made, fields);
    check_metrics(made);
    keep_metrics(made);
    catalog_.definitions.push_back(std::move(made));
  }

 private:
  void check_name(const std::string& name, const Location& place) const {
    if (!is_name(name)) {
      refuse(fmt::format("a KPI cannot be named {}", quoted(name)), place, kNameHint);
    }
    if (const Definition* first = catalog_.find(name)) {
      refuse(
          fmt::format("KPI {} is there already", name), place,
          fmt::format("The first one is at {}; name this one otherwise.", to_string(first->place)));
    }
    if (catalog_.definitions.size() == kDefinitionsMax) {
      refuse(fmt::format("more than {} KPIs", kDefinitionsMax), place);
    }
  }

  Definition definition(const std::string& name, const Fields& fields) const {
    Definition made;
    made.name = name;
    made.place = fields.place();
    made.title = fields.line("title", kTitleCharactersMax);
    made.guide = guide(fields);
    made.kind = static_cast<Kind>(fields.choice("kind", kKinds));
    made.unit = unit(fields, made.kind);
    made.better = static_cast<Better>(fields.choice("better", kBetter));
    made.source = source(fields);
    made.value = expression(fields, "value");
    if (fields.has("sample")) made.sample = expression(fields, "sample");
    made.by = by(fields);
    made.empty_is_zero = empty_is_zero(fields, made.kind);
    if (fields.has("wide")) made.is_wide = fields.choice("wide", kFlags) == 1;
    made.new_relic = new_relic(fields);
    if (made.new_relic.empty())
      made.new_relic = "Custom/" + (made.guide.empty() ? name : made.guide);
    made.help = without_line_end(fields.prose("help", kHelpBytesMax));
    return made;
  }

  std::size_t source(const Fields& fields) const {
    const std::string name = fields.line("from", kNameBytesMax);
    std::vector<std::string> known;
    for (std::size_t i = 0; i < catalog_.sources.size(); ++i) {
      if (catalog_.sources[i].name == name) return i;
      known.push_back(catalog_.sources[i].name);
    }
    fields.refuse_value("from", fmt::format("is {}, and there is no such source", quoted(name)),
                        hint_of(name, known));
  }

  // Names that outputs have for it: each one's own.
  void check_others(const Definition& made, const Fields& fields) const {
    for (const Definition& other : catalog_.definitions) {
      if (!made.guide.empty() && made.guide == other.guide) {
        fields.refuse_value("guide", fmt::format("is that of KPI {}, too", other.name));
      }
      if (made.new_relic == other.new_relic) {
        refuse(fmt::format("KPI {} and KPI {} are both {} in New Relic", other.name, made.name,
                           made.new_relic),
               made.place, "Give one of them another new_relic.");
      }
    }
  }

  void check_metrics(const Definition& made) const {
    for (const std::string& metric : metric_names(made)) {
      if (const auto fault = fault_of_metric(metric)) {
        refuse(fmt::format("metric {} of KPI {} {}", metric, made.name, *fault), made.place,
               "promtool check metrics would complain. Choose another name.");
      }
      check_meeting(made, metric);
    }
  }

  void check_meeting(const Definition& made, const std::string& metric) const {
    for (const std::string_view own : kRunMetrics) {
      if (!can_meet(metric, own)) continue;
      refuse(fmt::format("metric {} of KPI {} is one of pcx's own", metric, made.name), made.place,
             "Choose another name.");
    }
    for (const Metric& other : metrics_) {
      if (!can_meet(metric, other.name)) continue;
      refuse(fmt::format("metric {} of KPI {} can be that of KPI {}, too", metric, made.name,
                         other.kpi),
             made.place, "Choose another name.");
    }
  }

  void keep_metrics(const Definition& made) {
    for (std::string& metric : metric_names(made)) {
      metrics_.push_back({std::move(metric), made.name});
    }
  }

  struct Metric {
    std::string name;
    std::string kpi;
  };

  Catalog& catalog_;
  std::string_view file_;
  std::vector<Metric> metrics_;  // of the catalog
};

}  // namespace

void read_kpis(Catalog& catalog, std::string_view file, const YamlNode& kpis) {
  if (kpis.kind != YamlNode::Kind::map) refuse("kpis is not a map", kpis.place);
  KpiReader reader{catalog, file};
  for (std::size_t i = 0; i < kpis.members.size(); ++i) {
    reader.read(kpis.members[i].first, kpis.members[i].second, kpis.key_places[i]);
  }
}

}  // namespace pcx::kpi
