-- One day of a database, 2026-03-08, full of traps. What each KPI must say of it was computed by
-- hand, see tests/kpi/traps_test.cpp; each trap says what a naive query makes of it.
--
-- All times are UTC, as the application writes them:
--   north   America/New_York   03-08 05:00 .. 03-09 04:00   23 hours, there is no 02:00 to 03:00
--   south   Europe/Berlin      03-07 23:00 .. 03-08 23:00
--   (none)  UTC                03-08 00:00 .. 03-09 00:00   rows of no tenant
--   closed  an inactive tenant: nobody asks for it
-- The report is made at 03-09 10:00.

DELETE FROM tenants;
INSERT INTO tenants (id, name, slug, status, "updatedAt") VALUES
  ('north', 'North', 'north', 'active', now()),
  ('south', 'South', 'south', 'active', now()),
  ('closed', 'Closed', 'closed', 'inactive', now());

-- Clients -----------------------------------------------------------------------------------------
INSERT INTO clients (id, "tenantId", status, "createdAt", "deletedAt", "updatedAt",
                     "firstName", "lastName", email, phone, address, city, state, "zipCode")
SELECT id, tenant, status, at::timestamp, deleted::timestamp, now(), '', '', id, '', '', '', '', ''
FROM (VALUES
  ('c-n1', 'north', 'active', '2024-01-01', NULL),
  -- 1. Registered at the first instant of the day, "Active": the guide counts only "active".
  ('c-n2', 'north', 'Active', '2026-03-08 05:00', NULL),
  -- 2. Registered on the day, inactive already: new, not active.
  ('c-n3', 'north', 'inactive', '2026-03-08 12:00', NULL),
  -- 3. Deleted: neither new nor active, the guide counts it.
  ('c-n4', 'north', 'active', '2026-03-08 12:00', '2026-03-08 13:00'),
  -- 4. Registered at the first instant of the next day, which the server (UTC) calls 04:00.
  ('c-n5', 'north', 'active', '2026-03-09 04:00', NULL),
  -- 5. A millisecond earlier, with a blank in front of the status.
  ('c-n6', 'north', ' ACTIVE', '2026-03-09 03:59:59.999', NULL),
  -- 6. A millisecond before the day; today in UTC.
  ('c-n7', 'north', 'archived', '2026-03-08 04:59:59.999', NULL),
  ('c-s1', 'south', 'active', '2024-01-01', NULL),
  -- 7. Of no tenant.
  ('c-0', NULL, 'active', '2024-01-01', NULL),
  -- 8. Of a tenant that is not active any more.
  ('c-x1', 'closed', 'active', '2024-01-01', NULL),
  ('c-x2', 'closed', 'active', '2026-03-08 12:00', NULL)
) AS rows(id, tenant, status, at, deleted);

-- Patients ----------------------------------------------------------------------------------------
INSERT INTO patients (id, "tenantId", species, status, "createdAt", "deletedAt", "updatedAt",
                      name, "dateOfBirth", gender, "ownerId")
SELECT id, tenant, species, status, at::timestamp, deleted::timestamp, now(), '', '2020-01-01', '',
       'c-n1'
FROM (VALUES
  -- 9. At the first instant of the day.
  ('k-n1', 'north', 'Dog', 'active', '2026-03-08 05:00', NULL),
  -- 10. A millisecond before it: today in UTC, yesterday in New York.
  ('k-n2', 'north', 'Dog', 'active', '2026-03-08 04:59:59.999', NULL),
  -- 11. At the first instant of the next day.
  ('k-n3', 'north', 'Dog', 'deceased', '2026-03-09 04:00', NULL),
  -- 12. A millisecond before it, tomorrow in UTC; another spelling of "dog"; new, though it died.
  ('k-n4', 'north', ' dog', 'deceased', '2026-03-09 03:59:59.999', NULL),
  -- 13. Deleted.
  ('k-n5', 'north', 'cat', 'active', '2026-03-08 12:00', '2026-03-08 12:01'),
  -- 14. "Active " with a blank behind it.
  ('k-n6', 'north', 'Cat', 'Active ', '2026-03-08 12:00', NULL),
  ('k-n7', 'north', 'cat', 'inactive', '2020-01-01', NULL),
  -- 15. Yesterday in UTC and in New York, the day in Berlin.
  ('k-s1', 'south', 'rabbit', 'active', '2026-03-07 23:30', NULL),
  -- 16. Of no tenant.
  ('k-0', NULL, 'dog', 'active', '2026-03-08 12:00', NULL),
  ('k-x', 'closed', 'dog', 'active', '2024-01-01', NULL)
) AS rows(id, tenant, species, status, at, deleted);

-- Staff -------------------------------------------------------------------------------------------
INSERT INTO staff (id, "tenantId", role, status, "deletedAt", "updatedAt", "firstName", "lastName",
                   email, phone, "employmentType", "hireDate")
