// Invented names, addresses and words, for the functions of Artillery's fake-data plugin that
// public scripts use. Theirs come from faker with its thousands of words; these are fewer, of the
// same shape.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"

namespace pcx::load {

enum class Fake {
  email,
  full_name,
  first_name,
  last_name,
  user_name,
  password,
  uuid,
  phone_number,
  city,
  country,
  street_address,
  zip_code,
  company_name,
  number,
  boolean,
  url,
  ip_address,
  word,
  sentence,
  paragraph,
  job_title,
  color,
  product_name,
};

// By the name behind the "$": "internetEmail", "randEmail".
std::optional<Fake> find_fake(std::string_view name);
std::vector<std::string> fake_names();

void append_fake(Fake fake, Random& random, std::string& out);

}  // namespace pcx::load
