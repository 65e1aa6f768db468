// OpenSSL's keys of two halves, owned; private to this folder.
#pragma once

#include <memory>

struct evp_pkey_st;

namespace pcx::crypto {

struct FreePkey {
  void operator()(evp_pkey_st* key) const noexcept;
};
using Pkey = std::unique_ptr<evp_pkey_st, FreePkey>;

}  // namespace pcx::crypto
