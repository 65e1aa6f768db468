-- What decides who will own schema pcx.
SELECT r.rolsuper OR r.rolcreaterole                          AS may_make_roles,
       o.oid IS NOT NULL                                      AS owner_exists,
       coalesce(pg_has_role(r.oid, o.oid, 'MEMBER'), false)   AS is_member,
       current_user::text                                     AS own_role,
       (SELECT pg_get_userbyid(nspowner)::text FROM pg_catalog.pg_namespace WHERE nspname = 'pcx')
                                                              AS schema_owner
  FROM pg_catalog.pg_roles AS r
  LEFT JOIN pg_catalog.pg_roles AS o ON o.rolname = 'pcx_owner'
 WHERE r.rolname = current_user;
