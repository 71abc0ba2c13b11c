//! The fields of a contact, named after ActiveSync's elements, and where a vCard keeps each.

/// Where a vCard keeps a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A text of its own. The first name is written, all are read.
    Text(&'static [&'static str]),
    /// An address that is never escaped.
    Uri(&'static [&'static str]),
    /// A day.
    Date {
        /// Name in a vCard 4.0.
        new: &'static str,
        /// Name in a vCard 3.0, then what else is read.
        old: &'static [&'static str],
    },
    /// A person: `RELATED` of this type in a vCard 4.0, else a name of its own.
    Related {
        /// The type.
        word: &'static str,
        /// The names.
        names: &'static [&'static str],
    },
    /// A part of the structured name.
    Name(usize),
    /// A part of the organisation.
    Org(usize),
    /// A part of an address.
    Address(AddressKind, usize),
    /// One of several lines that are alike.
    One(Family, usize),
    /// `CATEGORIES`.
    Categories,
    /// `PHOTO`.
    Picture,
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// The text of a mail address.
    MailAddress,
    /// A day.
    Date,
    /// A list of texts.
    List,
    /// A picture.
    Picture,
}

/// Which of the three addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AddressKind {
    Home,
    Work,
    Other,
}

/// Lines that are alike and are told apart by their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    Email,
    Im,
    Mobile,
    Home,
    Work,
    HomeFax,
    WorkFax,
    Pager,
    Car,
    Radio,
    Assistant,
    Company,
    Mms,
}

macro_rules! fields {
    ($($field:ident $place:expr;)*) => {
        /// A field of a contact; each is one of ActiveSync's elements.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = concat!("`", stringify!($field), "`")] $field,)*
        }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$field,)*];

            /// Returns the name of the element, `FirstName`.
            #[must_use]
            pub const fn element(self) -> &'static str {
                match self { $(Self::$field => stringify!($field),)* }
            }

            pub(super) const fn place(self) -> Place {
                match self { $(Self::$field => $place,)* }
            }
        }
    };
}

fields! {
    FileAs Place::Text(&["X-EAS-FILEAS", "X-EVOLUTION-FILE-AS"]);
    LastName Place::Name(0);
    FirstName Place::Name(1);
    MiddleName Place::Name(2);
    Title Place::Name(3);
    Suffix Place::Name(4);
    NickName Place::Text(&["NICKNAME"]);
    YomiLastName Place::Text(&["X-PHONETIC-LAST-NAME"]);
    YomiFirstName Place::Text(&["X-PHONETIC-FIRST-NAME"]);
    YomiCompanyName Place::Text(&["X-PHONETIC-ORG"]);
    CompanyName Place::Org(0);
    Department Place::Org(1);
    OfficeLocation Place::Text(&["X-EAS-OFFICELOCATION"]);
    JobTitle Place::Text(&["TITLE"]);
    ManagerName Place::Related {
        word: "x-manager",
        names: &["X-MANAGER", "X-MS-MANAGER", "X-EVOLUTION-MANAGER", "X-KADDRESSBOOK-X-MANAGERSNAME"],
    };
    AssistantName Place::Related {
        word: "x-assistant",
        names: &["X-ASSISTANT", "X-MS-ASSISTANT", "X-EVOLUTION-ASSISTANT", "X-KADDRESSBOOK-X-ASSISTANTSNAME"],
    };
    Spouse Place::Related {
        word: "spouse",
        names: &["X-SPOUSE", "X-MS-SPOUSE", "X-EVOLUTION-SPOUSE", "X-KADDRESSBOOK-X-SPOUSESNAME"],
    };
    Children Place::Related { word: "child", names: &["X-CHILDREN"] };
    Email1Address Place::One(Family::Email, 0);
    Email2Address Place::One(Family::Email, 1);
    Email3Address Place::One(Family::Email, 2);
    MobilePhoneNumber Place::One(Family::Mobile, 0);
    HomePhoneNumber Place::One(Family::Home, 0);
    Home2PhoneNumber Place::One(Family::Home, 1);
    BusinessPhoneNumber Place::One(Family::Work, 0);
    Business2PhoneNumber Place::One(Family::Work, 1);
    HomeFaxNumber Place::One(Family::HomeFax, 0);
    BusinessFaxNumber Place::One(Family::WorkFax, 0);
    PagerNumber Place::One(Family::Pager, 0);
    CarPhoneNumber Place::One(Family::Car, 0);
    RadioPhoneNumber Place::One(Family::Radio, 0);
    AssistantPhoneNumber Place::One(Family::Assistant, 0);
    CompanyMainPhone Place::One(Family::Company, 0);
    MMS Place::One(Family::Mms, 0);
    HomeAddressStreet Place::Address(AddressKind::Home, 2);
    HomeAddressCity Place::Address(AddressKind::Home, 3);
    HomeAddressState Place::Address(AddressKind::Home, 4);
    HomeAddressPostalCode Place::Address(AddressKind::Home, 5);
    HomeAddressCountry Place::Address(AddressKind::Home, 6);
    BusinessAddressStreet Place::Address(AddressKind::Work, 2);
    BusinessAddressCity Place::Address(AddressKind::Work, 3);
    BusinessAddressState Place::Address(AddressKind::Work, 4);
    BusinessAddressPostalCode Place::Address(AddressKind::Work, 5);
    BusinessAddressCountry Place::Address(AddressKind::Work, 6);
    OtherAddressStreet Place::Address(AddressKind::Other, 2);
    OtherAddressCity Place::Address(AddressKind::Other, 3);
    OtherAddressState Place::Address(AddressKind::Other, 4);
    OtherAddressPostalCode Place::Address(AddressKind::Other, 5);
    OtherAddressCountry Place::Address(AddressKind::Other, 6);
    WebPage Place::Uri(&["URL"]);
    IMAddress Place::One(Family::Im, 0);
    IMAddress2 Place::One(Family::Im, 1);
    IMAddress3 Place::One(Family::Im, 2);
    Birthday Place::Date { new: "BDAY", old: &["BDAY"] };
    Anniversary Place::Date {
        new: "ANNIVERSARY",
        old: &["X-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-KADDRESSBOOK-X-ANNIVERSARY"],
    };
    Categories Place::Categories;
    Picture Place::Picture;
    Body Place::Text(&["NOTE"]);
    GovernmentId Place::Text(&["X-EAS-GOVERNMENTID"]);
    CustomerId Place::Text(&["X-EAS-CUSTOMERID"]);
    AccountName Place::Text(&["X-EAS-ACCOUNTNAME"]);
}

