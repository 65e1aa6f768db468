// What the templates of a rule make of a series: the labels and annotations of its alert.
#pragma once

#include <map>
#include <string>

#include "alert/labels.h"
#include "alert/rule.h"
#include "alert/sample.h"
#include "alert/template.h"

namespace pcx::alert {

class RuleTexts {
 public:
  // REQUIRES: the rule's templates are such, as read_rules() sees to
  explicit RuleTexts(const Rule& rule);

  Labels labels_of(const Sample& sample) const;
  Labels annotations_of(const Sample& sample) const;

  // Labels of an alert without volatile ones and those that depend on a number: the same for all
  // alerts that a series may have had.
  Labels key_of(Labels labels) const;

  // Whether an alert may be of the rule as it is now: its labels that are no templates say the
  // same.
  bool fits(const Labels& labels) const;

 private:
  std::string name_;
  const Labels& labels_;
  std::map<std::string, Template> label_templates_;
  std::map<std::string, Template> annotation_templates_;
  LabelNames passing_;
};

}  // namespace pcx::alert