SELECT id, tenant, role, status, deleted::timestamp, now(), '', '', id, '', '', '2020-01-01'
FROM (VALUES
  ('t-n1', 'north', 'veterinarian', 'active', NULL),
  -- 17. The same role and status in other spellings.
  ('t-n2', 'north', 'Veterinarian ', 'ACTIVE', NULL),
  ('t-n3', 'north', 'receptionist', 'active', NULL),
  -- 18. Gone, and deleted.
  ('t-n4', 'north', 'technician', 'terminated', NULL),
  ('t-n5', 'north', 'technician', 'active', '2026-01-01'),
  ('t-s1', 'south', 'technician', 'active', NULL)
) AS rows(id, tenant, role, status, deleted);

-- Appointments ------------------------------------------------------------------------------------
INSERT INTO appointments (id, "tenantId", "startTime", status, "appointmentType", "deletedAt",
                          "clientId", "endTime", "updatedAt", "patientId", reason, "veterinarianId")
SELECT id, tenant, at::timestamp, status, type, deleted::timestamp, client,
       at::timestamp + interval '20 minutes', '2026-03-08 12:00', 'k-n1', '', 't-n1'
FROM (VALUES
  -- 19. At the first instant of the day.
  ('a01', 'north', '2026-03-08 05:00', 'completed', 'checkup', NULL, 'c-n1'),
  -- 20. A millisecond before it: a day of the server (UTC) counts it.
  ('a02', 'north', '2026-03-08 04:59:59.999', 'completed', 'checkup', NULL, 'c-n1'),
  -- 21. At the first instant of the next day: BETWEEN counts it on both days.
  ('a03', 'north', '2026-03-09 04:00', 'completed', 'checkup', NULL, 'c-n1'),
  -- 22. A millisecond before it: the date in UTC is 03-09, and "<= 23:59:59" leaves it out.
  ('a04', 'north', '2026-03-09 03:59:59.999', 'scheduled', 'checkup', NULL, 'c-n1'),
  -- 23. 00:30 of the next day: "from + 24 hours" takes it for the day of 23 hours.
  ('a05', 'north', '2026-03-09 04:30', 'completed', 'checkup', NULL, 'c-n1'),
  -- 24. In the future: ">= today" counts all of them.
  ('a06', 'north', '2026-03-20 15:00', 'confirmed', 'checkup', NULL, 'c-n1'),
  ('a07', 'north', '2026-06-01 14:00', 'cancelled', 'checkup', NULL, 'c-n1'),
  -- 25. Deleted.
  ('a08', 'north', '2026-03-08 15:00', 'completed', 'checkup', '2026-03-08 15:10', 'c-n1'),
  -- 26. Three spellings of no_show, which no count of "cancelled" or "no_show" finds.
  ('a10', 'north', '2026-03-08 15:00', 'No-Show', 'surgery', NULL, 'c-n1'),
  ('a11', 'north', '2026-03-08 15:00', 'NO SHOW', 'checkup', NULL, 'c-n1'),
  ('a12', 'north', '2026-03-08 15:00', 'noshow', 'checkup', NULL, 'c-n1'),
  -- 27. Three spellings of cancelled.
  ('a13', 'north', '2026-03-08 15:00', 'CANCELED', 'surgery', NULL, 'c-n1'),
  ('a14', 'north', '2026-03-08 15:00', 'cancelled', 'checkup', NULL, 'c-n1'),
  ('a15', 'north', '2026-03-08 15:00', ' Cancelled', 'checkup', NULL, 'c-n1'),
  -- 28. Spellings of checked_in, in_progress and completed.
  ('a16', 'north', '2026-03-08 15:00', ' checked-in ', 'checkup', NULL, 'c-n1'),
  ('a17', 'north', '2026-03-08 15:00', 'CheckedIn', 'checkup', NULL, 'c-n1'),
  ('a18', 'north', '2026-03-08 15:00', 'In-Progress', 'checkup', NULL, 'c-n1'),
  ('a19', 'north', '2026-03-08 15:00', 'Completed', 'checkup', NULL, 'c-n1'),
  ('a20', 'north', '2026-03-08 15:00', 'COMPLETED ', 'checkup', NULL, 'c-n1'),
  -- 29. Statuses that no list of statuses knows: the parts would not add up to the total.
  ('a21', 'north', '2026-03-08 15:00', 'rescheduled', 'checkup', NULL, 'c-n1'),
  ('a22', 'north', '2026-03-08 15:00', 'Walk In', 'checkup', NULL, 'c-n1'),
  -- 30. Yesterday's, and completed today: a count by "updatedAt" takes it.
  ('a23', 'north', '2026-03-07 20:00', 'completed', 'checkup', NULL, 'c-n1'),
  -- 31. The instant at which the clocks were put forward.
  ('a24', 'north', '2026-03-08 07:00', 'confirmed', 'checkup', NULL, 'c-n1'),
  -- 32. Made today for another day.
  ('a25', 'north', '2026-03-10 15:00', 'scheduled', 'checkup', NULL, 'c-n1'),
  -- Those of which the audit rows below tell.
  ('w01', 'north', '2026-03-08 14:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w02', 'north', '2026-03-08 05:10', 'completed', 'visit', NULL, 'c-n1'),
  ('w03', 'north', '2026-03-08 15:00', 'in_progress', 'visit', NULL, 'c-n1'),
  ('w04', 'north', '2026-03-08 16:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w05', 'north', '2026-03-08 17:30', 'completed', 'visit', NULL, 'c-n1'),
  ('w06', 'north', '2026-03-08 18:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w07', 'north', '2026-03-08 10:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w08', 'north', '2026-03-08 10:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w09', 'north', '2026-03-08 14:00', 'checked_in', 'visit', NULL, 'c-n1'),
  ('w10', 'north', '2026-03-09 15:00', 'in_progress', 'visit', NULL, 'c-n1'),
  ('w11', 'north', '2026-03-08 19:00', 'in_progress', 'visit', NULL, 'c-n1'),
  ('w12', 'north', '2026-03-08 14:00', 'completed', 'visit', '2026-03-08 16:00', 'c-n1'),
  ('w13', 'north', '2026-03-08 20:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w14', 'north', '2026-03-08 21:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w15', 'north', '2026-03-08 21:45', 'completed', 'visit', NULL, 'c-n1'),
  ('w16', 'north', '2026-03-08 22:00', 'in_progress', 'visit', NULL, 'c-n1'),
  ('w17', 'north', '2026-03-08 22:00', 'completed', 'visit', NULL, 'c-n1'),
  ('w18', 'north', '2026-03-09 03:30', 'completed', 'visit', NULL, 'c-n1'),
  ('w19', 'north', '2026-03-08 22:00', 'scheduled', 'visit', NULL, 'c-n1'),
  -- 33. Another tenant's, at the first instant of its day, which is yesterday in UTC.
  ('s01', 'south', '2026-03-07 23:00', 'completed', 'checkup', NULL, 'c-s1'),
  -- 34. A millisecond before the end of its day, and at it.
  ('s02', 'south', '2026-03-08 22:59:59.999', 'cancelled', 'checkup', NULL, 'c-s1'),
  ('s03', 'south', '2026-03-08 23:00', 'completed', 'checkup', NULL, 'c-s1'),
  ('s04', 'south', '2026-03-07 22:59:59.999', 'completed', 'checkup', NULL, 'c-s1'),
  ('s05', 'south', '2026-03-08 09:00', 'scheduled', 'checkup', NULL, 'c-s1'),
  -- 35. Of no tenant: "WHERE tenantId = ..." loses them, "OR tenantId IS NULL" gives them to all.
  ('r01', NULL, '2026-03-08 00:00', 'scheduled', 'checkup', NULL, 'c-0'),
  ('r02', NULL, '2026-03-09 00:00', 'completed', 'checkup', NULL, 'c-0'),
  ('r03', NULL, '2026-03-08 23:59:59.999', 'cancelled', 'checkup', NULL, 'c-0'),
  -- 36. Of a tenant that is not active any more.
  ('x01', 'closed', '2026-03-08 15:00', 'completed', 'checkup', NULL, 'c-x1'),
  -- 37. 365 days before the end of the day, and a millisecond earlier.
  ('y01', 'north', '2025-03-09 04:00', 'completed', 'checkup', NULL, 'c-n2'),
  ('y02', 'north', '2025-03-09 03:59:59.999', 'completed', 'checkup', NULL, 'c-n3'),
  -- 38. A deleted client, one who only cancelled, one who did not come.
  ('y03', 'north', '2026-01-05 15:00', 'completed', 'checkup', NULL, 'c-n4'),
  ('y04', 'north', '2026-01-05 15:00', 'Canceled', 'checkup', NULL, 'c-n5'),
  ('y05', 'north', '2026-01-05 15:00', 'no_show', 'checkup', NULL, 'c-n7')
) AS rows(id, tenant, at, status, type, deleted, client);

