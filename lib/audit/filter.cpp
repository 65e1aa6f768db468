#include "audit/filter.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"

namespace pcx::audit {

namespace {

// A number as JSON has it, without exponents; short enough for any numeric.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = text.substr(std::min(dot + 1, text.size()));
  return !whole.empty() && text.size() <= 40 && std::ranges::all_of(whole, is_digit) &&
         std::ranges::all_of(fraction, is_digit) && (dot == text.size()) == fraction.empty();
}

std::string escaped_for_like(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '%' || c == '_') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// What all addresses of an IPv4 network begin with: "10." of 10.0.0.0/12.
std::string common_beginning(const Network& network) {
  constexpr int kOctetBits = 8;
  const std::size_t slash = network.text.find('/');
  int bits = 0;
  std::from_chars(network.text.data() + slash + 1, network.text.data() + network.text.size(), bits);
  std::size_t end = 0;
  for (int octet = 0; octet < bits / kOctetBits; ++octet)
    end = network.text.find_first_of("./", end) + 1;
  return network.text.substr(0, end > slash ? slash : end);
}

void append_operator(db::Query& query, Operator op) {
  switch (op) {
    case Operator::match: query.sql(" = "); return;
    case Operator::above: query.sql(" > "); return;
    case Operator::at_least: query.sql(" >= "); return;
    case Operator::below: query.sql(" < "); return;
    case Operator::at_most: query.sql(" <= "); return;
  }
}

bool append_app_column(db::Query& query, Field field) {
  switch (field) {
    case Field::user: query.sql("e.\"userId\""); return true;
    case Field::action: query.sql("e.action"); return true;
    case Field::resource: query.sql("e.resource"); return true;
    case Field::id: query.sql("e.\"resourceId\""); return true;
    case Field::record: query.sql("e.id"); return true;
    case Field::tenant: query.sql("e.\"tenantId\""); return true;
    case Field::correlation: query.sql("(e.metadata ->> 'correlationId')"); return true;
    case Field::ip: query.sql("e.\"ipAddress\""); return true;
    case Field::agent: query.sql("e.\"userAgent\""); return true;
    case Field::success: query.sql("(e.metadata ->> 'success')"); return true;
    default: return false;
  }
}

bool append_trigger_column(db::Query& query, Field field) {
  switch (field) {
    case Field::user: query.sql("e.actor"); return true;
    case Field::id: query.sql("e.row_key"); return true;
    case Field::record:
      query.sql("(e.segment::text || '.' || e.xid::text || '.' || e.seq::text)");
      return true;
    case Field::tenant: query.sql("e.tenant"); return true;
    case Field::correlation: query.sql("e.correlation"); return true;
    case Field::ip: query.sql("e.address"); return true;
    case Field::relation: query.sql("e.relation"); return true;
    case Field::op:
      query.sql(
          "(CASE e.op WHEN 'I' THEN 'insert' WHEN 'U' THEN 'update' WHEN 'D' THEN 'delete' "
          "WHEN 'T' THEN 'truncate' END)");
      return true;
    default: return false;
  }
}

class Compiler {
 public:
  Compiler(db::Query& query, Source source) : query_(query), source_(source) {}

  void add(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::all: return add_parts(expression, " AND ", "true");
      case Expression::Kind::any: return add_parts(expression, " OR ", "false");
      case Expression::Kind::none:
        query_.sql("((");
        add(expression.parts.front());
        query_.sql(") IS NOT TRUE)");
        return;
      case Expression::Kind::term: return add_term(expression.term);
    }
  }

 private:
  bool is_app() const { return source_ == Source::app; }

  template <std::size_t N, std::size_t M>
  void add_parts(const Expression& expression, const char (&between)[N], const char (&nothing)[M]) {
    if (expression.parts.empty()) {
      query_.sql(nothing);
      return;
    }
    query_.sql("(");
    for (const Expression& part : expression.parts) {
      if (&part != &expression.parts.front()) query_.sql(between);
      add(part);
    }
    query_.sql(")");
  }

  void add_term(const Term& term) {
    switch (term.field) {
      case Field::since:
      case Field::until: return add_time(term);
      case Field::source: return add_source(term);
      case Field::ip: return add_networks(term);
      case Field::changes:
      case Field::metadata: return add_path(term);
      case Field::text: return add_free_text(term.values.front());
      default: return add_column_term(term);
    }
  }

