//! The kinds of secrets that are known by their looks.

/// A kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Email,
    Ipv4,
    Ipv6,
    Card,
    Phone,
    AwsAccessKey,
    AwsSecretKey,
    Jwt,
    Bearer,
}

impl Kind {
    pub(super) const ALL: [Self; 9] = [
        Self::Email,
        Self::Ipv4,
        Self::Ipv6,
        Self::Card,
        Self::Phone,
        Self::AwsAccessKey,
        Self::AwsSecretKey,
        Self::Jwt,
        Self::Bearer,
    ];
}

/// What may stand in `redact`, and which kinds it is for.
pub(super) const NAMES: [(&str, &[Kind]); 10] = [
    ("email", &[Kind::Email]),
    ("ip", &[Kind::Ipv4, Kind::Ipv6]),
    ("ipv4", &[Kind::Ipv4]),
    ("ipv6", &[Kind::Ipv6]),
    ("card", &[Kind::Card]),
    ("phone", &[Kind::Phone]),
    ("aws_access_key", &[Kind::AwsAccessKey]),
    ("aws_secret_key", &[Kind::AwsSecretKey]),
    ("jwt", &[Kind::Jwt]),
    ("bearer", &[Kind::Bearer]),
];

/// Some of the kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u16;
    }

    pub(super) fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The kind, if it is one.
    pub(super) fn only(self) -> Option<Kind> {
        Kind::ALL.get(self.0.trailing_zeros() as usize).copied().filter(|_| self.0.is_power_of_two())
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}
