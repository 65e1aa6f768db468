#include "sandbox/row_text.h"

#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "core/error.h"
#include "db/copy.h"

namespace pcx::sandbox {

namespace {

constexpr std::size_t kFlushBytes = 256 * 1024;

void append_number(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// Writes `value` with leading zeros so that it ends before `end`.
void put_digits(char* end, unsigned value, int width) {
  for (; width > 0; --width, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

// Both escapings at once: JSON's (RFC 8259, section 7), and COPY's doubled backslash.
void append_json_text(std::string& out, std::string_view text) {
  for (const char character : text) {
    switch (character) {
      case '"': out += "\\\\\""; break;
      case '\\': out += "\\\\\\\\"; break;
      case '\n': out += "\\\\n"; break;
      case '\r': out += "\\\\r"; break;
      case '\t': out += "\\\\t"; break;
      default: out += character;
    }
  }
}

}  // namespace

std::string_view tenant_id_text(Tenant tenant) {
  return tenant == Tenant::second ? "00000000-0000-0000-0000-000000000002"
                                  : "00000000-0000-0000-0000-000000000001";
}

void append_instant(std::string& out, Instant instant, char separator) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const auto millis = static_cast<unsigned>((instant - day).count());
  char text[] = "0000-00-00 00:00:00.000";
  put_digits(text + 4, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_digits(text + 7, static_cast<unsigned>(date.month()), 2);
  put_digits(text + 10, static_cast<unsigned>(date.day()), 2);
  text[10] = separator;
  put_digits(text + 13, millis / 3'600'000, 2);
  put_digits(text + 16, millis / 60'000 % 60, 2);
  put_digits(text + 19, millis / 1'000 % 60, 2);
  put_digits(text + 23, millis % 1'000, 3);
  out.append(text, sizeof text - 1);
}

void append_cents(std::string& out, Cents cents) {
  if (cents < 0) out += '-';
  const Cents amount = cents < 0 ? -cents : cents;
  append_number(out, amount / 100);
  if (amount % 100 == 0) return;
  out += '.';
  out += static_cast<char>('0' + amount % 100 / 10);
  if (amount % 10 != 0) out += static_cast<char>('0' + amount % 10);
}

void JsonText::begin(std::string_view key) {
  if (!is_first_) out_ += ',';
  is_first_ = false;
  out_ += '"';
  out_ += key;
  out_ += "\":";
}

JsonText& JsonText::text(std::string_view key, std::string_view value) {
  begin(key);
  out_ += '"';
  append_json_text(out_, value);
  out_ += '"';
  return *this;
}

JsonText& JsonText::id(std::string_view key, const SampleId& value) {
  begin(key);
  out_ += '"';
  append_id(out_, value);
  out_ += '"';
  return *this;
}

JsonText& JsonText::number(std::string_view key, std::int64_t value) {
  begin(key);
  append_number(out_, value);
  return *this;
}

JsonText& JsonText::cents(std::string_view key, Cents value) {
  begin(key);
  append_cents(out_, value);
  return *this;
}

JsonText& JsonText::flag(std::string_view key, bool value) {
  begin(key);
  out_ += value ? "true" : "false";
  return *this;
}

JsonText& JsonText::time(std::string_view key, Instant value) {
  begin(key);
  out_ += '"';
  append_instant(out_, value, 'T');
  out_ += "Z\"";
  return *this;
}

JsonText& JsonText::null(std::string_view key) {
  begin(key);
  out_ += "null";
  return *this;
}

JsonText& JsonText::raw(std::string_view key, std::string_view json) {
  begin(key);
  out_ += json;
  return *this;
}

std::string& RowText::begin() {
  if (fields_++ > 0) buffer_ += '\t';
  return buffer_;
}

RowText& RowText::text(std::string_view value) {
  db::append_copy_text(begin(), value);
  return *this;
}

RowText& RowText::plain(std::string_view value) {
  begin() += value;
  return *this;
}

RowText& RowText::joined(std::string_view left, std::string_view right) {
  std::string& out = begin();
  out += left;
  out += right;
  return *this;
}

RowText& RowText::id(const SampleId& value) {
  append_id(begin(), value);
  return *this;
}

RowText& RowText::number(std::int64_t value) {
  append_number(begin(), value);
  return *this;
}

RowText& RowText::cents(Cents value) {
  append_cents(begin(), value);
  return *this;
}

RowText& RowText::flag(bool value) {
  begin() += value ? 't' : 'f';
  return *this;
}

RowText& RowText::time(Instant value) {
  append_instant(begin(), value, ' ');
  return *this;
}

RowText& RowText::list(std::initializer_list<std::string_view> values) {
  std::string& out = begin();
  out += '{';
  bool is_first = true;
  for (const std::string_view value : values) {
    if (!is_first) out += ',';
    is_first = false;
    out += value;
  }
  out += '}';
  return *this;
}

RowText& RowText::null() {
  begin() += "\\N";
  return *this;
}

RowText& RowText::tenant(Tenant value) {
  return value == Tenant::none ? null() : plain(tenant_id_text(value));
}

RowText& RowText::stamp(const Authorship& by) { return time(by.created).time(by.updated).sign(by); }

RowText& RowText::sign(const Authorship& by) {
  return id(by.author).id(by.author).tenant(by.tenant);
}

void RowText::end() {
  if (fields_ != column_count_) {
    throw Error{ErrorCode::internal, fmt::format("a sample row of {} has {} fields instead of {}",
                                                 table_.name, fields_, column_count_)};
  }
  buffer_ += '\n';
  fields_ = 0;
  ++row_count_;
  if (buffer_.size() >= kFlushBytes) flush();
}

void RowText::flush() {
  if (buffer_.empty()) return;
  sink_.write(table_, buffer_);
  buffer_.clear();
}

SampleRows::SampleRows(RowSink& sink) {
  texts_.reserve(std::size(kSampleTables));
  for (const SampleTable& table : kSampleTables) texts_.emplace_back(table, sink);
}

void SampleRows::flush() {
  for (RowText& text : texts_) text.flush();
}

std::int64_t SampleRows::row_count() const {
  std::int64_t total = 0;
  for (const RowText& text : texts_) total += text.row_count();
  return total;
}

}  // namespace pcx::sandbox
