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
pub(crate) struct TrustedProxies(Vec<(IpAddr, u8)>);

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

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(known, bits)| {
            known.is_ipv4() == address.is_ipv4() && network(address, *bits) == network(*known, *bits)
        })
    }

    /// Says who asked, by who connected and what the proxies on the way wrote, the client first. An address counts as
    /// long as whoever named it is trusted; a proxy that hides its client ends the search.
    pub(crate) fn client<'h>(&self, peer: IpAddr, hops: impl DoubleEndedIterator<Item = Hop<'h>>) -> IpAddr {
        let mut client = peer;
        for hop in hops.rev() {
            if !self.trusts(client) {
                break;
            }
            let Some(address) = hop.address() else { break };
            client = address;
        }
        client
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One address as a proxy wrote it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hop<'h>(&'h str);

impl<'h> Hop<'h> {
    /// Walks over the values of `X-Forwarded-For`.
    pub(crate) fn x_forwarded_for(header: &'h str) -> impl DoubleEndedIterator<Item = Self> {
        header.split(',').map(|part| Self(part.trim()))
    }

    /// Walks over the `for` of each element of `Forwarded`, as RFC 7239 writes it.
    pub(crate) fn forwarded(header: &'h str) -> impl DoubleEndedIterator<Item = Self> {
        header.split(',').map(|element| {
            let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
            let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
            Self(named.next().map_or("", |(_, value)| value.trim()))
        })
    }

    /// Reads `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`, with or without quotes.
    fn address(self) -> Option<IpAddr> {
        let text = self.0.trim_matches('"');
        if let Some(bracketed) = text.strip_prefix('[') {
            return bracketed.split_once(']')?.0.parse::<Ipv6Addr>().ok().map(IpAddr::from);
        }
        let without_port = || text.rsplit_once(':')?.0.parse::<Ipv4Addr>().ok().map(IpAddr::from);
        text.parse().ok().or_else(without_port)
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
fn network(address: IpAddr, bits: u8) -> IpAddr {
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

    fn client(trusted: &str, peer: &str, header: &str) -> String {
        let trusted = TrustedProxies::parse(trusted).expect("proxies");
        let of_forwarded = trusted.client(ip(peer), Hop::forwarded(header));
        let of_list = trusted.client(ip(peer), Hop::x_forwarded_for(header));
        if header.contains('=') { of_forwarded.to_string() } else { of_list.to_string() }
    }

    #[test]
    fn only_the_word_of_a_trusted_proxy_counts() {
        let forged = "6.6.6.6, 203.0.113.7, 10.0.0.2";
        assert_eq!(client("", "10.0.0.1", forged), "10.0.0.1");
        assert_eq!(client("192.0.2.1", "10.0.0.1", forged), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", forged), "203.0.113.7", "what the client wrote is not looked at");
        assert_eq!(client("private", "10.0.0.1", forged), "203.0.113.7");
        assert_eq!(client("private", "::ffff:10.0.0.1", forged), "203.0.113.7");
        assert_eq!(client("private", "10.0.0.1", "unknown, 10.0.0.9"), "10.0.0.9");
        assert_eq!(client("private", "127.0.0.1", ""), "127.0.0.1");
    }

    #[test]
    fn every_form_of_an_address_is_read() {
        let cases = [
            ("192.0.2.43:47011", "192.0.2.43"),
            ("2001:db8:cafe::17", "2001:db8:cafe::17"),
            ("[2001:db8:cafe::17]:4711", "2001:db8:cafe::17"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("proto=https;For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=6.6.6.6, for=\"192.0.2.60:80\"", "192.0.2.60"),
            ("for=_hidden", "127.0.0.1"),
            ("nonsense", "127.0.0.1"),
        ];
        for (header, expected) in cases {
            assert_eq!(client("127.0.0.1", "127.0.0.1", header), expected, "{header}");
        }
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
        let all = TrustedProxies::parse("0.0.0.0/0, ::/0").expect("networks");
        assert!(all.trusts(ip("8.8.8.8")) && all.trusts(ip("2001:db8::1")));
    }
}
