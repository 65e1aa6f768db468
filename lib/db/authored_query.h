// Statements that hold SQL of a file: of an operator's definitions, or of those that pcx brings
// along. Whoever wrote it may run statements anyhow. For everything else there is db::Query.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "db/identifier.h"
#include "db/query.h"

namespace pcx::db {

class AuthoredQuery {
 public:
  // SQL as its author wrote it. Never a value, and nothing of a database.
  AuthoredQuery& authored(std::string_view text) {
    text_ += text;
    return *this;
  }

  // As those of Query.
  template <std::size_t N>
  AuthoredQuery& sql(const char (&fragment)[N]) {
    text_.append(fragment, N - 1);
    return *this;
  }
  AuthoredQuery& identifier(std::string_view name) {
    text_ += quote_identifier(name);
    return *this;
  }
  AuthoredQuery& number(std::int64_t value) {
    text_ += std::to_string(value);
    return *this;
  }
  AuthoredQuery& param(Param param) {
    params_.push_back(std::move(param));
    text_ += "$" + std::to_string(params_.size());
    return *this;
  }

  Query finish(std::string_view name) && { return {Statement{name, text_}, std::move(params_)}; }

 private:
  std::string text_;
  Params params_;
};

}  // namespace pcx::db
