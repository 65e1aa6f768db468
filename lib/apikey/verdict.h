// Whether a key may do what a request asks for: the answer to one request. Pure.
//
// Asked in this order, the first that does not hold is the answer: what the text alone says,
// whether there is such a key, whether it is taken now (apikey/key.h), whether it is from where it
// may come, whether it may do what it wants to.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "apikey/cidr.h"
#include "apikey/key.h"
#include "apikey/scope.h"

namespace pcx::apikey {

enum class Code {
  valid,
  not_found,           // there is no such key, or the text cannot be one
  expired,             //
  revoked,             // also: by the application's status, or its grace is over
  ip_denied,           // from an address that it may not be used from, or from none that is known
  insufficient_scope,  // it may not do what is wanted
  bad_checksum,        // begins as a key of pcx and is none
};
// "INSUFFICIENT_SCOPE": stable, for programs.
const char* to_string(Code code) noexcept;

// A key with its lists read once, for many requests. What cannot be read grants nothing: a key
// whose ranges are all damaged is used from nowhere. Ranges behind the first kCidrsMax admit
// nobody.
struct PreparedKey {
  Key key;
  std::vector<Scope> scopes;
  std::vector<Cidr> ranges;
};
PreparedKey prepare(Key key);

struct Request {
  std::string_view key;            // as it was presented; not kept
  std::optional<Address> address;  // of the client; std::nullopt: not known
  std::span<const Scope> wanted;   // all of them; none: that it is a good key is enough
};

struct Verdict {
  Code code = Code::not_found;
  std::shared_ptr<const PreparedKey>
      key;  // whom the request is from; nullptr: nobody that is known
  // Of `key`, for each wanted scope the granted one that matches it; up to the first that is
  // denied.
  std::vector<const Scope*> rules;
  const Cidr* range = nullptr;  // of `key`: the one that admitted the address
  bool from_cache = false;      // the database was not asked

  bool is_valid() const noexcept { return code == Code::valid; }
};

// What the text alone says: longer than kPresentedBytesMax, or empty, which may stand in a column
// and is no key; std::nullopt: it has to be looked up.
std::optional<Code> refused_unseen(std::string_view key) noexcept;

// Whether a text may be compared with keys that stand in plain in a table: not what pcx writes in
// their place or in place of a digest, since whoever has read the table knows that; not what no
// text of PostgreSQL holds. Keys of pcx are never in plain, and should not be in a log of the
// server with the parameters of a slow statement, as the others may be.
bool may_be_in_plain(std::string_view key) noexcept;

// The rest of the questions, about a key that was found. `now` is the clock of whoever asks: expiry
// and grace end at their instant by that.
Verdict judge(std::shared_ptr<const PreparedKey> key, const Request& request, Time now);

}  // namespace pcx::apikey
