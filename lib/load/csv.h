// Comma separated values (RFC 4180) as csv-parse 4 reads them for Artillery's payloads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "load/value.h"

namespace pcx::load {

struct CsvOptions {
  std::string delimiter = ",";
  char quote = '"';     // '\0': none
  char escape = '"';    // of a quote inside of quotes
  std::string comment;  // lines that begin with it are left out; empty: none
  std::size_t from_line = 1;
  bool cast = true;              // fields that are numbers become numbers: "007" is 7
  bool skip_empty_lines = true;  // else they are rows of one empty field
  bool trim = false;             // blanks around fields
  bool same_width = true;        // rows of another length than the first one are refused
};

struct CsvRow {
  std::vector<Value> fields;
  int line = 0;  // where it begins
};

// Lines end with "\n", "\r\n" or "\r"; a byte order mark is left out.
//
// Throws Error{data} with file, line and column for a quote that is not closed, stands in the
// middle of a field or is followed by something else, and for a row of another length.
std::vector<CsvRow> read_csv(std::string_view text, const std::string& file,
                             const CsvOptions& options = {});

}  // namespace pcx::load
