// Listens for changes of keys and tells a cache of them: a revoked key is refused as soon as the
// server has told, not when its time in the cache is over.
//
// With a thread and a session of its own. While the session is lost the cache starts empty and
// keeps what it reads for its `ttl`, as without a listener. A change that the application makes by
// itself (its own UPDATE of api_keys) is not told, and neither is one to a server that only reads:
// a verifier that asks a replica may read what is older than what it was told.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "apikey/key_cache.h"
#include "core/backoff.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "db/listen.h"

namespace pcx::apikey {

// Called in the listener's thread; must not throw.
struct ListenerEvents {
  std::function<void()> on_listening = {};                     // again, after the session was lost
  std::function<void(const Error&)> on_lost = {};              // empty: a warning in the log
  std::function<void(const std::string& id)> on_changed = {};  // the cache has forgotten it
};

struct ListenerOptions {
  db::ConnectOptions connect{.application_name = "pcx apikey listener"};
  BackoffPolicy backoff{.first_delay = std::chrono::milliseconds{100}};
  ListenerEvents events = {};
};

class ChangeListener {
 public:
  // Listens when it returns. `target`, `cache` and `random` outlive it; `random` is used by its
  // thread. Throws as db::Database does, and Error{unsafe_connection} behind a transaction pooler,
  // where nobody can listen.
  ChangeListener(const db::Target& target, KeyCache& cache, Random& random,
                 ListenerOptions options = {});
  ChangeListener(const ChangeListener&) = delete;
  ChangeListener& operator=(const ChangeListener&) = delete;
  // Stops at once, whatever the thread waits for.
  ~ChangeListener();

 private:
  void connect();
  void run();
  void hear();  // until stopped, or throws
  void lose(const Error& error);
  void pause(int number);

  const db::Target& target_;
  KeyCache& cache_;
  Random& random_;
  const ListenerOptions options_;
  Interrupt stop_;
  const InterruptWatch watch_{&stop_};
  std::optional<db::Database> database_;
  std::optional<db::Listener> listener_;  // after the database: it stops listening first
  std::thread thread_;
};

}  // namespace pcx::apikey
