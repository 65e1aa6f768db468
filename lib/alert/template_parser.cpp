// Reading templates: one character after the other, as Go's lexer and parser would, of what there
// is here.
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "alert/template.h"
#include "alert/template_tree.h"
#include "core/text.h"

namespace pcx::alert {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kTrimmedClose = "-}}";

constexpr bool is_blank(char c) noexcept { return kBlanks.find(c) != kBlanks.npos; }

constexpr bool is_name_part(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string hint_of(std::string_view word) {
  std::vector<std::string> known{"printf"};
  for (const auto& function : template_functions()) known.emplace_back(function.name);
  if (const auto meant = nearest(word, known)) return fmt::format("Did you mean \"{}\"?", *meant);
  return fmt::format("Known here: {}.", join(known, ", "));
}

class TemplateParser {
 public:
  TemplateParser(std::string_view text, const Location& place) : text_(text), place_(place) {}

  std::vector<TemplateNode> parse() {
    if (text_.size() > kTemplateBytesMax) {
      refuse(0, fmt::format("template is longer than {} bytes", kTemplateBytesMax));
    }
    bool trims = false;
    while (true) {
      const std::size_t open = std::min(text_.find(kOpen, at_), text_.size());
      add_text(text_.substr(at_, open - at_), trims);
      if (open == text_.size()) return std::move(nodes_);
      at_ = open + kOpen.size();
      take_trim_of_open();
      nodes_.push_back(pipeline());
      trims = take_close(open);
    }
  }

 private:
  [[noreturn]] void refuse(std::size_t offset, const std::string& message,
                           std::string hint = {}) const {
    Location place = place_;
    const LineColumn within = line_column_at(text_, offset);
    place.line += within.line - 1;
    place.column = within.line == 1 ? place.column + within.column - 1 : within.column;
    throw Error{ErrorCode::data, message, std::move(hint)}.at(std::move(place));
  }

  std::string_view rest() const { return text_.substr(at_); }
  bool is_at(std::string_view what) const { return rest().starts_with(what); }
  bool is_at_end() const { return at_ == text_.size(); }

  void add_text(std::string_view text, bool trims) {
    if (trims) text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    TemplateNode node;
    node.text = text;
    nodes_.push_back(std::move(node));
  }

  // "{{- ": the text before it loses the blanks at its end.
  void take_trim_of_open() {
    if (!is_at("-") || rest().size() < 2 || !is_blank(rest()[1])) return;
    std::string& before = nodes_.back().text;
    before.erase(before.find_last_not_of(kBlanks) + 1);
    ++at_;
  }

  void skip_blanks() {
    while (!is_at_end() && is_blank(text_[at_])) ++at_;
  }

  // " -}}" or "}}", after blanks.
  bool is_at_close() const {
    return is_at(kClose) || (is_at(kTrimmedClose) && is_blank(text_[at_ - 1]));
  }

  bool take_close(std::size_t open) {
    if (is_at_end()) refuse(open, "template has a {{ without }}");
    if (!is_at_close()) refuse_rest();
    const bool trims = !is_at(kClose);
    at_ += trims ? kTrimmedClose.size() : kClose.size();
    return trims;
  }

  [[noreturn]] void refuse_rest() const {
    const std::string_view shown = rest().substr(0, rest().find_first_of(" \t\r\n|})"));
    const std::string_view one = rest().substr(0, first_code_point(rest()).bytes);
    refuse(at_,
           fmt::format("unexpected \"{}\" in a template",
                       escape_controls(shown.empty() ? one : shown)),
           "pcx knows $value, $labels.NAME, texts in quotes, functions and pipes.");
  }

  // command | command ...; stands behind blanks afterwards.
  TemplateNode pipeline() {
    TemplateNode node = command(std::nullopt);
    while (is_at("|")) {
      ++at_;
      node = command(std::move(node));
    }
    return node;
  }

  // `piped`: the last argument, from the left of a pipe.
  TemplateNode command(std::optional<TemplateNode> piped) {
    skip_blanks();
    const std::size_t begin = at_;
    if (!is_at_end() && is_name_part(text_[at_])) return call(std::move(piped));
    std::optional<TemplateNode> node = operand();
    if (!node) {
      if (is_at_end() || is_at_close()) refuse(begin, "template has an action that says nothing");
      refuse_rest();
    }
    if (piped) refuse(begin, "what stands behind | in a template must be a function");
    if (operand()) refuse(begin, "what has arguments in a template must be a function");
    return std::move(*node);
  }

  std::string_view take_name() {
    const std::size_t begin = at_;
    while (!is_at_end() && is_name_part(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  TemplateNode call(std::optional<TemplateNode> piped) {
    const std::size_t begin = at_;
    const std::string_view name = take_name();
    require_separator();
    std::vector<TemplateNode> arguments;
    while (auto argument = operand()) arguments.push_back(std::move(*argument));
    const bool has_format =
        !arguments.empty() && arguments.front().kind == TemplateNode::Kind::text;
    if (piped) arguments.push_back(std::move(*piped));
    if (name == "printf") return print(begin, std::move(arguments), has_format);

    const auto known = template_functions();
    const auto found = std::ranges::find(known, name, &TemplateFunction::name);
    if (found == known.end()) {
      refuse(begin, fmt::format("\"{}\" is no function of templates here", name), hint_of(name));
    }
    if (arguments.size() != 1) {
      refuse(begin, fmt::format("{} takes one argument, and has {}", name, arguments.size()));
    }
    if (!found->takes_number && arguments.front().is_number()) {
      refuse(begin, fmt::format("{} takes a text, and has a number", name),
             "Make it one first, for example with printf \"%.2f\".");
    }
    TemplateNode node;
    node.kind = TemplateNode::Kind::call;
    node.function = &*found;
    node.arguments = std::move(arguments);
    return node;
  }

  TemplateNode print(std::size_t begin, std::vector<TemplateNode> arguments, bool has_format) {
    if (!has_format) refuse(begin, "printf needs a format in quotes as its first argument");
    TemplateNode node;
    node.kind = TemplateNode::Kind::print;
    node.format = parse_printf(arguments.front().text);
    if (!node.format.fault.empty()) {
      refuse(begin, "the format of printf " + node.format.fault,
             "Known here: %f, %e, %g and %v of numbers, %s and %v of texts, %%.");
    }
    arguments.erase(arguments.begin());
    check_arguments(begin, node.format, arguments);
    node.arguments = std::move(arguments);
    return node;
  }

  void check_arguments(std::size_t begin, const PrintfFormat& format,
                       const std::vector<TemplateNode>& arguments) const {
    std::size_t used = 0;
    for (const PrintfPiece& piece : format.pieces) {
      if (piece.verb == 0) continue;
      if (used == arguments.size()) refuse(begin, "printf has more verbs than arguments");
      const bool is_number = arguments[used++].is_number();
      if (is_number ? piece.takes_number() : piece.takes_text()) continue;
      refuse(begin,
             fmt::format("%{} of printf does not suit a {}", piece.verb,
                         is_number ? "number" : "text"),
             is_number ? "Numbers are for %f, %e, %g and %v." : "Texts are for %s and %v.");
    }
    if (used < arguments.size()) refuse(begin, "printf has more arguments than verbs");
  }

  // The next argument, with the blanks behind it; std::nullopt: there is none.
  std::optional<TemplateNode> operand() {
    skip_blanks();
    std::optional<TemplateNode> node;
    if (is_at("(")) {
      node = parenthesised();
    } else if (is_at("\"") || is_at("`")) {
      node.emplace().text = is_at("`") ? raw_text() : quoted_text();
    } else if (is_at("$") || is_at(".")) {
      node = variable();
    } else {
      return node;
    }
    require_separator();
    skip_blanks();
    return node;
  }

  // Go's parser wants something between two operands.
  void require_separator() const {
    if (is_at_end() || is_blank(text_[at_]) || is_at("|") || is_at(")") || is_at(kClose)) return;
    refuse_rest();
  }

  TemplateNode parenthesised() {
    const std::size_t begin = at_++;
    if (++depth_ > kTemplateDepthMax) {
      refuse(begin,
             fmt::format("template has more than {} parentheses in each other", kTemplateDepthMax));
    }
    TemplateNode node = pipeline();
    if (!is_at(")")) refuse(begin, "template has a ( without )");
    ++at_;
    --depth_;
    return node;
  }

  TemplateNode variable() {
    const std::size_t begin = at_;
    for (const std::string_view value : {"$value", ".Value"}) {
      if (!take_word(value)) continue;
      TemplateNode node;
      node.kind = TemplateNode::Kind::value;
      return node;
    }
    if (!take_word("$labels") && !take_word(".Labels")) refuse_rest();
    if (!is_at(".")) {
      refuse(begin, "template has labels as a whole", "Name one, as in $labels.tenant.");
    }
    ++at_;
    TemplateNode node;
    node.kind = TemplateNode::Kind::label;
    node.text = take_name();
    check_label(begin, node.text);
    return node;
  }

  bool take_word(std::string_view word) {
    const std::string_view behind = rest().substr(std::min(word.size(), rest().size()));
    if (!is_at(word) || (!behind.empty() && is_name_part(behind.front()))) return false;
    at_ += word.size();
    return true;
  }

  void check_label(std::size_t begin, std::string_view name) const {
    if (!is_label_name(name)) refuse(begin, "template has labels without the name of one");
    if (name != "__name__") return;
    refuse(begin, "template has the label __name__, which samples do not have here",
           "Write the metric's name itself.");
  }

  std::string raw_text() {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == text_.npos) refuse(at_, "template has a text without its second `");
    const std::string_view text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return std::string{text};
  }

  std::string quoted_text() {
    const std::size_t begin = at_++;
    std::string text;
    while (!is_at("\"")) {
      if (is_at_end() || is_at("\n")) refuse(begin, "template has a text without its second quote");
      text += is_at("\\") ? escaped() : text_[at_];
      ++at_;
    }
    ++at_;
    return text;
  }

  // At the backslash before, at the character behind it afterwards.
  char escaped() {
    constexpr std::string_view kNames = "nrt\\\"";
    constexpr std::string_view kMeanings = "\n\r\t\\\"";
    ++at_;
    const std::size_t which = is_at_end() ? kNames.npos : kNames.find(text_[at_]);
    if (which == kNames.npos) {
      refuse(at_ - 1, "template has a \\ before something that it does not escape",
             "Known here: \\n, \\r, \\t, \\\\ and \\\".");
    }
    return kMeanings[which];
  }

  std::string_view text_;
  const Location& place_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::vector<TemplateNode> nodes_;
};

}  // namespace

std::vector<TemplateNode> parse_template(std::string_view text, const Location& place) {
  return TemplateParser{text, place}.parse();
}

}  // namespace pcx::alert
