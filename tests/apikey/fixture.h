// A database with a keyring, a pepper in it and the application's table api_keys.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "apikey/pepper.h"
#include "apikey/store.h"
#include "apikey/token.h"
#include "keyring/key_states.h"
#include "tests/keyring/fixture.h"

namespace pcx::apikey {

// As the application's migration makes them.
inline constexpr const char* kApplicationTables = R"(
CREATE TABLE public.api_keys (
    "id"          text         NOT NULL PRIMARY KEY,
    "name"        text         NOT NULL,
    "key"         text         NOT NULL,
    "permissions" text[],
    "rateLimit"   integer,
    "expiresAt"   timestamp(3),
    "lastUsedAt"  timestamp(3),
    "status"      text         NOT NULL DEFAULT 'active',
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX "api_keys_key_key" ON public."api_keys" ("key");
CREATE INDEX "api_keys_key_idx" ON public."api_keys" ("key");
CREATE TABLE public.api_usage_metrics (
    "id"           text         NOT NULL PRIMARY KEY,
    "apiKeyId"     text,
    "endpoint"     text         NOT NULL,
    "method"       text         NOT NULL,
    "statusCode"   integer      NOT NULL,
    "responseTime" integer      NOT NULL,
    "timestamp"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ipAddress"    text,
    "userAgent"    text,
    "error"        text
);
CREATE INDEX "api_usage_metrics_apiKeyId_idx" ON public."api_usage_metrics" ("apiKeyId");
CREATE INDEX "api_usage_metrics_timestamp_idx" ON public."api_usage_metrics" ("timestamp");
)";

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
