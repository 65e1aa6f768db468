#include "load/value.h"

#include <charconv>
#include <cmath>

#include "core/javascript.h"
#include "core/json.h"

namespace pcx::load {

namespace {

const Document* member(const Document& tree, const PathStep& step) {
  if (tree.is_array()) {
    const auto& items = tree.items();
    const bool is_there = step.index >= 0 && static_cast<std::size_t>(step.index) < items.size();
    return is_there ? &items[static_cast<std::size_t>(step.index)] : nullptr;
  }
  return tree.find(step.key);
}

// Nearly all are.
bool is_whole(double number) {
  constexpr double kLargestWhole = 9007199254740991;  // Number.MAX_SAFE_INTEGER
  return std::fabs(number) <= kLargestWhole && number == std::trunc(number);
}

// Whole numbers without a text in between.
void append_number(double number, std::string& out) {
  if (!is_whole(number)) {
    out += javascript::number_text(number);
    return;
  }
  char digits[24];
  const auto whole = static_cast<std::int64_t>(number);
  out.append(digits, std::to_chars(digits, digits + sizeof digits, whole).ptr);
}

struct ScalarToValue {
  Value operator()(std::monostate) const { return nullptr; }
  Value operator()(bool value) const { return value; }
  Value operator()(std::int64_t value) const { return static_cast<double>(value); }
  Value operator()(const Decimal& value) const {
    return javascript::to_number(Document{value.digits});
  }
  Value operator()(double value) const { return value; }
  Value operator()(const std::string& value) const { return Value{value}; }
  Value operator()(const Time&) const { return {}; }  // no text that is read has one
};

}  // namespace

Value Value::of(const Document& document) {
  if (document.is_scalar()) return std::visit(ScalarToValue{}, document.scalar());
  return std::make_shared<const Document>(document);
}

const std::string* Value::text() const {
  const auto* text = std::get_if<Text>(&value_);
  return text != nullptr ? text->get() : nullptr;
}

const Document* Value::tree() const {
  const auto* tree = std::get_if<Tree>(&value_);
  return tree != nullptr ? tree->get() : nullptr;
}

bool Value::is_truthy() const {
  if (const bool* value = boolean()) return *value;
  if (const double* value = number()) return *value != 0 && *value == *value;
  if (const std::string* value = text()) return !value->empty();
  return tree() != nullptr;
}

double Value::to_number() const {
  if (const double* value = number()) return *value;
  if (is_undefined()) return javascript::to_number(Document{"undefined"});  // NaN
  return javascript::to_number(to_document());
}

void Value::append_text(std::string& out) const {
  if (const std::string* characters = text()) {
    out += *characters;
  } else if (is_undefined()) {
    out += "undefined";
  } else if (const double* value = number()) {
    append_number(*value, out);
  } else {
    append_json(out);
  }
}

std::string Value::to_text() const {
  std::string out;
  append_text(out);
  return out;
}

void Value::append_json(std::string& out) const {
  if (const double* value = number(); value != nullptr && std::isfinite(*value)) {
    append_number(*value, out);
  } else if (const bool* flag = boolean()) {
    out += *flag ? "true" : "false";
  } else if (const Document* document = tree()) {
    out += to_json(*document);
  } else if (text() != nullptr) {
    out += to_json(to_document());
  } else {
    out += "null";
  }
}

const Document* Value::find(const Path& path) const {
  const Document* here = tree();
  for (const PathStep& step : path) {
    if (here == nullptr) return nullptr;
    here = member(*here, step);
  }
  return here;
}

Value Value::at(const Path& path) const {
  if (path.empty()) return *this;
  const Document* found = find(path);
  return found != nullptr ? of(*found) : Value{};
}

Document Value::to_document() const {
  if (const Document* document = tree()) return *document;
  if (const std::string* characters = text()) return Document{*characters};
  if (const bool* flag = boolean()) return Document{*flag};
  if (const double* value = number()) {
    if (is_whole(*value)) return Document{static_cast<std::int64_t>(*value)};
    if (!std::isfinite(*value)) return Document{*value};
    return Document{Cell{Decimal{javascript::number_text(*value)}}};
  }
  return {};
}

}  // namespace pcx::load