-- Changes of status, from the application's audit extension ---------------------------------------
INSERT INTO audit_logs (id, "userId", action, resource, "resourceId", changes, "timestamp",
                        "tenantId")
SELECT id, 'u', action, resource, appointment, changes::jsonb, at::timestamp, tenant
FROM (VALUES
  -- 39. With milliseconds: 750.5 s. "version" is an operation and no value.
  ('l01', 'Appointment.update', 'Appointment', 'w01',
   '{"status": "checked_in", "version": {"increment": 1}}', '2026-03-08 13:55', 'north'),
  ('l02', 'Appointment.update', 'Appointment', 'w01',
   '{"status": "in_progress", "version": {"increment": 1}}', '2026-03-08 14:07:30.500', 'north'),
  ('l03', 'Appointment.update', 'Appointment', 'w01',
   '{"status": "completed", "version": {"increment": 1}}', '2026-03-08 14:20', 'north'),
  -- 40. Checked in before midnight: 1,800 s, which the day's audit rows alone do not have.
  ('l04', 'Appointment.update', 'Appointment', 'w02', '{"status": "checked_in"}',
   '2026-03-08 04:50', 'north'),
  ('l05', 'Appointment.update', 'Appointment', 'w02', '{"status": "in_progress"}',
   '2026-03-08 05:20', 'north'),
  -- 41. Checked in twice: 1,200 s from the first time.
  ('l06', 'Appointment.update', 'Appointment', 'w03', '{"status": "checked_in"}',
   '2026-03-08 15:00', 'north'),
  ('l07', 'Appointment.update', 'Appointment', 'w03', '{"status": "checked_in"}',
   '2026-03-08 15:10', 'north'),
  ('l08', 'Appointment.update', 'Appointment', 'w03', '{"status": "in_progress"}',
   '2026-03-08 15:20', 'north'),
  -- 42. In progress before the check-in (a slip), and again after it: 300 s, not -300 s.
  ('l09', 'Appointment.update', 'Appointment', 'w04', '{"status": "in_progress"}',
   '2026-03-08 15:55', 'north'),
  ('l10', 'Appointment.update', 'Appointment', 'w04', '{"status": "checked_in"}',
   '2026-03-08 16:00', 'north'),
  ('l11', 'Appointment.update', 'Appointment', 'w04', '{"status": "in_progress"}',
   '2026-03-08 16:05', 'north'),
  -- 43. All at the same instant, with ids in another order: a wait of 0 s that is known, and begun
  -- half an hour early, which is a late start of 0 s.
  ('l14', 'Appointment.update', 'Appointment', 'w05', '{"status": "checked_in"}',
   '2026-03-08 17:00', 'north'),
  ('l13', 'Appointment.update', 'Appointment', 'w05', '{"status": "in_progress"}',
   '2026-03-08 17:00', 'north'),
  ('l12', 'Appointment.update', 'Appointment', 'w05', '{"status": "completed"}',
   '2026-03-08 17:00', 'north'),
  -- 44. Nobody set "in_progress": 2,400 s, up to the completion.
  ('l15', 'Appointment.update', 'Appointment', 'w06', '{"status": "checked_in"}',
   '2026-03-08 18:00', 'north'),
  ('l16', 'Appointment.update', 'Appointment', 'w06', '{"status": "completed"}',
   '2026-03-08 18:40', 'north'),
  -- 45. Exactly 8 hours: a wait.
  ('l17', 'Appointment.update', 'Appointment', 'w07', '{"status": "checked_in"}',
   '2026-03-08 10:00', 'north'),
  ('l18', 'Appointment.update', 'Appointment', 'w07', '{"status": "in_progress"}',
   '2026-03-08 18:00', 'north'),
  -- 46. A millisecond more: a forgotten click.
  ('l19', 'Appointment.update', 'Appointment', 'w08', '{"status": "checked_in"}',
   '2026-03-08 10:00', 'north'),
  ('l20', 'Appointment.update', 'Appointment', 'w08', '{"status": "in_progress"}',
   '2026-03-08 18:00:00.001', 'north'),
  -- 47. Nobody has begun with it.
  ('l21', 'Appointment.update', 'Appointment', 'w09', '{"status": "checked_in"}',
   '2026-03-08 14:00', 'north'),
  -- 48. An appointment of tomorrow, by mistake begun today.
  ('l22', 'Appointment.update', 'Appointment', 'w10', '{"status": "checked_in"}',
   '2026-03-08 14:00', 'north'),
  ('l23', 'Appointment.update', 'Appointment', 'w10', '{"status": "in_progress"}',
   '2026-03-08 14:01', 'north'),
  -- 49. An operation instead of a status: ->> would make a text of it.
  ('l24', 'Appointment.update', 'Appointment', 'w11', '{"status": {"set": "checked_in"}}',
   '2026-03-08 19:00', 'north'),
  ('l25', 'Appointment.update', 'Appointment', 'w11', '{"status": "in_progress"}',
   '2026-03-08 19:30', 'north'),
  -- 50. A deleted appointment.
  ('l26', 'Appointment.update', 'Appointment', 'w12', '{"status": "checked_in"}',
   '2026-03-08 14:00', 'north'),
  ('l27', 'Appointment.update', 'Appointment', 'w12', '{"status": "in_progress"}',
   '2026-03-08 15:59', 'north'),
  -- 51. Created as checked in: 900 s, without any update to checked_in.
  ('l28', 'Appointment.create', 'Appointment', 'w13', '{"status": "checked_in", "reason": "x"}',
   '2026-03-08 20:00', 'north'),
  ('l29', 'Appointment.update', 'Appointment', 'w13', '{"status": "in_progress"}',
   '2026-03-08 20:15', 'north'),
  -- 52. Other spellings, and written by a script, without a tenant: 120 s of the appointment's.
  ('l30', 'Appointment.update', 'Appointment', 'w14', '{"status": "Checked-In"}',
   '2026-03-08 21:00', NULL),
  ('l31', 'Appointment.update', 'Appointment', 'w14', '{"status": "IN PROGRESS"}',
   '2026-03-08 21:02', NULL),
  -- 53. An earlier status of something else with the same id: 300 s, not 900 s.
  ('l32', 'Task.update', 'Task', 'w15', '{"status": "checked_in"}', '2026-03-08 21:30', 'north'),
  ('l33', 'Appointment.update', 'Appointment', 'w15', '{"status": "checked_in"}',
   '2026-03-08 21:40', 'north'),
  ('l34', 'Appointment.update', 'Appointment', 'w15', '{"status": "in_progress"}',
   '2026-03-08 21:45', 'north'),
  -- 54. Checked in by an action that sets nothing.
  ('l35', 'Appointment.delete', 'Appointment', 'w16', '{"status": "checked_in"}',
   '2026-03-08 22:00', 'north'),
  ('l36', 'Appointment.update', 'Appointment', 'w16', '{"status": "in_progress"}',
   '2026-03-08 22:10', 'north'),
  -- 55. Never checked in.
  ('l37', 'Appointment.update', 'Appointment', 'w17', '{"status": "in_progress"}',
   '2026-03-08 22:10', 'north'),
  -- 56. Begun ten minutes after midnight: 1,200 s, which the day's audit rows alone do not have.
  ('l38', 'Appointment.update', 'Appointment', 'w18', '{"status": "checked_in"}',
   '2026-03-09 03:50', 'north'),
  ('l39', 'Appointment.update', 'Appointment', 'w18', '{"status": "in_progress"}',
   '2026-03-09 04:10', 'north'),
  -- 57. The word in another field, nothing at all, a list, and no status.
  ('l40', 'Appointment.update', 'Appointment', 'w19', '{"notes": "checked_in"}',
   '2026-03-08 22:00', 'north'),
  ('l41', 'Appointment.update', 'Appointment', 'w19', NULL, '2026-03-08 22:01', 'north'),
  ('l42', 'Appointment.update', 'Appointment', 'w19', '["checked_in"]', '2026-03-08 22:02',
   'north'),
  ('l43', 'Appointment.update', 'Appointment', 'w19', '{"status": null}', '2026-03-08 22:03',
   'north'),
  ('l44', 'Appointment.update', 'Appointment', 'w19', '{"status": "in_progress"}',
   '2026-03-08 22:04', 'north')
) AS rows(id, action, resource, appointment, changes, at, tenant);

