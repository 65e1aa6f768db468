#include "kpi/report_card.h"

#include <fmt/format.h>

#include "core/date.h"
#include "core/grouped.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/report_chart.h"
#include "kpi/report_words.h"
#include "page/page.h"

namespace pcx::kpi {

namespace {

using page::shown;

std::string card(const Definition& definition, const Value& value, const std::string& html) {
  return fmt::format(
      "<article data-kpi=\"{}\" data-state=\"{}\" data-value=\"{}\">\n<h3>{}</h3>\n{}</article>\n",
      definition.name, to_string(value.state), value.digits, shown(definition.title), html);
}

std::string figure(const Value& value, const Definition& definition, const std::string& currency) {
  const std::string css_class =
      value.state == State::known ? "figure" : fmt::format("figure {}", to_string(value.state));
  return fmt::format("<p class=\"{}\">{}</p>\n", css_class,
                     shown(value_text(value, definition, currency)));
}

// --- changes

const char* arrow_of(Direction direction) {
  switch (direction) {
    case Direction::up: return "\xe2\x96\xb2 ";
    case Direction::down: return "\xe2\x96\xbc ";
    case Direction::none: return "";
  }
  return "";
}

// A colour, and a word for who does not see it.
std::string tone_word(Tone tone) {
  if (tone == Tone::neither) return {};
  return tone == Tone::good ? " <small>better</small>" : " <small>worse</small>";
}

const char* tone_class(Tone tone) {
  if (tone == Tone::neither) return "";
  return tone == Tone::good ? " class=\"good\"" : " class=\"bad\"";
}

std::string changes(const Result& result) {
  std::string html;
  for (const Comparison& comparison : result.comparisons) {
    const std::string text = change_text(result, comparison);
    if (text.empty()) continue;
    const Tone tone = tone_of(result, comparison);
    html += fmt::format("<div><dt>{}</dt><dd{}>{}{}{}</dd></div>\n", basis_text(comparison.basis),
                        tone_class(tone), arrow_of(direction_of(result, comparison)), text,
                        tone_word(tone));
  }
  return html.empty() ? "" : "<dl>\n" + html + "</dl>\n";
}

// --- what is around the number

std::string flag(const Result& result, const std::string& currency) {
  const std::string text = anomaly_text(result, currency);
  if (text.empty()) return {};
  const char* const sign =
      result.anomaly.verdict == Anomaly::Verdict::high ? "\xe2\x86\x91" : "\xe2\x86\x93";
  return fmt::format("<p class=\"flag\">{} {}</p>\n", sign, shown(text));
}

std::string reason(const Result& result, const std::string& currency) {
  std::vector<std::string> texts = {so_far_text(result, currency)};
  if (result.value.sample) texts.push_back(fmt::format("n = {}", grouped(*result.value.sample)));
  texts.push_back(result.value.reason);
  std::erase(texts, "");
  return texts.empty() ? "" : page::aside(join(texts, "; "));
}

std::string parts(const Result& result, const std::string& currency) {
  std::string html;
  for (const Part& part : result.parts) {
    html += fmt::format("<span>{}: {}</span> ", shown(part.label),
                        shown(digits_text(part.digits, *result.definition, currency)));
  }
  return html.empty() ? "" : "<p class=\"parts\">" + html + "</p>\n";
}

// --- several days

std::string fact(const char* name, const std::string& text) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, shown(text));
}

std::string facts(const Course& course, const std::string& currency) {
  if (course.first() == nullptr) return {};
  const Definition& definition = *course.definition;
  std::string html = fact("first", value_text(*course.first(), definition, currency)) +
                     fact("smallest", value_text(*course.smallest(), definition, currency)) +
                     fact("largest", value_text(*course.largest(), definition, currency));
  if (const auto sum = course.sum()) html += fact("sum", digits_text(*sum, definition, currency));
  return "<dl>\n" + html + "</dl>\n";
}

std::string course_flags(const Course& course, TenantDays days, const std::string& currency) {
  std::string html;
  for (std::size_t i = 0; i < days.size(); ++i) {
    const Result* const result = course.results[i];
    const std::string text = result == nullptr ? "" : anomaly_text(*result, currency);
    if (text.empty()) continue;
    html +=
        fmt::format("<p class=\"flag\">{}: {}</p>\n", to_iso_date(days[i].day.date), shown(text));
  }
  return html;
}

}  // namespace

std::string day_card(const Result& result, const std::string& currency) {
  return card(*result.definition, result.value,
              figure(result.value, *result.definition, currency) + flag(result, currency) +
                  reason(result, currency) + bar_chart(result, currency) + changes(result) +
                  parts(result, currency));
}

std::string course_card(const Course& course, TenantDays days, const std::string& currency) {
  const Result* const last = course.results.back();
  const Value value = last == nullptr ? Value{} : last->value;
  return card(*course.definition, value,
              figure(value, *course.definition, currency) +
                  page::aside("on " + to_iso_date(days.back().day.date)) +
                  line_chart(course, days, currency) + facts(course, currency) +
                  course_flags(course, days, currency));
}

}  // namespace pcx::kpi
