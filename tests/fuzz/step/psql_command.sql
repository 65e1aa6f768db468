\set ON_ERROR_STOP on
VACUUM;
  \copy t FROM 'x;y'
