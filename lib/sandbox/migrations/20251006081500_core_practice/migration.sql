-- The practice on its first day: who works here, who comes, with which animal, and when.

-- People ----------------------------------------------------------------------

CREATE TABLE "clients" (
    "id"               text         NOT NULL,
    "firstName"        text         NOT NULL,
    "lastName"         text         NOT NULL,
    "email"            text         NOT NULL,
    "phone"            text         NOT NULL,
    "alternatePhone"   text,
    "address"          text         NOT NULL,
    "city"             text         NOT NULL,
    "state"            text         NOT NULL,
    "zipCode"          text         NOT NULL,
    "emergencyContact" text,
    "emergencyPhone"   text,
    "preferredContact" text         NOT NULL DEFAULT 'email',
    "status"           text         NOT NULL DEFAULT 'active',
    "createdAt"        timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3) NOT NULL,
    CONSTRAINT "clients_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "clients_email_key" ON "clients" ("email");
CREATE INDEX "clients_email_idx" ON "clients" ("email");
CREATE INDEX "clients_phone_idx" ON "clients" ("phone");

CREATE TABLE "staff" (
    "id"              text         NOT NULL,
    "firstName"       text         NOT NULL,
    "lastName"        text         NOT NULL,
    "email"           text         NOT NULL,
    "phone"           text         NOT NULL,
    "role"            text         NOT NULL,
    "specialization"  text,
    "licenseNumber"   text,
    "licenseExpiry"   timestamp(3),
    "employmentType"  text         NOT NULL,
    "hireDate"        timestamp(3) NOT NULL,
    "terminationDate" timestamp(3),
    "status"          text         NOT NULL DEFAULT 'active',
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    CONSTRAINT "staff_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "staff_email_key" ON "staff" ("email");
CREATE INDEX "staff_email_idx" ON "staff" ("email");
CREATE INDEX "staff_role_idx" ON "staff" ("role");

CREATE TABLE "staff_schedules" (
    "id"            text         NOT NULL,
    "staffId"       text         NOT NULL,
    "dayOfWeek"     integer      NOT NULL,
    "startTime"     text         NOT NULL,
    "endTime"       text         NOT NULL,
    "effectiveFrom" timestamp(3) NOT NULL,
    "effectiveTo"   timestamp(3),
    CONSTRAINT "staff_schedules_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "staff_schedules_staffId_fkey" FOREIGN KEY ("staffId")
        REFERENCES "staff" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "staff_schedules_staffId_idx" ON "staff_schedules" ("staffId");

CREATE TABLE "time_attendance" (
    "id"            text             NOT NULL,
    "staffId"       text             NOT NULL,
    "clockIn"       timestamp(3)     NOT NULL,
    "clockOut"      timestamp(3),
    "breakStart"    timestamp(3),
    "breakEnd"      timestamp(3),
    "totalHours"    double precision,
    "overtimeHours" double precision,
    "status"        text             NOT NULL DEFAULT 'active',
    "notes"         text,
    "createdAt"     timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3)     NOT NULL,
    CONSTRAINT "time_attendance_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "time_attendance_staffId_idx" ON "time_attendance" ("staffId");
CREATE INDEX "time_attendance_clockIn_idx" ON "time_attendance" ("clockIn");

-- Animals ---------------------------------------------------------------------

CREATE TABLE "patients" (
    "id"                text             NOT NULL,
    "name"              text             NOT NULL,
    "species"           text             NOT NULL,
    "breed"             text,
    "dateOfBirth"       timestamp(3)     NOT NULL,
    "gender"            text             NOT NULL,
    "color"             text,
    "weight"            double precision,
    "microchipId"       text,
    "insuranceProvider" text,
    "insurancePolicy"   text,
    "status"            text             NOT NULL DEFAULT 'active',
    "ownerId"           text             NOT NULL,
    "createdAt"         timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3)     NOT NULL,
    CONSTRAINT "patients_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "patients_ownerId_fkey" FOREIGN KEY ("ownerId")
        REFERENCES "clients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "patients_microchipId_key" ON "patients" ("microchipId");
CREATE INDEX "patients_microchipId_idx" ON "patients" ("microchipId");
CREATE INDEX "patients_ownerId_idx" ON "patients" ("ownerId");

CREATE TABLE "patient_relationships" (
    "id"               text         NOT NULL,
    "patientId"        text         NOT NULL,
    "relatedPatientId" text         NOT NULL,
    "relationshipType" text         NOT NULL,
    "notes"            text,
    "createdAt"        timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3) NOT NULL,
    CONSTRAINT "patient_relationships_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "patient_relationships_patientId_idx" ON "patient_relationships" ("patientId");
CREATE UNIQUE INDEX "patient_relationships_patientId_relatedPatientId_relationsh_key"
    ON "patient_relationships" ("patientId", "relatedPatientId", "relationshipType");
CREATE INDEX "patient_relationships_relatedPatientId_idx"
    ON "patient_relationships" ("relatedPatientId");

CREATE TABLE "patient_reminders" (
    "id"           text         NOT NULL,
    "patientId"    text         NOT NULL,
    "reminderType" text         NOT NULL,
    "reminderDate" timestamp(3) NOT NULL,
    "description"  text         NOT NULL,
    "recurring"    boolean      NOT NULL DEFAULT false,
    "frequency"    text,
    "status"       text         NOT NULL DEFAULT 'pending',
    "completedAt"  timestamp(3),
    "createdAt"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"    timestamp(3) NOT NULL,
    CONSTRAINT "patient_reminders_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "patient_reminders_patientId_idx" ON "patient_reminders" ("patientId");
CREATE INDEX "patient_reminders_reminderDate_idx" ON "patient_reminders" ("reminderDate");
CREATE INDEX "patient_reminders_status_idx" ON "patient_reminders" ("status");

CREATE TABLE "breed_information" (
    "id"                     text         NOT NULL,
    "breed"                  text         NOT NULL,
    "species"                text         NOT NULL,
    "commonHealthIssues"     jsonb,
    "geneticPredispositions" jsonb,
    "careGuidelines"         jsonb,
    "nutritionalNeeds"       jsonb,
    "averageLifespan"        integer,
    "temperament"            text,
    "createdAt"              timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"              timestamp(3) NOT NULL,
    CONSTRAINT "breed_information_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "breed_information_breed_key" ON "breed_information" ("breed");
CREATE INDEX "breed_information_species_idx" ON "breed_information" ("species");

-- The calendar ----------------------------------------------------------------

CREATE TABLE "appointments" (
    "id"              text         NOT NULL,
    "patientId"       text         NOT NULL,
    "clientId"        text         NOT NULL,
    "appointmentType" text         NOT NULL,
    "startTime"       timestamp(3) NOT NULL,
    "endTime"         timestamp(3) NOT NULL,
    "status"          text         NOT NULL DEFAULT 'scheduled',
    "reason"          text         NOT NULL,
    "notes"           text,
    "veterinarianId"  text         NOT NULL,
    "roomId"          text,
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    CONSTRAINT "appointments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "appointments_clientId_fkey" FOREIGN KEY ("clientId")
        REFERENCES "clients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "appointments_patientId_fkey" FOREIGN KEY ("patientId")
        REFERENCES "patients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "appointments_veterinarianId_fkey" FOREIGN KEY ("veterinarianId")
        REFERENCES "staff" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "appointments_patientId_idx" ON "appointments" ("patientId");
CREATE INDEX "appointments_clientId_idx" ON "appointments" ("clientId");
CREATE INDEX "appointments_startTime_idx" ON "appointments" ("startTime");
CREATE INDEX "appointments_veterinarianId_idx" ON "appointments" ("veterinarianId");

CREATE TABLE "appointment_reminders" (
    "id"            text         NOT NULL,
    "appointmentId" text         NOT NULL,
    "reminderType"  text         NOT NULL,
    "reminderTime"  timestamp(3) NOT NULL,
    "sent"          boolean      NOT NULL DEFAULT false,
    "sentAt"        timestamp(3),
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "appointment_reminders_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "appointment_reminders_appointmentId_fkey" FOREIGN KEY ("appointmentId")
        REFERENCES "appointments" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "appointment_reminders_appointmentId_idx" ON "appointment_reminders" ("appointmentId");
CREATE INDEX "appointment_reminders_reminderTime_idx" ON "appointment_reminders" ("reminderTime");

CREATE TABLE "time_blocks" (
    "id"             text         NOT NULL,
    "staffId"        text         NOT NULL,
    "blockType"      text         NOT NULL,
    "title"          text         NOT NULL,
    "startTime"      timestamp(3) NOT NULL,
    "endTime"        timestamp(3) NOT NULL,
    "recurring"      boolean      NOT NULL DEFAULT false,
    "recurrenceRule" text,
    "notes"          text,
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL,
    CONSTRAINT "time_blocks_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "time_blocks_staffId_idx" ON "time_blocks" ("staffId");
CREATE INDEX "time_blocks_startTime_idx" ON "time_blocks" ("startTime");

CREATE TABLE "waitlist" (
    "id"              text         NOT NULL,
    "patientId"       text         NOT NULL,
    "clientId"        text         NOT NULL,
    "appointmentType" text         NOT NULL,
    "preferredDate"   timestamp(3),
    "preferredTime"   text,
    "priority"        integer      NOT NULL DEFAULT 0,
    "urgency"         text         NOT NULL DEFAULT 'routine',
    "reason"          text         NOT NULL,
    "notes"           text,
    "status"          text         NOT NULL DEFAULT 'active',
    "notifiedAt"      timestamp(3),
    "bookedAt"        timestamp(3),
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    CONSTRAINT "waitlist_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "waitlist_preferredDate_idx" ON "waitlist" ("preferredDate");
CREATE INDEX "waitlist_priority_idx" ON "waitlist" ("priority");
CREATE INDEX "waitlist_status_idx" ON "waitlist" ("status");
