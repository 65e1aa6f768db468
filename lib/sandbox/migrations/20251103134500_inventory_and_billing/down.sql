-- Takes stock and billing back.

DROP TABLE "loyalty_transactions";
DROP TABLE "loyalty_programs";
DROP TABLE "insurance_claims";
DROP TABLE "payment_plan_installments";
DROP TABLE "payment_plans";

DROP TABLE "refunds";
DROP TABLE "payments";
DROP TABLE "invoice_line_items";
DROP TABLE "invoices";
DROP TABLE "estimate_line_items";
DROP TABLE "estimates";

DROP TABLE "equipment_maintenance";
DROP TABLE "equipment";
DROP TABLE "purchase_order_items";
DROP TABLE "purchase_orders";
DROP TABLE "inventory_items";
