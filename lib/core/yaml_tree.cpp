#include "core/yaml_tree.h"

#include <charconv>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx {

namespace {

char letter_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null: return '-';
    case YamlNode::Kind::scalar: return node.quoted ? 'q' : 's';
    case YamlNode::Kind::list: return 'l';
    case YamlNode::Kind::map: return 'm';
  }
  return '-';
}

void write_head(std::string& tree, char letter, const Location& place, std::size_t size) {
  tree += fmt::format("{} {} {} {}\n", letter, place.line, place.column, size);
}

void write_scalar(std::string& tree, char letter, const Location& place, std::string_view text) {
  write_head(tree, letter, place, text.size());
  tree += text;
  tree += '\n';
}

void write(std::string& tree, const YamlNode& node) {
  const char letter = letter_of(node);
  switch (node.kind) {
    case YamlNode::Kind::null: write_head(tree, letter, node.place, 0); return;
    case YamlNode::Kind::scalar: write_scalar(tree, letter, node.place, node.text); return;
    case YamlNode::Kind::list:
      write_head(tree, letter, node.place, node.items.size());
      for (const YamlNode& item : node.items) write(tree, item);
      return;
    case YamlNode::Kind::map:
      write_head(tree, letter, node.place, node.members.size());
      for (std::size_t i = 0; i < node.members.size(); ++i) {
        write_scalar(tree, 's', node.key_places[i], node.members[i].first);
        write(tree, node.members[i].second);
      }
      return;
  }
}

[[noreturn]] void throw_no_tree() {
  throw Error{ErrorCode::internal, "a YAML file that comes with pcx was embedded wrongly"};
}

class TreeReader {
 public:
  TreeReader(std::string_view tree, const std::string& file) : rest_(tree), file_(file) {}

  YamlNode read_all() {
    YamlNode root = read();
    if (!rest_.empty()) throw_no_tree();
    return root;
  }

 private:
  struct Head {
    char letter = 0;
    int line = 0, column = 0;
    std::size_t size = 0;
  };

  YamlNode read() {
    const Head head = read_head();
    YamlNode node;
    node.place = {file_, head.line, head.column};
    switch (head.letter) {
      case '-': break;
      case 'q':
      case 's':
        node.kind = YamlNode::Kind::scalar;
        node.quoted = head.letter == 'q';
        node.text = take(head.size);
        break;
      case 'l':
        node.kind = YamlNode::Kind::list;
        node.items.reserve(head.size);
        for (std::size_t i = 0; i < head.size; ++i) node.items.push_back(read());
        break;
      case 'm': read_members(node, head.size); break;
      default: throw_no_tree();
    }
    return node;
  }

  void read_members(YamlNode& map, std::size_t size) {
    map.kind = YamlNode::Kind::map;
    map.members.reserve(size);
    map.key_places.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      const Head key = read_head();
      map.key_places.push_back({file_, key.line, key.column});
      std::string name{take(key.size)};
      map.members.emplace_back(std::move(name), read());
    }
  }

  Head read_head() {
    Head head;
    head.letter = next();
    head.line = number<int>();
    head.column = number<int>();
    head.size = number<std::size_t>();
    expect('\n');
    if (head.size > rest_.size()) throw_no_tree();
    return head;
  }

  char next() {
    if (rest_.empty()) throw_no_tree();
    const char character = rest_.front();
    rest_.remove_prefix(1);
    return character;
  }

  void expect(char character) {
    if (next() != character) throw_no_tree();
  }

  template <typename Number>
  Number number() {
    expect(' ');
    Number value{};
    const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (end.ec != std::errc{}) throw_no_tree();
    rest_.remove_prefix(static_cast<std::size_t>(end.ptr - rest_.data()));
    return value;
  }

  // With the line break after it.
  std::string_view take(std::size_t size) {
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    expect('\n');
    return text;
  }

  std::string_view rest_;
  const std::string& file_;
};

}  // namespace

std::string to_tree(const YamlNode& root) {
  std::string tree;
  write(tree, root);
  return tree;
}

YamlNode from_tree(std::string_view tree, const std::string& file) {
  return TreeReader{tree, file}.read_all();
}

std::string builtin_name(const EmbeddedFile& file) { return fmt::format("builtin:{}", file.path); }

YamlNode parse_yaml(const EmbeddedFile& file) { return from_tree(file.tree, builtin_name(file)); }

}  // namespace pcx