  void add_time(const Term& term) {
    if (term.instant.empty()) throw Error{ErrorCode::internal, "a time is not resolved"};
    if (is_app()) {
      query_.sql("e.\"timestamp\"");
    } else {
      query_.sql("e.at");
    }
    if (term.field == Field::since) {
      query_.sql(" >= ");
    } else {
      query_.sql(" < ");
    }
    query_.param(term.instant);
    if (is_app()) {
      query_.sql("::timestamp");
    } else {
      query_.sql("::timestamptz");
    }
  }

  void add_source(const Term& term) {
    const bool is_meant = std::ranges::any_of(
        term.values, [&](const Value& value) { return value.text() == to_string(source_); });
    if (is_meant) {
      query_.sql("true");
    } else {
      query_.sql("false");
    }
  }

  void add_column_term(const Term& term) {
    db::Query probe{"audit.column"};
    if (!append_column(probe, term.field, source_)) {
      query_.sql("false");
      return;
    }
    const auto column = [&] { append_column(query_, term.field, source_); };
    if (term.op == Operator::match) return add_match(term.field, term.values, column);
    query_.sql("(");
    column();
    query_.sql(" COLLATE \"C\"");
    append_operator(query_, term.op);
    query_.param(term.values.front().text()).sql("::text)");
  }

  template <typename Column>
  void add_match(Field field, const std::vector<Value>& values, const Column& column) {
    std::vector<std::string> exact;
    for (const Value& value : values) {
      if (value.is_exact()) exact.push_back(value.text());
    }
    query_.sql("(");
    if (exact.size() == 1) {
      if (field == Field::id && !is_app()) {
        // The index has the beginnings of keys.
        query_.sql("left(e.row_key, 200) = left(").param(exact.front()).sql("::text, 200) AND ");
      }
      column();
      query_.sql(" = ").param(exact.front()).sql("::text");
    } else if (!exact.empty()) {
      column();
      query_.sql(" = ANY (").param(exact).sql("::text[])");
    }
    bool is_first = exact.empty();
    for (const Value& value : values) {
      if (value.is_exact()) continue;
      if (!is_first) query_.sql(" OR ");
      is_first = false;
      column();
      query_.sql(" LIKE ").param(like_pattern(value)).sql("::text");
    }
    query_.sql(")");
  }

  void add_networks(const Term& term) {
    query_.sql("(");
    for (std::size_t i = 0; i < term.values.size(); ++i) {
      if (i > 0) query_.sql(" OR ");
      if (term.networks[i]) {
        add_network(*term.networks[i]);
      } else {
        append_column(query_, Field::ip, source_);
        query_.sql(" LIKE ").param(like_pattern(term.values[i])).sql("::text");
      }
    }
    query_.sql(")");
  }

  // The column is text of others: only what is an address without doubt becomes one. Most rows end
  // at the comparison in front, which costs a twentieth of the pattern.
  void add_network(const Network& network) {
    const auto column = [&] { append_column(query_, Field::ip, source_); };
    query_.sql("(CASE WHEN (");
    column();
    if (network.is_v4) {
      const std::string beginning = common_beginning(network);
      query_.sql(" LIKE ").param(beginning + "%").sql("::text OR ");
      column();
      query_.sql(" LIKE ").param("::____:" + beginning + "%").sql("::text) AND ");
      column();
      query_.sql(
          " ~ '^(::[fF]{4}:)?(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
          "(\\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}$' THEN substring(");
      column();
      query_.sql(" FROM '[0-9.]+$')::inet <<= ");
    } else {
      query_.sql(" LIKE '%:%' AND ");
      column();
      query_.sql(" NOT LIKE '%.%') AND ");
      column();
      query_.sql(
          " ~ '^(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|"
          "([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|"
          "([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|"
          "([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|"
          "([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|"
          "([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|"
          "[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:))$' THEN ");
      column();
      query_.sql("::inet <<= ");
    }
    query_.param(network.text).sql("::inet END)");
  }

  // Of changes of captured rows the new values.
  void append_document(const Term& term) {
    if (term.field == Field::metadata) {
      query_.sql("e.metadata");
    } else if (is_app()) {
      query_.sql("e.changes");
    } else {
      query_.sql("e.after");
    }
  }

