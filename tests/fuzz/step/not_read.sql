-- pcx:no-transaction
REPACK t CONCURRENTLY; é
