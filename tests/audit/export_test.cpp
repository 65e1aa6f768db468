#include "audit/export.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/export_file.h"
#include "core/file.h"
#include "tests/audit/trail_fixture.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

namespace fs = std::filesystem;
using pcx::testing::error_of;
using Kind = ExportFault::Kind;

// Values that formats trip over, as text and as JSON.
constexpr const char* kOddRows = R"(
INSERT INTO public.patients (id, name, notes, "tenantId")
SELECT 'p' || row_number() OVER (), v.value, repeat(v.value, 3), v.value
  FROM (VALUES ('plain'), (''), (NULL), ('''quote'), ('''=two'), ('=1+1'), ('-1'), (E'@\t'),
               ('a,b'), ('say "no"'), ('","'), ('","after":{'), (E'two\r\nlines'),
               (E'\x01\x1f\x7f\\ \\u0041'), (U&'\65E5\672C \+01F434 \FF1D'),
               (repeat('long ', 4000)), (E'ends with \\'), ('"'), (',"'), (',"x')) AS v (value);
INSERT INTO public.audit_logs
SELECT 'a' || row_number() OVER (), coalesce(v.value, ''), v.value || '', 'Patient', v.value,
       to_jsonb(v.value), jsonb_build_object(v.value, v.value), v.value, v.value, t.value, v.value
  FROM (VALUES ('plain'), (''), ('=1+1'), ('","ipAddress":"'), (E'\n\r\t"\\'), (',')) AS v (value),
       (VALUES ('2026-01-31 10:00:00.123'::timestamp), ('infinity'), ('-infinity'),
               ('0044-03-15 BC'), ('12026-12-31')) AS t (value);
INSERT INTO public.audit_logs
VALUES ('nulls', 'u', 'a', 'r', NULL, 'null', NULL, NULL, NULL, now(), NULL),
       ('none', 'u', 'a', 'r', NULL, NULL, '[1, -2.50, "x"]', NULL, NULL, now(), NULL);
UPDATE public.patients SET notes = NULL, name = name || '!' WHERE id IN ('p1', 'p3', 'p12');
DELETE FROM public.patients WHERE id IN ('p2', 'p13');
)";

class ExportTest : public TrailFixture {
 protected:
  void SetUp() override {
    TrailFixture::SetUp();
    script(kOddRows);
    seal_all();
  }

  ExportJob job(const std::string& name, ExportFormat format = ExportFormat::jsonl) const {
    ExportJob job;
    job.file = folder_.path() / name;
    job.format = format;
    return job;
  }
  ExportResult run(const ExportJob& job) {
    return export_trail(
        database(), [this] { return open(); }, job, clock_, interrupt_);
  }
  ExportReport verify(const ExportJob& job) const {
    return verify_export_file(job.file, verifiers());
  }
  std::int64_t count_sealed() {
    return std::stoll(sql("SELECT max(size)::text FROM pcx.checkpoint"));
  }

  static std::string read(const fs::path& path) { return read_file(path); }
  static void write(const fs::path& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
  }
};

TEST_F(ExportTest, FilesOfBothFormatsVerifyAlone) {
  ExportJob guarded = job("guarded.csv", ExportFormat::csv);
  guarded.is_guarded = guarded.has_bom = true;
  for (const ExportJob& each : {job("a.jsonl"), job("a.csv", ExportFormat::csv), guarded}) {
    const ExportResult result = run(each);
    EXPECT_EQ(result.new_rows, count_sealed());
    const ExportReport report = verify(each);
    EXPECT_FALSE(report.fault) << each.file << ": " << report.fault->what << " in line "
                               << report.fault->line;
    EXPECT_EQ(report.rows, result.new_rows);
    EXPECT_TRUE(report.is_complete());
    ASSERT_EQ(report.trees.size(), 1U);
    EXPECT_EQ(report.trees[0].last_index + 1, report.rows);
  }
  EXPECT_THAT(read(guarded.file), ::testing::HasSubstr(",'=1+1,"));
  EXPECT_THAT(read(guarded.file), ::testing::HasSubstr(",''=two,"));
}

