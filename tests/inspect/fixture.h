// A database with a keyring, some fields, and everything to look at them with: key 3 is the
// application's old one (enc:v1), key 4 of enc:v2 seals.
#pragma once

#include <string>
#include <vector>

#include "crypto/enc_v1.h"
#include "crypto/enc_v2.h"
#include "inspect/key_needs.h"
#include "inspect/verification.h"
#include "keyring/key_states.h"
#include "rotate/catalog.h"
#include "tests/keyring/fixture.h"

namespace pcx::inspect {

using fields::Field;
using keyring::Format;

class InspectFixture : public keyring::KeyringFixture {
 protected:
  void SetUp() override {
    KeyringFixture::SetUp();
    init();
    import("the application's secret");
    activate(create().id);
  }

  KeyId import(const std::string& text) {
    const keyring::Keks all = keks();
    return keyring::import_key(tools(all), Format::v1, Secret{text},
                               keyring::KeyState::decrypt_only)
        .id;
  }
  void activate(KeyId id) {
    const keyring::Keks all = keks();
    keyring::activate_key(tools(all), id);
  }

  // Values sealed with keys of the keyring, whatever their state.
  std::string v2(KeyId id, const crypto::Column& column, std::string_view row,
                 std::string_view text) {
    const keyring::Keyring keyring = open();
    return crypto::EncV2{keyring.unwrap(keyring.require(id)), id, column}.seal(row, text, random);
  }
  std::string v1(KeyId id, std::string_view text) {
    const keyring::Keyring keyring = open();
    return crypto::EncV1{crypto::EncV1::FromKey{keyring.unwrap(keyring.require(id))}}.seal(text,
                                                                                           random);
  }

  static Field field(const char* table, const char* column, const char* member = "") {
    return {.schema = "public",
            .table = table,
            .column = column,
            .member = member,
            .name = {table, member[0] == '\0' ? column : member},
            .copy = {}};
  }
  static Field copy(const Field& origin, const char* table, const char* column,
                    const char* member = "") {
    Field copied = field(table, column, member);
    copied.name = origin.name;
    copied.copy = fields::Copy{"resourceId", "resource", "Client"};
    return copied;
  }
  rotate::Heaps heaps(const std::vector<Field>& fields) {
    return rotate::read_heaps(database(), fields);
  }

  // The keys that may open, as long as it lives.
  struct Opened {
    explicit Opened(const keyring::Keyring& keyring) {
      for (const keyring::DataKey* key : keyring.openable(keyring::Purpose::field)) {
        secrets.push_back(keyring.open(key->id).clone());
      }
      std::size_t next = 0;
      for (const keyring::DataKey* key : keyring.openable(keyring::Purpose::field)) {
        keys.push_back({key->id, key->format, &secrets[next++]});
      }
    }
    std::vector<Secret> secrets;
    std::vector<fields::FieldKey> keys;
  };

  VerifyJob verify_job(const rotate::Heaps& all, const Opened& opened) {
    return {.heaps = all,
            .keys = opened.keys,
            .sample_rows = std::nullopt,
            .random = random,
            .clock = clock,
            .interrupt = interrupt,
            .connect = [this] { return connect(); },
            .on_progress = [](std::int64_t, std::int64_t) {}};
  }
  Verification verify_all(const std::vector<Field>& fields, int workers = 1,
                          std::optional<std::int64_t> sample = std::nullopt) {
    const auto all = heaps(fields);
    const Opened opened{open()};
    VerifyJob job = verify_job(all, opened);
    job.workers = workers;
    job.sample_rows = sample;
    return verify(database(), job);
  }

  // "medical_records.notes: 3 values opened by it" and so on.
  std::vector<std::string> needs(KeyId id, const std::vector<Field>& fields,
                                 bool is_profile = false) {
    const keyring::Keyring keyring = open();
    auto all = heaps(fields);
    if (is_profile) all.excuse_missing();
    const Opened opened{keyring};
    std::vector<std::string> described;
    const NeedsJob job{.keyring = keyring,
                       .key = keyring.require(id),
                       .heaps = all,
                       .verify = verify_job(all, opened),
                       .on_table = [](const std::string&, std::int64_t, std::int64_t) {}};
    for (const KeyNeed& need : find_needs(database(), job)) described.push_back(need.described());
    return described;
  }

  Interrupt interrupt;
};

}  // namespace pcx::inspect
