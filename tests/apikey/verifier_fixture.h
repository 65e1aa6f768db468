// A verifier on a database of its own, with a clock that stands still.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apikey/verifier.h"
#include "tests/apikey/fixture.h"

namespace pcx::apikey {

class VerifierFixture : public ApikeyFixture {
 protected:
  void SetUp() override {
    ApikeyFixture::SetUp();
    session_.emplace(connect());
    make_verifier();
  }
  void TearDown() override { verifier_.reset(); }

  // With the peppers that there are now.
  void make_verifier(VerifierOptions options = {}) {
    verifier_.reset();
    verifier_ = std::make_unique<Verifier>(
        VerifierTools{.database = *session_, .cache = cache, .usage = &usage, .clock = clock},
        peppers(), std::move(options));
  }
  Verdict verify(std::string_view key) { return verifier_->verify({.key = key, .address = {}}); }
  Verdict verify(const Token& token) { return verify(token.text.reveal_text()); }

  void revoke(const std::string& id) {
    db::Transaction tx = database().begin();
    revoke_keys(tx, {id}, "ann", "leaked");
    tx.commit();
  }
  // The clock, to an instant of the server's.
  void set_clock(Time instant) { clock.advance(instant - clock.wall_now()); }
  std::string text(const std::string& query) {
    db::run_script(database(),
                   "CREATE OR REPLACE VIEW public.asked AS SELECT (" + query + ")::text AS t",
                   "test");
    return db::nullable<std::string>(
               database().query({"test.ask", "SELECT t FROM public.asked"}).one()["t"])
        .value_or("");
  }
  db::Database& session() { return *session_; }

  KeyCache cache;
  std::vector<std::string> usage_failures;
  Usage usage{clock, {.on_failure = [this](const Error& error) {
                usage_failures.push_back(error.what());
              }}};

 private:
  std::optional<db::Database> session_;
  std::unique_ptr<Verifier> verifier_;
};

}  // namespace pcx::apikey
