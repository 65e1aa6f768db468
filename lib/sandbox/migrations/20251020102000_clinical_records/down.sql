-- Takes medicines, records and laboratory back.

DROP TABLE "quality_control_records";
DROP TABLE "external_lab_integrations";
DROP TABLE "lab_tests";

DROP TABLE "clinical_templates";
DROP TABLE "prescriptions";
DROP TABLE "medical_record_shares";
DROP TABLE "medical_records";

DROP TABLE "controlled_substance_logs";
DROP TABLE "compounding_formulas";
DROP TABLE "drug_interactions";
DROP TABLE "medications";
