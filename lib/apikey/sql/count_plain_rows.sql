-- Rows of api_keys that hold a key in plain, by its text: what plain_shape_of() calls a key.
SELECT count(*) AS n
  FROM public.api_keys AS a
 WHERE NOT a.key ^@ 'pcx:' AND NOT a.key ^@ 'pcx_live_' AND NOT a.key ^@ 'pcx_test_'
   AND octet_length(a.key) BETWEEN 1 AND 256
   AND a.key !~* ('^(sha-?(1|224|256|384|512):|md5:|hmac([:_$-]|sha)|\\x[0-9a-f]*$'
                  '|[$](1|2a|2b|2y|5|6)[$]|[$](argon2|scrypt|pbkdf2)|pbkdf2[_:]|scrypt:'
                  '|[{](s?sha(256|384|512)?|md5|crypt)[}])');
