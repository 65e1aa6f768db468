#include "tests/audit/random_question.h"

#include <fmt/format.h>

#include "core/text.h"
#include "db/identifier.h"

namespace pcx::audit {

const std::vector<std::string> kHostileTexts = {
    "'; DROP TABLE canary; --",
    "' || nextval('canary_seq') || '",
    "$1",
    "$1::text); DELETE FROM canary; --",
    "\\'; DROP TABLE canary; --",
    "a\"b",
    "back\\slash",
    "100%",
    "under_score",
    "*",
    "a*b",
    "\x1b[31mred",
    "tab\there",
    "line\nbreak",
    "\xe2\x80\xae"
    "override",
    "ÄÖÜ ß 漢字 🐕",
    "(paren)",
    "a,b",
    "-minus",
    "OR",
    " ",
    "",
};
const std::vector<std::string> kUsers = {"u1", "u2",   "system",
                                         "U1", "dr.ä", "'; DROP TABLE canary; --"};
const std::vector<std::string> kActions = {"Patient.create", "Patient.update", "Appointment.update",
                                           "Client.update", "100%.update"};
const std::vector<std::string> kResources = {"Patient", "Appointment", "Client", "under_score"};
const std::vector<std::string> kIds = {"r1", "r2", "[\"a\", \"b\"]", "back\\slash", "*", "r3"};
const std::vector<std::string> kTenants = {"t1", "t2", "T2", ""};
const std::vector<std::string> kCorrelations = {"c1", "c2", "a\"b", "line\nbreak"};
const std::vector<std::string> kAddresses = {"10.0.0.1",
                                             "10.1.2.3",
                                             "::ffff:10.1.2.3",
                                             "::FFFF:192.168.0.7",
                                             "192.168.0.7",
                                             "2001:db8::1",
                                             "2001:db8:0:0::5",
                                             "::1",
                                             "::",
                                             "fe80::1%eth0",
                                             "10.0.0.1/8",
                                             "999.1.1.1",
                                             "10.0.0",
                                             "unknown",
                                             "",
                                             "10.0.0.1 ",
                                             "1:2:3:4:5:6:7:8",
                                             "1:2:3:4:5:6:7:8:9",
                                             "12345::",
                                             "010.0.0.1",
                                             "::ffff:0a01:0203",
                                             ":::",
                                             "1::2::3"};
const std::vector<std::string> kAgents = {"Mozilla/5.0 (X11)", "curl/8", "\x1b[31mred", "(paren)"};
const std::vector<std::string> kRelations = {"public.patients", "public.invoices", "pcx.x_y"};
const std::vector<std::string> kDocuments = {
    R"({"status": "cancelled", "total": 12.5, "notes": "'; DROP TABLE canary; --"})",
    R"({"status": "scheduled", "total": 100, "address": {"city": "Köln", "zip": "50667"}})",
    R"({"status": null, "total": "100", "tags": ["a", "b"], "address": {"city": "a*b"}})",
    R"({"total": -3, "version": {"increment": 1}, "notes": "line\nbreak \"quoted\" 100%"})",
    R"({"total": 1e30, "status": true, "notes": "under_score"})",
    R"(["an", "array"])",
    R"("a text")",
    "null",
    R"({})",
};

const std::string_view kAddressFunction = R"(
CREATE FUNCTION public.address_of(value text) RETURNS inet LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE mapped text := substring(lower(value) FROM '^::ffff:([0-9.]+)$');
BEGIN
    IF value ~ '[/%[:space:]]' OR coalesce(mapped, value) ~ '(^|\.)0[0-9]' THEN RETURN NULL; END IF;
    IF mapped IS NULL AND value LIKE '%.%' AND value LIKE '%:%' THEN RETURN NULL; END IF;
    RETURN coalesce(mapped, value)::inet;
EXCEPTION WHEN OTHERS THEN RETURN NULL;
END $$
)";

