-- Takes communication and documents back.

DROP TABLE "push_subscriptions";
DROP TABLE "webhook_subscriptions";

DROP TABLE "document_workflows";
DROP TABLE "document_templates";
DROP TABLE "document_signatures";
DROP TABLE "documents";

DROP TABLE "social_media_posts";
DROP TABLE "marketing_campaigns";
DROP TABLE "client_segments";

DROP TABLE "survey_responses";
DROP TABLE "surveys";
DROP TABLE "client_portal_access";
DROP TABLE "client_feedback";
DROP TABLE "communications";
