// Shelves, orders and machines, and the formulary that prescriptions name.
#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

constexpr std::int64_t kMachines = 12;

// Staff 4, the first receptionist, keeps the stock.
Authorship keeper(const Practice& practice, Instant at, Tenant tenant) {
  return written(practice, at, 4, tenant);
}

Tenant tenant_of_item(std::int64_t item) {
  if (item % 10 == 9) return Tenant::none;  // the application's own seed writes none
  return item % 10 >= 7 ? Tenant::second : Tenant::first;
}

// Around the reorder point: a sixth below, some exactly on it, most above.
std::int64_t quantity_of(std::int64_t item, std::int64_t reorder_point, SeededRandom& dice) {
  if (item % 12 == 0) return 0;
  if (item % 12 == 1) return reorder_point - 1;
  if (item % 12 == 2) return reorder_point;
  return reorder_point + 1 + static_cast<std::int64_t>(dice.below(200));
}

// Expired, expiring within 30 days, the last day of them, later, or never.
std::optional<Instant> expiry_of(std::int64_t item, Instant now, SeededRandom& dice) {
  switch (item % 8) {
    case 0: return now - days{1 + dice.below(60)};
    case 1: return now + days{1 + dice.below(29)};
    case 2: return now + days{30};
    case 3: return std::nullopt;
    default: return now + days{40 + dice.below(900)};
  }
}

void write_item(Seeding& seeding, std::int64_t item) {
  const Practice& practice = seeding.practice;
  SeededRandom dice = practice.dice(TableId::inventory_items, item);
  const auto drug = static_cast<std::size_t>(item) % drugs().size();
  const bool is_drug = item % 2 == 0;
  const std::int64_t reorder_point = 5 + static_cast<std::int64_t>(dice.below(6)) * 5;
  const auto expiry = expiry_of(item, practice.now(), dice);
  const std::int64_t quantity = quantity_of(item, reorder_point, dice);
  const Cents cost = 125 + static_cast<Cents>(dice.below(9000));
  const SampleId id = practice.id(TableId::inventory_items, item);
  const std::string sku = fmt::format("SKU-{:06}", item);
  const std::string_view name = is_drug ? drugs()[drug].name : "Gauze swabs 10&#x2F;pack";
  const Authorship by =
      keeper(practice, practice.first_day() + days{item % 600}, tenant_of_item(item));
  RowText& row = seeding.rows.row(TableId::inventory_items);
  row.id(id).plain(is_drug ? "Medication" : "Supply").plain(name).plain(sku);
  row.plain(is_drug ? "Medications" : "Supplies");
  if (is_drug) {
    row.id(practice.id(TableId::medications, static_cast<std::int64_t>(drug)));
  } else {
    row.null();
  }
  row.number(quantity).number(2).number(reorder_point).cents(cost).cents(cost * 12 / 5);
  row.plain("Vet Supply &amp; Co").time(expiry).plain(fmt::format("LOT{:05}", item * 7 % 99'991));
  row.plain(fmt::format("A-{:02}", item % 40)).plain("active");
  row.time(item % 45 == 17 ? std::optional{by.updated} : std::nullopt).number(1).stamp(by).end();
  const AuditEvent event{"InventoryItem", id, by.author, by.tenant, by.created};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.text("sku", sku).text("name", name).cents("unitCost", cost);
    json.number("reorderPoint", reorder_point).number("quantityOnHand", quantity);
    if (expiry) json.time("expirationDate", *expiry);
  });
}

void write_order(Seeding& seeding, std::int64_t order) {
  constexpr std::string_view kStatuses[] = {"received", "received", "approved", "pending",
                                            "cancelled"};
  const Practice& practice = seeding.practice;
  SeededRandom dice = practice.dice(TableId::purchase_orders, order);
  const std::string_view status = kStatuses[order % 5];
  const bool is_received = status == "received";
  const Instant at = practice.now() - days{3 + order % 700};
  const Cents unit = 500 + static_cast<Cents>(dice.below(5000));
  const Cents subtotal = unit * 10 * 3;
  const SampleId id = practice.id(TableId::purchase_orders, order);
  RowText& row = seeding.rows.row(TableId::purchase_orders);
  row.id(id).plain(fmt::format("PO-{:06}", order)).plain("Vet Supply &amp; Co").time(at);
  row.time(at + days{4}).time(is_received ? std::optional{at + days{3}} : std::nullopt);
  row.plain(status).cents(subtotal).cents(subtotal * 8 / 100).cents(995);
  row.cents(subtotal + subtotal * 8 / 100 + 995);
  if (status == "pending" || status == "cancelled") {
    row.null().null();
  } else {
    row.id(practice.user_of(4)).time(at + hours{2});
  }
  row.stamp(keeper(practice, at, tenant_of_item(order))).end();
  for (int line = 0; line < 3; ++line) {
    const auto item = static_cast<std::int64_t>(
        dice.below(static_cast<std::uint64_t>(practice.scale().stock_items)));
    RowText& part = seeding.rows.row(TableId::purchase_order_items);
    part.id(sample_id(dice))
        .id(id)
        .plain("inventory")
        .id(practice.id(TableId::inventory_items, item));
    part.plain("As on the shelf").number(10).number(is_received ? 10 : 0).cents(unit);
    part.cents(unit * 10).plain(is_received ? "received" : "pending").end();
  }
}

