#include "db/copy.h"

#include <array>
#include <charconv>

#include "core/text.h"
#include "db/identifier.h"
#include "db/session.h"
#include "db/wire.h"

namespace pcx::db {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

std::string copy_in_sql(std::string_view schema, std::string_view table,
                        const std::vector<std::string>& columns) {
  std::vector<std::string> quoted;
  for (const std::string& column : columns) quoted.push_back(quote_identifier(column));
  const std::string list = quoted.empty() ? "" : " (" + join(quoted, ", ") + ")";
  return "COPY " + quote_identifier(schema, table) + list + " FROM STDIN";
}

// COPY (...) takes a query without its closing semicolon.
std::string copy_out_sql(std::string_view query) {
  auto body = trim(query);
  while (body.ends_with(';')) body = trim(body.substr(0, body.size() - 1));
  return "COPY (" + std::string{body} + "\n) TO STDOUT";
}

char unescaped(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return letter;
  }
}

// Splits lines of the text format into fields; the views point into its buffer.
class LineSplitter {
 public:
  const CopyRow& split(std::string_view line) {
    buffer_.clear();
    buffer_.reserve(line.size());  // unescaping never grows a line, so the views stay valid
    row_.clear();
    std::size_t at = 0;
    while (at <= line.size()) {
      const auto end = std::min(line.find('\t', at), line.size());
      add(line.substr(at, end - at));
      at = end + 1;
    }
    return row_;
  }

 private:
  void add(std::string_view raw) {
    if (raw == "\\N") {
      row_.emplace_back(std::nullopt);
      return;
    }
    const std::size_t begin = buffer_.size();
    for (std::size_t i = 0; i < raw.size(); ++i) {
      buffer_ += raw[i] == '\\' && i + 1 < raw.size() ? unescaped(raw[++i]) : raw[i];
    }
    row_.emplace_back(std::string_view{buffer_}.substr(begin));
  }

  std::string buffer_;
  CopyRow row_;
};

}  // namespace

class CopyIn::Stream {
 public:
  Stream(Session& session, std::string name) : session_(session), name_(std::move(name)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (!is_over_) wire::end_copy_in(session_.raw(), "pcx gave up");
  }

  void start(const std::string& sql) {
    session_.watch().error.reset();
    is_over_ = !wire::start_copy(session_.raw(), sql);
    if (is_over_) throw session_.last_error(name_, "COPY was not started");
    buffer_.reserve(kPieceBytes + 4096);
  }

  // The text of the row under way: fields append to it.
  std::string& next_field() {
    if (!std::exchange(at_row_start_, false)) buffer_ += '\t';
    return buffer_;
  }

  void end_row() {
    buffer_ += '\n';
    at_row_start_ = true;
    if (buffer_.size() >= kPieceBytes) send();
  }

  void raw(std::string_view rows) {
    buffer_ += rows;
    if (buffer_.size() >= kPieceBytes) send();
  }

  std::int64_t finish() {
    send();
    is_over_ = true;
    const auto rows = wire::end_copy_in(session_.raw());
    if (!rows) throw session_.last_error(name_, "COPY was not finished");
    return *rows;
  }

 private:
  void send() {
    if (buffer_.empty()) return;
    if (!wire::put_copy(session_.raw(), buffer_)) {
      is_over_ = true;
      wire::end_copy_in(session_.raw());
      throw session_.last_error(name_, "COPY was ended by the server");
    }
    buffer_.clear();
  }

  Session& session_;
  std::string name_;  // for errors
  std::string buffer_;
  bool at_row_start_ = true;
  bool is_over_ = true;
};

CopyIn::CopyIn(Transaction& tx, std::string_view schema, std::string_view table,
               const std::vector<std::string>& columns)
    : stream_(std::make_unique<Stream>(tx.session(), "copy into " + std::string{table})) {
  stream_->start(copy_in_sql(schema, table, columns));
}

CopyIn::~CopyIn() = default;

void CopyIn::field(std::string_view text) { append_copy_text(stream_->next_field(), text); }
void CopyIn::field_null() { stream_->next_field() += "\\N"; }

void CopyIn::field(std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  stream_->next_field().append(digits.data(), end);
}

void CopyIn::end_row() { stream_->end_row(); }
void CopyIn::raw(std::string_view rows) { stream_->raw(rows); }
std::int64_t CopyIn::finish() { return stream_->finish(); }

void append_copy_text(std::string& out, std::string_view text) {
  constexpr std::string_view special = "\\\t\n\r";
  for (;;) {
    const auto plain = std::min(text.find_first_of(special), text.size());
    out.append(text.substr(0, plain));
    if (plain == text.size()) return;
    const char found = text[plain];
    out += '\\';
    out += found == '\t' ? 't' : found == '\n' ? 'n' : found == '\r' ? 'r' : found;
    text.remove_prefix(plain + 1);
  }
}

std::int64_t copy_out(Transaction& tx, const Statement& query,
                      const std::function<void(const CopyRow&)>& visit) {
  Session& session = tx.session();
  session.watch().error.reset();
  if (!wire::start_copy(session.raw(), copy_out_sql(query.sql))) {
    throw session.last_error(query.name, "COPY was not started");
  }
  LineSplitter splitter;
  const auto rows =
      wire::read_copy(session.raw(), [&](std::string_view line) { visit(splitter.split(line)); });
  if (!rows) throw session.last_error(query.name, "COPY was not finished");
  return *rows;
}

}  // namespace pcx::db
