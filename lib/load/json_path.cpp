#include "load/json_path.h"

#include <algorithm>

#include "core/error.h"
#include "core/javascript.h"
#include "load/json_path_selector.h"
#include "load/json_text.h"

namespace pcx::load {

namespace {

using Selector = JsonPath::Selector;
using Kind = Selector::Kind;

// Only names and numbers, of which each text has one at most.
bool is_simple(const std::vector<Selector>& selectors) {
  return std::ranges::all_of(selectors, [](const Selector& selector) {
    return selector.kind == Kind::members && selector.members.size() == 1 &&
           selector.members.front().key != "length" &&
           !selector.members.front().key.starts_with('-');
  });
}

// A server decides how much there is to be found: deeply nested lists have a hit for each level.
constexpr std::size_t kHitsMax = 1'000'000;
constexpr std::size_t kVisitsMax = 10'000'000;

// Shares the tree, and keeps nothing of it alive.
Value view(const Document& document) {
  if (document.is_scalar()) return Value::of(document);
  return Value{Value::Tree{Value::Tree{}, &document}};
}

class Search {
 public:
  Search(const std::vector<Selector>& selectors, std::shared_ptr<const Document> root)
      : selectors_(selectors), root_(std::move(root)) {}

  std::vector<Value> run() {
    visit(*root_, 0);
    if (is_too_much_) found_.clear();
    return std::move(found_);
  }

 private:
  void visit(const Document& here, std::size_t index) {
    is_too_much_ = is_too_much_ || ++visits_ > kVisitsMax;
    if (is_too_much_) return;
    if (index == selectors_.size()) return take(here);
    const Selector& selector = selectors_[index];
    switch (selector.kind) {
      case Kind::members:
        for (const PathStep& step : selector.members) member(here, step, index + 1);
        return;
      case Kind::all: return for_each(here, [&](const Document& item) { visit(item, index + 1); });
      case Kind::slice: return slice(here, selector, index + 1);
      case Kind::descend:
        visit(here, index + 1);
        return for_each(here, [&](const Document& item) {
          if (!item.is_scalar()) visit(item, index);
        });
      case Kind::filter:
        return for_each(here, [&](const Document& item) {
          if (passes(selector, item)) visit(item, index + 1);
        });
    }
  }

  // A part of the root, which all hits share.
  void take(const Document& here) {
    is_too_much_ = found_.size() == kHitsMax;
    if (is_too_much_) return;
    if (here.is_scalar()) {
      found_.push_back(Value::of(here));
    } else {
      found_.emplace_back(Value::Tree{root_, &here});
    }
  }

  template <typename Each>
  static void for_each(const Document& here, Each each) {
    if (here.is_array()) {
      for (const Document& item : here.items()) each(item);
    } else if (here.is_object()) {
      for (const auto& entry : here.members()) each(entry.second);
    }
  }

  void member(const Document& here, const PathStep& step, std::size_t next) {
    if (step.key == "length" && (here.is_array() || here.text() != nullptr)) {
      const std::size_t length =
          here.is_array() ? here.items().size() : javascript::utf16_length(*here.text());
      visit(Document{static_cast<std::int64_t>(length)}, next);
    } else if (here.is_array()) {
      const long size = static_cast<long>(here.items().size());
      const bool is_from_end = step.key.starts_with('-');
      const long index = is_from_end ? size + step.index : step.index;
      const bool is_there = index >= 0 && index < size;
      if (is_there) visit(here.items()[static_cast<std::size_t>(index)], next);
    } else if (const Document* value = here.find(step.key)) {
      visit(*value, next);
    }
  }

  void slice(const Document& here, const Selector& selector, std::size_t next) {
    if (!here.is_array()) return;
    const long size = static_cast<long>(here.items().size());
    const auto bound = [size](std::optional<long> at, long otherwise) {
      const long place = at.value_or(otherwise);
      return place < 0 ? std::max(0L, place + size) : std::min(size, place);
    };
    const long end = bound(selector.to, size);
    for (long i = bound(selector.from, 0); i < end; i += selector.step) {
      visit(here.items()[static_cast<std::size_t>(i)], next);
      if (selector.step >= end - i) return;
    }
  }

  static bool passes(const Selector& selector, const Document& item) {
    const Value value = view(item);
    const auto value_of = [&](std::size_t name) {
      const Path& path = selector.names[name];
      if (path.empty()) return value;
      const Document* const found = value.find(path);
      return found != nullptr ? view(*found) : Value{};
    };
    return selector.where->evaluate(value_of).is_truthy();
  }

  const std::vector<Selector>& selectors_;
  std::shared_ptr<const Document> root_;
  std::vector<Value> found_;
  std::size_t visits_ = 0;
  bool is_too_much_ = false;
};

}  // namespace

JsonPath JsonPath::parse(std::string_view text) {
  JsonPath made;
  made.text_ = text;
  auto selectors = parse_json_path(text);
  if (is_simple(selectors)) {
    for (Selector& selector : selectors)
      made.simple_.push_back(std::move(selector.members.front()));
  } else {
    made.selectors_ = std::make_shared<const std::vector<Selector>>(std::move(selectors));
  }
  return made;
}

std::vector<Value> JsonPath::find(std::string_view json) const {
  if (selectors_ == nullptr) {
    const JsonFound found = find_json(json, simple_);
    if (!found.is_tree || !found.value) return {};
    return {read_json_value(*found.value)};
  }
  try {
    auto root = std::make_shared<const Document>(parse_javascript_json(json));
    if (root->is_scalar()) return {};
    return Search{*selectors_, std::move(root)}.run();
  } catch (const Error&) {
    return {};  // no JSON: nothing is found in it
  }
}

}  // namespace pcx::load
