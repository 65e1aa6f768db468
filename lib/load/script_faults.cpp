#include "load/script_faults.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::load {

namespace {

auto order_of(const Fault& fault) {
  return std::tie(fault.place.line, fault.place.column, fault.rule, fault.message);
}

}  // namespace

const char* to_string(Fault::Level level) noexcept {
  switch (level) {
    case Fault::Level::refused: return "refused";
    case Fault::Level::fault: return "fault";
    case Fault::Level::differs: return "differs";
  }
  return "unknown";
}

void Faults::add(Fault fault) { faults_.push_back(std::move(fault)); }

void Faults::refuse(std::string rule, const Location& place, std::string message,
                    std::string hint) {
  add({Fault::Level::refused, std::move(rule), place, std::move(message), std::move(hint)});
}

void Faults::fault(std::string rule, const Location& place, std::string message, std::string hint) {
  add({Fault::Level::fault, std::move(rule), place, std::move(message), std::move(hint)});
}

void Faults::differs(std::string rule, const Location& place, std::string message,
                     std::string hint) {
  add({Fault::Level::differs, std::move(rule), place, std::move(message), std::move(hint)});
}

bool Faults::has(const std::string& rule) const {
  return std::ranges::any_of(faults_, [&](const Fault& fault) { return fault.rule == rule; });
}

void Faults::know(const std::string& file, std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<int>& widths = widths_[file];
  widths.assign(1, 0);
  for (const char c : text) {
    if (c == '\n') {
      widths.push_back(0);
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
      ++widths.back();
    }
  }
}

void Faults::keep_inside(Location& place) const {
  const auto known = widths_.find(place.file);
  if (known == widths_.end() || place.line < 1) return;
  const auto line = static_cast<std::size_t>(place.line - 1);
  if (line < known->second.size()) place.column = std::min(place.column, known->second[line] + 1);
}

std::vector<Fault> Faults::take() {
  for (Fault& fault : faults_) keep_inside(fault.place);
  std::ranges::stable_sort(faults_, {}, order_of);
  // A value that is used at several places (an alias) is read as often, and said once.
  const auto is_same = [](const Fault& a, const Fault& b) { return order_of(a) == order_of(b); };
  faults_.erase(std::unique(faults_.begin(), faults_.end(), is_same), faults_.end());

  std::vector<Fault> kept;
  std::map<std::string, std::pair<std::size_t, std::set<int>>> said;  // where in `kept`, lines
  for (Fault& fault : faults_) {
    if (fault.level == Fault::Level::differs) {
      const auto [place, is_new] = said.try_emplace(fault.rule, kept.size(), std::set<int>{});
      place->second.second.insert(fault.place.line);
      if (!is_new) continue;
    }
    kept.push_back(std::move(fault));
  }
  for (const auto& [rule, place] : said) {
    const auto more = static_cast<long long>(place.second.size()) - 1;
    if (more == 0) continue;
    kept[place.first].hint += fmt::format(" So in {}.", counted(more, "other line"));
  }
  faults_.clear();
  return kept;
}

}  // namespace pcx::load
