// Under which key a receiver knows the incident that an alert belongs to.
#pragma once

#include <string>

#include "alert/notification.h"

namespace pcx::alert {

// As notification.h says: the alert's own key, its id, or that of its group;
// kDedupKeyBytesMax at most.
std::string incident_key(const Alert& alert, const std::string& alert_id, const Route& route);

}  // namespace pcx::alert
