// Models of the application, as its audit_logs name them, and their tables in schema public: those
// that its audit extension watches (single creates, updates and deletes of what is deleted softly).
#pragma once

#include <string_view>

namespace pcx::audit {

// "medical_records" of "MedicalRecord"; empty for a model that is not watched.
std::string_view table_of_model(std::string_view model) noexcept;

// And back; empty for a table whose changes the application never logs.
std::string_view model_of_table(std::string_view table) noexcept;

}  // namespace pcx::audit
