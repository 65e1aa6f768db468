SELECT encode(hashes, 'hex') AS hashes
  FROM pcx.tile
 WHERE epoch = $1 AND level = $2 AND number = $3
