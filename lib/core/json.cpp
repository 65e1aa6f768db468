#include "core/json.h"

#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx {

namespace {

using Json = nlohmann::ordered_json;

// Builds a Document from parser events, so that member order, duplicates and depth are seen.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, std::string_view name, const JsonLimits& limits)
      : text_(text), name_(name), limits_(limits) {}

  Document take() { return std::move(root_); }

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
      throw Error{ErrorCode::data, fmt::format("key \"{}\" occurs twice", escape_controls(key))}.at(
          {name_});
    }
    frame.key = key;
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Document::array()); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    const std::size_t offset = position == 0 ? 0 : position - 1;
    const auto [line, column] = line_column_at(text_, offset);
    throw Error{ErrorCode::data, fmt::format("not JSON: {}", reason_of(error.what()))}.at(
        {name_, line, column});
  }

 private:
  struct Frame {
    Document value;
    std::string key;
    std::set<std::string> keys;
  };

  // nlohmann's text is "[json.exception...] parse error at line 1, column 2: <reason>".
  static std::string reason_of(std::string_view what) {
    const auto colon = what.find(": ");
    return escape_controls(colon == std::string_view::npos ? what : what.substr(colon + 2));
  }

  bool open(Document empty) {
    if (frames_.size() >= limits_.depth_max) {
      throw Error{ErrorCode::data, fmt::format("nested deeper than {} levels", limits_.depth_max)}
          .at({name_});
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
  std::string name_;
  JsonLimits limits_;
  std::vector<Frame> frames_;
  Document root_;
};

void write_text(std::string& out, const std::string& text) {
  out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct CellWriter {
  std::string& out;
  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { out += fmt::format("{}", value); }
  void operator()(const Decimal& value) const { out += value.digits; }
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
    out_.append(static_cast<std::size_t>(indent_ * depth_), ' ');
  }

  int indent_;
  int depth_ = 0;
  std::string out_;
};

}  // namespace

Document parse_json(std::string_view text, std::string_view name, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    throw Error{ErrorCode::data, fmt::format("longer than {} bytes", limits.bytes_max)}.at(
        {std::string{name}});
  }
  Builder builder{text, name, limits};
  nlohmann::json::sax_parse(text, &builder);
  return builder.take();
}

std::string to_json(const Document& document, int indent) {
  Writer writer{indent};
  writer.write(document);
  return writer.take();
}

}  // namespace pcx