const std::string_view kReferenceView = R"(
CREATE VIEW public.reference AS
SELECT 1 AS src, a.id AS record, a."userId" AS "user", a.action, a.resource, a."resourceId" AS id,
       a."tenantId" AS tenant, a.metadata ->> 'correlationId' AS correlation,
       a."ipAddress" AS address, public.address_of(a."ipAddress") AS ip, a."userAgent" AS agent,
       NULL::text AS op, NULL::text AS relation, a.metadata ->> 'success' AS success, a.changes,
       a.metadata, ARRAY[a."userId", a.action, a.resource, a."resourceId", a."tenantId",
       a.metadata ->> 'correlationId', a."ipAddress", a."userAgent", a.changes::text] AS texts,
       a."timestamp" AT TIME ZONE 'UTC' AS at, 0::bigint AS seq
  FROM public.audit_logs AS a
 UNION ALL
SELECT 2, concat_ws('.', c.segment, c.xid, c.seq), c.actor, NULL, NULL, c.row_key, c.tenant,
       c.correlation, c.address, public.address_of(c.address), NULL,
       replace(replace(replace(replace(c.op::text, 'I', 'insert'), 'U', 'update'), 'D', 'delete'),
               'T', 'truncate'),
       c.relation, NULL, c.after, NULL, ARRAY[c.actor, c.row_key, c.tenant, c.correlation,
       c.address, c.relation, c.before::text, c.after::text], c.at, c.seq
  FROM pcx.change AS c;
)";

namespace {

std::string literal(std::string_view text) { return db::quote_literal(text); }

std::string regex_of(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_word && (c & 0x80) == 0) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string escaped_for_like(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '\\' || c == '%' || c == '_') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string truth(const std::string& condition) { return "coalesce((" + condition + "), false)"; }

std::string filled(const std::string& test, const std::string& subject) {
  return fmt::format(fmt::runtime(test), subject);
}

// For fmt: braces that stay.
std::string kept_braces(const std::string& text) {
  std::string kept;
  for (const char c : text) kept += c == '{' ? "{{" : c == '}' ? "}}" : std::string(1, c);
  return kept;
}

}  // namespace

