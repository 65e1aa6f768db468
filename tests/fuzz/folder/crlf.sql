SELECT 1;
-- ä
VACUUM;