-- Invoices ----------------------------------------------------------------------------------------
INSERT INTO invoices (id, "tenantId", "clientId", total, status, "invoiceDate", "dueDate",
                      "createdAt", "deletedAt", "updatedAt", "invoiceNumber", subtotal, tax)
SELECT id, tenant, client, total::float8, status, at::timestamp, due::timestamp,
       coalesce(created, at)::timestamp, deleted::timestamp, now(), id, 0, 0
FROM (VALUES
  ('i01', 'north', 'c-n1', '100', 'unpaid', '2026-03-08 05:00', '2026-04-07', NULL, NULL),
  -- 58. 0.1 + 0.2 of floating point; 2.675, which is a little less in binary.
  ('i02', 'north', 'c-n1', '0.30000000000000004', 'paid', '2026-03-08 12:00', '2026-04-07', NULL,
   NULL),
  ('i03', 'north', 'c-n1', '2.675', 'sent', '2026-03-08 12:00', '2026-04-07', NULL, NULL),
  -- 59. Void, cancelled in two spellings, drafts: no revenue, the guide adds them up.
  ('i04', 'north', 'c-n1', '1000', 'void', '2026-03-08 12:00', '2026-04-07', NULL, NULL),
  ('i05', 'north', 'c-n1', '1500', 'Voided', '2026-03-08 12:00', '2026-04-07', NULL, NULL),
  ('i06', 'north', 'c-n1', '2000', 'Cancelled', '2026-03-08 12:00', '2026-04-07', NULL, NULL),
  ('i07', 'north', 'c-n1', '3000', 'canceled', '2026-03-08 12:00', '2026-04-07', NULL, NULL),
  ('i08', 'north', 'c-n1', '4000', ' draft', '2026-03-08 12:00', '2026-04-07', NULL, NULL),
  -- 60. Deleted.
  ('i09', 'north', 'c-n1', '5000', 'paid', '2026-03-08 12:00', '2026-04-07', NULL, '2026-03-08'),
  -- 61. At the end of the day, and a millisecond before its beginning.
  ('i10', 'north', 'c-n1', '6000', 'paid', '2026-03-09 04:00', '2026-04-07', NULL, NULL),
  ('i11', 'north', 'c-n1', '7000', 'paid', '2026-03-08 04:59:59.999', '2026-04-07', NULL, NULL),
  -- 62. Of February, entered today; due since March 1. Paid: 20 of 50.
  ('i12', 'north', 'c-n1', '50', 'unpaid', '2026-02-01', '2026-03-01', '2026-03-08 12:00', NULL),
  -- 63. Overpaid, and still "unpaid": nothing is owed, and not less than nothing, so it is not overdue.
  ('i13', 'north', 'c-n1', '10', 'unpaid', '2026-01-01', '2026-01-31', NULL, NULL),
  -- 64. Due at this very instant: not yet overdue. A millisecond ago: overdue.
  ('i14', 'north', 'c-n1', '77', 'unpaid', '2026-02-01', '2026-03-09 10:00', NULL, NULL),
  ('i15', 'north', 'c-n1', '8', 'Partial', '2026-02-01', '2026-03-09 09:59:59.999', NULL, NULL),
  -- 65. Due, and paid, refunded, void, or a draft.
  ('i16', 'north', 'c-n6', '30', 'PAID', '2026-01-01', '2026-01-31', NULL, NULL),
  ('i17', 'north', 'c-n1', '500', 'refunded', '2026-01-01', '2026-01-31', NULL, NULL),
  ('i18', 'north', 'c-n1', '500', 'VOID', '2026-01-01', '2026-01-31', NULL, NULL),
  ('i19', 'north', 'c-n1', '500', 'draft', '2026-01-01', '2026-01-31', NULL, NULL),
  -- 66. Overdue and deleted.
  ('i20', 'north', 'c-n1', '500', 'unpaid', '2026-01-01', '2026-01-31', NULL, '2026-02-01'),
  ('j01', 'south', 'c-s1', '12.5', 'unpaid', '2026-03-08 10:00', '2026-03-08 12:00', NULL, NULL),
  ('j02', 'south', 'c-s1', '7', 'paid', '2026-01-01', '2026-01-31', NULL, NULL)
) AS rows(id, tenant, client, total, status, at, due, created, deleted);

