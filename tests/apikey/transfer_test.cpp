#include "apikey/transfer.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

using pcx::testing::error_of;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Time at(std::string_view text) { return *parse_rfc3339(text); }

TransferKey full_key() {
  TransferKey transfer;
  Key& key = transfer.key;
  key = {.id = "7Fq2vXb0Ka", .row_id = "row \"1\"", .kind = Kind::test};
  key.hash.fill(std::byte{0xab});
  key.pepper = 3;
  key.name = "laboratory\n\u00e4";
  key.scopes = {"patients:read", "no scope at all"};
  key.rate = 600;
  key.status = "revoked";
  key.owner = "42";
  key.tenant = "t1";
  key.cidrs = {"10.0.0.0/8", "2001:db8::/32"};
  key.created_at = at("2026-01-31T12:00:00.123456Z");
  key.created_by = "ann@desk";
  key.expires_at = at("2027-01-31T12:00:00Z");
  key.last_used_at = at("2026-02-01T00:00:00Z");
  key.revoked = Revocation{at("2026-03-01T00:00:00.000001Z"), "ben", "leaked"};
  key.replaced = Replacement{"0000000001", at("2026-04-01T00:00:00Z")};
  transfer.row_created_at = at("2026-01-31T12:00:00.123Z");
  transfer.row_updated_at = at("2026-03-01T00:00:00Z");
  return transfer;
}

TransferKey bare_key() {
  TransferKey transfer;
  transfer.key = {.id = "bare000000", .row_id = "2"};
  transfer.key.pepper = 3;
  transfer.key.status = "active";
  transfer.has_permissions = false;
  return transfer;
}

Transfer both() {
  return {.written_at = at("2026-05-01T00:00:00Z"),
          .peppers = {{3, "12345678"}},
          .keys = {full_key(), bare_key()}};
}

std::string heading(std::string_view keys = "1", std::string_view version = "1") {
  return "{\"pcx_apikeys\":" + std::string{version} +
         ",\"written_at\":\"2026-05-01T00:00:00Z\",\"keys\":" + std::string{keys} +
         ",\"peppers\":[{\"id\":3,\"check\":\"3132333435363738\"}]}\n";
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto found = text.find(what);
  EXPECT_NE(found, std::string::npos) << what;
  return found == std::string::npos ? text : text.replace(found, what.size(), by);
}

std::string lines_of(const std::string& keys) {
  const auto lines = split(keys, '\n');
  return lines[1] + "\n";
}

TEST(ApikeyTransfer, ReadsWhatItWrites) {
  const Transfer read = parse_transfer(to_lines(both()), "keys.jsonl");
  EXPECT_EQ(read.written_at, both().written_at);
  ASSERT_THAT(read.peppers, SizeIs(1));
  EXPECT_EQ(read.peppers[0].check, "12345678");
  ASSERT_THAT(read.keys, SizeIs(2));
  EXPECT_EQ(to_document(read.keys[0]), to_document(full_key()));
  EXPECT_EQ(to_document(read.keys[1]), to_document(bare_key()));
  EXPECT_EQ(to_lines(read), to_lines(both()));
}

TEST(ApikeyTransfer, IsOneLineForAKeyAndHasNoKeyInIt) {
  const std::string text = to_lines(both());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(text.find("pcx_live"), std::string::npos);
}

TEST(ApikeyTransfer, IgnoresMembersThatItDoesNotKnow) {
  std::string text = to_lines(both());
  text = replaced(text, "\"kind\"", "\"later\":{\"a\":[1]},\"kind\"");
  text = replaced(text, "\"permissions\"", "\"column\":1,\"permissions\"");
  text = replaced(text, "\"written_at\"", "\"by\":null,\"written_at\"");
  EXPECT_THAT(parse_transfer(text, "f").keys, SizeIs(2));
}

TEST(ApikeyTransfer, TakesAFileWithoutKeysAndWithoutALineBreakAtTheEnd) {
  EXPECT_THAT(parse_transfer(heading("0"), "f").keys, SizeIs(0));
  std::string text = to_lines(both());
  text.pop_back();
  EXPECT_THAT(parse_transfer(text, "f").keys, SizeIs(2));
}

