// A database with medical records as the application writes them, their copies in the audit trail,
// a keyring, and what every value says.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/clock.h"
#include "core/environment.h"
#include "core/random.h"
#include "crypto/enc_v1.h"
#include "db/copy.h"
#include "db/database.h"
#include "db/schema.h"
#include "db/script.h"
#include "db/target.h"
#include "fields/profile.h"
#include "fields/reader.h"
#include "keyring/init.h"
#include "keyring/key_states.h"
#include "keyring/make_keys.h"
#include "rotate/catalog.h"
#include "rotate/preflight.h"
#include "rotate/resealer.h"
#include "tests/support/rsa_key.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {

inline constexpr std::array kColumns = {"chiefComplaint", "diagnosis", "treatment", "notes"};
using Texts = std::array<std::optional<std::string>, 4>;  // of one record
using Plaintexts = std::map<std::string, Texts>;          // by id

class Clinic {
 public:
  static constexpr const char* kSecret = "clinic-field-encryption-key";

  // In an empty database at `url`; the keyring has key `legacy`, the application's, and `fresh`,
  // which is active.
  Clinic(const std::string& url, std::size_t records) : url_(url) {
    db::Database database = connect();
    db::run_script(database, kTables, "clinic");
    db::upgrade_schema(database);
    make_keys(database);
    fill(database, records);
  }

  // The same in a copy of the database.
  Clinic at(const std::string& url) const {
    Clinic copy = *this;
    copy.url_ = url;
    return copy;
  }

  const std::string& url() const { return url_; }
  db::Database connect() const { return db::Database{db::parse_target(url_), {}}; }
  const Plaintexts& written() const { return written_; }
  keyring::KeyId legacy = 0;
  keyring::KeyId fresh = 0;

  keyring::Keyring open_keyring() const {
    db::Database database = connect();
    SystemRandom random;
    return keyring::open_keyring(database, {}, {environment_, random});
  }
  // As `pcx key create` and `pcx key activate`; the new key's id.
  keyring::KeyId activate_another() const {
    db::Database database = connect();
    const keyring::Keks keks = load(database);
    const auto key = keyring::create_key(tools(database, keks), keyring::Purpose::field);
    return keyring::activate_key(tools(database, keks), key.id).key.id;
  }

  // The application's next FIELD_ENCRYPTION_KEY; it becomes the active key.
  keyring::KeyId import_pending(const std::string& secret) const {
    db::Database database = connect();
    const keyring::Keks keks = load(database);
    const auto key =
        keyring::import_key(tools(database, keks), keyring::Format::v1,
                            Secret{std::string_view{secret}}, keyring::KeyState::pending);
    return keyring::activate_key(tools(database, keks), key.id).key.id;
  }

  // The guide's ENCRYPTION_KEY, 64 hexadecimal digits.
  keyring::KeyId import_guide_key(const std::string& hex) const {
    db::Database database = connect();
    const keyring::Keks keks = load(database);
    return keyring::import_key(tools(database, keks), keyring::Format::json,
                               Secret{std::string_view{hex}}, keyring::KeyState::decrypt_only)
        .id;
  }

  // What all records of the table say; throws std::runtime_error for a value that does not open.
  Plaintexts read(const std::string& url) const {
    db::Database database{db::parse_target(url), {}};
    const Keys keys{open_keyring()};
    std::vector<fields::Reader> readers;
    for (const char* column : kColumns) readers.emplace_back(name(column), keys.keys());
    Plaintexts read;
    db::Transaction tx = database.begin(db::Access::read_only);
    db::copy_out(tx, kReadAll, [&](const db::CopyRow& row) {
      Texts& texts = read[std::string{*row[0]}];
      for (std::size_t i = 0; i < kColumns.size(); ++i) {
        texts[i] = open(readers[i], std::string{*row[0]}, row[i + 1]);
      }
    });
    return read;
  }
  Plaintexts read() const { return read(url_); }

  // Opened keys, for a Reader or a Resealer.
  class Keys {
   public:
    explicit Keys(const keyring::Keyring& keyring) {
      const auto openable = keyring.openable(keyring::Purpose::field);
      secrets_.reserve(openable.size());
      for (const keyring::DataKey* key : openable) {
        secrets_.push_back(keyring.open(key->id));
        keys_.push_back({key->id, key->format, &secrets_.back()});
      }
    }
    const std::vector<fields::FieldKey>& keys() const { return keys_; }
    rotate::ResealKeys to(keyring::KeyId target) const {
      for (const auto& key : keys_) {
        if (key.id == target) return {keys_, key};
      }
      throw std::runtime_error{"no such key"};
    }

   private:
    std::vector<Secret> secrets_;
    std::vector<fields::FieldKey> keys_;
  };

  static crypto::Column name(const char* column) { return {"medical_records", column}; }
  std::vector<rotate::Heap> heaps() const {
    db::Database database = connect();
    return rotate::rotatable(rotate::read_heaps(database, fields::purple_cross()));
  }
  // Sealed as the application does.
  static std::string seal(std::string_view text) {
    SystemRandom random;
    return crypto::EncV1{Secret{std::string_view{kSecret}}}.seal(text, random);
  }

