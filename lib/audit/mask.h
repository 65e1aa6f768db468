// What of a value nobody is shown: ciphertexts, and digests of them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace pcx::audit {

// `text` with each encrypted value in it, wherever it stands and however often its client has
// escaped it, as ‹encrypted v1› or ‹encrypted 4› (the id of its key), and each keyed digest of
// captured columns as the same, or ‹digest› where the value was no ciphertext. What remains of a
// value that was cut off counts, too, down to 16 characters. JSON stays JSON.
std::string masked(std::string_view text);

}  // namespace pcx::audit
