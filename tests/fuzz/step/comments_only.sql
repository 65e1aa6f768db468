-- nothing;

/* or ; /* nearly */ */
