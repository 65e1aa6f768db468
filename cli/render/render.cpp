#include "cli/render/render.h"

#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

void flatten(const Document& document, const std::string& path, View& view) {
  if (document.is_object() && !document.members().empty()) {
    for (const auto& [key, value] : document.members()) {
      flatten(value, path.empty() ? key : fmt::format("{}.{}", path, key), view);
    }
  } else if (document.is_array() && !document.items().empty()) {
    std::size_t index = 0;
    for (const Document& item : document.items()) {
      flatten(item, fmt::format("{}[{}]", path, index++), view);
    }
  } else {
    view.rows.push_back({path, document.is_scalar() ? document.scalar() : Cell{}});
  }
}

struct Renderer {
  const RenderOptions& options;

  std::string operator()(const PlainText& plain) const {
    const bool is_itself = options.format == Format::text || plain.document.is_null();
    return is_itself ? plain.text : (*this)(Tree{plain.document, {}});
  }
  std::string operator()(const View& view) const {
    switch (options.format) {
      case Format::text: return render_text(view, options.color);
      case Format::json: return render_json(view, options.schema);
      case Format::ndjson: return render_ndjson(view);
      case Format::csv: return render_csv(view);
    }
    return {};
  }
  std::string operator()(const Tree& tree) const {
    switch (options.format) {
      case Format::text: return render_text(tree);
      case Format::json: return render_json(tree, options.schema);
      case Format::ndjson: return render_ndjson(tree);
      case Format::csv: return render_csv(tree);
    }
    return {};
  }
};

struct CellText {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(const Decimal& value) const { return value.digits; }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(Time value) const { return to_rfc3339(value); }
};

}  // namespace

Format format_named(std::string_view word) {
  if (word == "text") return Format::text;
  if (word == "json") return Format::json;
  if (word == "ndjson") return Format::ndjson;
  if (word == "csv") return Format::csv;
  throw Error{ErrorCode::internal, fmt::format("no format is called {}", word)};
}

std::string render(const Shown& shown, const RenderOptions& options) {
  return std::visit(Renderer{options}, shown);
}

std::string cell_text(const Cell& cell) { return std::visit(CellText{}, cell); }

bool is_number(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<Decimal>(cell) ||
         std::holds_alternative<double>(cell);
}

View flattened(const Document& document) {
  View view{.columns = {{"key", "KEY"}, {"value", "VALUE"}}, .rows = {}, .summary = {}};
  flatten(document, {}, view);
  return view;
}

}  // namespace pcx::cli
