#include "load/template_text.h"

#include <algorithm>
#include <cctype>

#include "core/javascript.h"
#include "core/text.h"
#include "load/template_function.h"

namespace pcx::load {

namespace {

using Kind = TemplateFault::Kind;

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

bool is_blank(char c) { return std::string_view{" \t\n\r"}.find(c) != std::string_view::npos; }

// As Artillery's own expression has it: letters, digits, and what paths are made of.
bool is_path(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_name_character(c) ||
           std::string_view{" .[]'\"-\t\n\r"}.find(c) != std::string_view::npos;
  });
}

// "$name" at the beginning, without the "$"; empty: none.
std::string_view function_name(std::string_view text) {
  if (!text.starts_with('$')) return {};
  std::size_t end = 1;
  while (end < text.size() && (is_name_character(text[end]) && text[end] != '$')) ++end;
  return text.substr(1, end - 1);
}

// --- Arguments

// Cuts at commas outside of quotes and brackets.
std::vector<std::string_view> split_arguments(std::string_view text) {
  std::vector<std::string_view> parts;
  char quote = '\0';
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\')
        ++i;
      else if (c == quote)
        quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '[' || c == '(') {
      ++depth;
    } else if (c == ']' || c == ')') {
      --depth;
    } else if (c == ',' && depth == 0) {
      parts.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trim(text.substr(std::min(begin, text.size()))));
  if (parts.size() == 1 && parts.front().empty()) parts.clear();
  return parts;
}

std::optional<std::string> quoted_text(std::string_view text) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"')) return std::nullopt;
  if (text.back() != text.front()) return std::nullopt;
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == text.front()) return std::nullopt;
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

std::optional<Value> literal_value(std::string_view text) {
  if (auto plain = quoted_text(text)) return Value{*std::move(plain)};
  if (text == "true" || text == "false") return Value{text == "true"};
  if (text == "null") return Value{nullptr};
  const double number = javascript::to_number(Document{std::string{text}});
  if (!text.empty() && number == number) return Value{number};
  return std::nullopt;
}

// --- One template: what stands between the braces

class Reader {
 public:
  Reader(std::string_view whole, std::string_view content, Vocabulary& vocabulary)
      : whole_(whole), content_(trim(content)), vocabulary_(vocabulary) {}

  // std::nullopt: it was reported, and the text stays.
  std::optional<Segment> read() {
    if (const auto name = function_name(content_); !name.empty()) {
      const auto rest = trim(content_.substr(name.size() + 1));
      if (rest.starts_with('(')) return call(name, rest);
      if (rest.empty()) return name_or_call(name);
    }
    if (const auto bars = content_.find("||"); bars != std::string_view::npos) {
      return with_fallback(trim(content_.substr(0, bars)), trim(content_.substr(bars + 2)));
    }
    if (content_.empty() && std::ranges::any_of(whole_, is_blank)) {
      refuse(Kind::nothing, std::string{whole_});
      return "undefined";  // a variable without a name, which nobody sets
    }
    if (!is_path(content_)) return refuse(Kind::syntax, std::string{whole_});
    return variable(std::string{content_}, std::nullopt);
  }

 private:
  std::optional<Segment> refuse(Kind kind, std::string what, std::string suggestion = {}) {
    vocabulary_.report({kind, std::move(what), std::move(suggestion), vocabulary_.is_strict()});
    return std::nullopt;
  }

  void note(std::string what) {
    vocabulary_.report({Kind::no_artillery_form, std::move(what), {}, vocabulary_.is_strict()});
  }

  Segment variable(const std::string& name, std::optional<std::string> fallback) {
    const bool has_fallback = fallback.has_value();
    if (auto constant = vocabulary_.constant(name, has_fallback)) {
      if (has_fallback && constant->empty()) return *std::move(fallback);
      return *std::move(constant);
    }
    Variable found = vocabulary_.variable(name);
    found.fallback = std::move(fallback);
    return found;
  }

  std::optional<Segment> with_fallback(std::string_view name, std::string_view otherwise) {
    const auto value = literal_value(otherwise);
    if (!is_path(name) || !value || vocabulary_.is_strict()) {
      return refuse(Kind::syntax, std::string{whole_});
    }
    note(std::string{whole_});
    return variable(std::string{name}, value->to_text());
  }

  // "$timestamp": a function, unless somebody sets a variable of that name.
  std::optional<Segment> name_or_call(std::string_view name) {
    const FunctionName* function = find_function(name);
    const auto fake = find_fake(name);
    const bool is_call = (function != nullptr && !function->needs_parentheses) || fake;
    if (!is_call || vocabulary_.is_strict() || vocabulary_.is_variable(std::string{content_})) {
      return variable(std::string{content_}, std::nullopt);
    }
    note("$" + std::string{name});
    return finish(name, Call{function != nullptr ? function->function : Function::fake,
                             {},
                             fake.value_or(Fake::word)});
  }

