-- A practice of :appointments appointments, invoices and payments over 1,100 days, the last 30 of them after
-- :base, of two tenants; one row in fifty belongs to none, one in 97 is deleted.
SET session_replication_role = replica;
SET synchronous_commit = off;

INSERT INTO tenants (id, name, slug, status, "updatedAt") VALUES
 ('t-north','North','north','active','2025-01-01'),('t-south','South','south','active','2025-01-01');
INSERT INTO clients (id,"firstName","lastName",email,phone,address,city,state,"zipCode",status,"createdAt","updatedAt","tenantId","deletedAt")
SELECT 'c-'||g, 'A','B','c'||g||'@example.com','1','x','y','z','1',
  CASE WHEN g%10=0 THEN 'inactive' ELSE 'active' END, (:'base'::timestamp - interval '1070 days') + (g%1100)*interval '1 day', now() AT TIME ZONE 'UTC',
  CASE WHEN g%50=0 THEN NULL WHEN g%2=0 THEN 't-north' ELSE 't-south' END, CASE WHEN g%97=0 THEN :'base'::timestamp END
FROM generate_series(1,60000) g;
INSERT INTO patients (id,name,species,"dateOfBirth",gender,"ownerId",status,"createdAt","updatedAt","tenantId","deletedAt")
SELECT 'p-'||g,'Rex',(ARRAY['Dog','Cat','Bird'])[1+g%3],'2020-01-01','m','c-'||(1+g%60000),CASE WHEN g%8=0 THEN 'inactive' ELSE 'active' END,
  (:'base'::timestamp - interval '1070 days') + (g%1100)*interval '1 day' + (g%86400)*interval '1 second', now() AT TIME ZONE 'UTC',
  CASE WHEN g%50=0 THEN NULL WHEN g%2=0 THEN 't-north' ELSE 't-south' END, CASE WHEN g%97=0 THEN :'base'::timestamp END
FROM generate_series(1,100000) g;
INSERT INTO inventory_items (id,"itemType",name,sku,category,"quantityOnHand","minimumQuantity","reorderPoint","unitCost","sellingPrice",status,"expirationDate","updatedAt","tenantId")
SELECT 'i-'||g,'m','n','s'||g,'cat'||g%9,(g*7)%100,5,20,1,2,CASE WHEN g%20=0 THEN 'inactive' ELSE 'active' END,
 CASE WHEN g%3=0 THEN :'base'::timestamp+(g%300)*interval '1 day' END,now() AT TIME ZONE 'UTC',CASE WHEN g%2=0 THEN 't-north' ELSE 't-south' END
FROM generate_series(1,5000) g;
INSERT INTO appointments (id,"patientId","clientId","appointmentType","startTime","endTime",status,reason,"veterinarianId","createdAt","updatedAt","tenantId","deletedAt")
SELECT 'a-'||g,'p-'||(1+g%100000),'c-'||(1+g%60000),(ARRAY['checkup','surgery','vaccination','dental'])[1+g%4],
  t, t+interval '30 min',
  CASE WHEN t > :'base'::timestamp THEN 'scheduled' WHEN g%10=0 THEN 'cancelled' WHEN g%17=0 THEN 'no_show' ELSE 'completed' END,
  'r','v-'||g%20, t - interval '7 days', t, CASE WHEN g%50=0 THEN NULL WHEN g%2=0 THEN 't-north' ELSE 't-south' END,
  CASE WHEN g%97=0 THEN t END
FROM (SELECT g, (:'base'::timestamp - interval '1070 days') + (g::bigint*1100/:appointments)*interval '1 day' + interval '13 hours' + (g%540)*interval '1 minute' AS t FROM generate_series(1,:appointments) g) s;
INSERT INTO invoices (id,"invoiceNumber","clientId","invoiceDate","dueDate",subtotal,tax,total,status,"createdAt","updatedAt","tenantId","deletedAt")
SELECT 'n-'||g,'N'||g,'c-'||(1+g%60000),t,t+interval '30 days',100,8,108.1,CASE WHEN g%15=0 THEN 'unpaid' ELSE 'paid' END,t,t,
 CASE WHEN g%50=0 THEN NULL WHEN g%2=0 THEN 't-north' ELSE 't-south' END, CASE WHEN g%97=0 THEN t END
