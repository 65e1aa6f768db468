#include "core/yaml.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "core/text.h"

namespace pcx {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Turns yaml-cpp's marks, which count bytes, into places, which count characters. Marks come in
// the order of the text, nearly; so it goes on from the last one instead of the line's start.
class Places {
 public:
  Places(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Location at(const YAML::Mark& mark) {
    if (mark.is_null()) return {file_};
    const auto position = static_cast<std::size_t>(mark.pos);
    if (position >= text_.size()) return at_end();  // yaml-cpp's column is 0 there
    const std::size_t start = position - std::min(static_cast<std::size_t>(mark.column), position);
    if (start != line_start_ || position < position_) {
      line_start_ = position_ = start;
      column_ = 1;
    }
    column_ += line_column_at(text_.substr(position_, position - position_), position).column - 1;
    position_ = position;
    return {file_, mark.line + 1, column_};
  }

 private:
  Location at_end() const {
    const auto [line, column] = line_column_at(text_, text_.size());
    return {file_, line, column};
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t line_start_ = 0;
  std::size_t position_ = 0;
  int column_ = 1;
};

// A finished value with what it costs to copy.
struct Value {
  YamlNode node;
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  std::size_t height = 0;  // levels of lists and maps
};

[[noreturn]] void refuse(const std::string& message, Location place, std::string hint = {},
                         std::string reason = {}) {
  Error error{ErrorCode::data, message, std::move(hint)};
  throw error.at(std::move(place)).because(std::move(reason));
}

// Builds the tree from parser events: yaml-cpp's own nodes keep duplicates and share aliases.
class Builder final : public YAML::EventHandler {
 public:
  Builder(Places& places, const YamlLimits& limits) : places_(places), limits_(limits) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse("more than one document in a file", places_.at(mark));
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(new_value(YamlNode::Kind::null, mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Value value = new_value(YamlNode::Kind::scalar, mark);
    check_tag(tag, value.node.place);
    value.node.text = text;
    value.node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    value.bytes = text.size();
    count(0, value.bytes, value.node.place);
    finish(std::move(value), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Location place = places_.at(mark);
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) refuse("an alias inside the value that it names", place);
    const Value& value = found->second;
    count(value.nodes, value.bytes, place);
    check_depth(value.height, place);
    put(value, place);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Value value;
    YAML::anchor_t anchor;
    std::optional<std::string> key;        // set between a key and its value
    std::map<std::string, int> key_lines;  // of the keys so far
  };

  static void check_tag(const std::string& tag, const Location& place) {
    static const std::set<std::string, std::less<>> known = {"str",  "int", "float", "bool",
                                                             "null", "map", "seq"};
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag.empty() || tag == "?" || tag == "!") return;
    if (tag.starts_with(kCore) && known.contains(tag.substr(kCore.size()))) return;
    refuse(fmt::format("the tag {} is not known", escape_controls(tag)), place,
           "Remove the tag; pcx knows what type each value must have.");
  }

  void count(std::size_t nodes, std::size_t bytes, const Location& place) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > limits_.nodes_max) {
      refuse(fmt::format("more than {} values, aliases included", limits_.nodes_max), place);
    }
    if (bytes_ > limits_.bytes_max) {
      refuse(fmt::format("more than {} bytes of text, aliases included", limits_.bytes_max), place);
    }
  }

  void check_depth(std::size_t height, const Location& place) const {
    if (frames_.size() + height <= limits_.depth_max) return;
    refuse(fmt::format("nested deeper than {} levels", limits_.depth_max), place);
  }

  Value new_value(YamlNode::Kind kind, const YAML::Mark& mark) {
    Value value;
    value.node.kind = kind;
    value.node.place = places_.at(mark);
    count(1, 0, value.node.place);
    return value;
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    Value value = new_value(kind, mark);
    value.height = 1;
    check_tag(tag, value.node.place);
    check_depth(value.height, value.node.place);
    frames_.push_back({std::move(value), anchor, {}, {}});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    finish(std::move(frame.value), frame.anchor);
  }

  // Remembers an anchored value, and puts it into its place.
  void finish(Value value, YAML::anchor_t anchor) {
    const Location place = value.node.place;
    if (anchor != YAML::NullAnchor) {
      count(value.nodes, value.bytes, place);
      anchored_[anchor] = value;
    }
    put(std::move(value), place);
  }

  void put(Value value, const Location& place) {
    if (frames_.empty()) {
      root_ = std::move(value.node);
      return;
    }
    Frame& frame = frames_.back();
    Value& parent = frame.value;
    parent.nodes += value.nodes;
    parent.bytes += value.bytes;
    if (parent.node.kind == YamlNode::Kind::map && !frame.key) {
      put_key(frame, value.node, place);
      return;
    }
    parent.height = std::max(parent.height, value.height + 1);
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(value.node));
    } else {
      parent.node.members.emplace_back(std::move(*frame.key), std::move(value.node));
      frame.key.reset();
    }
  }

  static void put_key(Frame& frame, YamlNode& key, const Location& place) {
    if (key.kind != YamlNode::Kind::scalar) refuse("a key that is no text", place);
    const auto [first, is_new] = frame.key_lines.emplace(key.text, place.line);
    if (!is_new) {
      refuse(fmt::format("key \"{}\" occurs twice", escape_controls(key.text)), place,
             fmt::format("The first one is in line {}; remove one of them.", first->second),
             "duplicate_key");
    }
    frame.key = std::move(key.text);
    frame.value.node.key_places.push_back(place);
  }

  Places& places_;
  const YamlLimits& limits_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Value> anchored_;
  YamlNode root_;
};

// yaml-cpp would guess another encoding from NUL bytes, and takes the byte 4 for the end of the
// file: what follows would be lost without a word.
void check_characters(std::string_view text, const std::string& file) {
  const auto place_of = [&](std::size_t offset) {
    const auto [line, column] = line_column_at(text, offset);
    return Location{file, line, column};
  };
  if (const auto invalid = find_invalid_utf8(text)) refuse("not UTF-8", place_of(*invalid));
  const auto is_forbidden = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
           c == 0x7f;
  };
  const auto found = std::find_if(text.begin(), text.end(), is_forbidden);
  if (found == text.end()) return;
  refuse(fmt::format("control character {} in YAML", escape_controls({&*found, 1})),
         place_of(static_cast<std::size_t>(found - text.begin())));
}

}  // namespace

YamlNode::YamlNode() = default;

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const auto& member) { return member.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

YamlNode parse_yaml(std::string_view text, const std::string& file, const YamlLimits& limits) {
  if (text.size() > limits.bytes_max) {
    refuse(fmt::format("longer than {} bytes", limits.bytes_max), {file});
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  check_characters(text, file);

  Places places{text, file};
  Builder builder{places, limits};
  std::istringstream stream{std::string{text}};
  try {
    YAML::Parser parser{stream};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    refuse(fmt::format("not YAML: {}", escape_controls(error.msg)), places.at(error.mark));
  }
  YamlNode root = builder.take();
  if (root.place.line == 0) root.place = {file, 1, 1};
  return root;
}

}  // namespace pcx