-- Payments ----------------------------------------------------------------------------------------
INSERT INTO payments (id, "tenantId", "invoiceId", amount, "paymentMethod", "paymentDate", status,
                      "createdAt", "deletedAt")
SELECT id, tenant, invoice, amount::float8, method, at::timestamp, status,
       coalesce(created, at)::timestamp, deleted::timestamp
FROM (VALUES
  -- 67. The first instant of the day, and a millisecond before it.
  ('p01', 'north', 'i01', '10', 'cash', '2026-03-08 05:00', 'completed', NULL, NULL),
  ('p02', 'north', 'i01', '100', 'cash', '2026-03-08 04:59:59.999', 'completed', NULL, NULL),
  -- 68. The first instant of the next day, and a millisecond before it, which is 03-09 in UTC.
  ('p03', 'north', 'i01', '1000', 'cash', '2026-03-09 04:00', 'completed', NULL, NULL),
  ('p04', 'north', 'i01', '20', 'card', '2026-03-09 03:59:59.999', 'completed', NULL, NULL),
  -- 69. 0.1 + 0.2: 0.30.
  ('p05', 'north', 'i01', '0.30000000000000004', 'cash', '2026-03-08 12:00', 'completed', NULL,
   NULL),
  -- 70. 1.005 and 2.675 are a little less in binary: 1.01 and 2.68 all the same; -1.005: -1.01. Who
  -- rounds the sum alone loses a cent of two times 2.675.
  ('p06', 'north', 'i01', '1.005', 'cash', '2026-03-08 12:00', 'completed', NULL, NULL),
  ('p07', 'north', 'i01', '2.675', 'card', '2026-03-08 12:00', 'completed', NULL, NULL),
  ('p25', 'north', 'i01', '2.675', 'card', '2026-03-08 12:00', 'completed', NULL, NULL),
  ('p08', 'north', 'i01', '-1.005', 'cash', '2026-03-08 12:00', 'completed', NULL, NULL),
  -- 71. A correction.
  ('p09', 'north', 'i01', '-5', 'cash', '2026-03-08 12:00', 'completed', NULL, NULL),
  -- 72. Pending, failed, refunded.
  ('p10', 'north', 'i01', '50', 'cash', '2026-03-08 12:00', 'pending', NULL, NULL),
  ('p11', 'north', 'i01', '60', 'cash', '2026-03-08 12:00', 'failed', NULL, NULL),
  ('p12', 'north', 'i01', '70', 'cash', '2026-03-08 12:00', 'refunded', NULL, NULL),
  -- 73. Another spelling of "completed".
  ('p13', 'north', 'i01', '3.33', 'card', '2026-03-08 12:00', ' Completed', NULL, NULL),
  -- 74. Deleted.
  ('p14', 'north', 'i01', '500', 'cash', '2026-03-08 12:00', 'completed', NULL, '2026-03-08'),
  -- 75. The last instant of standard time (01:59:59.999) and the first of daylight time (03:00).
  ('p15', 'north', 'i01', '4', 'cash', '2026-03-08 06:59:59.999', 'completed', NULL, NULL),
  ('p16', 'north', 'i01', '5', 'cash', '2026-03-08 07:00', 'completed', NULL, NULL),
  -- 76. 02:30 UTC, 21:30 of the day before in New York; who takes it for local time finds an hour
  -- that does not exist.
  ('p17', 'north', 'i01', '9.99', 'cash', '2026-03-08 02:30', 'completed', NULL, NULL),
  -- 77. Entered today for yesterday; entered tomorrow for today, with another spelling of "card".
  ('p18', 'north', 'i01', '40', 'cash', '2026-03-07 12:00', 'completed', '2026-03-08 12:00', NULL),
  ('p19', 'north', 'i01', '6', ' Card ', '2026-03-08 12:00', 'completed', '2026-03-10', NULL),
  -- Of overdue invoices: 20 of 50 count, since the others are pending and deleted.
  ('p20', 'north', 'i12', '20', 'cash', '2026-02-15', 'completed', NULL, NULL),
  ('p21', 'north', 'i12', '10', 'cash', '2026-02-15', 'pending', NULL, NULL),
  ('p22', 'north', 'i12', '5', 'cash', '2026-02-15', 'completed', NULL, '2026-02-16'),
  ('p23', 'north', 'i13', '12', 'cash', '2026-02-01', 'completed', NULL, NULL),
  -- 78. A client who only paid within the year.
  ('p24', 'north', 'i16', '30', 'cash', '2026-01-10', 'completed', NULL, NULL),
  -- 79. Of the other tenant: its first instant, and the first of its next day.
  ('q01', 'south', 'j02', '7', 'cash', '2026-03-07 23:00', 'completed', NULL, NULL),
  ('q02', 'south', 'j02', '70', 'cash', '2026-03-08 23:00', 'completed', NULL, NULL)
) AS rows(id, tenant, invoice, amount, method, at, status, created, deleted);
-- 80. A hundred times ten cents: 9.99999999999998 in floating point.
INSERT INTO payments (id, "tenantId", "invoiceId", amount, "paymentMethod", "paymentDate")
SELECT 'dime' || n, 'north', 'i01', 0.1, 'check', '2026-03-08 12:00' FROM generate_series(1, 100) n;

