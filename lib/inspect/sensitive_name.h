// Names of columns that make one expect a value that has to be encrypted. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pcx::inspect {

// "creditCardNumber", "credit_card_number", "CREDIT-CARD" -> credit, card, number.
std::vector<std::string> words_of(std::string_view name);

// Numbers of persons, cards, accounts and papers, and passwords: "ssn", "ownerSSN", "credit_card".
// Not what only says something about one: "cardType", "ssn_last4", "passwordHash", "cardId".
bool is_sensitive_name(std::string_view name);

}  // namespace pcx::inspect
