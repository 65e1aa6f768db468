#include "core/config.h"

#include <map>
#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx {

namespace {

// The known keys as a tree: what may stand below one place of the file.
struct Allowed {
  bool is_leaf = false;  // a value, or a list of values, may stand here
  std::map<std::string, Allowed, std::less<>> named;  // "*" stands for any name
  std::vector<Allowed> element;                       // one when a list of maps or lists may stand
  bool flat = false;                                  // a value of such a list: no further list

  const Allowed* of(std::string_view name) const {
    const auto exact = named.find(name);
    if (exact != named.end()) return &exact->second;
    const auto star = named.find("*");
    return star == named.end() ? nullptr : &star->second;
  }
};

void allow(Allowed& root, std::string_view path) {
  Allowed* place = &root;
  for (std::string_view name : split(path, '.')) {
    std::size_t lists = 0;
    for (; name.ends_with("[]"); name.remove_suffix(2)) ++lists;
    place = &place->named[std::string{name}];
    for (; lists > 0; --lists) {
      if (place->element.empty()) place->element.resize(1);
      place = &place->element.front();
    }
  }
  place->is_leaf = true;
}

[[noreturn]] void refuse(const std::string& message, const Location& place, std::string hint = {}) {
  throw Error{ErrorCode::config, message, std::move(hint)}.at(place);
}

[[noreturn]] void refuse_key(const std::string& name, const std::string& path,
                             const Allowed& allowed, const Location& place) {
  std::vector<std::string> siblings;
  for (const auto& [sibling, below] : allowed.named) {
    if (sibling != "*") siblings.push_back(sibling);
  }
  std::string hint;
  if (const auto meant = nearest(name, siblings)) {
    hint = fmt::format("Did you mean \"{}\"?", *meant);
  } else if (!siblings.empty()) {
    hint = fmt::format("Known here: {}.", join(siblings, ", "));
  }
  refuse(fmt::format("unknown key \"{}\"", escape_controls(path)), place, std::move(hint));
}

// "a map", "a list" or "a value": what may stand at a place.
std::string_view expected(const Allowed& allowed) {
  if (!allowed.named.empty()) return "a map";
  return allowed.element.empty() ? "a value" : "a list";
}

void check(const YamlNode& node, const Allowed& allowed, const std::string& path) {
  const auto refuse_kind = [&] {
    refuse(fmt::format("{} must be {}", path.empty() ? "the file" : escape_controls(path),
                       expected(allowed)),
           node.place);
  };
  switch (node.kind) {
    case YamlNode::Kind::null: return;  // written, but without a value: not set
    case YamlNode::Kind::scalar:
      if (!allowed.is_leaf) refuse_kind();
      return;
    case YamlNode::Kind::list: {
      static const Allowed plain_value{.is_leaf = true, .named = {}, .element = {}, .flat = true};
      if (allowed.element.empty() && (!allowed.is_leaf || allowed.flat)) refuse_kind();
      const Allowed& element = allowed.element.empty() ? plain_value : allowed.element.front();
      for (const auto& item : node.items) check(item, element, path + "[]");
      return;
    }
    case YamlNode::Kind::map: {
      if (allowed.named.empty()) refuse_kind();
      for (std::size_t i = 0; i < node.members.size(); ++i) {
        const auto& [name, value] = node.members[i];
        const std::string below = path.empty() ? name : fmt::format("{}.{}", path, name);
        const Allowed* known = allowed.of(name);
        if (known == nullptr) refuse_key(name, below, allowed, node.key_places[i]);
        check(value, *known, below);
      }
      return;
    }
  }
}

YamlNode parse(const std::filesystem::path& path) {
  const std::string text = read_file(path, YamlLimits{}.bytes_max);
  try {
    return parse_yaml(text, path.native());
  } catch (const Error& error) {
    refuse(error.what(), error.location(), error.hint());
  }
}

std::optional<std::string> non_empty(const Environment& environment, std::string_view name) {
  auto value = environment.get(name);
  if (value && value->empty()) value.reset();
  return value;
}

// What cannot be looked at counts as there: reading it then says why, instead of going on without
// the operator's settings.
bool may_exist(const std::filesystem::path& path) {
  std::error_code failure;
  return std::filesystem::exists(path, failure) || failure;
}

}  // namespace

const YamlNode* Config::find(std::string_view path) const {
  const YamlNode* node = &root_;
  for (const auto& name : split(path, '.')) {
    node = node->find(name);
    if (node == nullptr) return nullptr;
  }
  return node;
}

std::optional<std::string> Config::text(std::string_view path) const {
  const YamlNode* node = find(path);
  if (node == nullptr || node->kind == YamlNode::Kind::null) return std::nullopt;
  if (node->kind != YamlNode::Kind::scalar) {
    refuse(fmt::format("{} must be a single value", path), node->place);
  }
  return node->text;
}

std::filesystem::path find_config_file(const std::optional<std::string>& flag,
                                       const Environment& environment) {
  if (flag) return *flag;
  if (const auto named = non_empty(environment, "PCX_CONFIG")) return *named;
  std::vector<std::filesystem::path> places;
  const auto xdg = non_empty(environment, "XDG_CONFIG_HOME");
  const auto home = non_empty(environment, "HOME");
  if (xdg && xdg->front() == '/') {  // the XDG specification: a relative path is ignored
    places.emplace_back(*xdg);
  } else if (home) {
    places.emplace_back(std::filesystem::path{*home} / ".config");
  }
  places.emplace_back("/etc");
  for (const auto& place : places) {
    if (auto file = place / "pcx" / "config.yaml"; may_exist(file)) return file;
  }
  return {};
}

Config read_config(const std::filesystem::path& path, const std::vector<ConfigKey>& known) {
  Allowed allowed;
  for (const auto& key : known) allow(allowed, key.path);
  YamlNode root = parse(path);
  check(root, allowed, {});
  return Config{path, std::move(root)};
}

}  // namespace pcx
