SELECT 1;
-- Ã¤ é
