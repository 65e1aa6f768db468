#include "load/fake_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "core/ascii.h"

namespace pcx::load {

namespace {

using Words = std::array<std::string_view, 16>;

struct Name {
  std::string_view name;
  std::string_view old_name;  // of the plugin's first version
  Fake fake;
};

constexpr Name kNames[] = {
    {"internetEmail", "randEmail", Fake::email},
    {"personFullName", "randFullName", Fake::full_name},
    {"personFirstName", "randFirstName", Fake::first_name},
    {"personLastName", "randLastName", Fake::last_name},
    {"internetUsername", "randUserName", Fake::user_name},
    {"internetPassword", "randPassword", Fake::password},
    {"stringUuid", "randUuid", Fake::uuid},
    {"phoneNumber", "randPhoneNumber", Fake::phone_number},
    {"locationCity", "randCity", Fake::city},
    {"locationCountry", "randCountry", Fake::country},
    {"locationStreetAddress", "randStreetAddress", Fake::street_address},
    {"locationZipCode", "randZipCode", Fake::zip_code},
    {"companyName", "randCompanyName", Fake::company_name},
    {"numberInt", "randNumber", Fake::number},
    {"datatypeBoolean", "randBoolean", Fake::boolean},
    {"internetUrl", "randUrl", Fake::url},
    {"internetIpv4", "randIp", Fake::ip_address},
    {"loremWord", "randWord", Fake::word},
    {"loremSentence", "randSentence", Fake::sentence},
    {"loremParagraph", "randParagraph", Fake::paragraph},
    {"loremText", "randText", Fake::paragraph},
    {"personJobTitle", "randJobTitle", Fake::job_title},
    {"colorHuman", "randColor", Fake::color},
    {"commerceProductName", "randProductName", Fake::product_name},
};

constexpr Words kFirstNames = {"Ada",   "Ben",  "Clara", "David", "Elena", "Frank",
                               "Grace", "Hugo", "Irene", "Jack",  "Karen", "Liam",
                               "Maria", "Noah", "Olga",  "Paul"};
constexpr Words kLastNames = {"Adams",  "Baker", "Carter", "Diaz",  "Evans",  "Fischer",
                              "Garcia", "Hill",  "Ivanov", "Jones", "Keller", "Lopez",
                              "Moore",  "Nolan", "Olsen",  "Parker"};
constexpr Words kCities = {"Ashford",  "Brookfield", "Clayton", "Dover",    "Easton", "Fairview",
                           "Georgia",  "Hamilton",   "Irving",  "Jackson",  "Kent",   "Lincoln",
                           "Marshall", "Newport",    "Oxford",  "Princeton"};
constexpr Words kCountries = {"Argentina", "Belgium", "Canada", "Denmark",    "Estonia", "Finland",
                              "Greece",    "Hungary", "Italy",  "Japan",      "Kenya",   "Latvia",
                              "Mexico",    "Norway",  "Oman",   "Switzerland"};
constexpr Words kStreets = {"Oak Street",   "Maple Avenue", "Cedar Lane", "Pine Road",
                            "Elm Street",   "Birch Way",    "Mill Lane",  "Park Avenue",
                            "Church Road",  "High Street",  "Lake Drive", "Hill Road",
                            "River Street", "Station Road", "North Road", "Garden Lane"};
constexpr Words kJobs = {"Accountant", "Baker",   "Chemist",    "Designer",
                         "Engineer",   "Farmer",  "Geologist",  "Jeweler",
                         "Lawyer",     "Manager", "Nurse",      "Operator",
                         "Painter",    "Surgeon", "Technician", "Veterinarian"};
constexpr Words kColors = {"amber",  "azure", "black", "blue",  "coral", "cyan",   "gold", "green",
                           "indigo", "ivory", "lime",  "olive", "pink",  "purple", "teal", "white"};
constexpr Words kThings = {"Ball",     "Bike",  "Bowl",  "Chair",  "Collar", "Hat",
                           "Keyboard", "Lamp",  "Mouse", "Shirt",  "Shoes",  "Soap",
                           "Table",    "Towel", "Watch", "Whistle"};
constexpr Words kWords = {"lorem",      "ipsum",  "dolor",  "sit",    "amet",   "tempor",
                          "incididunt", "ut",     "labore", "magna",  "aliqua", "enim",
                          "minim",      "veniam", "quis",   "nostrud"};

std::string_view one_of(const Words& words, Random& random) {
  return words[random.below(words.size())];
}

void append_number(std::uint64_t number, std::string& out) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_digits(int count, Random& random, std::string& out) {
  for (int i = 0; i < count; ++i) out += static_cast<char>('0' + random.below(10));
}

void append_user_name(Random& random, std::string& out) {
  out += to_lower_ascii(one_of(kFirstNames, random));
  out += '.';
  out += to_lower_ascii(one_of(kLastNames, random));
  append_digits(4, random, out);
}

void append_password(Random& random, std::string& out) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  for (int i = 0; i < 15; ++i) out += kLetters[random.below(kLetters.size())];
}

void append_uuid(Random& random, std::string& out) { out += uuid_v4(random); }

void append_sentence(Random& random, std::string& out) {
  const std::size_t begin = out.size();
  for (std::uint64_t words = 4 + random.below(7); words > 0; --words) {
    out.append(one_of(kWords, random)).append(words > 1 ? " " : ".");
  }
  out[begin] = static_cast<char>(out[begin] - 32);  // all words begin with a small letter
}

void append_paragraph(Random& random, std::string& out) {
  for (int sentences = 3; sentences > 0; --sentences) {
    append_sentence(random, out);
    if (sentences > 1) out += ' ';
  }
}

void append_person(Fake fake, Random& random, std::string& out) {
  if (fake != Fake::last_name) out += one_of(kFirstNames, random);
  if (fake == Fake::full_name) out += ' ';
  if (fake != Fake::first_name) out += one_of(kLastNames, random);
}

void append_phone_number(Random& random, std::string& out) {
  out += "555-";
  append_digits(3, random, out);
  out += '-';
  append_digits(4, random, out);
}

void append_ip_address(Random& random, std::string& out) {
  for (int part = 0; part < 4; ++part) {
    if (part > 0) out += '.';
    append_number(random.below(256), out);
  }
}

void append_url(Random& random, std::string& out) {
  out.append("https://").append(one_of(kWords, random)).append("-");
  out.append(one_of(kWords, random)).append(".example.com/");
}

}  // namespace