void write_machine(Seeding& seeding, std::int64_t machine) {
  constexpr std::string_view kNames[] = {"X-ray", "Ultrasound", "Autoclave", "Analyser"};
  const Practice& practice = seeding.practice;
  SeededRandom dice = practice.dice(TableId::equipment, machine);
  const Tenant tenant = tenant_of_item(machine);
  const Instant bought = practice.opened() + days{machine * 40};
  const SampleId id = practice.id(TableId::equipment, machine);
  const Authorship by = keeper(practice, bought, tenant);
  RowText& row = seeding.rows.row(TableId::equipment);
  row.id(id).plain(kNames[machine % 4]).plain("diagnostic").plain("Medidyne");
  row.plain(fmt::format("SN-{:05}", machine)).time(bought).cents(1'250'000);
  row.time(bought + days{730}).plain("Room 2").plain(machine == 7 ? "retired" : "active");
  row.stamp(by).end();
  for (int year = 0; year < 5; ++year) {
    const Instant due = bought + days{365 * (year + 1)};
    const bool is_done = due < practice.now();
    RowText& service = seeding.rows.row(TableId::equipment_maintenance);
    service.id(sample_id(dice)).id(id).plain("inspection").time(due);
    service.time(is_done ? std::optional{due + days{1}} : std::nullopt).plain("Medidyne");
    service.cents(18'000).plain(is_done ? "completed" : "scheduled").stamp(by).end();
  }
  for (int week = 0; week < 20; ++week) {
    const Instant at = practice.now() - days{7 * week + 1};
    const bool is_good = dice.below(15) != 0;
    RowText& control = seeding.rows.row(TableId::quality_control_records);
    control.id(sample_id(dice))
        .id(id)
        .plain("CBC")
        .plain("normal")
        .time(at)
        .plain("7.5 &plusmn; 0.3");
    control.plain(is_good ? "7.6" : "8.4").flag(is_good).id(practice.user_of(8));
    control.stamp(written(practice, at, 8, tenant)).end();
  }
}

void write_drug(Seeding& seeding, std::int64_t number) {
  const Practice& practice = seeding.practice;
  const Drug& drug = drugs()[static_cast<std::size_t>(number)];
  RowText& row = seeding.rows.row(TableId::medications);
  row.id(practice.id(TableId::medications, number)).plain(drug.name).plain(drug.generic);
  row.plain(drug.category).plain(drug.form).plain(drug.strength).plain("Vetpharm");
  row.plain(fmt::format("{:05}-{:04}-01", 10'000 + number * 13, 100 + number));
  row.flag(!drug.schedule.empty());
  row.text_or_null(drug.schedule.empty() ? std::nullopt : std::optional{drug.schedule});
  row.time(practice.opened()).time(practice.opened()).end();
  if (number == 0) return;
  RowText& pair = seeding.rows.row(TableId::drug_interactions);
  pair.id(practice.id(TableId::drug_interactions, number));
  pair.id(practice.id(TableId::medications, number - 1))
      .id(practice.id(TableId::medications, number));
  pair.plain(number % 4 == 0 ? "severe" : "moderate").plain("Higher risk of side effects");
  pair.plain("Watch &amp; reduce the dose").time(practice.opened()).time(practice.opened()).end();
}

}  // namespace

void write_medicines(Seeding& seeding) {
  const Practice& practice = seeding.practice;
  for (std::size_t drug = 0; drug < drugs().size(); ++drug) {
    write_drug(seeding, static_cast<std::int64_t>(drug));
  }
  for (std::int64_t formula = 0; formula < 6; ++formula) {
    RowText& row = seeding.rows.row(TableId::compounding_formulas);
    row.id(practice.id(TableId::compounding_formulas, formula));
    row.plain(fmt::format("Ear ointment no. {}", formula + 1)).null();
    row.plain(R"([{"name":"Miconazole","amount":"2 %"}])").plain(R"(["Mix","Fill","Label"])");
    row.number(60).plain("2 to 8 °C").number(formula * 3);
    row.stamp(keeper(practice, practice.first_day(), tenant_of_item(formula))).end();
  }
}

void write_stock(Seeding& seeding) {
  const std::int64_t items = seeding.practice.scale().stock_items;
  for (std::int64_t item = 0; item < items; ++item) write_item(seeding, item);
  for (std::int64_t order = 0; order < items / 3; ++order) write_order(seeding, order);
  for (std::int64_t machine = 0; machine < kMachines; ++machine) write_machine(seeding, machine);
}

}  // namespace pcx::sandbox