std::string RandomQuestions::spelt(const std::string& piece) {
  const bool must_quote =
      piece.empty() || piece.find_first_of(" \t\n\r(),\"*\\") != std::string::npos;
  if (!must_quote && !once_in(4)) return piece;
  std::string text = "\"";
  for (const char c : piece) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

RandomQuestions::RandomValue RandomQuestions::value(const std::vector<std::string>& pool) {
  const std::string& whole = once_in(6) ? of(kHostileTexts) : of(pool);
  if (!once_in(3)) return {spelt(whole), "({} IN (" + kept_braces(literal(whole)) + "))"};
  std::size_t cut = below(whole.size() + 1);
  while (cut > 0 && cut < whole.size() && (whole[cut] & 0xc0) == 0x80) --cut;
  const std::string left = whole.substr(0, cut);
  const std::string right = once_in(2) ? "" : whole.substr(cut);
  const std::string pattern = "^" + regex_of(left) + ".*" + regex_of(right) + "$";
  return {(left.empty() ? "" : spelt(left)) + "*" + (right.empty() ? "" : spelt(right)),
          "({} ~ " + kept_braces(literal(pattern)) + ")"};
}

RandomQuestion RandomQuestions::column_term() {
  struct Column {
    const char* field;
    const char* column;
    const std::vector<std::string>* pool;
  };
  static const Column columns[] = {
      {"user", "v.\"user\"", &kUsers},
      {"userId", "v.\"user\"", &kUsers},
      {"action", "v.action", &kActions},
      {"resource", "v.resource", &kResources},
      {"entityType", "v.resource", &kResources},
      {"id", "v.id", &kIds},
      {"tenant", "v.tenant", &kTenants},
      {"correlation", "v.correlation", &kCorrelations},
      {"agent", "v.agent", &kAgents},
      {"relation", "v.relation", &kRelations},
      {"record", "v.record", &kIds},
  };
  const Column& column = columns[below(std::size(columns))];
  if (once_in(8) && std::string_view{column.field} != "record") {
    const char* const operators[] = {">", ">=", "<", "<="};
    const char* const op = operators[below(4)];
    const std::string& text = of(*column.pool);
    return {fmt::format("{}{}{}", column.field, op, spelt(text)),
            truth(fmt::format("convert_to({}, 'UTF8') {} convert_to({}, 'UTF8')", column.column, op,
                              literal(text)))};
  }
  RandomQuestion question{std::string{column.field} + ":", ""};
  for (std::size_t left = 1 + below(3); left > 0; --left) {
    const RandomValue one = value(*column.pool);
    question.expression += one.text + (left > 1 ? "," : "");
    question.condition += filled(one.test, column.column) + (left > 1 ? " OR " : "");
  }
  question.condition = truth(question.condition);
  return question;
}

RandomQuestion RandomQuestions::choice_term() {
  static const std::vector<RandomQuestion> all = {
      {"source:app", "v.src = 1"},
      {"source:trigger", "v.src = 2"},
      {"source:app,trigger", "true"},
      {"op:insert", "coalesce(v.op = 'insert', false)"},
      {"op:update,delete", "coalesce(v.op IN ('update', 'delete'), false)"},
      {"op:truncate", "coalesce(v.op = 'truncate', false)"},
      {"success:true", "coalesce(v.success = 'true', false)"},
      {"success:false", "coalesce(v.success = 'false', false)"},
  };
  return all[below(all.size())];
}

RandomQuestion RandomQuestions::address_term() {
  static const std::vector<std::string> networks = {
      "10.0.0.0/8",    "10.1.2.3", "10.1.0.0/16",     "0.0.0.0/0", "192.168.0.0/17", "10.0.0.0/31",
      "2001:db8::/32", "::/0",     "::ffff:10.1.2.3", "::1",       "10.0.0.0/9"};
  if (once_in(4)) {
    const RandomValue pattern = value({"10.0.0.1", "unknown"});
    if (pattern.text.find('*') != std::string::npos &&
        pattern.text.find('"') == std::string::npos) {
      return {"ip:" + pattern.text, truth(filled(pattern.test, "v.address"))};
    }
  }
  const std::string& network = of(networks);
  const std::string plain = network.starts_with("::ffff:") ? network.substr(7) : network;
  return {"ip:" + network, truth(fmt::format("v.ip <<= inet {}", literal(plain)))};
}

RandomQuestion RandomQuestions::time_term() {
  const std::string day = fmt::format("2026-03-{:02}", 1 + below(28));
  const bool is_since = once_in(2);
  const char* const name = is_since ? "since:" : "until:";
  const char* const op = is_since ? ">=" : "<";
  if (once_in(2)) {
    return {name + day,
            fmt::format("v.at {} (date '{}' + {})::timestamp AT TIME ZONE 'Europe/Berlin'", op, day,
                        is_since ? 0 : 1)};
  }
  const std::string time = fmt::format("{}T{:02}:30:00", day, below(24));
  if (once_in(2)) {
    return {name + time,
            fmt::format("v.at {} timestamp '{}' AT TIME ZONE 'Europe/Berlin'", op, time)};
  }
  return {name + time + "Z", fmt::format("v.at {} timestamptz '{} UTC'", op, time)};
}

RandomQuestion RandomQuestions::path_comparison(const std::string& document,
                                                const std::vector<std::string>& path) {
  const char* const operators[] = {">", ">=", "<", "<="};
  const char* const op = operators[below(4)];
  const bool is_number = once_in(2);
  const std::string bound = is_number ? of({"0", "12.5", "-3", "100", "1000000000000"})
                                      : of({"cancelled", "m", "50667", "Köln"});
  const bool looks_like_number = is_number || bound == "50667";
  std::string jsonpath = "strict $";
  for (const std::string& name : path) jsonpath += ".\"" + name + "\"";
  jsonpath += looks_like_number
                  ? fmt::format(" ? (@.type() == \"number\" && @ {} {})", op, bound)
                  : fmt::format(" ? (@.type() == \"string\" && @ {} \"{}\")", op, bound);
  return {
      fmt::format("{}.{}{}{}", document, join(path, "."), op, bound),
      truth(fmt::format("jsonb_path_exists(v.{}, {}, '{{}}', true)", document, literal(jsonpath)))};
}

RandomQuestion RandomQuestions::path_term() {
  static const std::vector<std::vector<std::string>> paths = {
      {"status"},         {"total"},
      {"notes"},          {"address", "city"},
      {"address", "zip"}, {"version", "increment"},
      {"tags"},           {"none"},
      {"none", "none"}};
  static const std::vector<std::string> values = {"cancelled", "scheduled", "100",  "12.5", "Köln",
                                                  "a*b",       "1",         "true", "-3"};
  if (once_in(12)) {  // of arrays
    const RandomValue one = value({"an", "array", "b"});
    const std::string index = of({"0", "1", "-1", "+1"});
    return {fmt::format("changes.{}:{}", index, one.text),
            truth(filled(one.test,
                         fmt::format("jsonb_extract_path_text(v.changes, {})", literal(index))))};
  }
  const std::string document = once_in(5) ? "metadata" : "changes";
  const auto path = document == "metadata"
                        ? std::vector<std::string>{of({"success", "correlationId"})}
                        : paths[below(paths.size())];
  if (once_in(3)) return path_comparison(document, path);
  const RandomValue one = value(values);
  std::string names;
  for (const std::string& name : path) names += ", " + literal(name);
  return {fmt::format("{}.{}:{}", document, join(path, "."), one.text),
          truth(filled(one.test, fmt::format("jsonb_extract_path_text(v.{}{})", document, names)))};
}

RandomQuestion RandomQuestions::free_text() {
  static const std::vector<std::string> words = {
      "patient", "U1", "DROP", "cancelled", "10.1", "köln", "\"status\"", "RED", "100%", "_"};
  const std::string& word = once_in(5) ? of(kHostileTexts) : of(words);
  const std::string text = spelt(word);
  // A bare word must not be read as something else.
  const bool is_quoted = text.starts_with('"');
  const std::string expression = is_quoted ? text : "\"" + text + "\"";
  return {expression,
          fmt::format("EXISTS (SELECT FROM unnest(v.texts) AS t WHERE t COLLATE \"C\" ILIKE {})",
                      literal("%" + escaped_for_like(word) + "%"))};
}

RandomQuestion RandomQuestions::term() {
  switch (below(10)) {
    case 0: return choice_term();
    case 1: return address_term();
    case 2: return time_term();
    case 3:
    case 4: return path_term();
    case 5: return free_text();
    default: return column_term();
  }
}

RandomQuestion RandomQuestions::any(int depth) {
  if (depth == 0 || once_in(3)) return term();
  const RandomQuestion left = any(depth - 1);
  switch (below(4)) {
    case 0:
      return {(once_in(2) ? "-(" : "NOT (") + left.expression + ")",
              "NOT " + truth(left.condition)};
    case 1: {
      const RandomQuestion right = any(depth - 1);
      return {"(" + left.expression + " OR " + right.expression + ")",
              "(" + left.condition + " OR " + right.condition + ")"};
    }
    default: {
      const RandomQuestion right = any(depth - 1);
      return {"(" + left.expression + (once_in(2) ? " AND " : " ") + right.expression + ")",
              "(" + left.condition + " AND " + right.condition + ")"};
    }
  }
}

std::string RandomQuestions::garbage() {
  std::string text = once_in(3) ? "" : next().expression;
  const std::size_t edits = 1 + below(6);
  for (std::size_t i = 0; i < edits; ++i) {
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0: text.insert(at, 1, static_cast<char>(below(256))); break;
      case 1: text.insert(at, of(kHostileTexts)); break;
      case 2: text.erase(at, 1 + below(3)); break;
      default:
        text.insert(at, of({"(", ")", "\"", ":", ",", "*", "-", "OR ", "AND ", ">", "changes.",
                            "user:", "since:", "ip:", "op:"}));
    }
  }
  return text;
}

}  // namespace pcx::audit