-- Refunds -----------------------------------------------------------------------------------------
INSERT INTO refunds (id, "tenantId", amount, "refundMethod", status, "requestedDate",
                     "processedDate", "deletedAt", "updatedAt", "refundNumber", "clientId", reason,
                     "processedBy")
SELECT id, tenant, amount::float8, method, status, requested::timestamp, processed::timestamp,
       deleted::timestamp, now(), id, 'c-n1', '', ''
FROM (VALUES
  -- 81. Both words for a refund that was paid out; 1.115 is a little more in binary: 1.12.
  ('f01', 'north', '2.50', 'cash', 'processed', '2026-03-08 12:00', '2026-03-08 12:00', NULL),
  ('f02', 'north', '1.115', 'card', 'completed', '2026-03-08 12:00', '2026-03-08 12:00', NULL),
  -- 82. Pending; processed without a date; rejected on the day.
  ('f03', 'north', '99', 'cash', 'pending', '2026-03-08 12:00', NULL, NULL),
  ('f04', 'north', '98', 'cash', 'processed', '2026-03-08 12:00', NULL, NULL),
  ('f05', 'north', '94', 'cash', 'rejected', '2026-03-08 12:00', '2026-03-08 12:00', NULL),
  -- 83. Asked for today, processed tomorrow; asked for last week, processed today.
  ('f06', 'north', '97', 'cash', 'processed', '2026-03-08 12:00', '2026-03-09 12:00', NULL),
  ('f07', 'north', '0.50', 'cash', 'processed', '2026-03-01 12:00', '2026-03-08 05:00', NULL),
  -- 84. At the end of the day.
  ('f08', 'north', '96', 'cash', 'processed', '2026-03-08 12:00', '2026-03-09 04:00', NULL),
  -- 85. Deleted.
  ('f09', 'north', '95', 'cash', 'processed', '2026-03-08 12:00', '2026-03-08 12:00', '2026-03-08'),
  -- 86. Another spelling; a method by which nothing was received.
  ('f10', 'north', '0.01', 'credit', 'Processed', '2026-03-08 12:00', '2026-03-08 12:00', NULL),
  -- 87. More than was received: a revenue below zero.
  ('g01', 'south', '10', 'cash', 'processed', '2026-03-08 12:00', '2026-03-08 12:00', NULL)
) AS rows(id, tenant, amount, method, status, requested, processed, deleted);

