// Lines of exported files, as an auditor gets them from whoever: nothing but std::nullopt leaves
// read_json_line() and read_csv_line(), and what they read is written as it was. The first byte
// says which format.
#include <string>

#include "audit/export_line.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::audit::ExportedRow;
using pcx::audit::RowFields;
using pcx::fuzz::promise;

std::string written(const ExportedRow& row, char format) {
  std::string line;
  if (format == 'j') {
    append_json_line(line, row.event, row.index);
    line.pop_back();
  } else {
    append_csv_line(line, row.event, row.index, format == 'g');
    line.resize(line.size() - 2);
  }
  return line;
}

std::optional<ExportedRow> read(std::string_view line, char format, RowFields& fields) {
  return format == 'j' ? pcx::audit::read_json_line(line, fields)
                       : pcx::audit::read_csv_line(line, format == 'g', fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  if (text.empty()) return 0;
  RowFields fields;
  const auto row = read(text.substr(1), text[0], fields);
  if (!row) return 0;
  const std::string line = written(*row, text[0]);
  RowFields again_fields;
  const auto again = read(line, text[0], again_fields);
  promise(again.has_value(), "what is written is read");
  promise(written(*again, text[0]) == line, "and is the same");
  return 0;
}
