//! Who asked, by what the proxies on the way wrote.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::client::{TrustedProxies, network};

impl TrustedProxies {
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
    fn a_network_may_be_all_there_is() {
        let all = TrustedProxies::parse("0.0.0.0/0, ::/0").expect("networks");
        assert!(all.trusts(ip("8.8.8.8")) && all.trusts(ip("2001:db8::1")));
    }
}