-- Stock -------------------------------------------------------------------------------------------
INSERT INTO inventory_items (id, "tenantId", category, "quantityOnHand", "reorderPoint",
                             "minimumQuantity", "unitCost", "expirationDate", status, "deletedAt",
                             "updatedAt", "itemType", name, sku, "sellingPrice")
SELECT id, tenant, category, quantity, reorder, minimum, cost::float8, expires::timestamp, status,
       deleted::timestamp, now(), '', '', id, 0
FROM (VALUES
  -- 88. As much as the reorder point: to be ordered. One more: not.
  ('v01', 'north', 'food', 10, 10, 5, '1.005', NULL, 'active', NULL),
  ('v02', 'north', 'food', 11, 10, 11, '2', NULL, 'active', NULL),
  -- 89. Nothing, and less than nothing.
  ('v03', 'north', 'drug', 0, 5, 2, '100', NULL, 'active', NULL),
  ('v04', 'north', 'drug', -3, 5, 0, '0.1', NULL, 'active', NULL),
  -- 90. Inactive, deleted, discontinued: the guide counts them.
  ('v05', 'north', 'food', 1, 5, 0, '1', NULL, 'inactive', NULL),
  ('v06', 'north', 'food', 1, 5, 0, '1', NULL, 'active', '2026-01-01'),
  ('v13', 'north', 'food', 0, 5, 0, '1', NULL, 'discontinued', NULL),
  -- 91. Expires in 30 days to the millisecond, and a millisecond later.
  ('v07', 'north', 'drug', 50, 5, 1, '0.30000000000000004', '2026-04-08 10:00', 'active', NULL),
  ('v08', 'north', 'drug', 50, 5, 0, '0', '2026-04-08 10:00:00.001', 'active', NULL),
  -- 92. Expired a millisecond ago; expired, and nothing is left of it; expires at this instant.
  ('v09', 'north', 'drug', 5, 1, 0, '1', '2026-03-09 09:59:59.999', 'active', NULL),
  ('v10', 'north', 'food', 0, 0, 0, '1', '2026-01-01', 'active', NULL),
  ('v11', 'north', 'food', 2, 1, 0, '1', '2026-03-09 10:00', 'active', NULL),
  -- 93. "Active".
  ('v12', 'north', 'food', 3, 4, 3, '1', NULL, 'Active', NULL),
  ('u01', 'south', 'food', 1, 0, 0, '12.345', NULL, 'active', NULL),
  ('z01', 'closed', 'food', 0, 1, 0, '1', NULL, 'active', NULL)
) AS rows(id, tenant, category, quantity, reorder, minimum, cost, expires, status, deleted);

