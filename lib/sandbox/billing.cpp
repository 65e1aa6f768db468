// What a visit costs and how it is paid. Sums are exact in cents.
#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

struct Line {
  std::string_view description;
  std::string_view type;
  std::int64_t quantity;
  Cents unit_price;
  Cents total() const { return quantity * unit_price; }
};

struct Bill {
  SampleId id;
  std::string number;
  std::array<Line, 4> lines;
  int line_count = 0;
  Cents subtotal = 0;
  Cents discount = 0;
  Cents tax = 0;
  Cents total = 0;
  Cents paid = 0;
  std::string_view status;
  Instant issued;
  Instant due;
};

// Of a thousand invoices, by place; the status follows from what was paid and how old it is.
std::string_view status_of(std::int64_t number, bool is_old) {
  const auto place = number * 389 % 1000;
  if (place < 800) return "paid";
  if (place < 840) return "partial";
  if (place < 850) return "refunded";
  if (place < 870) return "pending";
  if (place < 880 && is_old) return "overdue";
  return is_old && place < 960 ? "paid" : "unpaid";
}

void add_line(Bill& bill, const Line& line) {
  bill.lines[static_cast<std::size_t>(bill.line_count++)] = line;
  bill.subtotal += line.total();
}

Bill bill_of(const Practice& practice, const Visit& visit, SeededRandom& dice) {
  Bill bill;
  bill.id = practice.id(TableId::invoices, visit.number);
  bill.number = fmt::format("INV-{:07}", visit.number + 1);
  add_line(bill, {visit.kind->service, "service", 1, visit.kind->cents});
  if (dice.below(2) == 0) add_line(bill, {"Medication &amp; dispensing", "medication", 1, 2495});
  if (dice.below(3) == 0) {
    const auto quantity = 1 + static_cast<std::int64_t>(dice.below(6));
    add_line(bill, {"Diet food, can 400 g", "product", quantity, 349});
  }
  if (dice.below(8) == 0) add_line(bill, {"Laboratory", "lab", 1, 7150});
  bill.discount = dice.below(12) == 0 ? bill.subtotal / 10 : 0;
  const Cents taxed = bill.subtotal - bill.discount;
  bill.tax = taxed * (visit.tenant == Tenant::second ? 1900 : 825) / 10'000;
  bill.total = taxed + bill.tax;
  bill.issued = visit.last_change();
  bill.due = bill.issued + days{30};
  bill.status = status_of(visit.number, bill.due < practice.now());
  const bool is_settled = bill.status == "paid" || bill.status == "refunded";
  bill.paid = is_settled ? bill.total : bill.status == "partial" ? bill.total / 2 : 0;
  return bill;
}

void write_lines(Seeding& seeding, const Bill& bill, SeededRandom& dice) {
  for (int i = 0; i < bill.line_count; ++i) {
    const Line& line = bill.lines[static_cast<std::size_t>(i)];
    RowText& row = seeding.rows.row(TableId::invoice_line_items);
    row.id(sample_id(dice)).id(bill.id).plain(line.description).number(line.quantity);
    row.cents(line.unit_price).cents(line.total()).plain(line.type).null().end();
  }
}

void audit_bill(Seeding& seeding, const Visit& visit, const Bill& bill, const Authorship& by,
                SeededRandom& dice) {
  AuditEvent event{"Invoice", bill.id, by.author, visit.tenant, by.created};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.cents("tax", bill.tax).cents("total", bill.total).time("dueDate", bill.due);
    json.id("clientId", seeding.practice.id(TableId::clients, visit.client));
    json.cents("subtotal", bill.subtotal).time("invoiceDate", bill.issued);
    json.text("invoiceNumber", bill.number);
  });
  if (bill.status == "unpaid") return;
  event.at = by.updated;
  audit_update(seeding.rows, dice, event,
               [&](JsonText& json) { json.text("status", bill.status); });
}

void write_payment(Seeding& seeding, const Visit& visit, const Bill& bill, const Authorship& by,
                   SeededRandom& dice) {
  constexpr std::string_view kMethods[] = {"card", "card", "cash", "transfer"};
  const SampleId id = seeding.practice.id(TableId::payments, visit.number);
  const std::string_view method = kMethods[dice.below(4)];
  RowText& row = seeding.rows.row(TableId::payments);
  row.id(id).id(bill.id).cents(bill.paid).plain(method).time(by.updated);
  if (method == "card") {
    row.plain(fmt::format("txn_{:016x}", dice.next()));
  } else {
    row.null();
  }
  row.plain("completed").time(by.updated).sign(by).end();
  const AuditEvent event{"Payment", id, by.author, visit.tenant, by.updated};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.cents("amount", bill.paid).id("invoiceId", bill.id).time("paymentDate", by.updated);
    json.text("paymentMethod", method);
  });
}

void write_refund(Seeding& seeding, const Visit& visit, const Bill& bill, const Authorship& by) {
  const Practice& practice = seeding.practice;
  RowText& row = seeding.rows.row(TableId::refunds);
  row.id(practice.id(TableId::refunds, visit.number));
  row.plain(fmt::format("REF-{:07}", visit.number + 1)).id(bill.id);
  row.id(practice.id(TableId::payments, visit.number));
  row.id(practice.id(TableId::clients, visit.client)).cents(bill.total);
  row.plain("Charged twice").plain("card").id(by.author).plain("processed");
  row.time(by.updated).time(by.updated).stamp(by).end();
}

