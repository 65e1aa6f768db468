#include "alert/template.h"

#include <algorithm>

#include "alert/template_tree.h"

namespace pcx::alert {

namespace {

TemplateValue value_of(const TemplateNode& node, const Labels& labels, double value);

std::string print_all(const TemplateNode& node, const Labels& labels, double value) {
  std::string text;
  auto argument = node.arguments.begin();
  for (const PrintfPiece& piece : node.format.pieces) {
    text += piece.verb == 0 ? piece.text : print(piece, value_of(*argument++, labels, value));
  }
  return text;
}

std::string label_of(const Labels& labels, const std::string& name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string{} : found->second;
}

TemplateValue value_of(const TemplateNode& node, const Labels& labels, double value) {
  switch (node.kind) {
    case TemplateNode::Kind::text: return node.text;
    case TemplateNode::Kind::value: return value;
    case TemplateNode::Kind::label: return label_of(labels, node.text);
    case TemplateNode::Kind::call:
      return node.function->apply(value_of(node.arguments.front(), labels, value));
    case TemplateNode::Kind::print: break;
  }
  return print_all(node, labels, value);
}

bool has_value(const std::vector<TemplateNode>& nodes) {
  return std::ranges::any_of(nodes, [](const TemplateNode& node) {
    return node.is_number() || has_value(node.arguments);
  });
}

}  // namespace

bool is_template(std::string_view text) noexcept { return text.find("{{") != text.npos; }

Template Template::parse(std::string_view text, const Location& place) {
  Template made;
  made.nodes_ = std::make_shared<const std::vector<TemplateNode>>(parse_template(text, place));
  return made;
}

bool Template::uses_value() const { return has_value(*nodes_); }

std::string Template::render(const Labels& labels, double value) const {
  std::string text;
  for (const TemplateNode& node : *nodes_) {
    const TemplateValue made = value_of(node, labels, value);
    const double* const number = std::get_if<double>(&made);
    text += number != nullptr ? to_go_text(*number) : std::get<std::string>(made);
  }
  return text;
}

}  // namespace pcx::alert
