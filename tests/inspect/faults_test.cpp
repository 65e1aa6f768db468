// Ten thousand values that were damaged, moved, cut, sealed twice or under another key, among as
// many good ones: `verify` finds each of them and says what it is, and a rotation reseals all
// others and puts exactly these into quarantine.
#include <map>
#include <tuple>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "crypto/encoding.h"
#include "db/copy.h"
#include "rotate/rotator.h"
#include "tests/inspect/fixture.h"

namespace pcx::inspect {
namespace {

using fields::Kind;

constexpr int kRows = 10'000;
constexpr int kFaults = 10'000;
constexpr KeyId kLegacy = 3;
constexpr KeyId kOld = 4;
constexpr KeyId kTarget = 7;  // no digit is one flipped bit away from that of kOld

const crypto::Column kColumns[] = {{"clients", "ssn"}, {"clients", "iban"}, {"notes", "text"}};

struct Place {
  int row = 0;
  int column = 0;  // of kColumns
  auto operator<=>(const Place&) const = default;
};

// What a value with a flipped bit in its text is, said without reading it.
Kind kind_of_flip(const std::string& value, std::size_t at, char now) {
  const bool is_v2 = value[5] == '2';
  if (at < 5) return Kind::plaintext;
  if (at < 7) return Kind::malformed;
  // Keys 5 and 6 are there, and have not sealed it; other digits are no bit away.
  if (is_v2 && at == 7) return now == '5' || now == '6' ? Kind::not_authentic : Kind::malformed;
  if (is_v2 && at == 8) return Kind::malformed;
  const std::string_view alphabet =
      is_v2 ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t digit = alphabet.find(now);
  const bool was_digit = alphabet.find(value[at]) != std::string_view::npos;
  if (!was_digit || digit == std::string_view::npos) return Kind::malformed;
  // The last character of a part may carry bits that are no data: these have to be 0.
  const std::size_t end = is_v2 ? value.size() : value.find_first_of("=:", at);
  if (at + 1 != end && end != std::string::npos) return Kind::not_authentic;
  const std::size_t begin = is_v2 ? 9 : value.rfind(':', at) + 1;
  const std::size_t digits = std::min(end, value.size()) - begin;
  const std::size_t spare = digits % 4 == 2 ? 16 : digits % 4 == 3 ? 4 : 1;
  const bool is_last = at + 1 == std::min(end, value.size());
  return is_last && digit % spare != 0 ? Kind::malformed : Kind::not_authentic;
}

class TenThousandFaults : public InspectFixture {
 protected:
  void SetUp() override {
    InspectFixture::SetUp();
    create();
    create();
    ASSERT_EQ(create().id, kTarget);
    sql("CREATE TABLE public.clients (id text PRIMARY KEY, ssn text, iban text);"
        "CREATE TABLE public.notes (id text PRIMARY KEY, text text);");
    keyring_.emplace(open());
    for (const crypto::Column& column : kColumns) {
      old_.emplace_back(keyring_->unwrap(keyring_->require(kOld)), kOld, column);
      wrong_.emplace_back(Secret{std::string(32, 'w')}, kOld, column);
      unknown_.emplace_back(Secret{std::string(32, 'u')}, 99, column);
    }
  }

  static std::string row_name(int row) { return fmt::format("row-{:05}", row); }
  static std::string text_of(const Place& place) {
    return fmt::format("text {} of {}", place.column, row_name(place.row));
  }
  static bool is_legacy(const Place& place) { return place.row % 2 == 0; }
  bool flip_a_coin() { return choice_.below(2) == 0; }

  std::string seal_v1(std::string_view text, const Secret& key) {
    return crypto::EncV1{crypto::EncV1::FromKey{key.clone()}}.seal(text, random);
  }
  std::string good(const Place& place) {
    if (is_legacy(place)) return seal_v1(text_of(place), legacy());
    return old_[static_cast<std::size_t>(place.column)].seal(row_name(place.row), text_of(place),
                                                             random);
  }
  const Secret& legacy() {
    if (legacy_.empty()) legacy_ = keyring_->unwrap(keyring_->require(kLegacy));
    return legacy_;
  }

  std::pair<std::string, Kind> flipped(const Place& place) {
    const std::string value = good(place);
    std::string damaged = value;
    const auto at = static_cast<std::size_t>(choice_.below(value.size()));
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << choice_.below(7)));
    return {damaged, kind_of_flip(value, at, damaged[at])};
  }

