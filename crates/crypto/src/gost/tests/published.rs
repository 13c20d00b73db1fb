//! Numbers that the standards print.

use openssl::bn::BigNum;

use super::oracle::{self, Curve, hex};
use crate::gost::domain::{CRYPTO_PRO_A, Domain, TC26_512_A};
use crate::gost::limbs::{from_hex, from_le_bytes};
use crate::gost::scalar::Modulus;
use crate::gost::{sign, verify};

/// An example of RFC 7091 §7, every number of it as the RFC prints it (there some lack their leading zeros).
struct Example {
    p: &'static str,
    b: &'static str,
    q: &'static str,
    base: [&'static str; 2],
    d: &'static str,
    key: [&'static str; 2],
    e: &'static str,
    k: &'static str,
    r: &'static str,
    s: &'static str,
    v: &'static str,
    z1: &'static str,
    z2: &'static str,
}

/// Source: RFC 7091 §7.1; a = 7.
const EXAMPLE_256: Example = Example {
    p: "8000000000000000000000000000000000000000000000000000000000000431",
    b: "5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E",
    q: "8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3",
    base: [
        "02",
        "08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8",
    ],
    d: "7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28",
    key: [
        "7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B",
        "26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA",
    ],
    e: "2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5",
    k: "77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3",
    r: "41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493",
    s: "01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40",
    v: "271A4EE429F84EBC423E388964555BB29D3BA53C7BF945E5FAC8F381706354C2",
    z1: "5358F8FFB38F7C09ABC782A2DF2A3927DA4077D07205F763682F3A76C9019B4F",
    z2: "03221B4FBBF6D101074EC14AFAC2D4F7EFAC4CF9FEC1ED11BAE336D27D527665",
};

/// Source: RFC 7091 §7.2; a = 7.
const EXAMPLE_512: Example = Example {
    p: concat!(
        "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D",
        "F1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373"
    ),
    b: concat!(
        "1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC43",
        "61834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC"
    ),
    q: concat!(
        "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D",
        "A82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF"
    ),
    base: [
        concat!(
            "24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762",
            "FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A"
        ),
        concat!(
            "2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C",
            "83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E"
        ),
    ],
    d: concat!(
        "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B1020",
        "72E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4"
    ),
    key: [
        concat!(
            "115DC5BC96760C7B48598D8AB9E740D4C4A85A65BE33C1815B5C320C854621DD",
            "5A515856D13314AF69BC5B924C8B4DDFF75C45415C1D9DD9DD33612CD530EFE1"
        ),
        concat!(
            "37C7C90CD40B0F5621DC3AC1B751CFA0E2634FA0503B3D52639F5D7FB72AFD61",
            "EA199441D943FFE7F0C70A2759A3CDB84C114E1F9339FDF27F35ECA93677BEEC"
        ),
    ],
    e: concat!(
        "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C591",
        "7184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C"
    ),
    k: concat!(
        "0359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F3658",
        "86748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1"
    ),
    r: concat!(
        "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD3",
        "5492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36"
    ),
    s: concat!(
        "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5",
        "823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A"
    ),
    v: concat!(
        "30D212A9E25D1A80A0F238532CADF3E64D7EF4E782B6AD140AAF8BBD9BB47298",
        "4595EEC87B2F3448A1999D5F0A6DE0E14A55AD875721EC8CFD504000B3A840FF"
    ),
    z1: concat!(
        "3D38E7262D69BB2AD24DD81EEA2F92E6348D619FA45007B175837CF13B026079",
        "051A48A1A379188F37BA46CE12F7207F2A8345459FF960E1EBD5B4F2A34A6EEF"
    ),
    z2: concat!(
        "1A18A31602E6EAC0A9888C01941082AEFE296F840453D2603414C2A16EB6FC52",
        "9D8D8372E50DC49D6C612CE1FF65BD58E1D2029F22690438CC36A76DDA444ACB"
    ),
};

/// The examples' curves have a = 7 and primes of another shape, so our points cannot stand on them: the oracle's do.
/// What is shown: the oracle signs and verifies as the standard does, and our scalars find the printed s, v, z₁ and z₂.
fn check<const N: usize>(example: &Example) {
    let curve = Curve::new(
        &hex(example.p),
        &BigNum::from_u32(7).unwrap(),
        &hex(example.b),
        (&hex(example.base[0]), &hex(example.base[1])),
        hex(example.q),
    );
    let key = (hex(example.key[0]), hex(example.key[1]));
    assert!(curve.base(&hex(example.d)).as_ref() == Some(&key));
    let order = Modulus::<N>::new(from_hex(example.q));
    let one = BigNum::from_u32(1).unwrap();
    let x = |point: oracle::Point| oracle::multiply(&point.unwrap().0, &one, &curve.order);
    assert_eq!(x(curve.base(&hex(example.k))), hex(example.r));
    let (d, e, k) = (
        from_hex(example.d),
        from_hex(example.e),
        from_hex(example.k),
    );
    let (r, s) = (from_hex(example.r), from_hex(example.s));
    assert_eq!(sign::equation(&order, &r, &d, &k, &e), s);
    assert_eq!(order.invert(&e), from_hex(example.v));
    let (z1, z2) = verify::factors(&order, &e, &r, &s);
    assert_eq!(z1, from_hex(example.z1));
    assert_eq!(z2, from_hex(example.z2));
    let c = curve.combine(&hex(example.z1), (&key.0, &key.1), &hex(example.z2));
    assert_eq!(x(c), hex(example.r));
}

#[test]
fn the_example_of_256_bits_comes_out() {
    check::<4>(&EXAMPLE_256);
}

#[test]
fn the_example_of_512_bits_comes_out() {
    check::<8>(&EXAMPLE_512);
}

fn key_pair<const N: usize, const C: u64>(domain: &Domain<N, C>, d: &[u8], xy: &[u8]) {
    let public = sign::public(domain, &from_le_bytes(d).unwrap());
    let (x, y) = xy.split_at(8 * N);
    assert_eq!(public.x.canonical(), from_le_bytes(x).unwrap());
    assert_eq!(public.y.canonical(), from_le_bytes(y).unwrap());
}

/// Source: RFC 7836 Appendix B, the two parties of the key agreement examples: id-tc26-gost-3410-12-512-paramSetA.
#[test]
fn published_keys_of_512_bits_belong_together() {
    for (d, xy) in [
        (
            concat!(
                "c990ecd972fce84ec4db022778f50fcac726f46708384b8d458304962d7147f8",
                "c2db41cef22c90b102f2968404f9b9be6d47c79692d81826b32b8daca43cb667"
            ),
            concat!(
                "aab0eda4abff21208d18799fb9a8556654ba783070eba10cb9abb253ec56dcf5",
                "d3ccba6192e464e6e5bcb6dea137792f2431f6c897eb1b3c0cc14327b1adc0a7",
                "914613a3074e363aedb204d38d3563971bd8758e878c9db11403721b48002d38",
                "461f92472d40ea92f9958c0ffa4c93756401b97f89fdbe0b5e46e4a4631cdb5a"
            ),
        ),
        (
            concat!(
                "48c859f7b6f11585887cc05ec6ef1390cfea739b1a18c0d4662293ef63b79e3b",
                "8014070b44918590b4b996acfea4edfbbbcccc8c06edd8bf5bda92a51392d0db"
            ),
            concat!(
                "192fe183b9713a077253c72c8735de2ea42a3dbc66ea317838b65fa32523cd5e",
                "fca974eda7c863f4954d1147f1f2b25c395fce1c129175e876d132e94ed5a651",
                "04883b414c9b592ec4dc84826f07d0b6d9006dda176ce48c391e3f97d102e03b",
                "b598bf132a228a45f7201aba08fc524a2d77e43a362ab022ad4028f75bde3b79"
            ),
        ),
    ] {
        key_pair(&TC26_512_A, &bytes(d), &bytes(xy));
    }
}

/// Source: RFC 4491 §4.2, the certificate of a GOST R 34.10-2001 key: CryptoPro-XchA, the same curve as CryptoPro-A.
#[test]
fn published_keys_of_256_bits_belong_together() {
    let d = "770f04919816afaf56da6d6d78425bf368ab6b1a6385e7da2b08d050e03b290b";
    let xy = concat!(
        "8495687560021a407508cd138c31892cfde505037a435cf46d2b0fe74f327e57",
        "8febcc16b9958803d09a7c85ae0fe48deaa6bb7e56c7cbb0df0f66bccaea1a60"
    );
    key_pair(&CRYPTO_PRO_A, &bytes(d), &bytes(xy));
}

fn bytes(hex: &str) -> Vec<u8> {
    let (pairs, _) = hex.as_bytes().as_chunks::<2>();
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
