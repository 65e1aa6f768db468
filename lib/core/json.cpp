#include "core/json.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx {

namespace {

using Json = nlohmann::ordered_json;

// Walks over the text and lets the builder know how far the parser has read.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  explicit Cursor(const char** place) : place_(place) {}
  explicit Cursor(const char* end) : end_(end) {}
  reference operator*() const { return **place_; }
  Cursor& operator++() {
    ++*place_;
    return *this;
  }
  bool operator==(const Cursor& end) const { return *place_ == end.end_; }

 private:
  const char** place_ = nullptr;  // shared by all copies
  const char* end_ = nullptr;
};

// Builds a Document from parser events, so that member order, duplicates and depth are seen.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, std::string_view name, const JsonLimits& limits)
      : text_(text), name_(name), limits_(limits) {}

  Document take() { return std::move(root_); }
  const char** place() { return &place_; }

  bool null() override { return put(Document{}); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put(value); }
  bool number_unsigned(std::uint64_t value) override {
    if (value <= static_cast<std::uint64_t>(INT64_MAX))
      return put(static_cast<std::int64_t>(value));
    return put(Document{Cell{Decimal{fmt::format("{}", value)}}});
  }
  bool number_float(double value, const std::string& token) override {
    const bool is_integer = token.find_first_of(".eE") == std::string::npos;
    if (is_integer) return put(Document{Cell{Decimal{token}}});
    return put(value);
  }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Document::object()); }
  bool key(std::string& key) override {
    Frame& frame = frames_.back();
    if (!frame.keys.insert(key).second) {
      refuse(fmt::format("key \"{}\" occurs twice", escape_controls(key)), start_of_key());
    }
    frame.key = key;
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Document::array()); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    refuse(fmt::format("not JSON: {}", reason_of(error.what())), position == 0 ? 0 : position - 1);
  }

 private:
  struct Frame {
    Document value;
    std::string key;
    std::set<std::string> keys;
  };

  [[noreturn]] void refuse(const std::string& message, std::size_t offset) const {
    const auto [line, column] = line_column_at(text_, offset);
    throw Error{ErrorCode::data, message}.at({name_, line, column});
  }

  // nlohmann's text is "[json.exception.type] parse error at line 1, column 2: <reason>", or
  // "[json.exception.type] <reason>".
  static std::string reason_of(std::string_view what) {
    const auto bracket = what.find("] ");
    if (bracket != std::string_view::npos) what.remove_prefix(bracket + 2);
    if (what.starts_with("parse error"))
      what.remove_prefix(std::min(what.find(": ") + 2, what.size()));
    return escape_controls(what);
  }

  std::size_t characters_read() const { return static_cast<std::size_t>(place_ - text_.data()); }

  // The quote before the key whose closing quote was just read: the next one to the left that no
  // odd number of backslashes escapes.
  std::size_t start_of_key() const {
    const std::size_t closing = characters_read() - 1;
    std::size_t quote = text_.rfind('"', closing - 1);
    while (true) {
      const std::size_t plain = text_.find_last_not_of('\\', quote - 1);
      if ((quote - 1 - plain) % 2 == 0) return quote;
      quote = text_.rfind('"', quote - 1);
    }
  }

  bool open(Document empty) {
    if (frames_.size() >= limits_.depth_max) {
      refuse(fmt::format("nested deeper than {} levels", limits_.depth_max), characters_read() - 1);
    }
    frames_.push_back({std::move(empty), {}, {}});
    return true;
  }

  bool close() {
    Document finished = std::move(frames_.back().value);
    frames_.pop_back();
    return put(std::move(finished));
  }

  bool put(Document value) {
    if (frames_.empty()) {
      root_ = std::move(value);
    } else if (frames_.back().value.is_array()) {
      frames_.back().value.add(std::move(value));
    } else {
      frames_.back().value.set(std::move(frames_.back().key), std::move(value));
    }
    return true;
  }

  std::string_view text_;
  const char* place_ = text_.data();
  std::string name_;
  JsonLimits limits_;
  std::vector<Frame> frames_;
  Document root_;
};

// Most texts need no escapes: those need no second copy either.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c != '"' && c != '\\';  // chars beyond ASCII are negative
  });
}

void write_text(std::string& out, const std::string& text) {
  if (is_plain(text)) {
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct CellWriter {
  std::string& out;
  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { out += fmt::format("{}", value); }
  void operator()(const Decimal& value) const {
    // PostgreSQL's numeric knows NaN and Infinity, JSON does not.
    const bool is_number = value.digits.find_first_of("NIni") == std::string::npos;
    out += is_number ? value.digits : "null";
  }
  void operator()(double value) const {
    if (!std::isfinite(value)) {
      out += "null";
    } else {
      out += Json(value).dump();
    }
  }
  void operator()(const std::string& value) const { write_text(out, value); }
  void operator()(Time value) const { out += '"' + to_rfc3339(value) + '"'; }
};

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void write(const Document& document) {
    if (document.is_scalar()) {
      std::visit(CellWriter{out_}, document.scalar());
    } else if (document.is_array()) {
      write_list('[', ']', document.items(), [this](const Document& item) { write(item); });
    } else {
      write_list('{', '}', document.members(), [this](const Document::Member& member) {
        write_text(out_, member.first);
        out_ += indent_ < 0 ? ":" : ": ";
        write(member.second);
      });
    }
  }

  std::string take() { return std::move(out_); }

 private:
  template <typename List, typename WriteItem>
  void write_list(char opening, char closing, const List& list, WriteItem write_item) {
    out_ += opening;
    ++depth_;
    bool first = true;
    for (const auto& item : list) {
      if (!first) out_ += ',';
      first = false;
      new_line();
      write_item(item);
    }
    --depth_;
    if (!list.empty()) new_line();
    out_ += closing;
  }

  void new_line() {
    if (indent_ < 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(indent_) * depth_, ' ');
  }

  int indent_;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace

Document parse_json(std::string_view text, std::string_view name, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    throw Error{ErrorCode::data, fmt::format("longer than {} bytes", limits.bytes_max)}.at(
        {std::string{name}});
  }
  Builder builder{text, name, limits};
  nlohmann::json::sax_parse(Cursor{builder.place()}, Cursor{text.data() + text.size()}, &builder);
  return builder.take();
}

std::string to_json(const Document& document, int indent) {
  Writer writer{indent};
  writer.write(document);
  return writer.take();
}

}  // namespace pcx