TEST_F(ExportTest, WhatIsFilteredLeavesGapsThatTheProofFills) {
  for (const LeafSource source : {LeafSource::application, LeafSource::change, LeafSource::meta}) {
    ExportJob each = job(std::string{source_word(source)});
    each.filter.source = source;
    const ExportResult result = run(each);
    EXPECT_GT(result.new_rows, 0U);
    const ExportReport report = verify(each);
    EXPECT_FALSE(report.fault) << source_word(source) << ": " << report.fault->what;
    EXPECT_EQ(report.trees.at(0).missing + report.rows, static_cast<std::uint64_t>(count_sealed()));
    EXPECT_FALSE(report.is_complete());
  }
}

TEST_F(ExportTest, EachAlteredByteIsFound) {
  for (const ExportFormat format : {ExportFormat::jsonl, ExportFormat::csv}) {
    ExportJob each = job(std::string{"t."} + to_string(format), format);
    run(each);
    const std::string text = read(each.file);
    for (std::size_t at = 0; at < text.size(); at += 1 + at % 97 + at / 50) {
      std::string altered = text;
      altered[at] = altered[at] == '1' ? '2' : '1';
      if (altered == text) continue;
      write(each.file, altered);
      const ExportReport report = verify(each);
      ASSERT_TRUE(report.fault) << "byte " << at;
      if (format == ExportFormat::csv || report.fault->line == 0) continue;
      const auto line =
          std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
      // A line break that is gone makes two lines one.
      ASSERT_EQ(report.fault->line, line) << "byte " << at;
    }
    write(each.file, text);
    EXPECT_FALSE(verify(each).fault);
  }
}

TEST_F(ExportTest, LinesTakenOutSwappedOrDoubledAreFound) {
  const ExportJob each = job("lines.jsonl");
  run(each);
  std::vector<std::string> lines;
  std::istringstream stream{read(each.file)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line + "\n");
  const auto with = [&](auto&& change) {
    auto changed = lines;
    change(changed);
    std::string text;
    for (const auto& line : changed) text += line;
    write(each.file, text);
    return verify(each).fault;
  };
  const auto out = with([](auto& all) { all.erase(all.begin() + 7); });
  ASSERT_TRUE(out);
  EXPECT_EQ(out->kind, Kind::count);
  const auto two = with([](auto& all) { all.erase(all.begin() + 8, all.begin() + 10); });
  ASSERT_TRUE(two);
  EXPECT_EQ(two->line, 9U);
  const auto swapped = with([](auto& all) { std::swap(all[3], all[4]); });
  ASSERT_TRUE(swapped);
  EXPECT_EQ(swapped->kind, Kind::order);
  EXPECT_EQ(swapped->line, 5U);
  const auto doubled = with([](auto& all) { all.insert(all.begin() + 5, all[5]); });
  ASSERT_TRUE(doubled);
  EXPECT_EQ(doubled->line, 7U);
  EXPECT_EQ(doubled->index, 5U);
  EXPECT_FALSE(with([](auto&) {}));
}

TEST_F(ExportTest, NobodyElsesSignatureIsBelieved) {
  const ExportJob each = job("a.jsonl");
  run(each);
  SystemRandom other;
  const std::vector<VerifierKey> keys{SigningKey::generate("test", other).verifier()};
  const Error error = testing::error_of([&] { verify_export_file(each.file, keys); });
  EXPECT_EQ(error.code(), ErrorCode::unknown);
  EXPECT_EQ(error.reason(), "unknown_signer");
  EXPECT_THAT(error.what(), ::testing::HasSubstr(verifiers().front().label()));
}

TEST_F(ExportTest, ProofAndManifestAreHeldToTheRows) {
  const ExportJob each = job("a.jsonl");
  const ExportResult result = run(each);
  const std::string proof = read(result.proof_file);
  write(result.proof_file, proof.substr(0, proof.size() - 32));
  EXPECT_EQ(verify(each).fault.value().kind, Kind::proof);
  write(result.proof_file, proof + proof.substr(0, 32));
  EXPECT_EQ(verify(each).fault.value().kind, Kind::proof);
  std::string altered = proof;
  altered[5 * 32] ^= 1;
  write(result.proof_file, altered);
  EXPECT_EQ(verify(each).fault.value().kind, Kind::row_altered);
  EXPECT_EQ(verify(each).fault.value().index, 5U);
  write(result.proof_file, proof);
  const std::string manifest = read(result.manifest_file);
  write(result.manifest_file, manifest.substr(0, manifest.size() / 2));
  EXPECT_EQ(error_of([&] { verify(each); }).reason(), "manifest");
}