  void add_path(const Term& term) {
    if (term.field == Field::metadata && !is_app()) {
      query_.sql("false");
      return;
    }
    const auto text = [&] { add_step(term, Step::as_text); };
    if (term.op == Operator::match) return add_match(term.field, term.values, text);
    const std::string& value = term.values.front().text();
    if (is_number(value)) return add_number_comparison(term, value);
    add_text_comparison(term, value);
  }

  enum class Step { as_text, as_json };

  // What stands at the path. A name alone is found faster than a path, and means the same but for
  // arrays, of which a path takes an element by its number.
  void add_step(const Term& term, Step step) {
    const bool is_name =
        term.path.size() == 1 && term.path.front().find_first_of("0123456789") == std::string::npos;
    query_.sql("(");
    append_document(term);
    if (is_name) {
      query_.sql(" -");
    } else {
      query_.sql(" #");
    }
    if (step == Step::as_text) query_.sql(">");
    query_.sql("> ");
    if (is_name) {
      query_.param(term.path.front()).sql("::text)");
    } else {
      query_.param(term.path).sql("::text[])");
    }
  }

  // Numbers with numbers: JSON compares them as numbers, and puts other types above or below.
  void add_number_comparison(const Term& term, const std::string& value) {
    query_.sql("(");
    add_step(term, Step::as_json);
    append_operator(query_, term.op);
    query_.param(value).sql("::numeric::text::jsonb AND jsonb_typeof(");
    add_step(term, Step::as_json);
    query_.sql(") = 'number')");
  }

  void add_text_comparison(const Term& term, const std::string& value) {
    query_.sql("(CASE WHEN jsonb_typeof(");
    add_step(term, Step::as_json);
    query_.sql(") = 'string' THEN ");
    add_step(term, Step::as_text);
    query_.sql(" COLLATE \"C\"");
    append_operator(query_, term.op);
    query_.param(value).sql("::text END)");
  }

  // Cases are those of ASCII, as ILIKE folds them under C; a text without stars is found by the
  // search for texts, which takes two thirds of the time.
  void add_free_text(const Value& value) {
    const std::string pattern = "%" + like_pattern(value) + "%";
    const auto fits = [&](const auto& column) {
      if (value.is_exact()) query_.sql("strpos(lower(");
      column();
      query_.sql(" COLLATE \"C\"");
      if (value.is_exact()) {
        query_.sql("), lower(").param(value.text()).sql("::text COLLATE \"C\")) > 0");
      } else {
        query_.sql(" ILIKE ").param(pattern).sql("::text");
      }
    };
    query_.sql("(");
    for (const Field field :
         {Field::user, Field::action, Field::resource, Field::relation, Field::id, Field::tenant,
          Field::correlation, Field::ip, Field::agent}) {
      db::Query probe{"audit.column"};
      if (!append_column(probe, field, source_)) continue;
      fits([&] { append_column(query_, field, source_); });
      query_.sql(" OR ");
    }
    if (is_app()) {
      fits([&] { query_.sql("e.changes::text"); });
    } else {
      fits([&] { query_.sql("e.before::text"); });
      query_.sql(" OR ");
      fits([&] { query_.sql("e.after::text"); });
    }
    query_.sql(")");
  }

  db::Query& query_;
  Source source_;
};

}  // namespace

std::string_view to_string(Source source) noexcept {
  return source == Source::app ? "app" : "trigger";
}

void append_filter(db::Query& query, const Expression& expression, Source source) {
  Compiler{query, source}.add(expression);
}

bool append_column(db::Query& query, Field field, Source source) {
  return source == Source::app ? append_app_column(query, field)
                               : append_trigger_column(query, field);
}

bool excludes(const Expression& expression, Source source) {
  return std::ranges::any_of(demanded(expression), [&](const Term* term) {
    return term->field == Field::source &&
           std::ranges::none_of(
               term->values, [&](const Value& value) { return value.text() == to_string(source); });
  });
}

std::string like_pattern(const Value& value) {
  std::string pattern;
  for (const std::string& piece : value.pieces) {
    if (&piece != &value.pieces.front()) pattern += '%';
    pattern += escaped_for_like(piece);
  }
  return pattern;
}

}  // namespace pcx::audit
