// The tables that samples are written to, and the columns that each row gives, in this order. What
// is not named keeps the default of the schema.
#pragma once

#include <cstddef>
#include <string_view>

namespace pcx::sandbox {

enum class TableId : std::size_t {
  tenants,
  clients,
  staff,
  staff_schedules,
  time_attendance,
  time_blocks,
  continuing_education,
  performance_reviews,
  users,
  refresh_tokens,
  patients,
  patient_relationships,
  patient_reminders,
  breed_information,
  client_portal_access,
  loyalty_programs,
  loyalty_transactions,
  appointments,
  appointment_reminders,
  waitlist,
  medications,
  drug_interactions,
  compounding_formulas,
  controlled_substance_logs,
  medical_records,
  medical_record_shares,
  prescriptions,
  clinical_templates,
  lab_tests,
  external_lab_integrations,
  quality_control_records,
  inventory_items,
  purchase_orders,
  purchase_order_items,
  equipment,
  equipment_maintenance,
  estimates,
  estimate_line_items,
  invoices,
  invoice_line_items,
  payments,
  refunds,
  payment_plans,
  payment_plan_installments,
  insurance_claims,
  communications,
  client_feedback,
  surveys,
  survey_responses,
  client_segments,
  marketing_campaigns,
  social_media_posts,
  documents,
  document_signatures,
  document_templates,
  document_workflows,
  webhook_subscriptions,
  webhook_deliveries,
  push_subscriptions,
  policies,
  policy_acknowledgments,
  compliance_incidents,
  regulatory_updates,
  report_templates,
  report_schedules,
  data_import_jobs,
  workflow_templates,
  workflow_executions,
  workflow_execution_steps,
  api_keys,
  api_usage_metrics,
  audit_logs,
};

struct SampleTable {
  std::string_view name;
  std::string_view columns;  // separated by ", "