std::optional<Fake> find_fake(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kNames, [name](const Name& known) { return known.name == name || known.old_name == name; });
  return found == std::end(kNames) ? std::nullopt : std::optional{found->fake};
}

std::vector<std::string> fake_names() {
  std::vector<std::string> names;
  for (const Name& known : kNames) names.emplace_back(known.name);
  return names;
}

void append_fake(Fake fake, Random& random, std::string& out) {
  switch (fake) {
    case Fake::email:
      append_user_name(random, out);
      out += "@example.com";
      return;
    case Fake::full_name:
    case Fake::first_name:
    case Fake::last_name: return append_person(fake, random, out);
    case Fake::user_name: return append_user_name(random, out);
    case Fake::password: return append_password(random, out);
    case Fake::uuid: return append_uuid(random, out);
    case Fake::phone_number: return append_phone_number(random, out);
    case Fake::city: out += one_of(kCities, random); return;
    case Fake::country: out += one_of(kCountries, random); return;
    case Fake::street_address:
      append_number(1 + random.below(999), out);
      out.append(" ").append(one_of(kStreets, random));
      return;
    case Fake::zip_code: return append_digits(5, random, out);
    case Fake::company_name: out.append(one_of(kLastNames, random)).append(" Inc"); return;
    case Fake::number: return append_number(random.below(std::uint64_t{1} << 53), out);
    case Fake::boolean: out += random.below(2) == 0 ? "false" : "true"; return;
    case Fake::url: return append_url(random, out);
    case Fake::ip_address: return append_ip_address(random, out);
    case Fake::word: out += one_of(kWords, random); return;
    case Fake::sentence: return append_sentence(random, out);
    case Fake::paragraph: return append_paragraph(random, out);
    case Fake::job_title: out += one_of(kJobs, random); return;
    case Fake::color: out += one_of(kColors, random); return;
    case Fake::product_name:
      out.append(one_of(kColors, random)).append(" ").append(one_of(kThings, random));
      return;
  }
}

}  // namespace pcx::load
