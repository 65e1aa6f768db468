#include "load/template.h"

#include "core/javascript.h"
#include "core/json.h"
#include "load/template_function.h"

namespace pcx::load {

namespace {

// What a variable of a template holds, looked at where it is.
class Found {
 public:
  Found(const Variable& variable, const Scope& scope)
      : whole_(scope.variables[variable.slot]),
        is_whole_(variable.path.empty()),
        member_(is_whole_ ? nullptr : whole_.find(variable.path)) {}

  bool is_undefined() const { return is_whole_ ? whole_.is_undefined() : member_ == nullptr; }
  bool is_truthy() const {
    if (is_whole_) return whole_.is_truthy();
    return member_ != nullptr && javascript::is_truthy(*member_);
  }
  const std::string* text() const {
    if (is_whole_) return whole_.text();
    return member_ != nullptr ? member_->text() : nullptr;
  }
  Value value() const {
    if (is_whole_) return whole_;
    return member_ != nullptr ? Value::of(*member_) : Value{};
  }

  void append_text(std::string& out) const {
    if (const std::string* characters = text()) {
      out += *characters;
    } else if (is_whole_) {
      whole_.append_text(out);
    } else if (is_tree()) {
      out += to_json(*member_);
    } else {
      value().append_text(out);
    }
  }
  void append_json(std::string& out) const {
    if (is_whole_) {
      whole_.append_json(out);
    } else if (is_tree()) {
      out += to_json(*member_);
    } else {
      value().append_json(out);
    }
  }

 private:
  bool is_tree() const { return member_ != nullptr && !member_->is_scalar(); }

  const Value& whole_;
  bool is_whole_;
  const Document* member_;
};

struct Writer {
  const Scope& scope;
  std::string& out;

  void operator()(const std::string& text) const { out += text; }
  void operator()(const Variable& variable) const {
    const Found found{variable, scope};
    if (variable.fallback && !found.is_truthy()) {
      out += *variable.fallback;
    } else {
      found.append_text(out);
    }
  }
  void operator()(const Call& call) const { append_call(call, scope, out); }
};

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void append_escaped(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default: break;
  }
  const auto code = static_cast<unsigned char>(c);
  out.append("\\u00").append(1, kHex[code >> 4]).append(1, kHex[code & 15]);
}

// Makes what was written from `begin` on the inside of a JSON string. Nearly always it is one.
void escape_from(std::size_t begin, std::string& out) {
  std::size_t at = begin;
  while (at < out.size() && !needs_escape(out[at])) ++at;
  if (at == out.size()) return;
  const std::string rest = out.substr(at);
  out.resize(at);
  for (const char c : rest) {
    if (needs_escape(c)) {
      append_escaped(c, out);
    } else {
      out += c;
    }
  }
}

// False: an undefined value, and nothing was written.
bool append_native(const Variable& variable, const Scope& scope, std::string& out) {
  const Found found{variable, scope};
  if (found.is_undefined() || (variable.fallback && !found.is_truthy())) return false;
  if (const std::string* text = found.text()) {
    out += '"';
    const std::size_t begin = out.size();
    out += *text;
    escape_from(begin, out);
    out += '"';
  } else {
    found.append_json(out);
  }
  return true;
}

void append_json_text(const Template& text, const Scope& scope, std::string& out) {
  out += '"';
  const std::size_t begin = out.size();
  text.append(scope, out);
  escape_from(begin, out);
  out += '"';
}

// Behind a member that was left out the next one's comma may have come to stand at the beginning.
void append_raw(std::string_view raw, std::string& out) {
  if (raw.starts_with(',') && out.ends_with('{')) raw.remove_prefix(1);
  out += raw;
}

void append_piece(const JsonTemplate::Piece& piece, const Scope& scope, std::string& out) {
  append_raw(piece.raw, out);
  if (!piece.text) return;
  const std::size_t begin = out.size();
  append_raw(piece.member, out);
  const Variable* variable = piece.is_key ? nullptr : piece.text->only_variable();
  if (variable == nullptr) return append_json_text(*piece.text, scope, out);
  if (append_native(*variable, scope, out)) return;
  if (variable->fallback) return append_json_text(*piece.text, scope, out);
  if (piece.member.empty()) {
    out += "null";
  } else {
    out.resize(begin);
  }
}

}  // namespace

bool Template::is_literal() const {
  return segments.empty() ||
         (segments.size() == 1 && std::holds_alternative<std::string>(segments.front()));
}

const std::string* Template::literal() const {
  static const std::string empty;
  if (segments.empty()) return &empty;
  return segments.size() == 1 ? std::get_if<std::string>(&segments.front()) : nullptr;
}

const Variable* Template::only_variable() const {
  return segments.size() == 1 ? std::get_if<Variable>(&segments.front()) : nullptr;
}

void Template::append(const Scope& scope, std::string& out) const {
  for (const Segment& segment : segments) std::visit(Writer{scope, out}, segment);
}

std::string Template::render(const Scope& scope) const {
  std::string out;
  append(scope, out);
  return out;
}

Value Template::evaluate(const Scope& scope) const {
  const Variable* variable = only_variable();
  if (variable == nullptr) return Value{render(scope)};
  const Found found{*variable, scope};
  if (variable->fallback && !found.is_truthy()) return Value{*variable->fallback};
  return found.value();
}

void JsonTemplate::append(const Scope& scope, std::string& out) const {
  for (const Piece& piece : pieces) append_piece(piece, scope, out);
}

}  // namespace pcx::load
