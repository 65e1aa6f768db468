// Migration scripts: analyse() never throws and stays inside the text, split_sections() throws
// Error{data} only.
#include <string>

#include "core/error.h"
#include "core/text.h"
#include "migrate/sections.h"
#include "migrate/statement.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::fuzz::promise;

void check_analysis(std::string_view sql) {
  const pcx::migrate::Analysis analysis = pcx::migrate::analyse(sql);
  promise(analysis.analysed || analysis.statements.empty(), "not analysed has no statements");
  promise(analysis.error_offset <= sql.size(), "the parser stops in the text");
  std::size_t end = 0;
  for (const pcx::migrate::Statement& statement : analysis.statements) {
    promise(statement.offset >= end, "statements follow one another");
    end = statement.offset + statement.length;
    promise(end <= sql.size(), "statements end in the text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  if (pcx::find_invalid_utf8(text) || text.find('\0') != text.npos) return -1;  // refused before
  check_analysis(text);
  try {
    const auto [up, down] = pcx::migrate::split_sections(std::string{text}, "fuzz.sql");
    promise(up.text.size() <= size, "a section is part of its file");
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad file is Error{data}");
  }
  return 0;
}
