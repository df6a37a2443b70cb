/** Invented names. None occurs twice, so that a full name tells exactly one customer. */
export const FIRST_NAMES =
  'Annika Bastian Carla Dorian Elif Fabio Greta Henrik Ilse Jannes Katja Lorenz Mareike Niels Olga Pascal Ronja Silvan Thea Ulrike Vincent Wiebke Yannick Zita'.split(
    ' ',
  );

export const LAST_NAMES =
  'Achterberg Böttinger Cardelli Dornhagen Elverfeld Fässler Grünwaldt Hülskamp Immerthal Jørgensson Kaltenbrunn Löwitsch Möhrwald Niestroy Oberstein Pfäffling Quastenhof Rübenkamp Schönlechner Tiedgens Uhlmannsiek Vosswinkel Weßelmann Zangerle Ahornstein Brückendorf Castellan Düvelmeyer Eschenlohr Finkenrath Gössling Haversath'.split(
    ' ',
  );

export const COMPANY_NAMES =
  'Aldermoor Brinkhaus Calvoria Dünenkraft Elbwerk Fjordlicht Glashafen Heidekorn Isarblick Jadepfeil Kranwerder Lindenquell Moorgrund Nordfalke Ostermühle Pappelhain Quellenstein Rosenfähr Seehafer Talbrücke Uferlos Vogelsang-Ritz Waldkante Zirbenholz Amberfels Birkensee Coronelle Dachsbau Eulenspitz Falterkamp Grauwacke Hollerbusch Inselkind Klippenrand Lerchenau Marschfeld Nebelkrone Otterbach Perlmoos Riedgras'.split(
    ' ',
  );

export const TRADES =
  'Antriebstechnik Logistik Medien Textilhandel Druckerei Architekten Messtechnik Weinkontor Gartenbau Reiseservice Verlag Dentallabor Elektronik Möbelbau Software Catering Fahrradhandel Akustik'.split(
    ' ',
  );

export const LEGAL_FORMS = ['GmbH', 'GmbH & Co. KG', 'AG', 'UG (haftungsbeschränkt)', 'e.K.', 'KG', 'B.V.', 'S.à r.l.', 'OHG'];

export const UK_FIRST_NAMES = 'Alistair Bronwen Callum Dilys Edith Fergus Gemma Hamish Imogen Kieran'.split(' ');
export const UK_LAST_NAMES = 'Ashgrove Birtwhistle Cobbleday Dunmarrow Eastlake Fothergale Greenhaugh Hollinsby Inkersole Kettlewood'.split(
  ' ',
);
export const UK_COMPANY_NAMES =
  'Amblethorpe Brackenfold Copperwick Dovestone Elderfleet Foxbarrow Gorsehill Harrowmere Ivystead Kestrelby Larkwell Marlpit'.split(' ');
export const UK_TRADES = 'Joinery Bakeries Analytics Publishing Haulage Ceramics Consulting Interiors Marine Optics Cycles Brewing'.split(
  ' ',
);
export const UK_LEGAL_FORMS = ['Ltd', 'Limited', 'LLP', 'plc', 'CIC'];
