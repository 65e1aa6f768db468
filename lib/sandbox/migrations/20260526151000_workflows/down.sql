-- Takes workflows and deliveries back.

DROP TABLE "workflow_execution_steps";
DROP TABLE "workflow_executions";
DROP TABLE "workflow_templates";

DROP TABLE "webhook_deliveries";
