// Templates in labels and annotations: a part of Go's text/template as Prometheus has it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alert/labels.h"
#include "core/error.h"

namespace pcx::alert {

inline constexpr std::size_t kTemplateBytesMax = 16 * 1024;
inline constexpr std::size_t kTemplateDepthMax = 20;  // of parentheses

struct TemplateNode;  // template_tree.h

// {{ $value }}, {{ $labels.tenant }} (also {{ .Value }}, {{ .Labels.tenant }}), texts in quotes or
// backquotes, and calls and pipes of: humanize, humanize1024, humanizeDuration, humanizePercentage,
// humanizeTimestamp, printf with a text for its format (verbs f, g, e, v of numbers and s, v of
// texts, with width, precision and the flags + - 0 and blank), title, toUpper, toLower (Latin,
// Greek and Cyrillic letters; others stay as they are). Parentheses; {{- and -}} trim.
//
// A label that is not there is "". A number by itself is written as Go's %v does: its shortest
// digits, with an exponent below 1e-4 and from 1e6. What an argument is, number or text, is known
// when the template is read, so that `title $value` or printf's %s of a number, which Go would only
// find out when it fires, are refused then. So is everything else of Go's templates, $labels as a
// whole, and $labels.__name__: samples have no metric name here.
//
// Source: prometheus.io/docs/prometheus/2.42/configuration/template_reference, Go text/template and
// fmt as of Go 1.19.
class Template {
 public:
  // Throws Error{data} with the place of the fault, `place` being where `text` begins.
  static Template parse(std::string_view text, const Location& place);

  // Throws Error{data} when a function is given a text that is no number (humanize* take texts that
  // are), or humanizeTimestamp an instant beyond the years 1678 to 2261, as Go does.
  std::string render(const Labels& labels, double value) const;

  bool uses_value() const;  // other numbers may give another text

 private:
  std::shared_ptr<const std::vector<TemplateNode>> nodes_;
};

// Whether a text says something that rendering changes.
bool is_template(std::string_view text) noexcept;

}  // namespace pcx::alert