-- Waitlist ----------------------------------------------------------------------------------------
INSERT INTO waitlist (id, "tenantId", urgency, status, "deletedAt", "updatedAt", "patientId",
                      "clientId", "appointmentType", reason)
SELECT id, tenant, urgency, status, deleted::timestamp, now(), '', '', '', ''
FROM (VALUES
  -- 94. Booked, cancelled, deleted, and two spellings of "active".
  ('b01', 'north', 'urgent', 'active', NULL),
  ('b02', 'north', 'routine', 'Active', NULL),
  ('b03', 'north', 'routine', 'booked', NULL),
  ('b04', 'north', 'routine', 'cancelled', NULL),
  ('b05', 'north', 'routine', 'active', '2026-01-01'),
  ('b06', NULL, 'routine', 'active', NULL)
) AS rows(id, tenant, urgency, status, deleted);

-- Feedback ----------------------------------------------------------------------------------------
INSERT INTO client_feedback (id, "tenantId", "npsScore", "createdAt", "deletedAt", "updatedAt",
                             "clientId", "feedbackType")
SELECT id, tenant, score, at::timestamp, deleted::timestamp, now(), '', ''
FROM (VALUES
  -- 95. Two promoters, two detractors, one between: a score of 0 that is known.
  ('n01', 'north', 9, '2026-03-08 05:00', NULL),
  ('n02', 'north', 10, '2026-03-08 12:00', NULL),
  ('n03', 'north', 7, '2026-03-08 12:00', NULL),
  ('n04', 'north', 6, '2026-03-08 12:00', NULL),
  ('n05', 'north', 0, '2026-03-09 03:59:59.999', NULL),
  -- 96. Outside the scale, none, deleted, at the end of the day.
  ('n06', 'north', 11, '2026-03-08 12:00', NULL),
  ('n07', 'north', -1, '2026-03-08 12:00', NULL),
  ('n08', 'north', NULL, '2026-03-08 12:00', NULL),
  ('n09', 'north', 10, '2026-03-08 12:00', '2026-03-08'),
  ('n10', 'north', 10, '2026-03-09 04:00', NULL),
  ('n11', NULL, 3, '2026-03-08 12:00', NULL)
) AS rows(id, tenant, score, at, deleted);

-- Webhooks and workflows --------------------------------------------------------------------------
INSERT INTO webhook_subscriptions (id, name, url, secret, "updatedAt")
VALUES ('h', '', '', '', now());
INSERT INTO webhook_deliveries (id, "webhookId", event, payload, status, "createdAt", "updatedAt")
SELECT id, 'h', '', '{}', status, at::timestamp, now()
FROM (VALUES
  -- 97. Deliveries have no tenant; what is pending has not succeeded.
  ('d01', 'success', '2026-03-08 00:00'),
  ('d02', 'success', '2026-03-08 12:00'),
  ('d03', 'Success', '2026-03-08 12:00'),
  ('d04', 'failed', '2026-03-08 12:00'),
  ('d05', 'pending', '2026-03-08 23:59:59.999'),
  ('d06', 'success', '2026-03-09 00:00')
) AS rows(id, status, at);
INSERT INTO workflow_executions (id, "tenantId", status, "startedAt", "deletedAt", "updatedAt",
                                 "workflowName", "triggerType", "triggerData")
SELECT id, tenant, status, at::timestamp, deleted::timestamp, now(), '', '', '{}'
FROM (VALUES
  -- 98. Half of them; one is deleted, one of the next day.
  ('e01', 'north', 'completed', '2026-03-08 05:00', NULL),
  ('e02', 'north', 'Completed', '2026-03-08 12:00', NULL),
  ('e03', 'north', 'failed', '2026-03-08 12:00', NULL),
  ('e04', 'north', 'running', '2026-03-08 12:00', NULL),
  ('e05', 'north', 'completed', '2026-03-08 12:00', '2026-03-08'),
  ('e06', 'north', 'completed', '2026-03-09 04:00', NULL)
) AS rows(id, tenant, status, at, deleted);
