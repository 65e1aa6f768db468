// JSON: one envelope with the schema's name, so that readers know what they parse.
#include "core/json.h"

#include "cli/render/render.h"

namespace pcx::cli {

namespace {

Document object_of(const View& view, const std::vector<Cell>& row) {
  Document object = Document::object();
  for (std::size_t i = 0; i < view.columns.size(); ++i) object.set(view.columns[i].key, row[i]);
  return object;
}

std::string envelope(std::string_view schema, Document data) {
  Document whole = Document::object();
  whole.set("schema", std::string{schema});
  whole.set("data", std::move(data));
  return to_json(whole, 2) + "\n";
}

}  // namespace

std::string render_json(const View& view, std::string_view schema) {
  Document rows = Document::array();
  for (const auto& row : view.rows) rows.add(object_of(view, row));
  return envelope(schema, std::move(rows));
}

std::string render_json(const Tree& tree, std::string_view schema) {
  return envelope(schema, tree.document);
}

std::string render_ndjson(const View& view) {
  std::string lines;
  for (const auto& row : view.rows) lines += to_json(object_of(view, row)) + "\n";
  return lines;
}

std::string render_ndjson(const Tree& tree) {
  if (!tree.document.is_array()) return to_json(tree.document) + "\n";
  std::string lines;
  for (const Document& item : tree.document.items()) lines += to_json(item) + "\n";
  return lines;
}

}  // namespace pcx::cli