impl Field {
    /// Returns the name as notices show it, `Firstname`.
    #[must_use]
    pub fn label(self) -> String {
        crate::label(self.element())
    }

    /// Returns the field whose element has this name.
    #[must_use]
    pub fn from_element(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.element() == name)
    }

    /// Returns what the field's values are.
    #[must_use]
    pub const fn form(self) -> Form {
        match self.place() {
            Place::Date { .. } => Form::Date,
            Place::Categories => Form::List,
            Place::Related { .. } if matches!(self, Self::Children) => Form::List,
            Place::Picture => Form::Picture,
            Place::One(Family::Email, _) => Form::MailAddress,
            Place::Text(_)
            | Place::Uri(_)
            | Place::Related { .. }
            | Place::Name(_)
            | Place::Org(_)
            | Place::Address(..)
            | Place::One(..) => Form::Text,
        }
    }

    /// Returns the field that lines of this name hold, where the name alone says it.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| match field.place() {
            Place::Text(names) | Place::Uri(names) | Place::Related { names, .. } => names.contains(&name),
            Place::Date { new, old } => new == name || old.contains(&name),
            Place::Categories => name == "CATEGORIES",
            Place::Picture => name == "PHOTO",
            Place::Name(_) | Place::Org(_) | Place::Address(..) | Place::One(..) => false,
        })
    }

    /// Returns the field that holds a related person of this type.
    pub(super) fn of_related(is: impl Fn(&str) -> bool) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| matches!(field.place(), Place::Related { word, .. } if is(word)))
    }
}

impl Family {
    /// Returns the fields of the family in order.
    pub(super) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Email => &[Field::Email1Address, Field::Email2Address, Field::Email3Address],
            Self::Im => &[Field::IMAddress, Field::IMAddress2, Field::IMAddress3],
            Self::Mobile => &[Field::MobilePhoneNumber],
            Self::Home => &[Field::HomePhoneNumber, Field::Home2PhoneNumber],
            Self::Work => &[Field::BusinessPhoneNumber, Field::Business2PhoneNumber],
            Self::HomeFax => &[Field::HomeFaxNumber],
            Self::WorkFax => &[Field::BusinessFaxNumber],
            Self::Pager => &[Field::PagerNumber],
            Self::Car => &[Field::CarPhoneNumber],
            Self::Radio => &[Field::RadioPhoneNumber],
            Self::Assistant => &[Field::AssistantPhoneNumber],
            Self::Company => &[Field::CompanyMainPhone],
            Self::Mms => &[Field::MMS],
        }
    }

    /// Returns the name and parameters of a new line of the family.
    pub(super) const fn head(self) -> &'static str {
        match self {
            Self::Email => "EMAIL;TYPE=INTERNET",
            Self::Im => "IMPP",
            Self::Mobile => "TEL;TYPE=CELL",
            Self::Home => "TEL;TYPE=HOME",
            Self::Work => "TEL;TYPE=WORK",
            Self::HomeFax => "TEL;TYPE=HOME,FAX",
            Self::WorkFax => "TEL;TYPE=WORK,FAX",
            Self::Pager => "TEL;TYPE=PAGER",
            Self::Car => "TEL;TYPE=CAR",
            Self::Radio => "TEL;TYPE=X-RADIO",
            Self::Assistant => "TEL;TYPE=X-ASSISTANT",
            Self::Company => "TEL;TYPE=X-COMPANY",
            Self::Mms => "TEL;TYPE=X-MMS",
        }
    }
}

impl AddressKind {
    /// Returns the name and parameters of a new address line.
    pub(super) const fn head(self) -> &'static str {
        match self {
            Self::Home => "ADR;TYPE=HOME",
            Self::Work => "ADR;TYPE=WORK",
            Self::Other => "ADR",
        }
    }
}
