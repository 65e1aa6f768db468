#include "core/document.h"

#include <algorithm>

namespace pcx {

bool Document::is_null() const {
  const auto* cell = std::get_if<Cell>(&value_);
  return cell != nullptr && std::holds_alternative<std::monostate>(*cell);
}

const std::string* Document::text() const {
  const auto* cell = std::get_if<Cell>(&value_);
  return cell == nullptr ? nullptr : std::get_if<std::string>(cell);
}

const Document* Document::find(std::string_view key) const {
  const auto* object = std::get_if<Object>(&value_);
  if (object == nullptr) return nullptr;
  const auto found = std::find_if(object->begin(), object->end(),
                                  [key](const Member& member) { return member.first == key; });
  return found == object->end() ? nullptr : &found->second;
}

Document& Document::add(Document item) {
  if (is_null()) value_ = Array{};
  std::get<Array>(value_).push_back(std::move(item));
  return *this;
}

Document& Document::set(std::string key, Document value) {
  if (is_null()) value_ = Object{};
  std::get<Object>(value_).emplace_back(std::move(key), std::move(value));
  return *this;
}

}  // namespace pcx
