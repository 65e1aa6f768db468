#include "kpi/definition.h"

#include <algorithm>
#include <set>

#include "crypto/digest.h"
#include "crypto/parts.h"

namespace pcx::kpi {

namespace {

constexpr std::size_t kHashDigits = 16;

// All that `source` stands on, as places in Catalog::sources.
void add_needs(const Catalog& catalog, const Source& source, std::set<std::size_t>& needs) {
  for (const std::string& name : source.needs) {
    const auto found = std::ranges::find(catalog.sources, name, &Source::name);
    const auto place = static_cast<std::size_t>(found - catalog.sources.begin());
    if (needs.insert(place).second) add_needs(catalog, *found, needs);
  }
}

std::string hash_of(std::string_view parts) {
  return crypto::sha256_hex(parts).substr(0, kHashDigits);
}

}  // namespace

const char* to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::count: return "count";
    case Kind::money: return "money";
    case Kind::duration: return "duration";
    case Kind::ratio: return "ratio";
  }
  return "";
}

const char* to_string(Rows rows) noexcept {
  switch (rows) {
    case Rows::day: return "day";
    case Rows::lone_day: return "lone_day";
    case Rows::state: return "state";
  }
  return "";
}

const char* to_string(Better better) noexcept {
  switch (better) {
    case Better::more: return "more";
    case Better::fewer: return "fewer";
    case Better::neither: return "neither";
  }
  return "";
}

const Definition* Catalog::find(std::string_view name) const {
  const auto found = std::ranges::find(definitions, name, &Definition::name);
  return found == definitions.end() ? nullptr : &*found;
}

int digits_of(Kind kind) {
  switch (kind) {
    case Kind::count:
    case Kind::duration: return 0;
    case Kind::money: return 2;
    case Kind::ratio: return 4;
  }
  return 0;
}

std::string definition_hash(const Catalog& catalog, const Definition& definition) {
  const Source& source = catalog.source_of(definition);
  std::string parts;
  for (const std::string_view part :
       {std::string_view{"pcx.kpi.1"}, std::string_view{to_string(definition.kind)},
        std::string_view{to_string(source.rows)}, std::string_view{definition.value},
        std::string_view{definition.sample}, std::string_view{definition.by},
        std::string_view{definition.empty_is_zero ? "zero" : "none"},
        std::string_view{source.sql}}) {
    crypto::append_part(parts, part);
  }
  std::set<std::size_t> needs;
  add_needs(catalog, source, needs);
  for (const std::size_t need : needs) {
    crypto::append_part(parts, catalog.sources[need].name);
    crypto::append_part(parts, catalog.sources[need].sql);
  }
  return hash_of(parts);
}

std::string catalog_hash(const Catalog& catalog) {
  std::string parts;
  for (const Definition& definition : catalog.definitions) {
    crypto::append_part(parts, definition.hash);
  }
  return hash_of(parts);
}

}  // namespace pcx::kpi