 private:
  static constexpr const char* kTables = R"(
    CREATE TABLE public.medical_records (
        id text PRIMARY KEY, "patientId" text NOT NULL, "chiefComplaint" text NOT NULL,
        diagnosis text NOT NULL, treatment text NOT NULL, notes text,
        version int NOT NULL DEFAULT 1);
    CREATE INDEX ON public.medical_records ("patientId");
    CREATE TABLE public.audit_logs (
        id text PRIMARY KEY, resource text NOT NULL, "resourceId" text, changes jsonb);)";
  static constexpr db::Statement kReadAll = {
      "clinic.read",
      "SELECT id, \"chiefComplaint\", diagnosis, treatment, notes FROM public.medical_records"};

  static std::optional<std::string> open(fields::Reader& reader, const std::string& id,
                                         const std::optional<std::string_view>& value) {
    if (!value) return std::nullopt;
    if (value->empty()) return "";
    const fields::Reading reading = reader.read(id, *value);
    if (reading.kind == fields::Kind::authentic)
      return std::string{reading.plaintext.reveal_text()};
    throw std::runtime_error{fmt::format("{}: {}", id, fields::to_string(reading.kind))};
  }

  keyring::ChangeTools tools(db::Database& database, const keyring::Keks& keks) const {
    return {database, keks, clock_, random_,
            [](const db::Deed& deed) { return db::deed_query({.os_user = "ann"}, deed); }};
  }
  keyring::Keks load(db::Database& database) const {
    return keyring::load_keks(keyring::require_rows(database), {}, {environment_, random_});
  }

  void make_keys(db::Database& database) {
    const keyring::KekTools kek{environment_, random_};
    keyring::init_keyring(
        {database, kek, clock_, random_,
         [](const db::Deed& deed) { return db::deed_query({.os_user = "ann"}, deed); },
         testing::known_rsa_key},
        {keyring::KekSource::Provider::file, (folder_->path() / "kek").string()},
        folder_->path() / "safe.pem");
    const keyring::Keks keks = load(database);
    legacy = keyring::import_key(tools(database, keks), keyring::Format::v1,
                                 Secret{std::string_view{kSecret}}, keyring::KeyState::decrypt_only)
                 .id;
    fresh = activate_another();
  }

  Texts texts_of(std::size_t record) {
    const auto text = [&](const char* what, std::size_t length) {
      return fmt::format("{} of {}: {}", what, record, std::string(length, 'x'));
    };
    Texts texts = {text("complaint", random_.below(60)), text("diagnosis", random_.below(90)),
                   text("treatment", random_.below(120)), text("notes", random_.below(120))};
    if (record % 5 == 0) texts[3] = std::nullopt;
    if (record % 7 == 0) texts[2] = "";
    return texts;
  }

  void fill(db::Database& database, std::size_t records) {
    crypto::EncV1 cipher{Secret{std::string_view{kSecret}}};
    const auto sealed = [&](const std::optional<std::string>& text) -> std::optional<std::string> {
      if (!text || text->empty()) return text;
      return cipher.seal(*text, random_);
    };
    db::Transaction tx = database.begin();
    db::CopyIn copy{tx,
                    "public",
                    "medical_records",
                    {"id", "patientId", "chiefComplaint", "diagnosis", "treatment", "notes"}};
    for (std::size_t i = 0; i < records; ++i) {
      const std::string id = uuid_v4(random_);
      const Texts texts = texts_of(i);
      written_[id] = texts;
      const std::string patient = fmt::format("patient-{}", random_.below(records));
      const Texts row = {sealed(texts[0]), sealed(texts[1]), sealed(texts[2]), sealed(texts[3])};
      for (const std::string* text : {&id, &patient}) copy.field(*text);
      for (const auto& text : row) text ? copy.field(*text) : copy.field_null();
      copy.end_row();
    }
    copy.finish();
    tx.commit();
    db::run_script(database, kAudit, "clinic");
  }

  // What the application's audit extension writes: a copy of what it sent.
  static constexpr const char* kAudit = R"(
    INSERT INTO public.audit_logs
    SELECT 'a-' || id, 'MedicalRecord', id,
           jsonb_build_object('diagnosis', diagnosis, 'treatment', treatment, 'notes', notes,
                              'version', jsonb_build_object('increment', 1))
      FROM public.medical_records WHERE version = 1 ORDER BY id LIMIT 2000;
    INSERT INTO public.audit_logs VALUES ('other', 'Client', 'c1', '{"diagnosis": "enc:v1:x"}');
    ANALYZE;)";

  std::string url_;
  std::shared_ptr<TemporaryFolder> folder_ = std::make_shared<TemporaryFolder>();
  MapEnvironment environment_{{{"PATH", "/usr/bin:/bin"}}};
  mutable SystemRandom random_;
  mutable SystemClock clock_;
  Plaintexts written_;
};

}  // namespace pcx::testing