struct BadFile {
  const char* what;
  std::string text;
  const char* message;
  int line;
  int column = 0;
  const char* reason = "";
};

// What is in the place of a member of an otherwise good key.
std::string with(std::string_view what, std::string_view by) {
  Transfer one = both();
  one.keys = {full_key()};
  return heading() + replaced(lines_of(to_lines(one)), what, by);
}

std::vector<BadFile> bad_headings() {
  const std::string key = lines_of(to_lines(both()));
  return {
      {"nothing", "", "not JSON", 1, 1},
      {"an empty line", "\n", "not JSON", 1, 1},
      {"a list", "[]\n", "the line is no JSON object", 1, 1},
      {"something else", "{\"id\":1}\n", "pcx_apikeys is missing", 1},
      {"another version", heading("1", "2") + key, "version 2", 1, 1, "version"},
      {"a version of 0", heading("1", "0") + key, "pcx_apikeys is no whole number", 1},
      {"a version in words", heading("1", "\"1\"") + key, "pcx_apikeys is no whole number", 1},
      {"fewer keys", heading("2") + key, "has 1 key, and its first line says 2", 1, 1, "truncated"},
      {"more keys", heading("0") + key, "has 1 key, and its first line says 0", 1, 1, "truncated"},
      {"no number", heading("-1") + key, "keys is no whole number from 0", 1},
      {"too many", heading("500001") + key, "keys is no whole number from 0", 1},
      {"half a check", replaced(heading(), "3132333435363738", "31323334353637"),
       "peppers[0].check is no 8 bytes", 1},
      {"a check in capitals", replaced(heading(), "3132333435363738", "AB32333435363738"),
       "peppers[0].check is no 8 bytes", 1},
      {"no check", replaced(heading(), "\"check\":\"3132333435363738\"", "\"x\":1"),
       "peppers[0].check is missing", 1},
      {"a pepper of 0", replaced(heading(), "\"id\":3", "\"id\":0"), "peppers[0].id is no whole",
       1},
      {"a pepper twice", replaced(heading(), "]}", ",{\"id\":3,\"check\":\"3132333435363738\"}]}"),
       "peppers[1].id is that of another", 1},
      {"peppers that are no list",
       replaced(heading(), "[{\"id\":3,\"check\":\"3132333435363738\"}]", "{}"),
       "peppers is no list", 1},
      {"a pepper that is no object",
       replaced(heading(), "{\"id\":3,\"check\":\"3132333435363738\"}", "3"),
       "peppers has an entry that is no object", 1},
      {"no time", replaced(heading(), "2026-05-01T00", "2026-05-41T00"), "written_at is no time",
       1},
  };
}

