//! Where a request came from, as far as it is known and may be told.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How much of a client's address is told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Addresses {
    /// Its network: /24 of IPv4, /48 of IPv6.
    #[default]
    Masked,
    Full,
    Off,
}

impl Addresses {
    pub(super) const ALL: [Self; 3] = [Self::Masked, Self::Full, Self::Off];

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "masked" => Some(Self::Masked),
            "full" => Some(Self::Full),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// Gives what may be told of an address.
    pub(super) fn told(self, address: IpAddr) -> Option<impl fmt::Display> {
        let address = address.to_canonical();
        match self {
            Self::Off => None,
            Self::Full => Some(Told { address, bits: None }),
            Self::Masked => {
                let bits = if address.is_ipv4() { 24 } else { 48 };
                Some(Told { address: network(address, bits), bits: Some(bits) })
            }
        }
    }
}

struct Told {
    address: IpAddr,
    bits: Option<u8>,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bits {
            Some(bits) => write!(f, "{}/{bits}", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

/// The proxies whose word about a client counts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct TrustedProxies(pub(super) Vec<(IpAddr, u8)>);

impl TrustedProxies {
    /// Takes addresses and networks with commas between them: `10.0.0.0/8, 2001:db8::1`; `private` stands for loopback
    /// and private networks. None if one of them is neither.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut networks = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if part.eq_ignore_ascii_case("private") {
                networks.extend(PRIVATE);
            } else {
                networks.push(parse_network(part)?);
            }
        }
        Some(Self(networks))
    }
}

fn parse_network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.trim().parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.trim().parse().ok().filter(|bits| *bits <= most))?;
    Some((address, bits))
}

/// The first bits of an address, the rest zero.
pub(super) fn network(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

/// Loopback and private networks.
///
/// Source: <https://www.iana.org/assignments/iana-ipv4-special-registry>, and the registry of IPv6 beside it.
const PRIVATE: [(IpAddr, u8); 6] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_is_told_by_its_network() {
        let told = |addresses: Addresses, text| addresses.told(ip(text)).map(|told| told.to_string());
        assert_eq!(told(Addresses::Masked, "203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(told(Addresses::Masked, "::ffff:203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(told(Addresses::Masked, "2001:db8:cafe:1::17").as_deref(), Some("2001:db8:cafe::/48"));
        assert_eq!(told(Addresses::Full, "203.0.113.77").as_deref(), Some("203.0.113.77"));
        assert_eq!(told(Addresses::Off, "203.0.113.77"), None);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["10.0.0.0/33", "2001:db8::/129", "10.0.0", "proxy.example", "10.0.0.0/8/8"] {
            assert_eq!(TrustedProxies::parse(wrong), None, "{wrong}");
        }
    }
}
