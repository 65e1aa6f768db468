-- What is on the shelf and what is on the bill. Money is double precision, as the application
-- computes it.

-- Stock -----------------------------------------------------------------------

CREATE TABLE "inventory_items" (
    "id"              text             NOT NULL,
    "itemType"        text             NOT NULL,
    "name"            text             NOT NULL,
    "sku"             text             NOT NULL,
    "category"        text             NOT NULL,
    "medicationId"    text,
    "quantityOnHand"  integer          NOT NULL,
    "minimumQuantity" integer          NOT NULL,
    "reorderPoint"    integer          NOT NULL,
    "unitCost"        double precision NOT NULL,
    "sellingPrice"    double precision NOT NULL,
    "supplier"        text,
    "supplierSku"     text,
    "expirationDate"  timestamp(3),
    "lotNumber"       text,
    "location"        text,
    "status"          text             NOT NULL DEFAULT 'active',
    "createdAt"       timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3)     NOT NULL,
    CONSTRAINT "inventory_items_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "inventory_items_medicationId_fkey" FOREIGN KEY ("medicationId")
        REFERENCES "medications" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "inventory_items_sku_key" ON "inventory_items" ("sku");
CREATE INDEX "inventory_items_sku_idx" ON "inventory_items" ("sku");
CREATE INDEX "inventory_items_category_idx" ON "inventory_items" ("category");
CREATE INDEX "inventory_items_medicationId_idx" ON "inventory_items" ("medicationId");

CREATE TABLE "purchase_orders" (
    "id"            text             NOT NULL,
    "poNumber"      text             NOT NULL,
    "vendor"        text             NOT NULL,
    "vendorContact" text,
    "orderDate"     timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expectedDate"  timestamp(3),
    "receivedDate"  timestamp(3),
    "status"        text             NOT NULL DEFAULT 'pending',
    "subtotal"      double precision NOT NULL,
    "tax"           double precision NOT NULL DEFAULT 0,
    "shipping"      double precision NOT NULL DEFAULT 0,
    "total"         double precision NOT NULL,
    "notes"         text,
    "approvedBy"    text,
    "approvedAt"    timestamp(3),
    "createdAt"     timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3)     NOT NULL,
    CONSTRAINT "purchase_orders_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "purchase_orders_poNumber_key" ON "purchase_orders" ("poNumber");
CREATE INDEX "purchase_orders_poNumber_idx" ON "purchase_orders" ("poNumber");
CREATE INDEX "purchase_orders_status_idx" ON "purchase_orders" ("status");