std::vector<BadFile> bad_keys() {
  const std::string line = lines_of(to_lines(both()));
  return {
      {"cut off within a line", heading() + line.substr(0, 40), "not JSON", 2, 41},
      {"an empty line between", heading() + "\n" + line, "not JSON", 2, 1},
      {"a member twice", with("\"kind\":", "\"id\":\"0000000000\",\"kind\":"), "occurs twice", 2,
       41},
      {"a foreign byte", with("laboratory", "\xff"), "UTF-8", 2, 446},
      {"an id of nine", with("7Fq2vXb0Ka", "7Fq2vXb0K"), "id is no id of a key", 2},
      {"no row", with("\"row_id\":\"row \\\"1\\\"\"", "\"row_id\":\"\""), "row_id is empty", 2},
      {"a kind", with("\"kind\":\"test\"", "\"kind\":\"TEST\""), "kind is none of", 2},
      {"half a digest", with("ababab", "ab"), "hash is no 32 bytes", 2},
      {"a pepper of its own", with("\"pepper\":3", "\"pepper\":4"), "pepper is not in the first",
       2},
      {"an owner that is a number", with("\"owner\":\"42\"", "\"owner\":42"), "owner is no text",
       2},
      {"NUL", with("laboratory", "\\u0000"), "row.name has a character that no table", 2},
      {"NUL in a list", with("patients:read", "\\u0000"), "row.permissions has a character", 2},
      {"a scope that is a number", with("\"patients:read\"", "1"), "row.permissions has an entry",
       2},
      {"host bits", with("10.0.0.0/8", "10.0.0.1/8"), "cidrs has '10.0.0.1/8', which is no range",
       2},
      {"addresses that are no list", with("[\"10.0.0.0/8\",\"2001:db8::/32\"]", "\"10.0.0.0/8\""),
       "cidrs is no list", 2},
      {"a time without its zone", with("12:00:00.123456Z", "12:00:00.123456"),
       "created_at is no time", 2},
      {"revoked by nobody", with("\"revoked_by\":\"ben\"", "\"revoked_by\":null"),
       "revoked_by is no text", 2},
      {"not revoked by somebody", with("\"2026-03-01T00:00:00.000001Z\"", "null"),
       "revoked_by says who revoked", 2},
      {"replaced by no id", with("0000000001", "1"), "replaced_by is no id of a key", 2},
      {"replaced without an end",
       with("\"grace_until\":\"2026-04-01T00:00:00.000000Z\"", "\"grace_until\":null"),
       "replaced_by has no grace_until", 2},
      {"no row at all", with("\"row\":", "\"column\":"), "row is missing", 2},
      {"a row that is no object", with("\"tenant\":\"t1\"", "\"tenant\":[]"), "tenant is no text",
       2},
      {"a rate of half", with("600", "0.5"), "row.rateLimit is no whole number", 2},
      {"a rate beyond integer", with("600", "2147483648"), "row.rateLimit is no whole number", 2},
      {"a status that is null", with("\"status\":\"revoked\"", "\"status\":null"),
       "row.status is no text", 2},
      {"the same id twice", heading("2") + line + line, "id is that of line 2, too", 3},
      {"the same row twice", heading("2") + line + replaced(line, "7Fq2vXb0Ka", "0000000000"),
       "row_id is that of line 2, too", 3},
      {"the same digest twice",
       heading("2") + line +
           replaced(replaced(line, "7Fq2vXb0Ka", "0000000000"), "row \\\"1\\\"", "other"),
       "hash is that of line 2, too", 3},
      {"a line that is too long", with("laboratory", std::string(70'000, 'x')), "longer than", 2},
      {"a tree that is too deep", with("\"kind\":", "\"x\":[[[[[[[[[[1]]]]]]]]]],\"kind\":"),
       "deep", 2, 52},
  };
}

void expect_refused(const BadFile& bad) {
  SCOPED_TRACE(bad.what);
  const Error error = error_of([&] { parse_transfer(bad.text, "keys.jsonl"); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(error.what(), HasSubstr(bad.message));
  EXPECT_EQ(error.location().file, "keys.jsonl");
  EXPECT_EQ(error.location().line, bad.line);
  EXPECT_EQ(error.location().column, bad.column);
  EXPECT_EQ(error.reason(), bad.reason);
}

TEST(ApikeyTransfer, RefusesABadFirstLine) {
  for (const BadFile& bad : bad_headings()) expect_refused(bad);
}

TEST(ApikeyTransfer, RefusesABadKeyAndSaysWhere) {
  for (const BadFile& bad : bad_keys()) expect_refused(bad);
}

TEST(ApikeyTransfer, WritesNoLineThatIsTooLongToBeRead) {
  Transfer transfer = both();
  transfer.keys[0].key.name = std::string(kTransferLineBytesMax, 'x');
  const Error error = error_of([&] { to_lines(transfer); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(error.what(), HasSubstr("7Fq2vXb0Ka"));
}

TEST(ApikeyTransfer, SaysTheSameWhateverItWasUsedFor) {
  TransferKey other = full_key();
  other.key.last_used_at.reset();
  other.row_updated_at = {};
  EXPECT_TRUE(is_same(full_key(), other));
  other.key.scopes.push_back("invoices:read");
  EXPECT_FALSE(is_same(full_key(), other));
  other = full_key();
  other.key.revoked.reset();
  EXPECT_FALSE(is_same(full_key(), other));
  other = full_key();
  other.has_permissions = false;
  EXPECT_FALSE(is_same(full_key(), other));
}

}  // namespace
}  // namespace pcx::apikey
