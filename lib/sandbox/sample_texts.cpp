#include "sandbox/sample_texts.h"

#include <array>

namespace pcx::sandbox {

namespace {

constexpr auto kFirstNames = std::to_array<PersonName>({
    {"Jane", "jane"},
    {"Miguel", "miguel"},
    {"Aisha", "aisha"},
    {"Tom", "tom"},
    {"Zoë", "zoe"},
    {"François", "francois"},
    {"Nguyễn", "nguyen"},
    {"Olu", "olu"},
    {"Ingrid", "ingrid"},
    {"Dmitri", "dmitri"},
    {"Siobhán", "siobhan"},
    {"D&#x27;Andre", "dandre"},
    {"María José", "mj"},
    {"Kenji", "kenji"},
    {"Ruth", "ruth"},
    {"Jürgen", "juergen"},
    {"Anne-Marie", "anne-marie"},
    {"Łukasz", "lukasz"},
    {"美咲", "misaki"},
    {"Noah", "noah"},
});

constexpr auto kLastNames = std::to_array<PersonName>({
    {"O&#x27;Brien", "obrien"},
    {"García", "garcia"},
    {"Smith", "smith"},
    {"Müller", "mueller"},
    {"Smith &amp; Sons", "smithsons"},
    {"Okafor", "okafor"},
    {"D&#x27;Souza", "dsouza"},
    {"Kowalczyk", "kowalczyk"},
    {"Jensen", "jensen"},
    {"Ivanova", "ivanova"},
    {"van der Berg", "vanderberg"},
    {"佐藤", "sato"},
    {"Johnson", "johnson"},
    {"Trần", "tran"},
    {"de la Cruz", "delacruz"},
    {"McDonald", "mcdonald"},
    {"Weiß", "weiss"},
    {"Null", "null"},
    {"Abd-El-Rahman", "rahman"},
    {"Williams", "williams"},
    {"Brown", "brown"},
    {"Rossi", "rossi"},
    {"Novák", "novak"},
});

constexpr auto kPlaces = std::to_array<Place>({
    {"Springfield", "IL", "62701", "Main St"},
    {"Chatham", "IL", "62629", "Walnut St &#x2F; Apt 2"},
    {"Decatur", "IL", "62521", "Martin Luther King Jr Dr"},
    {"Peoria", "IL", "61602", "SW Adams St"},
    {"O&#x27;Fallon", "IL", "62269", "State St"},
    {"Berlin", "BE", "10115", "Gartenstraße"},
    {"Köln", "NW", "50667", "Hohe Straße"},
    {"Potsdam", "BB", "14467", "Am Kanal &#x2F; Hinterhaus"},
});

constexpr auto kBreeds = std::to_array<Breed>({
    {"Dog", "Labrador Retriever", 12, 300},
    {"Dog", "German Shepherd", 11, 340},
    {"Dog", "Dachshund", 14, 90},
    {"Dog", "Mix", 13, 180},
    {"Dog", "Beagle", 13, 110},
    {"Dog", "Chihuahua", 15, 25},
    {"Dog", "Löwchen", 14, 65},
    {"dog", "Border Collie", 13, 190},
    {"Cat", "Domestic Shorthair", 15, 45},
    {"Cat", "Maine Coon", 13, 70},
    {"Cat", "Siamese", 16, 40},
    {"Cat", "Persian", 14, 45},
    {"cat", "Ragdoll", 14, 60},
    {"Rabbit", "Holland Lop", 9, 18},
    {"Bird", "African Grey", 45, 5},
    {"Reptile", "Bearded Dragon", 11, 4},
    {"Horse", "Haflinger", 27, 4500},
    {"Guinea pig", "Abyssinian", 6, 10},
});

constexpr auto kPetNames = std::to_array<std::string_view>({
    "Rex",
    "Bella",
    "Luna",
    "Max",
    "Mr. &quot;Whiskers&quot;",
    "Schnuffel",
    "Charlie 🐶",
    "Milo",
    "Coco",
    "Daisy",
    "Kitty 🐱",
    "Ginger",
    "Rocky",
    "Señor Gato",
    "Lilly",
    "Simba",
    "Nala",
    "Balu",
    "Princess &amp; the Pea",
    "Oreo",
    "Ποσειδών",
});

constexpr auto kCoatColours =
    std::to_array<std::string_view>({"black", "white", "brown", "tabby", "black &amp; white",
                                     "tricolour", "golden", "grey", "brindle"});

constexpr auto kCases = std::to_array<Case>({
    {"checkup", "Annual checkup", "Yearly examination, no complaints", "Healthy adult animal",
     "None. Next visit in 12 months", "Wellness exam", 6500, 30},
    {"vaccination", "Booster", "Due for rabies and DHPP", "Fit for vaccination",
     "Rabies 1 ml s.c., DHPP 1 ml s.c.", "Vaccination", 4850, 15},
    {"consultation", "Limping", "Limping, left paw, since 2 days", "Sprain of the carpus",
     "Carprofen 2 mg&#x2F;kg for 5 days, rest", "Consultation", 8900, 30},
    {"consultation", "Vomiting", "Vomited 3x since last night, ate &quot;something&quot; outside",
     "Acute gastritis", "Maropitant 1 mg&#x2F;kg s.c., bland diet 48 h", "Consultation", 8900, 30},
    {"consultation", "Itching", "Scratches ears &amp; licks paws",
     "Atopic dermatitis, otitis externa", "Oclacitinib 0.4 mg&#x2F;kg, ear drops twice daily",
     "Dermatology consult", 10450, 30},
    {"surgery", "Neutering", "Elective neutering", "ASA I, fit for anaesthesia",
     "Routine castration, meloxicam 0.1 mg&#x2F;kg", "Neuter surgery", 32500, 90},
    {"dental", "Bad breath", "Halitosis, drops food", "Periodontal disease grade 2",
     "Scaling and polishing, extraction of 204", "Dental cleaning", 28999, 90},
    {"emergency", "Hit by a car", "Hit by car 1 h ago, pale gums 🚑",
     "Pneumothorax, fracture of the pelvis", "Thoracocentesis, oxygen, methadone 0.2 mg&#x2F;kg",
     "Emergency care", 64900, 60},
    {"follow-up", "Recheck", "Recheck of the wound", "Healing by first intention",
     "Sutures removed", "Recheck", 3500, 15},
    {"grooming", "Nail trim", "Long nails", "No findings", "Nails trimmed", "Nail trim", 1995, 15},
});

constexpr auto kRecordNotes = std::to_array<std::string_view>({
    "Owner will call back.",
    "Very friendly 🐾",
    "Caution: bites! Muzzle needed",
    "Owner&#x27;s phone is off; left a message with the neighbour",
    "Weight up 0.4 kg since the last visit, diet discussed.\nRecheck in 6 weeks.",
    "Überweisung an die Klinik, Befund folgt",
});

constexpr auto kUserAgents = std::to_array<std::string_view>({
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/144.0",
    "PurpleCrossMobile/3.2 (iOS 26.1)",
});

constexpr auto kDrugs = std::to_array<Drug>({
    {"Rimadyl", "Carprofen", "NSAID", "tablet", "50 mg", ""},
    {"Metacam", "Meloxicam", "NSAID", "oral suspension", "1.5 mg/ml", ""},
    {"Apoquel", "Oclacitinib", "Dermatology", "tablet", "5.4 mg", ""},
    {"Cerenia", "Maropitant", "Antiemetic", "injection", "10 mg/ml", ""},
    {"Clavamox", "Amoxicillin-clavulanate", "Antibiotic", "tablet", "250 mg", ""},
    {"Baytril", "Enrofloxacin", "Antibiotic", "tablet", "50 mg", ""},
    {"Vetoryl", "Trilostane", "Endocrine", "capsule", "30 mg", ""},
    {"Vetmedin", "Pimobendan", "Cardiac", "tablet", "5 mg", ""},
    {"Lasix", "Furosemide", "Diuretic", "tablet", "40 mg", ""},
    {"Comfortan", "Methadone", "Opioid", "injection", "10 mg/ml", "CII"},
    {"Ketaset", "Ketamine", "Anaesthetic", "injection", "100 mg/ml", "CIII"},
    {"Buprenex", "Buprenorphine", "Opioid", "injection", "0.3 mg/ml", "CIII"},
    {"Phenoleptil", "Phenobarbital", "Anticonvulsant", "tablet", "50 mg", "CIV"},
    {"Advantage", "Imidacloprid", "Parasiticide", "spot-on", "0.4 ml", ""},
    {"Milbemax", "Milbemycin oxime", "Parasiticide", "tablet", "12.5 mg", ""},
    {"Prednisolone", "Prednisolone", "Steroid", "tablet", "5 mg", ""},
});

}  // namespace

std::span<const PersonName> first_names() { return kFirstNames; }
std::span<const PersonName> last_names() { return kLastNames; }
std::span<const Place> places() { return kPlaces; }
std::span<const Breed> breeds() { return kBreeds; }
std::span<const std::string_view> pet_names() { return kPetNames; }
std::span<const std::string_view> coat_colours() { return kCoatColours; }
std::span<const Case> cases() { return kCases; }
std::span<const std::string_view> record_notes() { return kRecordNotes; }
std::span<const std::string_view> user_agents() { return kUserAgents; }
std::span<const Drug> drugs() { return kDrugs; }

}  // namespace pcx::sandbox