FROM (SELECT g, (:'base'::timestamp - interval '1070 days') + (g::bigint*1070/:appointments)*interval '1 day' + interval '14 hours' + (g%540)*interval '1 minute' AS t FROM generate_series(1,:appointments) g) s;
INSERT INTO payments (id,"invoiceId",amount,"paymentMethod","paymentDate",status,"createdAt","tenantId","deletedAt")
SELECT 'y-'||g,'n-'||g,108.1,(ARRAY['card','cash','check'])[1+g%3],t,CASE WHEN g%40=0 THEN 'pending' ELSE 'completed' END,t,
 CASE WHEN g%50=0 THEN NULL WHEN g%2=0 THEN 't-north' ELSE 't-south' END, CASE WHEN g%97=0 THEN t END
FROM (SELECT g, (:'base'::timestamp - interval '1070 days') + (g::bigint*1070/:appointments)*interval '1 day' + interval '15 hours' + (g%540)*interval '1 minute' AS t FROM generate_series(1,:appointments) g) s;
INSERT INTO refunds (id,"refundNumber","clientId",amount,reason,"refundMethod","processedBy",status,"processedDate","updatedAt","tenantId")
SELECT 'r-'||g,'R'||g,'c-'||g,10.1,'x','card','u',CASE WHEN g%3=0 THEN 'pending' ELSE 'processed' END,
 CASE WHEN g%3=0 THEN NULL ELSE (:'base'::timestamp - interval '1070 days')+(g%1070)*interval '1 day'+interval '16 hours' END,now() AT TIME ZONE 'UTC',CASE WHEN g%2=0 THEN 't-north' ELSE 't-south' END
FROM generate_series(1,10000) g;
INSERT INTO waitlist (id,"patientId","clientId","appointmentType",reason,status,"createdAt","bookedAt","updatedAt","tenantId")
SELECT 'w-'||g,'p-'||g,'c-'||g,'checkup','r',CASE WHEN g%3=0 THEN 'active' ELSE 'booked' END, t, CASE WHEN g%3=0 THEN NULL ELSE t+interval '3 days' END,t,CASE WHEN g%2=0 THEN 't-north' ELSE 't-south' END
FROM (SELECT g,(:'base'::timestamp - interval '1070 days')+(g%1070)*interval '1 day'+interval '16 hours' AS t FROM generate_series(1,20000) g) s;
-- The application's audit rows: checked in, begun, completed; and as many of other records.
INSERT INTO audit_logs (id,"userId",action,resource,"resourceId",changes,metadata,"ipAddress","timestamp","tenantId")
SELECT 'l-'||g||'-'||k,'u-'||g%20,CASE WHEN k=4 THEN 'Patient.update' ELSE 'Appointment.update' END,CASE WHEN k=4 THEN 'Patient' ELSE 'Appointment' END,
  CASE WHEN k=4 THEN 'p-'||(1+g%100000) ELSE 'a-'||g END,
  CASE WHEN k=4 THEN '{"weight": 12.5, "updatedBy":"u", "version":{"increment":1}}'::jsonb
       ELSE jsonb_build_object('status',(ARRAY['checked_in','in_progress','completed'])[k],'updatedBy','u','version',jsonb_build_object('increment',1)) END,
  '{"correlationId":"x"}','::ffff:127.0.0.1',
  a."startTime" + (ARRAY[-5,(g%40),30+g%30,200])[k]*interval '1 minute', a."tenantId"
FROM (SELECT substr(id,3)::int AS g, "startTime","tenantId" FROM appointments WHERE status='completed') a CROSS JOIN generate_series(1,4) k
WHERE g%3<2;
SET session_replication_role = origin;
