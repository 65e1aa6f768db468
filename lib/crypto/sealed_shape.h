// Whether a text holds an encrypted value of the application: as a whole, in a sentence, in JSON,
// or HTML-escaped as the application escapes whatever its clients write back. Nothing is opened;
// it needs no key. Pure.
//
// One of these is it, at any place of the text:
//
//   enc:v1   "enc:v1:", 16 characters (a nonce of 12 bytes), ":", 22 characters and up to two "="
//            (a tag of 16 bytes), ":". Both alphabets of base64 count; data may follow or not.
//   enc:v2   "enc:v2:", a key id of 1 to 10 digits that begins with none of 0, ":", at least 38
//            characters of base64url (nonce, tag and no data).
//   guide's  members "encrypted" with an even number of hexadecimal digits, "iv" with 32 and "tag"
//            with 32, in any order. Their quotes may stand behind backslashes: JSON inside of JSON.
//
// "/" may be written "&#x2F;" and a quote "&quot;", also with their "&" escaped again, however
// often: each time that a client writes a text back. Whatever is shorter, as "enc:v1:" in prose or
// a value that was cut in its nonce or tag, is none: nothing can be opened of that.
#pragma once

#include <string_view>

namespace pcx::crypto {

// In time linear in the text. Where it has no colon, which few texts have, in that of one search
// for a byte.
bool holds_sealed_value(std::string_view text);

}  // namespace pcx::crypto
