#include "audit/model_table.h"

#include <algorithm>
#include <array>

namespace pcx::audit {

namespace {

struct ModelTable {
  std::string_view model;
  std::string_view table;
};

// By model.
constexpr std::array<ModelTable, 54> kModels{{
    {"Appointment", "appointments"},
    {"Client", "clients"},
    {"ClientFeedback", "client_feedback"},
    {"ClientPortalAccess", "client_portal_access"},
    {"ClientSegment", "client_segments"},
    {"ClinicalTemplate", "clinical_templates"},
    {"Communication", "communications"},
    {"ComplianceIncident", "compliance_incidents"},
    {"CompoundingFormula", "compounding_formulas"},
    {"ContinuingEducation", "continuing_education"},
    {"ControlledSubstanceLog", "controlled_substance_logs"},
    {"DataImportJob", "data_import_jobs"},
    {"Document", "documents"},
    {"DocumentSignature", "document_signatures"},
    {"DocumentTemplate", "document_templates"},
    {"DocumentWorkflow", "document_workflows"},
    {"Equipment", "equipment"},
    {"EquipmentMaintenance", "equipment_maintenance"},
    {"Estimate", "estimates"},
    {"ExternalLabIntegration", "external_lab_integrations"},
    {"InsuranceClaim", "insurance_claims"},
    {"InventoryItem", "inventory_items"},
    {"Invoice", "invoices"},
    {"LabTest", "lab_tests"},
    {"LoyaltyProgram", "loyalty_programs"},
    {"LoyaltyTransaction", "loyalty_transactions"},
    {"MarketingCampaign", "marketing_campaigns"},
    {"MedicalRecord", "medical_records"},
    {"MedicalRecordShare", "medical_record_shares"},
    {"Patient", "patients"},
    {"PatientRelationship", "patient_relationships"},
    {"PatientReminder", "patient_reminders"},
    {"Payment", "payments"},
    {"PaymentPlan", "payment_plans"},
    {"PerformanceReview", "performance_reviews"},
    {"Policy", "policies"},
    {"PolicyAcknowledgment", "policy_acknowledgments"},
    {"Prescription", "prescriptions"},
    {"PurchaseOrder", "purchase_orders"},
    {"PushSubscription", "push_subscriptions"},
    {"QualityControlRecord", "quality_control_records"},
    {"Refund", "refunds"},
    {"ReportSchedule", "report_schedules"},
    {"ReportTemplate", "report_templates"},
    {"SocialMediaPost", "social_media_posts"},
    {"Staff", "staff"},
    {"StaffSchedule", "staff_schedules"},
    {"Survey", "surveys"},
    {"SurveyResponse", "survey_responses"},
    {"TimeAttendance", "time_attendance"},
    {"TimeBlock", "time_blocks"},
    {"Waitlist", "waitlist"},
    {"WorkflowExecution", "workflow_executions"},
    {"WorkflowTemplate", "workflow_templates"},
}};

}  // namespace

std::string_view table_of_model(std::string_view model) noexcept {
  const auto found = std::ranges::lower_bound(kModels, model, {}, &ModelTable::model);
  return found != kModels.end() && found->model == model ? found->table : std::string_view{};
}

std::string_view model_of_table(std::string_view table) noexcept {
  const auto found = std::ranges::find(kModels, table, &ModelTable::table);
  return found == kModels.end() ? std::string_view{} : found->model;
}

}  // namespace pcx::audit
