// Notifications as nobody would write them: every kind of character, invalid UTF-8, huge members.
#pragma once

#include <string>

#include "alert/notification.h"
#include "core/random.h"

namespace pcx::alert {

// Up to `characters_max` of ASCII, controls, quotes and markup, two to four bytes each, or bytes
// that are no UTF-8.
std::string random_text(Random& random, std::size_t characters_max);

// Of any action; in one of fifty an annotation has up to a megabyte.
Notification random_notification(Random& random);

}  // namespace pcx::alert