  constexpr int column_count() const {
    int count = 1;
    for (const char character : columns) count += character == ',' ? 1 : 0;
    return count;
  }
};

// In the order of TableId.
inline constexpr SampleTable kSampleTables[] = {
    {"tenants", "id, name, slug, createdAt, updatedAt"},
    {"clients",
     "id, firstName, lastName, email, phone, alternatePhone, address, city, state, "
     "zipCode, emergencyContact, emergencyPhone, preferredContact, status, deletedAt, "
     "version, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"staff",
     "id, firstName, lastName, email, phone, role, specialization, licenseNumber, "
     "licenseExpiry, employmentType, hireDate, terminationDate, status, version, "
     "createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"staff_schedules",
     "id, staffId, dayOfWeek, startTime, endTime, effectiveFrom, createdBy, updatedBy, "
     "tenantId"},
    {"time_attendance",
     "id, staffId, clockIn, clockOut, breakStart, breakEnd, totalHours, overtimeHours, "
     "status, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"time_blocks",
     "id, staffId, blockType, title, startTime, endTime, recurring, recurrenceRule, "
     "createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"continuing_education",
     "id, staffId, courseTitle, provider, courseDate, completionDate, credits, category, "
     "status, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"performance_reviews",
     "id, staffId, reviewPeriodStart, reviewPeriodEnd, reviewDate, reviewedBy, "
     "overallRating, ratings, status, createdAt, updatedAt, createdBy, updatedBy, "
     "tenantId"},
    {"users",
     "id, email, passwordHash, role, firstName, lastName, staffId, lastLoginAt, "
     "loginAttempts, lockedUntil, createdAt, updatedAt, tenantId"},
    {"refresh_tokens",
     "id, userId, tokenHash, expiresAt, revokedAt, createdByIp, userAgent, createdAt"},
    {"patients",
     "id, name, species, breed, dateOfBirth, gender, color, weight, microchipId, "
     "insuranceProvider, insurancePolicy, status, ownerId, deletedAt, version, createdAt, "
     "updatedAt, createdBy, updatedBy, tenantId"},
    {"patient_relationships",
     "id, patientId, relatedPatientId, relationshipType, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"patient_reminders",
     "id, patientId, reminderType, reminderDate, description, recurring, frequency, "
     "status, completedAt, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"breed_information",
     "id, breed, species, commonHealthIssues, careGuidelines, averageLifespan, "
     "temperament, createdAt, updatedAt"},
    {"client_portal_access",
     "id, clientId, email, passwordHash, twoFactorEnabled, lastLoginAt, loginAttempts, "
     "status, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"loyalty_programs",
     "id, clientId, pointsBalance, tier, lifetimePoints, lifetimeSpending, joinDate, "
     "lastActivityDate, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"loyalty_transactions",
     "id, loyaltyProgramId, transactionType, points, description, transactionDate, "
     "createdBy, updatedBy, tenantId"},
    {"appointments",
     "id, patientId, clientId, appointmentType, startTime, endTime, status, reason, "
     "notes, veterinarianId, roomId, deletedAt, version, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"appointment_reminders",
     "id, appointmentId, reminderType, reminderTime, sent, sentAt, createdAt"},
    {"waitlist",
     "id, patientId, clientId, appointmentType, preferredDate, preferredTime, priority, "
     "urgency, reason, status, notifiedAt, bookedAt, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"medications",
     "id, name, genericName, category, dosageForm, strength, manufacturer, ndcCode, "
     "controlled, controlSchedule, createdAt, updatedAt"},
    {"drug_interactions",
     "id, medication1Id, medication2Id, severity, description, recommendation, createdAt, "
     "updatedAt"},
    {"compounding_formulas",
     "id, name, description, ingredients, instructions, stabilityPeriod, "
     "storageConditions, usageCount, createdAt, updatedAt, createdBy, updatedBy, "
     "tenantId"},
    {"controlled_substance_logs",
     "id, medicationId, action, quantity, unit, prescriptionId, patientId, performedBy, "
     "witnessedBy, reason, timestamp, createdBy, updatedBy, tenantId"},
    {"medical_records",
     "id, patientId, visitDate, chiefComplaint, diagnosis, treatment, notes, "
     "veterinarianId, vitalSigns, deletedAt, version, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"medical_record_shares",
     "id, medicalRecordId, sharedWith, sharedBy, shareType, accessLevel, expiresAt, "
     "accessedAt, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"prescriptions",
     "id, patientId, medicationId, dosage, frequency, duration, instructions, "
     "refillsAllowed, refillsUsed, prescribedBy, prescribedDate, expirationDate, status, "
     "version, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"clinical_templates",
     "id, name, category, template, specialty, usageCount, createdAt, updatedAt, "
     "createdBy, updatedBy, tenantId"},
    {"lab_tests",
     "id, patientId, testType, testName, orderedBy, orderedDate, labType, "
     "externalLabName, status, sampleId, collectionDate, completedDate, results, "
     "interpretation, urgency, version, createdAt, updatedAt, createdBy, updatedBy, "
     "tenantId"},
    {"external_lab_integrations",
     "id, labName, apiEndpoint, integrationStatus, supportedTests, lastSyncAt, createdAt, "
     "updatedAt, createdBy, updatedBy, tenantId"},
    {"quality_control_records",
     "id, equipmentId, testType, controlType, controlDate, expectedValue, actualValue, "
     "acceptable, performedBy, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"inventory_items",
     "id, itemType, name, sku, category, medicationId, quantityOnHand, minimumQuantity, "
     "reorderPoint, unitCost, sellingPrice, supplier, expirationDate, lotNumber, "
     "location, status, deletedAt, version, createdAt, updatedAt, createdBy, updatedBy, "
     "tenantId"},
    {"purchase_orders",
     "id, poNumber, vendor, orderDate, expectedDate, receivedDate, status, subtotal, tax, "
     "shipping, total, approvedBy, approvedAt, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"purchase_order_items",
     "id, purchaseOrderId, itemType, itemId, description, quantityOrdered, "
     "quantityReceived, unitCost, total, status"},
    {"equipment",
     "id, name, category, manufacturer, serialNumber, purchaseDate, purchasePrice, "
     "warrantyExpiration, location, status, createdAt, updatedAt, createdBy, updatedBy, "
     "tenantId"},
    {"equipment_maintenance",
     "id, equipmentId, maintenanceType, scheduledDate, completedDate, vendor, cost, "
     "status, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"estimates",
     "id, estimateNumber, clientId, patientId, title, subtotal, tax, total, validUntil, "
     "status, approvedAt, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"estimate_line_items", "id, estimateId, description, quantity, unitPrice, total, itemType"},
    {"invoices",
     "id, invoiceNumber, clientId, invoiceDate, dueDate, subtotal, tax, discount, total, "
     "status, notes, deletedAt, version, createdAt, updatedAt, createdBy, updatedBy, "
     "tenantId"},
    {"invoice_line_items",
     "id, invoiceId, description, quantity, unitPrice, total, itemType, itemId"},
    {"payments",
     "id, invoiceId, amount, paymentMethod, paymentDate, transactionId, status, "
     "createdAt, createdBy, updatedBy, tenantId"},
    {"refunds",
     "id, refundNumber, invoiceId, paymentId, clientId, amount, reason, refundMethod, "
     "processedBy, status, requestedDate, processedDate, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"payment_plans",
     "id, clientId, invoiceId, totalAmount, downPayment, remainingBalance, "
     "installmentAmount, installmentFrequency, numberOfInstallments, startDate, "
     "nextPaymentDate, status, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"payment_plan_installments",
     "id, paymentPlanId, installmentNumber, dueDate, amount, paidAmount, paidDate, "
     "status"},
    {"insurance_claims",
     "id, claimNumber, patientId, clientId, insuranceProvider, policyNumber, claimDate, "
     "serviceDate, diagnosisCodes, claimAmount, approvedAmount, paidAmount, status, "
     "submittedDate, processedDate, paidDate, denialReason, createdAt, updatedAt, "
     "createdBy, updatedBy, tenantId"},
    {"communications",
     "id, clientId, type, direction, subject, message, sentAt, deliveredAt, readAt, "
     "status, createdAt, createdBy, updatedBy, tenantId"},
    {"client_feedback",
     "id, clientId, feedbackType, rating, comment, relatedType, relatedId, npsScore, "
     "status, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"surveys",
     "id, title, description, questions, status, publishedAt, createdAt, updatedAt, "
     "createdBy, updatedBy, tenantId"},
    {"survey_responses",
     "id, surveyId, clientId, answers, submittedAt, createdBy, updatedBy, tenantId"},
    {"client_segments",
     "id, name, description, criteria, clientCount, lastCalculatedAt, createdAt, "
     "updatedAt, createdBy, updatedBy, tenantId"},
    {"marketing_campaigns",
     "id, name, campaignType, channel, startDate, endDate, content, status, createdAt, "
     "updatedAt, createdBy, updatedBy, tenantId"},
    {"social_media_posts",
     "id, platform, content, publishedAt, status, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"documents",
     "id, title, category, fileUrl, fileName, fileSize, mimeType, relatedType, relatedId, "
     "uploadedBy, uploadedAt, tags, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"document_signatures",
     "id, documentId, signerId, signerName, signerEmail, signatureData, signedAt, "
     "ipAddress, createdAt, createdBy, updatedBy, tenantId"},
    {"document_templates",
     "id, name, category, template, usageCount, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"document_workflows",
     "id, documentId, workflowName, currentStep, totalSteps, steps, status, completedAt, "
     "createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"webhook_subscriptions", "id, name, url, events, secret, active, createdAt, updatedAt"},
    {"webhook_deliveries",
     "id, webhookId, event, payload, status, statusCode, errorMessage, attempt, "
     "deliveredAt, createdAt, updatedAt"},
    {"push_subscriptions",
     "id, userId, endpoint, keys, deviceType, createdAt, updatedAt, createdBy, updatedBy, "
     "tenantId"},
    {"policies",
     "id, title, category, content, version, effectiveDate, reviewDate, createdAt, "
     "updatedAt, createdBy, updatedBy, tenantId"},
    {"policy_acknowledgments",
     "id, policyId, userId, acknowledgedAt, ipAddress, createdBy, updatedBy, tenantId"},
    {"compliance_incidents",
     "id, incidentType, severity, description, dateOccurred, reportedBy, reportedDate, "
     "status, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"regulatory_updates",
     "id, title, category, description, effectiveDate, impact, status, createdAt, "
     "updatedAt"},
    {"report_templates",
     "id, name, reportType, category, configuration, isPublic, usageCount, createdAt, "
     "updatedAt, createdBy, updatedBy, tenantId"},
    {"report_schedules",
     "id, reportTemplateId, name, frequency, schedule, recipients, lastRunAt, nextRunAt, "
     "createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"data_import_jobs",
     "id, jobType, fileName, fileUrl, totalRecords, processedRecords, successCount, "
     "errorCount, status, startedAt, completedAt, createdAt, updatedAt, createdBy, "
     "updatedBy, tenantId"},
    {"workflow_templates",
     "id, name, category, triggerType, triggerConfig, actions, usageCount, createdAt, "
     "updatedAt, createdBy, updatedBy, tenantId"},
    {"workflow_executions",
     "id, templateId, workflowName, triggerType, triggerData, status, startedAt, "
     "completedAt, error, createdAt, updatedAt, createdBy, updatedBy, tenantId"},
    {"workflow_execution_steps",
     "id, executionId, actionId, actionType, actionName, actionConfig, status, error, "
     "startedAt, completedAt, createdAt, updatedAt"},
    {"api_keys",
     "id, name, key, permissions, rateLimit, expiresAt, lastUsedAt, status, createdAt, "
     "updatedAt"},
    {"api_usage_metrics",
     "id, apiKeyId, endpoint, method, statusCode, responseTime, timestamp, ipAddress, "
     "userAgent, error"},
    {"audit_logs",
     "id, userId, action, resource, resourceId, changes, metadata, ipAddress, userAgent, "
     "timestamp, tenantId"},
};

constexpr const SampleTable& table_of(TableId id) {
  return kSampleTables[static_cast<std::size_t>(id)];
}
static_assert(table_of(TableId::audit_logs).name == "audit_logs", "one list is longer");

}  // namespace pcx::sandbox