TEST_F(ExportTest, ACursorAddsWhatWasSealedSince) {
  ExportJob each = job("grows.jsonl");
  each.cursor = folder_.path() / "cursor";
  const auto first = run(each);
  EXPECT_EQ(run(each).new_rows, 0U);
  script("INSERT INTO public.patients (id) SELECT 'n' || n FROM generate_series(1, 300) AS n");
  EXPECT_EQ(run(each).unsealed, 300);
  seal_all();
  const auto second = run(each);
  EXPECT_TRUE(second.is_resumed);
  EXPECT_GE(second.new_rows, 300U);
  EXPECT_EQ(second.manifest.rows, first.new_rows + second.new_rows);
  EXPECT_FALSE(verify(each).fault);
  EXPECT_TRUE(verify(each).is_complete());

  script("INSERT INTO public.patients (id) SELECT 'm' || n FROM generate_series(1, 30) AS n");
  seal_all();
  ExportJob next = each;
  next.file = folder_.path() / "next.jsonl";
  const auto third = run(next);
  EXPECT_FALSE(third.is_resumed);
  EXPECT_EQ(third.manifest.trees.at(0).first_index, second.manifest.rows);
  EXPECT_FALSE(verify(next).fault) << verify(next).fault->what;
}

TEST_F(ExportTest, WhatIsBehindTheCursorIsCutOff) {
  ExportJob each = job("cut.jsonl");
  each.cursor = folder_.path() / "cursor";
  const auto first = run(each);
  const std::string text = read(each.file);
  write(each.file, text + "{\"index\":half a li");
  write(first.proof_file, read(first.proof_file) + "xxxxx");
  run(each);
  EXPECT_EQ(read(each.file), text);
  EXPECT_FALSE(verify(each).fault);
  write(each.file, text.substr(1));
  EXPECT_EQ(error_of([&] { run(each); }).reason(), "shorter");
}

TEST_F(ExportTest, ACursorIsOfOneFilterAndOneShape) {
  ExportJob each = job("a.jsonl");
  each.cursor = folder_.path() / "cursor";
  run(each);
  ExportJob other = each;
  other.filter.source = LeafSource::change;
  EXPECT_EQ(error_of([&] { run(other); }).reason(), "filter");
  other = each;
  other.format = ExportFormat::csv;
  EXPECT_EQ(error_of([&] { run(other); }).reason(), "shape");
  each.cursor.reset();
  EXPECT_EQ(error_of([&] { run(each); }).reason(), "exists");
}

TEST_F(ExportTest, ARowThatWasAlteredStopsTheExport) {
  script(
      "SET session_replication_role = replica; ALTER TABLE pcx.change DISABLE TRIGGER USER;"
      "UPDATE pcx.change SET actor = 'nobody' WHERE row_key = 'p5'");
  const ExportJob each = job("a.jsonl");
  const auto names = [&] {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator{folder_.path()}) {
      all.push_back(entry.path().filename().string());
    }
    return all;
  };
  const auto before = names();
  const Error error = error_of([&] { run(each); });
  EXPECT_EQ(error.reason(), "altered");
  const std::string index = sql(R"(
      SELECT (count(*) - 1)::text FROM pcx.ledger AS l
       WHERE (l.segment, l.xid, l.seq) <= (SELECT c.segment, c.xid, c.seq FROM pcx.change AS c
                                            WHERE c.row_key = 'p5'))");
  EXPECT_THAT(error.what(), ::testing::HasSubstr("leaf " + index + " of tree"));
  EXPECT_THAT(names(), ::testing::UnorderedElementsAreArray(before)) << "nothing is left behind";
  ExportJob kept = each;
  kept.cursor = folder_.path() / "cursor";
  EXPECT_THAT(error_of([&] { run(kept); }).hint(), ::testing::HasSubstr("The files stay"));
  EXPECT_TRUE(fs::exists(each.file));
  EXPECT_EQ(error_of([&] { run(each); }).reason(), "exists");
  EXPECT_TRUE(fs::exists(each.file)) << "not its own";
}

TEST_F(ExportTest, ARowOfTheApplicationIsFoundWhereverItLies) {
  script("VACUUM FULL public.audit_logs");
  const ExportJob each = job("moved.jsonl");
  run(each);
  EXPECT_FALSE(verify(each).fault);
  EXPECT_TRUE(verify(each).is_complete());
}

}  // namespace
}  // namespace pcx::audit