  // A flipped bit in what the text stands for: nonce, ciphertext or tag.
  std::pair<std::string, Kind> flipped_inside(const Place& place) {
    const std::string value = good(place);
    const auto parts =
        is_legacy(place) ? std::vector<std::pair<std::size_t, std::size_t>>{{7, 16},
                                                                            {24, 24},
                                                                            {49, value.size() - 49}}
                         : std::vector<std::pair<std::size_t, std::size_t>>{{9, value.size() - 9}};
    const auto [begin, size] = parts[choice_.below(parts.size())];
    const std::string part = value.substr(begin, size);
    std::string bytes =
        is_legacy(place) ? crypto::from_base64(part).value() : crypto::from_base64url(part).value();
    const auto at = static_cast<std::size_t>(choice_.below(bytes.size()));
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << choice_.below(8)));
    const std::string text = is_legacy(place) ? crypto::to_base64(crypto::bytes_of(bytes))
                                              : crypto::to_base64url(crypto::bytes_of(bytes));
    return {value.substr(0, begin) + text + value.substr(begin + size), Kind::not_authentic};
  }

  std::pair<std::string, Kind> short_tag(const Place& place) {
    const std::string value = good(place);
    const auto bytes = choice_.below(16);
    if (is_legacy(place)) {
      const auto tag = crypto::from_base64(value.substr(24, 24)).value().substr(0, bytes);
      return {value.substr(0, 24) + crypto::to_base64(crypto::bytes_of(tag)) + value.substr(48),
              Kind::malformed};
    }
    // Of an empty text: nothing but nonce and tag, of which some bytes are missing.
    const auto empty =
        old_[static_cast<std::size_t>(place.column)].seal(row_name(place.row), "", random);
    const auto data = crypto::from_base64url(empty.substr(9)).value().substr(0, 12 + bytes);
    return {empty.substr(0, 9) + crypto::to_base64url(crypto::bytes_of(data)), Kind::malformed};
  }

  std::pair<std::string, Kind> sealed_twice(const Place& place) {
    const std::string inner = good(place);
    if (flip_a_coin()) return {seal_v1(inner, legacy()), Kind::double_encrypted};
    return {old_[static_cast<std::size_t>(place.column)].seal(row_name(place.row), inner, random),
            Kind::double_encrypted};
  }

  // The value of another row, another column, another table: enc:v1 could not tell.
  std::pair<std::string, Kind> moved(const Place& place) {
    Place origin = place;
    if (flip_a_coin()) {
      origin.row = (place.row + 1 + static_cast<int>(choice_.below(kRows - 1))) % kRows;
    } else {
      origin.column = (place.column + 1 + static_cast<int>(choice_.below(2))) % 3;
    }
    return {old_[static_cast<std::size_t>(origin.column)].seal(row_name(origin.row),
                                                               text_of(origin), random),
            Kind::not_authentic};
  }

  std::pair<std::string, Kind> wrong_key(const Place& place) {
    const auto column = static_cast<std::size_t>(place.column);
    if (is_legacy(place)) {
      return {seal_v1(text_of(place), Secret{std::string(32, 'w')}), Kind::not_authentic};
    }
    if (flip_a_coin()) {
      return {wrong_[column].seal(row_name(place.row), text_of(place), random),
              Kind::not_authentic};
    }
    return {unknown_[column].seal(row_name(place.row), text_of(place), random), Kind::unknown_key};
  }

  std::pair<std::string, Kind> fault(const Place& place) {
    switch (choice_.below(6)) {
      case 0: return flipped(place);
      case 1: return flipped_inside(place);
      case 2: return short_tag(place);
      case 3: return sealed_twice(place);
      case 4: return moved(place);
      default: return wrong_key(place);
    }
  }

  void choose_places() {
    while (expected_.size() < kFaults) {
      expected_.emplace(
          Place{static_cast<int>(choice_.below(kRows)), static_cast<int>(choice_.below(3))},
          Kind::empty);
    }
  }

  std::string value_for(const Place& place) {
    const auto bad = expected_.find(place);
    if (bad == expected_.end()) return good(place);
    auto [value, kind] = fault(place);
    bad->second = kind;
    return value;
  }

  void fill(const char* table, const std::vector<std::string>& columns, int first_column) {
    db::Transaction tx = database().begin();
    std::vector<std::string> names = columns;
    names.insert(names.begin(), "id");
    db::CopyIn copy{tx, "public", table, names};
    for (int row = 0; row < kRows; ++row) {
      copy.field(row_name(row));
      for (std::size_t i = 0; i < columns.size(); ++i) {
        copy.field(value_for({row, first_column + static_cast<int>(i)}));
      }
      copy.end_row();
    }
    copy.finish();
    tx.commit();
  }

  std::vector<Field> all_fields() const {
    return {field("clients", "ssn"), field("clients", "iban"), field("notes", "text")};
  }

  // (field, row, kind), of what was seeded.
  using Found = std::tuple<std::string, std::string, std::string>;
  std::vector<Found> seeded() const {
    std::vector<Found> all;
    for (const auto& [place, kind] : expected_) {
      const auto& column = kColumns[static_cast<std::size_t>(place.column)];
      all.emplace_back(column.table + "." + column.column, row_name(place.row), to_string(kind));
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  // What is in one of them only, one a line.
  std::vector<std::string> differences(const std::vector<Found>& found) const {
    const auto wanted = seeded();
    std::vector<Found> only;
    std::set_symmetric_difference(found.begin(), found.end(), wanted.begin(), wanted.end(),
                                  std::back_inserter(only));
    std::vector<std::string> lines;
    for (const auto& [field, row, kind] : only) lines.push_back(field + " " + row + " " + kind);
    return lines;
  }

  void rotate_to_target() {
    activate(kTarget);
    const keyring::Keyring keyring = open();
    const Opened opened{keyring};
    const auto target = std::find_if(opened.keys.begin(), opened.keys.end(),
                                     [](const auto& key) { return key.id == kTarget; });
    const rotate::ResealKeys keys{opened.keys, *target};
    const auto ready = heaps(all_fields()).heaps;
    db::Transaction tx = database().begin();
    const auto rotation = rotate::insert_rotation(tx, {.target_key = kTarget}, ready);
    tx.commit();
    SystemClock system_clock;
    const rotate::Job job{.rotation = rotation,
                          .heaps = ready,
                          .keys = keys,
                          .random = random,
                          .clock = system_clock,
                          .interrupt = interrupt,
                          .throw_if_stopped = [] {},
                          .name = "test",
                          .connect = [this] { return connect(); },
                          .on_window = [](const rotate::WindowReport&) {},
                          .on_wait = [](const std::string&) {}};
    rotate::RotatorOptions options{.settle = std::chrono::milliseconds{0}};
    options.on_progress = [](const rotate::RotationProgress&) {};
    options.on_phase = [](const std::string&) {};
    options.finish = [&](const rotate::RotationReport& report) {
      db::Transaction done = database().begin();
      rotate::finish_rotation(done, rotation, report.is_complete());
      done.commit();
    };
    rotate::run_rotation(database(), job, options);
  }

  std::vector<Found> quarantined() {
    std::vector<Found> all;
    for (const db::Row row : database().query(
             {"test.quarantined",
              "SELECT table_name || '.' || column_name, row_key[1], kind FROM pcx.quarantine"})) {
      all.emplace_back(row[0].as<std::string>(), row[1].as<std::string>(),
                       row[2].as<std::string>());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  // Every good value is under the target key now, and says what it said.
  void expect_resealed(const char* table, int column) {
    db::Query query{"test.read"};
    query.sql("SELECT id, ").identifier(kColumns[column].column).sql(" FROM ");
    query.identifier("public", table).sql(" ORDER BY id");
    crypto::EncV2 opening{keyring_->unwrap(keyring_->require(kTarget)), kTarget, kColumns[column]};
    int row_number = 0;
    for (const db::Row row : database().query(query)) {
      const Place place{row_number++, column};
      if (expected_.contains(place)) continue;
      const auto opened =
          opening.open(row[0].as<std::string_view>(), row[1].as<std::string_view>());
      ASSERT_EQ(opened.verdict, crypto::Verdict::authentic) << table << " " << place.row;
      ASSERT_EQ(opened.plaintext.reveal_text(), text_of(place));
    }
    EXPECT_EQ(row_number, kRows);
  }

 private:
  SeededRandom choice_{20'261'128};
  std::map<Place, Kind> expected_;
  std::optional<keyring::Keyring> keyring_;
  Secret legacy_;
  std::vector<crypto::EncV2> old_;
  std::vector<crypto::EncV2> wrong_;
  std::vector<crypto::EncV2> unknown_;
};

TEST_F(TenThousandFaults, AreFoundAndLeftAloneWhileAllElseIsRotated) {
  choose_places();
  fill("clients", {"ssn", "iban"}, 0);
  fill("notes", {"text"}, 2);

  const Verification verification = verify_all(all_fields(), 2);
  EXPECT_EQ(verification.verdict(), Verdict::failed);
  EXPECT_EQ(verification.findings_left_out, 0);
  std::vector<Found> found;
  for (const BadValue& bad : verification.findings) {
    found.emplace_back(bad.field, bad.row_key.at(0), to_string(bad.kind));
  }
  std::sort(found.begin(), found.end());
  ASSERT_EQ(found.size(), std::size_t{kFaults});
  EXPECT_THAT(differences(found), ::testing::IsEmpty());

  rotate_to_target();
  EXPECT_THAT(differences(quarantined()), ::testing::IsEmpty());
  expect_resealed("clients", 0);
  expect_resealed("clients", 1);
  expect_resealed("notes", 2);
  const auto keys = verify_all(all_fields()).keys();
  EXPECT_EQ(keys.at({kTarget, Format::v2}), 3 * kRows - kFaults);
}

}  // namespace
}  // namespace pcx::inspect
