#include "db/query.h"

#include <string>
#include <utility>

#include "db/identifier.h"

namespace pcx::db {

Query& Query::identifier(std::string_view name) {
  text_ += quote_identifier(name);
  return *this;
}

Query& Query::identifier(std::string_view schema, std::string_view name) {
  text_ += quote_identifier(schema, name);
  return *this;
}

Query& Query::literal(std::string_view text) {
  text_ += quote_literal(text);
  return *this;
}

Query& Query::number(std::int64_t value) {
  text_ += std::to_string(value);
  return *this;
}

Query& Query::param(Param param) {
  params_.push_back(std::move(param));
  text_ += "$" + std::to_string(params_.size());
  return *this;
}

Query& Query::prepared() {
  prepared_ = true;
  return *this;
}

}  // namespace pcx::db
