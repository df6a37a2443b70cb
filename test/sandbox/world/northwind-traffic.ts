import { ogmReference, rfReference } from './references';
import type { Routine, Traffic } from './traffic';

const monthOf = (day: string): string => `${day.slice(5, 7)}/${day.slice(0, 4)}`;

const routines: readonly Routine[] = [
  {
    channel: 'transfer',
    names: ['Tomke Rasmussen', 'Leopold Zwingli', 'Friederike Aalto', 'Benno Castorp'],
    text: (_random, day) => `Gehalt ${monthOf(day)}`,
    between: [-412_000, -268_000],
    weight: 2,
  },
  {
    channel: 'transfer',
    names: ['Hafenkontor Vermietung GmbH'],
    text: (random, day) => `${random.pick(['Miete Buero 3. OG', 'Colocation Halle 2', 'Stellplaetze', 'Lagerraum'])} ${monthOf(day)}`,
    between: [-185_000, -12_000],
    weight: 1,
  },
  {
    channel: 'transfer',
    names: ['Rackbau Tiedemann KG', 'Kabelwerk Ostheide GmbH', 'Steuerkanzlei Federspiel'],
    text: random => random.pick([`Rechnung RE-4${random.digits(4)}`, rfReference(random), ogmReference(random)]),
    between: [-96_000, -4_500],
    weight: 4,
  },
  {
    channel: 'card',
    names: ['Roesterei Kiesel', 'Buerobedarf Tintenklecks', 'Tankhof Nord', 'Fernzug Tickets', 'Kantine Elbblick'],
    text: random => random.pick(['Hamburg', 'Utrecht', 'Lille', 'Graz', 'Gent']),
    between: [-18_500, -240],
    weight: 8,
  },
  {
    channel: 'direct-debit',
    names: ['Stadtstrom Versorgung AG', 'Funkturm Telefon GmbH', 'Transitnetz Carrier GmbH'],
    text: random => `Abschlag Kundennummer 48${random.digits(6)}`,
    between: [-62_000, -1_900],
    weight: 5,
  },
  {
    channel: 'fee',
    names: ['Kontofuehrung'],
    text: (_random, day) => `Entgelte ${monthOf(day)}, siehe Anlage`,
    between: [-2_490, -150],
    weight: 1,
  },
];

const payout: Routine = {
  channel: 'transfer',
  names: ['Kartenwerk Acquiring AG'],
  text: random => `Auszahlung K${random.digits(8)}`,
  between: [18_000, 240_000],
  weight: 1,
};

const supplierRefund: Routine = {
  channel: 'transfer',
  names: ['Rackbau Tiedemann KG', 'Stadtstrom Versorgung AG'],
  text: random => `Gutschrift GS-7${random.digits(4)}`,
  between: [900, 41_000],
  weight: 1,
};

const interest: Routine = {
  channel: 'interest',
  names: ['Habenzinsen'],
  text: (_random, day) => `Zinsen ${monthOf(day)}`,
  between: [12, 940],
  weight: 1,
};

/** What happens on the accounts of a hosting business beside its customers' payments. */
export const northwindTraffic: Traffic = {
  routines,
  incoming: [
    { routine: payout, times: 8 },
    { routine: supplierRefund, times: 5 },
    { routine: interest, times: 4 },
  ],
  strangers: {
    count: 12,
    names: [
      'Gesine Amtor',
      'Ruben Overath',
      'Mirabell Konditorei',
      'Tanzschule Rosenow',
      'Oskar Bleibtreu',
      'Kleingartenverein Sonnenhang',
    ],
    texts: ['Spende', 'Auslagen Messe', 'Danke fuer alles', 'Flohmarkt', 'Kaution', ''],
  },
  refundText: 'Erstattung',
};
