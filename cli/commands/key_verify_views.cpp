#include "cli/commands/key_verify_views.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using fields::Kind;
using inspect::Verdict;
using inspect::Verification;

// Findings on the screen.
constexpr std::size_t kShownMax = 40;

std::vector<Column> verification_columns() {
  return {{"what", "WHAT"},   {"table", "TABLE"}, {"field", "FIELD"},
          {"kind", "KIND"},   {"key", "KEY"},     {"format", "FORMAT"},
          {"count", "COUNT"}, {"row_key", "ROW"}, {"note", "NOTE"}};
}

Cell key_or_null(inspect::KeyId key) { return key == 0 ? Cell{} : Cell{std::int64_t{key}}; }

void add_counts(View& view, const inspect::FieldTally& field) {
  const auto add = [&](const char* kind, Cell key, Cell format, std::int64_t count, Cell note) {
    if (count == 0) return;
    view.rows.push_back({std::string{"values"}, escape_controls(field.heap),
                         escape_controls(field.field), std::string{kind}, std::move(key),
                         std::move(format), count, Cell{}, std::move(note)});
  };
  std::int64_t opened = 0;
  for (const auto& [under, count] : field.keys) {
    opened += count;
    add("opens", std::int64_t{under.key}, std::string{to_string(under.format)}, count, Cell{});
  }
  for (const Kind kind : fields::kKinds) {
    if (kind == Kind::authentic) continue;
    const Cell note = kind == Kind::empty ? Cell{} : Cell{std::string{fields::explain(kind)}};
    add(fields::to_string(kind), Cell{}, Cell{}, field.count(kind), note);
  }
}

std::string note_of(const inspect::BadValue& bad) {
  return bad.refusal == crypto::Refusal::none ? fields::explain(bad.kind)
                                              : crypto::explain(bad.refusal);
}

void add_findings(View& view, const Verification& verification) {
  const auto& findings = verification.findings;
  for (std::size_t i = 0; i < std::min(findings.size(), kShownMax); ++i) {
    const inspect::BadValue& bad = findings[i];
    view.rows.push_back({std::string{"finding"}, escape_controls(bad.heap),
                         escape_controls(bad.field), std::string{fields::to_string(bad.kind)},
                         key_or_null(bad.key), Cell{}, Cell{},
                         escape_controls(join(bad.row_key, ", ")), note_of(bad)});
  }
  for (const auto& skipped : verification.not_verified) {
    view.rows.push_back({std::string{"skipped"}, escape_controls(skipped.place), Cell{}, Cell{},
                         Cell{}, Cell{}, Cell{}, Cell{}, escape_controls(skipped.why)});
  }
}

std::string left_out(const Verification& verification) {
  const auto shown = static_cast<std::int64_t>(std::min(verification.findings.size(), kShownMax));
  const std::int64_t all =
      static_cast<std::int64_t>(verification.findings.size()) + verification.findings_left_out;
  return all > shown ? fmt::format(" {} more are not shown.", all - shown) : "";
}

std::string verdict_text(const Verification& verification) {
  switch (verification.verdict()) {
    case Verdict::passed: return "Every value opens.";
    case Verdict::plaintext:
      return "Some values are not encrypted: pcx key rotate --seal-plaintext.";
    case Verdict::failed: return "Some values do not open as they should.";
    case Verdict::incomplete:
      return verification.fields.empty() ? "There was no field to look at."
                                         : "Nothing bad was found in what could be looked at.";
  }
  return {};
}

std::string absent_text(const Verification& verification) {
  const auto& skipped = verification.not_verified;
  const auto absent = std::count_if(skipped.begin(), skipped.end(),
                                    [](const auto& place) { return place.is_absent; });
  if (absent == 0) return "";
  return fmt::format(" Not looked at: {} of the built-in profile, without a table here.",
                     counted(absent, "field"));
}

Finding finding_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return Finding::ok;
    case Verdict::plaintext: return Finding::warning;
    case Verdict::failed: return Finding::critical;
    case Verdict::incomplete: return Finding::unknown;
  }
  return Finding::unknown;
}

Cell cell_at(const Document& object, std::string_view key) {
  const Document* const member = object.find(key);
  return member != nullptr && member->is_scalar() ? member->scalar() : Cell{};
}

}  // namespace

Outcome show_verification(const Verification& verification, const std::string& certificate) {
  View view{.columns = verification_columns(), .rows = {}, .summary = {}};
  for (const auto& field : verification.fields) add_counts(view, field);
  add_findings(view, verification);
  const std::string scope = verification.sample_rows
                                ? fmt::format("a sample of {}", counted(verification.rows, "row"))
                                : fmt::format("all {}", counted(verification.rows, "row"));
  view.summary = fmt::format(
      "Looked at {}. {}{}{}{}", scope, verdict_text(verification), absent_text(verification),
      left_out(verification),
      certificate.empty() ? "" : fmt::format(" Certificate: {}", escape_controls(certificate)));
  return {std::move(view), finding_of(verification.verdict())};
}

Outcome show_certificate(const Document& certificate, bool holds) {
  const Document* const database = certificate.find("database");
  const auto signature = inspect::read_signature(certificate);
  const auto of_database = [&](std::string_view key) {
    return database == nullptr ? Cell{} : cell_at(*database, key);
  };
  View view{.columns = {{"signature_holds", "SIGNATURE HOLDS"},
                        {"verdict", "VERDICT"},
                        {"scope", "SCOPE"},
                        {"rows", "ROWS"},
                        {"started_at", "STARTED"},
                        {"database", "DATABASE"},
                        {"system_identifier", "SYSTEM"},
                        {"key", "KEY"}},
            .rows = {{holds, cell_at(certificate, "verdict"), cell_at(certificate, "scope"),
                      cell_at(certificate, "rows"), cell_at(certificate, "started_at"),
                      of_database("name"), of_database("system_identifier"),
                      std::int64_t{signature.key}}},
            .summary = holds ? "The certificate is as it was signed."
                             : "The certificate was changed, or another key signed it: do not "
                               "trust what it says."};
  return {std::move(view), holds ? Finding::ok : Finding::critical};
}

}  // namespace pcx::cli
