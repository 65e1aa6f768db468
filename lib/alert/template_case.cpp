#include "alert/template_case.h"

#include <algorithm>

#include "core/text.h"

namespace pcx::alert {

namespace {

// Lower-case letters from `first` to `last`, each second one when `step` is 2, and how far away
// their upper case is.
struct CaseRange {
  char32_t first;
  char32_t last;
  int step;
  int to_upper;
};

// Source: UnicodeData.txt, simple case mappings.
constexpr CaseRange kRanges[] = {
    {U'a', U'z', 1, -32},   {0xe0, 0xf6, 1, -32},    {0xf8, 0xfe, 1, -32},
    {0xff, 0xff, 1, 121},   {0x101, 0x12f, 2, -1},   {0x133, 0x137, 2, -1},
    {0x13a, 0x148, 2, -1},  {0x14b, 0x177, 2, -1},   {0x17a, 0x17e, 2, -1},
    {0x1ce, 0x1dc, 2, -1},  {0x1df, 0x1ef, 2, -1},   {0x1f9, 0x21f, 2, -1},
    {0x223, 0x233, 2, -1},  {0x3ac, 0x3ac, 1, -38},  {0x3ad, 0x3af, 1, -37},
    {0x3b1, 0x3c1, 1, -32}, {0x3c3, 0x3cb, 1, -32},  {0x3cc, 0x3cc, 1, -64},
    {0x3cd, 0x3ce, 1, -63}, {0x430, 0x44f, 1, -32},  {0x450, 0x45f, 1, -80},
    {0x461, 0x481, 2, -1},  {0x48b, 0x4bf, 2, -1},   {0x4c2, 0x4ce, 2, -1},
    {0x4d1, 0x52f, 2, -1},  {0x1e01, 0x1e95, 2, -1}, {0x1ea1, 0x1eff, 2, -1},
};

bool has(const CaseRange& range, char32_t letter) {
  return letter >= range.first && letter <= range.last &&
         (letter - range.first) % static_cast<char32_t>(range.step) == 0;
}

char32_t moved(char32_t letter, int by) {
  return static_cast<char32_t>(static_cast<std::int32_t>(letter) + by);
}

// Letters whose upper case is that of another one have no way back: dotless i, long s, final sigma,
// micro sign.
char32_t upper_of(char32_t letter) {
  switch (letter) {
    case 0x131: return U'I';
    case 0x17f: return U'S';
    case 0x3c2: return 0x3a3;
    case 0xb5: return 0x39c;
    default: break;
  }
  const auto found = std::ranges::find_if(kRanges, [&](const auto& r) { return has(r, letter); });
  return found == std::end(kRanges) ? letter : moved(letter, found->to_upper);
}

char32_t lower_of(char32_t letter) {
  if (letter == 0x130) return U'i';
  if (letter == 0x1e9e) return 0xdf;
  const auto found = std::ranges::find_if(
      kRanges, [&](const auto& r) { return has(r, moved(letter, -r.to_upper)); });
  return found == std::end(kRanges) ? letter : moved(letter, -found->to_upper);
}

bool ends_word(char32_t letter) {
  if (letter < 0x80) {
    const bool is_word = (letter >= U'0' && letter <= U'9') || letter == U'_' ||
                         (letter >= U'a' && letter <= U'z') || (letter >= U'A' && letter <= U'Z');
    return !is_word;
  }
  return letter == 0x85 || letter == 0xa0 || letter == 0x1680 ||
         (letter >= 0x2000 && letter <= 0x200a) || letter == 0x2028 || letter == 0x2029 ||
         letter == 0x202f || letter == 0x205f || letter == 0x3000;
}

// All letters here are below U+10000.
void append(std::string& text, char32_t letter) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (letter < 0x80) {
    text += byte(letter);
  } else if (letter < 0x800) {
    text += {byte(0xc0 | letter >> 6), byte(0x80 | (letter & 0x3f))};
  } else {
    text += {byte(0xe0 | letter >> 12), byte(0x80 | (letter >> 6 & 0x3f)),
             byte(0x80 | (letter & 0x3f))};
  }
}

template <typename Change>
std::string changed(std::string_view text, Change change) {
  std::string made;
  while (!text.empty()) {
    const CodePoint at = first_code_point(text);
    const char32_t letter = at.bytes == 0 ? U'\0' : change(at.value);
    const std::size_t bytes = std::max(at.bytes, std::size_t{1});
    if (at.bytes == 0 || letter == at.value) {
      made += text.substr(0, bytes);
    } else {
      append(made, letter);
    }
    text.remove_prefix(bytes);
  }
  return made;
}

}  // namespace

std::string to_upper(std::string_view text) { return changed(text, upper_of); }

std::string to_lower(std::string_view text) { return changed(text, lower_of); }

std::string to_title(std::string_view text) {
  bool is_first = true;
  return changed(text, [&is_first](char32_t letter) {
    const char32_t made = is_first ? upper_of(letter) : letter;
    is_first = ends_word(letter);
    return made;
  });
}

}  // namespace pcx::alert
