// Random questions about the trail, each as an expression and as SQL that was written another way:
// over one view of both sources, with literals, regular expressions and JSON paths instead of
// parameters, LIKE and operators, and with every NULL made false where it arises.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::audit {

struct RandomQuestion {
  std::string expression;
  std::string condition;  // over the view below, `v`
};

// The view `reference`: src (1 app, 2 trigger), record, "user", action, resource, id, tenant,
// correlation, address, ip (inet), agent, op, relation, success, changes, metadata, texts, at, seq.
extern const std::string_view kAddressFunction;  // what it needs
extern const std::string_view kReferenceView;

class RandomQuestions {
 public:
  explicit RandomQuestions(unsigned long seed) : dice_(seed) {}

  RandomQuestion next() { return any(3); }
  // Anything: bytes, and expressions with something wrong in them.
  std::string garbage();

  std::size_t below(std::size_t limit) { return dice_() % limit; }
  bool once_in(std::size_t count) { return below(count) == 0; }
  const std::string& of(const std::vector<std::string>& all) { return all[below(all.size())]; }

 private:
  RandomQuestion any(int depth);
  RandomQuestion term();
  RandomQuestion column_term();
  RandomQuestion choice_term();
  RandomQuestion address_term();
  RandomQuestion time_term();
  RandomQuestion path_term();
  RandomQuestion path_comparison(const std::string& document, const std::vector<std::string>& path);
  RandomQuestion free_text();

  struct RandomValue {
    std::string text;  // as it stands in an expression
    std::string test;  // with {} for what is tested
  };
  RandomValue value(const std::vector<std::string>& pool);
  std::string spelt(const std::string& piece);

  std::mt19937_64 dice_;
};

// What rows and questions are made of: among it quotes, SQL, patterns, control characters.
extern const std::vector<std::string> kHostileTexts;
extern const std::vector<std::string> kUsers, kActions, kResources, kIds, kTenants, kCorrelations,
    kAddresses, kAgents, kRelations, kDocuments;

}  // namespace pcx::audit
