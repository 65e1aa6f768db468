// parse_json: only Error{data} with a place in the text leaves it, and what it read is what it
// writes, in one line or indented.
#include <string>

#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::fuzz::promise;

void reads_back(const pcx::Document& document) {
  const std::string written = pcx::to_json(document);
  promise(pcx::to_json(pcx::parse_json(written, "written")) == written, "writing is stable");
  const std::string indented = pcx::to_json(document, 2);
  promise(pcx::to_json(pcx::parse_json(indented, "indented")) == written, "indents mean nothing");
}

void has_a_place(const pcx::Error& error, std::string_view text) {
  promise(error.code() == pcx::ErrorCode::data, "a bad text is Error{data}");
  const auto end = pcx::line_column_at(text, text.size());
  const auto& place = error.location();
  promise(place.line > 0 && place.line <= end.line, "the error has a line of the text");
  promise(place.line < end.line || place.column <= end.column, "and a column");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  try {
    reads_back(pcx::parse_json(text, "fuzz"));
  } catch (const pcx::Error& error) {
    has_a_place(error, text);
  }
  return 0;
}
