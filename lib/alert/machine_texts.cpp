#include "alert/machine_texts.h"

#include <algorithm>

#include <fmt/format.h>

namespace pcx::alert {

namespace {

constexpr const char* kAlertName = "alertname";

std::map<std::string, Template> templates_of(const Labels& texts, const Location& place) {
  std::map<std::string, Template> templates;
  for (const auto& [name, text] : texts) templates.emplace(name, Template::parse(text, place));
  return templates;
}

std::string rendered(const Template& text, const Sample& sample) {
  try {
    return text.render(sample.labels, sample.value);
  } catch (const Error& error) {
    return fmt::format("<error expanding template: {}>", error.what());
  }
}

// Over what is in `labels`; no value is no label.
void render_over(Labels& labels, const std::map<std::string, Template>& templates,
                 const Sample& sample) {
  for (const auto& [name, text] : templates) {
    std::string value = rendered(text, sample);
    if (value.empty()) {
      labels.erase(name);
    } else {
      labels[name] = std::move(value);
    }
  }
}

}  // namespace

RuleTexts::RuleTexts(const Rule& rule)
    : name_(rule.alert),
      labels_(rule.labels),
      label_templates_(templates_of(rule.labels, rule.place)),
      annotation_templates_(templates_of(rule.annotations, rule.place)),
      passing_(rule.volatile_labels) {
  for (const auto& [name, text] : label_templates_) {
    if (text.uses_value()) passing_.insert(name);
  }
}

Labels RuleTexts::labels_of(const Sample& sample) const {
  Labels labels = sample.labels;
  render_over(labels, label_templates_, sample);
  labels[kAlertName] = name_;
  return labels;
}

Labels RuleTexts::annotations_of(const Sample& sample) const {
  Labels annotations;
  render_over(annotations, annotation_templates_, sample);
  return annotations;
}

Labels RuleTexts::key_of(Labels labels) const {
  for (const std::string& name : passing_) labels.erase(name);
  return labels;
}

bool RuleTexts::fits(const Labels& labels) const {
  const auto has = [&labels](const std::string& name, const std::string& value) {
    const auto found = labels.find(name);
    return found != labels.end() && found->second == value;
  };
  return has(kAlertName, name_) && std::ranges::all_of(labels_, [&](const auto& label) {
           return is_template(label.second) || has(label.first, label.second);
         });
}

}  // namespace pcx::alert
