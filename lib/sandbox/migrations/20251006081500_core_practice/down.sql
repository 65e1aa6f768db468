-- Takes the first day back. Children go before their parents, so that nothing needs CASCADE.

DROP TABLE "waitlist";
DROP TABLE "time_blocks";
DROP TABLE "appointment_reminders";
DROP TABLE "appointments";

DROP TABLE "breed_information";
DROP TABLE "patient_reminders";
DROP TABLE "patient_relationships";
DROP TABLE "patients";

DROP TABLE "time_attendance";
DROP TABLE "staff_schedules";
DROP TABLE "staff";
DROP TABLE "clients";
