// A database with a keyring, a pepper in it and the application's table api_keys.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "apikey/pepper.h"
#include "apikey/store.h"
#include "apikey/token.h"
#include "keyring/key_states.h"
#include "tests/apikey/application_tables.h"
#include "tests/keyring/fixture.h"

namespace pcx::apikey {

class ApikeyFixture : public keyring::KeyringFixture {
 protected:
  void SetUp() override {
    KeyringFixture::SetUp();
    sql(kApplicationTables);
    init();
    make_pepper();
  }

  keyring::KeyId make_pepper() {
    const keyring::KeyId id = create(keyring::Purpose::pepper).id;
    const keyring::Keks all = keks();
    activate_key(tools(all), id);
    return id;
  }
  std::vector<Pepper> peppers() { return peppers_of(open()); }

  // A key that is good for ever and everything, as the row says.
  Token insert(NewKey key = {}) {
    Token token = generate_token(key.kind, random);
    key.id = token.id;
    if (key.row_id.empty()) key.row_id = "row-" + token.id;
    if (key.name.empty()) key.name = "a key";
    if (key.created_by.empty()) key.created_by = "ann";
    Hashers hashers{peppers()};
    key.hash = hashers.hash(token.text.reveal_text());
    db::Transaction tx = database().begin();
    insert_key(tx, key);
    tx.commit();
    return token;
  }
};

}  // namespace pcx::apikey
