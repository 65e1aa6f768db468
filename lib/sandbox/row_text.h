// Rows in COPY text format (PostgreSQL 15 documentation, COPY, "Text Format"), written field by
// field without an allocation a field.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/sample_id.h"
#include "sandbox/sample_tables.h"

namespace pcx::sandbox {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Cents = std::int64_t;

// Appends "2026-01-31 23:59:59.123" (`separator` ' ') or "2026-01-31T23:59:59.123" ('T').
// REQUIRES: a year from 0 to 9999.
void append_instant(std::string& out, Instant instant, char separator);
// Appends "108.35", "108.3", "100", "-0.05": as JavaScript writes the number.
void append_cents(std::string& out, Cents cents);

// One JSON object inside a COPY field. Keys are plain words of the source; texts are escaped.
class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out) {}
  JsonText& text(std::string_view key, std::string_view value);
  JsonText& id(std::string_view key, const SampleId& value);
  JsonText& number(std::string_view key, std::int64_t value);
  JsonText& cents(std::string_view key, Cents value);
  JsonText& flag(std::string_view key, bool value);
  JsonText& time(std::string_view key, Instant value);  // as JavaScript's toISOString()
  JsonText& null(std::string_view key);
  // A value that is JSON already, without backslashes: {"increment":1}
  JsonText& raw(std::string_view key, std::string_view json);
  template <typename Write>
  JsonText& object(std::string_view key, Write&& write) {
    begin(key);
    out_ += '{';
    JsonText inner{out_};
    write(inner);
    out_ += '}';
    return *this;
  }

 private:
  void begin(std::string_view key);
  std::string& out_;
  bool is_first_ = true;
};

// The practices of the samples. Their ids in `tenants` are fixed: tenant_id_text().
enum class Tenant { none, first, second };

// "00000000-0000-0000-0000-000000000001", "...2". REQUIRES: not Tenant::none.
std::string_view tenant_id_text(Tenant tenant);

// Where finished rows go.
class RowSink {
 public:
  virtual ~RowSink() = default;
  // Some hundred kilobytes of whole rows of one table, in COPY text format.
  virtual void write(const SampleTable& table, std::string_view rows) = 0;
};

// Who wrote a row, and when: the columns createdAt, updatedAt, createdBy, updatedBy, tenantId.
struct Authorship {
  Instant created;
  Instant updated;
  SampleId author;  // a user
  Tenant tenant = Tenant::none;
};

// The rows of one table under way.
class RowText {
 public:
  RowText(const SampleTable& table, RowSink& sink)
      : table_(table), sink_(sink), column_count_(table.column_count()) {}

  RowText& text(std::string_view value);  // escaped
  RowText& text_or_null(const std::optional<std::string_view>& value) {
    return value ? text(*value) : null();
  }
  RowText& plain(std::string_view value);  // REQUIRES: no backslash, tab or line break
  RowText& joined(std::string_view left, std::string_view right);  // one plain text of two parts
  RowText& id(const SampleId& value);
  RowText& number(std::int64_t value);
  RowText& cents(Cents value);
  RowText& flag(bool value);
  RowText& time(Instant value);
  RowText& time(const std::optional<Instant>& value) { return value ? time(*value) : null(); }
  RowText& list(std::initializer_list<std::string_view> values);  // text[], plain words
  RowText& null();
  RowText& tenant(Tenant value);         // its id, or NULL
  RowText& stamp(const Authorship& by);  // createdAt, updatedAt, and sign()
  RowText& sign(const Authorship& by);   // createdBy, updatedBy, tenantId
  // `write(JsonText&)` adds the members of the object.
  template <typename Write>
  RowText& object(Write&& write) {
    std::string& out = begin();
    out += '{';
    JsonText json{out};
    write(json);
    out += '}';
    return *this;
  }

  // Ends the row. Throws Error{internal} when it has more or fewer fields than the table columns.
  void end();
  // Hands over what is not handed over yet.
  void flush();
  std::int64_t row_count() const { return row_count_; }
  const SampleTable& table() const { return table_; }

 private:
  std::string& begin();

  const SampleTable& table_;
  RowSink& sink_;
  std::string buffer_;
  int column_count_;
  int fields_ = 0;  // of the row under way
  std::int64_t row_count_ = 0;
};

// One RowText a table. Memory is bounded by the number of tables, not of rows.
class SampleRows {
 public:
  explicit SampleRows(RowSink& sink);
  RowText& row(TableId table) { return texts_[static_cast<std::size_t>(table)]; }
  void flush();
  std::int64_t row_count() const;
  const std::vector<RowText>& tables() const { return texts_; }

 private:
  std::vector<RowText> texts_;
};

}  // namespace pcx::sandbox