CREATE TABLE "purchase_order_items" (
    "id"               text             NOT NULL,
    "purchaseOrderId"  text             NOT NULL,
    "itemType"         text             NOT NULL,
    "itemId"           text,
    "description"      text             NOT NULL,
    "quantityOrdered"  integer          NOT NULL,
    "quantityReceived" integer          NOT NULL DEFAULT 0,
    "unitCost"         double precision NOT NULL,
    "total"            double precision NOT NULL,
    "status"           text             NOT NULL DEFAULT 'pending',
    CONSTRAINT "purchase_order_items_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "purchase_order_items_purchaseOrderId_fkey" FOREIGN KEY ("purchaseOrderId")
        REFERENCES "purchase_orders" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "purchase_order_items_purchaseOrderId_idx"
    ON "purchase_order_items" ("purchaseOrderId");

CREATE TABLE "equipment" (
    "id"                 text             NOT NULL,
    "name"               text             NOT NULL,
    "category"           text             NOT NULL,
    "manufacturer"       text,
    "modelNumber"        text,
    "serialNumber"       text,
    "purchaseDate"       timestamp(3),
    "purchasePrice"      double precision,
    "warrantyExpiration" timestamp(3),
    "location"           text,
    "status"             text             NOT NULL DEFAULT 'active',
    "createdAt"          timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"          timestamp(3)     NOT NULL,
    CONSTRAINT "equipment_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "equipment_category_idx" ON "equipment" ("category");
CREATE UNIQUE INDEX "equipment_serialNumber_key" ON "equipment" ("serialNumber");
CREATE INDEX "equipment_serialNumber_idx" ON "equipment" ("serialNumber");

CREATE TABLE "equipment_maintenance" (
    "id"                  text             NOT NULL,
    "equipmentId"         text             NOT NULL,
    "maintenanceType"     text             NOT NULL,
    "scheduledDate"       timestamp(3)     NOT NULL,
    "completedDate"       timestamp(3),
    "performedBy"         text,
    "vendor"              text,
    "cost"                double precision,
    "notes"               text,
    "nextMaintenanceDate" timestamp(3),
    "status"              text             NOT NULL DEFAULT 'scheduled',
    "createdAt"           timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"           timestamp(3)     NOT NULL,
    CONSTRAINT "equipment_maintenance_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "equipment_maintenance_equipmentId_fkey" FOREIGN KEY ("equipmentId")
        REFERENCES "equipment" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "equipment_maintenance_equipmentId_idx" ON "equipment_maintenance" ("equipmentId");
CREATE INDEX "equipment_maintenance_scheduledDate_idx" ON "equipment_maintenance" ("scheduledDate");

-- Offers and bills ------------------------------------------------------------

CREATE TABLE "estimates" (
    "id"                   text             NOT NULL,
    "estimateNumber"       text             NOT NULL,
    "clientId"             text             NOT NULL,
    "patientId"            text,
    "title"                text             NOT NULL,
    "description"          text,
    "subtotal"             double precision NOT NULL,
    "tax"                  double precision NOT NULL,
    "total"                double precision NOT NULL,
    "validUntil"           timestamp(3)     NOT NULL,
    "status"               text             NOT NULL DEFAULT 'pending',
    "approvedAt"           timestamp(3),
    "convertedToInvoiceAt" timestamp(3),
    "invoiceId"            text,
    "notes"                text,
    "createdAt"            timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"            timestamp(3)     NOT NULL,
    CONSTRAINT "estimates_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "estimates_estimateNumber_key" ON "estimates" ("estimateNumber");
CREATE INDEX "estimates_estimateNumber_idx" ON "estimates" ("estimateNumber");
CREATE INDEX "estimates_status_idx" ON "estimates" ("status");

CREATE TABLE "estimate_line_items" (
    "id"          text             NOT NULL,
    "estimateId"  text             NOT NULL,
    "description" text             NOT NULL,
    "quantity"    integer          NOT NULL,
    "unitPrice"   double precision NOT NULL,
    "total"       double precision NOT NULL,
    "itemType"    text             NOT NULL,
    "itemId"      text,
    CONSTRAINT "estimate_line_items_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "estimate_line_items_estimateId_fkey" FOREIGN KEY ("estimateId")
        REFERENCES "estimates" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "estimate_line_items_estimateId_idx" ON "estimate_line_items" ("estimateId");

CREATE TABLE "invoices" (
    "id"            text             NOT NULL,
    "invoiceNumber" text             NOT NULL,
    "clientId"      text             NOT NULL,
    "invoiceDate"   timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dueDate"       timestamp(3)     NOT NULL,
    "subtotal"      double precision NOT NULL,
    "tax"           double precision NOT NULL,
    "discount"      double precision NOT NULL DEFAULT 0,
    "total"         double precision NOT NULL,
    "status"        text             NOT NULL DEFAULT 'unpaid',
    "notes"         text,
    "createdAt"     timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3)     NOT NULL,
    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "invoices_clientId_fkey" FOREIGN KEY ("clientId")
        REFERENCES "clients" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "invoices_invoiceNumber_key" ON "invoices" ("invoiceNumber");
CREATE INDEX "invoices_invoiceNumber_idx" ON "invoices" ("invoiceNumber");
CREATE INDEX "invoices_clientId_idx" ON "invoices" ("clientId");
CREATE INDEX "invoices_status_idx" ON "invoices" ("status");

CREATE TABLE "invoice_line_items" (
    "id"          text             NOT NULL,
    "invoiceId"   text             NOT NULL,
    "description" text             NOT NULL,
    "quantity"    integer          NOT NULL,
    "unitPrice"   double precision NOT NULL,
    "total"       double precision NOT NULL,
    "itemType"    text             NOT NULL,
    "itemId"      text,
    CONSTRAINT "invoice_line_items_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "invoice_line_items_invoiceId_fkey" FOREIGN KEY ("invoiceId")
        REFERENCES "invoices" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "invoice_line_items_invoiceId_idx" ON "invoice_line_items" ("invoiceId");

CREATE TABLE "payments" (
    "id"            text             NOT NULL,
    "invoiceId"     text             NOT NULL,
    "amount"        double precision NOT NULL,
    "paymentMethod" text             NOT NULL,
    "paymentDate"   timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "transactionId" text,
    "status"        text             NOT NULL DEFAULT 'completed',
    "notes"         text,
    "createdAt"     timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "payments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payments_invoiceId_fkey" FOREIGN KEY ("invoiceId")
        REFERENCES "invoices" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "payments_invoiceId_idx" ON "payments" ("invoiceId");
CREATE INDEX "payments_paymentDate_idx" ON "payments" ("paymentDate");

CREATE TABLE "refunds" (
    "id"            text             NOT NULL,
    "refundNumber"  text             NOT NULL,
    "invoiceId"     text,
    "paymentId"     text,
    "clientId"      text             NOT NULL,
    "amount"        double precision NOT NULL,
    "reason"        text             NOT NULL,
    "refundMethod"  text             NOT NULL,
    "processedBy"   text             NOT NULL,
    "status"        text             NOT NULL DEFAULT 'pending',
    "requestedDate" timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processedDate" timestamp(3),
    "notes"         text,
    "createdAt"     timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3)     NOT NULL,
    CONSTRAINT "refunds_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "refunds_refundNumber_key" ON "refunds" ("refundNumber");
CREATE INDEX "refunds_refundNumber_idx" ON "refunds" ("refundNumber");
CREATE INDEX "refunds_status_idx" ON "refunds" ("status");

-- Paying later, and by others -------------------------------------------------

CREATE TABLE "payment_plans" (
    "id"                   text             NOT NULL,
    "clientId"             text             NOT NULL,
    "invoiceId"            text,
    "totalAmount"          double precision NOT NULL,
    "downPayment"          double precision NOT NULL DEFAULT 0,
    "remainingBalance"     double precision NOT NULL,
    "installmentAmount"    double precision NOT NULL,
    "installmentFrequency" text             NOT NULL,
    "numberOfInstallments" integer          NOT NULL,
    "interestRate"         double precision NOT NULL DEFAULT 0,
    "startDate"            timestamp(3)     NOT NULL,
    "nextPaymentDate"      timestamp(3)     NOT NULL,
    "status"               text             NOT NULL DEFAULT 'active',
    "createdAt"            timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"            timestamp(3)     NOT NULL,
    CONSTRAINT "payment_plans_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "payment_plans_clientId_idx" ON "payment_plans" ("clientId");
CREATE INDEX "payment_plans_status_idx" ON "payment_plans" ("status");

CREATE TABLE "payment_plan_installments" (
    "id"                text             NOT NULL,
    "paymentPlanId"     text             NOT NULL,
    "installmentNumber" integer          NOT NULL,
    "dueDate"           timestamp(3)     NOT NULL,
    "amount"            double precision NOT NULL,
    "paidAmount"        double precision NOT NULL DEFAULT 0,
    "paidDate"          timestamp(3),
    "status"            text             NOT NULL DEFAULT 'pending',
    CONSTRAINT "payment_plan_installments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payment_plan_installments_paymentPlanId_fkey" FOREIGN KEY ("paymentPlanId")
        REFERENCES "payment_plans" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "payment_plan_installments_paymentPlanId_idx"
    ON "payment_plan_installments" ("paymentPlanId");
CREATE INDEX "payment_plan_installments_dueDate_idx" ON "payment_plan_installments" ("dueDate");

CREATE TABLE "insurance_claims" (
    "id"                text             NOT NULL,
    "claimNumber"       text             NOT NULL,
    "patientId"         text             NOT NULL,
    "clientId"          text             NOT NULL,
    "insuranceProvider" text             NOT NULL,
    "policyNumber"      text             NOT NULL,
    "claimDate"         timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "serviceDate"       timestamp(3)     NOT NULL,
    "diagnosisCodes"    text[],
    "procedureCodes"    text[],
    "claimAmount"       double precision NOT NULL,
    "approvedAmount"    double precision,
    "paidAmount"        double precision,
    "status"            text             NOT NULL DEFAULT 'submitted',
    "submittedDate"     timestamp(3),
    "processedDate"     timestamp(3),
    "paidDate"          timestamp(3),
    "denialReason"      text,
    "notes"             text,
    "createdAt"         timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3)     NOT NULL,
    CONSTRAINT "insurance_claims_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "insurance_claims_claimNumber_key" ON "insurance_claims" ("claimNumber");
CREATE INDEX "insurance_claims_claimNumber_idx" ON "insurance_claims" ("claimNumber");
CREATE INDEX "insurance_claims_status_idx" ON "insurance_claims" ("status");

CREATE TABLE "loyalty_programs" (
    "id"               text             NOT NULL,
    "clientId"         text             NOT NULL,
    "pointsBalance"    integer          NOT NULL DEFAULT 0,
    "tier"             text             NOT NULL DEFAULT 'bronze',
    "lifetimePoints"   integer          NOT NULL DEFAULT 0,
    "lifetimeSpending" double precision NOT NULL DEFAULT 0,
    "joinDate"         timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastActivityDate" timestamp(3),
    "createdAt"        timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3)     NOT NULL,
    CONSTRAINT "loyalty_programs_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "loyalty_programs_clientId_key" ON "loyalty_programs" ("clientId");
CREATE INDEX "loyalty_programs_clientId_idx" ON "loyalty_programs" ("clientId");
CREATE INDEX "loyalty_programs_tier_idx" ON "loyalty_programs" ("tier");

CREATE TABLE "loyalty_transactions" (
    "id"               text         NOT NULL,
    "loyaltyProgramId" text         NOT NULL,
    "transactionType"  text         NOT NULL,
    "points"           integer      NOT NULL,
    "description"      text,
    "relatedType"      text,
    "relatedId"        text,
    "transactionDate"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "loyalty_transactions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "loyalty_transactions_loyaltyProgramId_fkey" FOREIGN KEY ("loyaltyProgramId")
        REFERENCES "loyalty_programs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "loyalty_transactions_loyaltyProgramId_idx"
    ON "loyalty_transactions" ("loyaltyProgramId");
CREATE INDEX "loyalty_transactions_transactionDate_idx"
    ON "loyalty_transactions" ("transactionDate");