void write_plan(Seeding& seeding, const Visit& visit, const Bill& bill, const Authorship& by) {
  constexpr int kInstallments = 3;
  const Practice& practice = seeding.practice;
  const SampleId id = practice.id(TableId::payment_plans, visit.number);
  const Cents left = bill.total - bill.paid;
  RowText& row = seeding.rows.row(TableId::payment_plans);
  row.id(id).id(practice.id(TableId::clients, visit.client)).id(bill.id).cents(bill.total);
  row.cents(bill.paid).cents(left).cents(left / kInstallments).plain("monthly");
  row.number(kInstallments).time(bill.issued).time(bill.due).plain("active").stamp(by).end();
  for (int i = 0; i < kInstallments; ++i) {
    const bool is_last = i + 1 == kInstallments;
    RowText& part = seeding.rows.row(TableId::payment_plan_installments);
    part.id(practice.id(TableId::payment_plan_installments, visit.number * kInstallments + i));
    part.id(id).number(i + 1).time(bill.due + days{30 * i});
    part.cents(is_last ? left - left / kInstallments * i : left / kInstallments);
    part.cents(0).null().plain("pending").end();
  }
}

void write_claim(Seeding& seeding, const Visit& visit, const Bill& bill, const Authorship& by,
                 SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const auto fate = dice.below(10);
  const bool is_paid = fate < 6;
  const Cents granted = bill.total * 8 / 10;
  const std::optional<Instant> decided = fate < 8 ? std::optional{by.updated} : std::nullopt;
  RowText& row = seeding.rows.row(TableId::insurance_claims);
  row.id(practice.id(TableId::insurance_claims, visit.number));
  row.plain(fmt::format("CLM-{:07}", visit.number + 1));
  row.id(practice.id(TableId::patients, visit.patient));
  row.id(practice.id(TableId::clients, visit.client)).plain("PetSure");
  row.plain(fmt::format("PS-{:06}", visit.patient)).time(bill.issued).time(visit.start);
  row.list({"Z00.0", "S93.4"}).cents(bill.total);
  if (is_paid) {
    row.cents(granted).cents(granted).plain("paid");
  } else {
    row.null().null().plain(decided ? "denied" : "submitted");
  }
  row.time(bill.issued).time(decided).time(is_paid ? decided : std::nullopt);
  row.text_or_null(decided && !is_paid ? std::optional<std::string_view>{"Not covered"}
                                       : std::nullopt);
  row.stamp(by).end();
}

void write_estimate(Seeding& seeding, const Visit& visit, const Bill& bill, const Authorship& by,
                    SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const SampleId id = practice.id(TableId::estimates, visit.number);
  const Instant offered = visit.booked;
  RowText& row = seeding.rows.row(TableId::estimates);
  row.id(id).plain(fmt::format("EST-{:07}", visit.number + 1));
  row.id(practice.id(TableId::clients, visit.client));
  row.id(practice.id(TableId::patients, visit.patient)).plain(visit.kind->service);
  row.cents(bill.subtotal).cents(bill.tax).cents(bill.subtotal + bill.tax);
  row.time(offered + days{30}).plain("approved").time(visit.start);
  row.stamp({offered, visit.start, by.author, visit.tenant}).end();
  for (int i = 0; i < bill.line_count; ++i) {
    const Line& line = bill.lines[static_cast<std::size_t>(i)];
    RowText& part = seeding.rows.row(TableId::estimate_line_items);
    part.id(sample_id(dice)).id(id).plain(line.description).number(line.quantity);
    part.cents(line.unit_price).cents(line.total()).plain(line.type).end();
  }
}

}  // namespace

void write_bill(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const Bill bill = bill_of(practice, visit, dice);
  const bool is_quick = dice.below(3) != 0;
  const milliseconds wait = is_quick ? milliseconds{minutes{5}} : milliseconds{days{9}};
  const Instant settled =
      bill.status == "unpaid" ? bill.issued : std::min(bill.issued + wait, practice.now());
  const Authorship by{bill.issued, settled, practice.user_of(visit.receptionist), visit.tenant};
  RowText& row = seeding.rows.row(TableId::invoices);
  row.id(bill.id).plain(bill.number).id(practice.id(TableId::clients, visit.client));
  row.time(bill.issued).time(bill.due).cents(bill.subtotal).cents(bill.tax).cents(bill.discount);
  row.cents(bill.total).plain(bill.status).null();
  row.time(visit.number % 150 == 7 ? std::optional{settled} : std::nullopt);
  row.number(bill.status == "unpaid" ? 1 : 2).stamp(by).end();

  write_lines(seeding, bill, dice);
  audit_bill(seeding, visit, bill, by, dice);
  if (bill.paid > 0) write_payment(seeding, visit, bill, by, dice);
  if (bill.status == "refunded") write_refund(seeding, visit, bill, by);
  if (bill.status == "partial") write_plan(seeding, visit, bill, by);
  if (dice.below(30) == 0) write_claim(seeding, visit, bill, by, dice);
  if (dice.below(20) == 0) write_estimate(seeding, visit, bill, by, dice);
}

}  // namespace pcx::sandbox