  std::optional<Segment> call(std::string_view name, std::string_view rest) {
    if (!rest.ends_with(')')) return refuse(Kind::syntax, std::string{whole_});
    const FunctionName* function = find_function(name);
    const auto fake = find_fake(name);
    const bool is_known =
        (function != nullptr && (function->is_artillery || !vocabulary_.is_strict())) ||
        (function == nullptr && fake);
    if (!is_known) return unknown(name);
    Call call{
        function != nullptr ? function->function : Function::fake, {}, fake.value_or(Fake::word)};
    if (!add_arguments(rest.substr(1, rest.size() - 2), call)) {
      return refuse(Kind::syntax, std::string{whole_});
    }
    auto made = finish(name, std::move(call));
    if (made && function != nullptr && !function->is_artillery) {
      note("$" + std::string{name} + "()");
    }
    return made;
  }

  std::optional<Segment> unknown(std::string_view name) {
    std::vector<std::string> known = function_names();
    const auto fakes = fake_names();
    known.insert(known.end(), fakes.begin(), fakes.end());
    const auto meant = nearest(name, known);
    return refuse(Kind::unknown_function, "$" + std::string{name},
                  meant ? "$" + *meant + "()" : "");
  }

  std::optional<Segment> finish(std::string_view name, Call call) {
    const auto [min, max] = arguments_of(call.function);
    if (call.arguments.size() >= min && call.arguments.size() <= max) return call;
    return refuse(Kind::arguments, "$" + std::string{name});
  }

  // [a, b] is the same as a, b.
  bool add_arguments(std::string_view text, Call& call) {
    for (const std::string_view part : split_arguments(text)) {
      if (part.starts_with('[') && part.ends_with(']')) {
        if (!add_arguments(part.substr(1, part.size() - 2), call)) return false;
      } else if (auto value = literal_value(part)) {
        call.arguments.emplace_back(*std::move(value));
      } else if (part.starts_with('{') && call.function == Function::fake) {
        continue;
      } else if (is_path(part)) {
        call.arguments.push_back(name_argument(std::string{part}));
      } else {
        return false;
      }
    }
    return true;
  }

  // A name that nobody sets is a word: $pick(dog, cat).
  Argument name_argument(const std::string& name) {
    if (auto constant = vocabulary_.constant(name, false)) return Value{*std::move(constant)};
    if (vocabulary_.is_variable(name)) return vocabulary_.variable(name);
    return Value{name};
  }

  std::string_view whole_;
  std::string_view content_;
  Vocabulary& vocabulary_;
};

// --- The text around them

// Where braces stand; all of it is `text` from `begin` to `end`.
struct Braces {
  std::size_t begin = 0, end = 0;
  std::string_view content;
};

// The closing braces of a template, outside of quotes; npos: none.
std::size_t find_end(std::string_view text, std::size_t from) {
  char quote = '\0';
  for (std::size_t i = from; i + 1 < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      // A quote that is never closed is a letter like others ("{{ it's }}").
      if (text.find(c, i + 1) < text.find("}}", i + 1) || text.find("}}", i + 1) == text.npos) {
        quote = c;
      }
    } else if (c == '}' && text[i + 1] == '}') {
      return i;
    }
  }
  return std::string_view::npos;
}

std::optional<Braces> find_braces(std::string_view text, std::size_t from, bool is_strict) {
  const auto begin = text.find("{{", from);
  if (begin == std::string_view::npos) return std::nullopt;
  const bool opens_three = text.substr(begin).starts_with("{{{");
  const std::size_t inside = begin + (opens_three ? 3 : 2);
  const std::size_t end = find_end(text, inside);
  if (end == std::string_view::npos) return Braces{begin, std::string_view::npos, {}};
  const bool closes_three = text.substr(end).starts_with("}}}");
  Braces found{begin, end + 2, text.substr(inside, end - inside)};
  // One brace too many belongs to the text: {"a": {{ b }}}. Artillery swallows it.
  if (closes_three && (opens_three || is_strict)) ++found.end;
  if (opens_three && !closes_three && !is_strict) ++found.begin;
  return found;
}

void append_text(Template& made, std::string_view text) {
  if (text.empty()) return;
  if (!made.segments.empty()) {
    if (auto* last = std::get_if<std::string>(&made.segments.back())) {
      last->append(text);
      return;
    }
  }
  made.segments.emplace_back(std::string{text});
}

void append_segment(Template& made, Segment segment) {
  if (const auto* text = std::get_if<std::string>(&segment)) {
    append_text(made, *text);
  } else {
    made.segments.push_back(std::move(segment));
  }
}

}  // namespace

Template read_template(std::string_view text, Vocabulary& vocabulary) {
  Template made;
  std::size_t at = 0;
  while (const auto found = find_braces(text, at, vocabulary.is_strict())) {
    if (found->end == std::string_view::npos) {
      vocabulary.report({Kind::unclosed,
                         std::string{first_line(text.substr(found->begin))},
                         {},
                         vocabulary.is_strict()});
      break;
    }
    append_text(made, text.substr(at, found->begin - at));
    const std::string_view whole = text.substr(found->begin, found->end - found->begin);
    if (auto segment = Reader{whole, found->content, vocabulary}.read()) {
      append_segment(made, *std::move(segment));
    } else {
      append_text(made, whole);
    }
    at = found->end;
  }
  append_text(made, text.substr(at));
  return made;
}

}  // namespace pcx::load
