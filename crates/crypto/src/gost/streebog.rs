//! Streebog with 512 bits, GOST R 34.11-2012 (RFC 6986).
//!
//! The standard's three layers S, P and L (bytes substituted, transposed, multiplied by a matrix) are one: each byte of
//! the state chooses a word of eight tables of 256, and eight such words make a word of the result. The tables are made
//! when this is compiled. What is hashed is public here (documents and certificates): the tables are read by its bytes.

use super::limbs::{self, from_hex};

/// A state, a key or a block: as a number, the least significant word first.
type Words = [u64; 8];

/// Bytes of a block.
const BLOCK: usize = 64;

/// The digest Streebog-512 of bytes, in the order in which the standard's octet strings are written.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 64] {
    let mut state = Streebog::default();
    state.update(bytes);
    state.finish()
}

/// A digest that is being made.
pub(crate) struct Streebog {
    state: Hash,
    /// The beginning of a block that is not whole.
    rest: [u8; BLOCK],
    held: usize,
}

impl Default for Streebog {
    fn default() -> Self {
        Self {
            state: Hash::default(),
            rest: [0; BLOCK],
            held: 0,
        }
    }
}

impl Streebog {
    /// Takes the next bytes.
    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        if self.held > 0 {
            let (begin, behind) = bytes.split_at(bytes.len().min(BLOCK - self.held));
            self.rest[self.held..self.held + begin.len()].copy_from_slice(begin);
            self.held += begin.len();
            bytes = behind;
            if self.held < BLOCK {
                return;
            }
            self.state.absorb(&words(&self.rest), 8 * BLOCK as u64);
        }
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for block in blocks {
            self.state.absorb(&words(block), 8 * BLOCK as u64);
        }
        self.rest[..rest.len()].copy_from_slice(rest);
        self.held = rest.len();
    }

    /// The digest of all that came.
    pub(crate) fn finish(mut self) -> [u8; 64] {
        let Self { state, rest, held } = &mut self;
        // Stage 3: a one and zeros before what is left, which may be nothing.
        rest[*held..].fill(0);
        rest[*held] = 1;
        state.absorb(&words(rest), 8 * *held as u64);
        state.h = compress(&state.h, &[0; 8], &state.length);
        state.h = compress(&state.h, &[0; 8], &state.sum);
        let mut digest = [0; 64];
        for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(state.h) {
            *bytes = word.to_le_bytes();
        }
        digest
    }
}

/// What goes from block to block (RFC 6986 §8): h, N in bits, Σ.
#[derive(Default)]
struct Hash {
    h: Words,
    length: Words,
    sum: Words,
}

impl Hash {
    fn absorb(&mut self, block: &Words, bits: u64) {
        self.h = compress(&self.h, &self.length, block);
        let mut more = [0; 8];
        more[0] = bits;
        (self.length, _) = limbs::add(&self.length, &more);
        (self.sum, _) = limbs::add(&self.sum, block);
    }
}

/// The compression function g_N(h, m) of RFC 6986 §7, key schedule and encryption side by side.
fn compress(h: &Words, length: &Words, block: &Words) -> Words {
    let mut key = layers(&xor(h, length));
    let mut state = *block;
    for constant in &CONSTANTS {
        state = layers(&xor(&state, &key));
        key = layers(&xor(&key, constant));
    }
    xor(&xor(&state, &key), &xor(h, block))
}

/// L(P(S(a))).
#[inline(always)]
fn layers(a: &Words) -> Words {
    // Four words of the result at a time, from half words that are read from memory: so sums and bytes have registers
    // enough. Whole words, which are all shifted, or single bytes, which are all loaded, take a quarter longer; and so
    // do two iterators in step, which are not unrolled.
    let halves = a.map(|word| [word as u32, (word >> 32) as u32]);
    let halves = std::hint::black_box(&halves);
    let mut result = [0; 8];
    for half in 0..2 {
        let mut sums = [0; 4];
        for word in 0..8 {
            let bytes = halves[word][half];
            sums[0] ^= TABLES[word][(bytes & 0xFF) as usize];
            sums[1] ^= TABLES[word][(bytes >> 8 & 0xFF) as usize];
            sums[2] ^= TABLES[word][(bytes >> 16 & 0xFF) as usize];
            sums[3] ^= TABLES[word][(bytes >> 24) as usize];
        }
        result[4 * half..4 * half + 4].copy_from_slice(&sums);
    }
    result
}

#[inline(always)]
fn xor(a: &Words, b: &Words) -> Words {
    std::array::from_fn(|i| a[i] ^ b[i])
}

fn words(block: &[u8; BLOCK]) -> Words {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

/// Table j: what a byte in word j of the state adds to the word of the result that has the byte's place.
static TABLES: [[u64; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut word = 0;
    while word < 8 {
        let mut byte = 0;
        while byte < 256 {
            let mut bit = 0;
            while bit < 8 {
                if SUBSTITUTION[byte] >> bit & 1 == 1 {
                    tables[word][byte] ^= MATRIX[63 - 8 * word - bit];
                }
                bit += 1;
            }
            byte += 1;
        }
        word += 1;
    }
    tables
};

/// The substitution π′ of RFC 6986 §6.2.
const SUBSTITUTION: [u8; 256] = [
    252, 238, 221, 17, 207, 110, 49, 22, 251, 196, 250, 218, 35, 197, 4, 77, 233, 119, 240, 219,
    147, 46, 153, 186, 23, 54, 241, 187, 20, 205, 95, 193, 249, 24, 101, 90, 226, 92, 239, 33, 129,
    28, 60, 66, 139, 1, 142, 79, 5, 132, 2, 174, 227, 106, 143, 160, 6, 11, 237, 152, 127, 212,
    211, 31, 235, 52, 44, 81, 234, 200, 72, 171, 242, 42, 104, 162, 253, 58, 206, 204, 181, 112,
    14, 86, 8, 12, 118, 18, 191, 114, 19, 71, 156, 183, 93, 135, 21, 161, 150, 41, 16, 123, 154,
    199, 243, 145, 120, 111, 157, 158, 178, 177, 50, 117, 25, 61, 255, 53, 138, 126, 109, 84, 198,
    128, 195, 189, 13, 87, 223, 245, 36, 169, 62, 168, 67, 201, 215, 121, 214, 246, 124, 34, 185,
    3, 224, 15, 236, 222, 122, 148, 176, 188, 220, 232, 40, 80, 78, 51, 10, 74, 167, 151, 96, 115,
    30, 0, 98, 68, 26, 184, 56, 130, 100, 159, 38, 65, 173, 69, 70, 146, 39, 94, 85, 47, 140, 163,
    165, 125, 105, 213, 149, 59, 7, 88, 179, 64, 134, 172, 29, 247, 48, 55, 107, 228, 136, 217,
    231, 137, 225, 27, 131, 73, 76, 63, 248, 254, 141, 83, 170, 144, 202, 216, 133, 97, 32, 113,
    103, 164, 45, 43, 9, 91, 203, 155, 37, 208, 190, 229, 108, 82, 89, 166, 116, 210, 230, 244,
    180, 192, 209, 102, 175, 194, 57, 75, 99, 182,
];

/// The rows of the matrix A of RFC 6986 §6.4.
const MATRIX: [u64; 64] = [
    0x8E20_FAA7_2BA0_B470,
    0x4710_7DDD_9B50_5A38,
    0xAD08_B0E0_C328_2D1C,
    0xD804_5870_EF14_980E,
    0x6C02_2C38_F90A_4C07,
    0x3601_161C_F205_268D,
    0x1B8E_0B0E_798C_13C8,
    0x8347_8B07_B246_8764,
    0xA011_D380_818E_8F40,
    0x5086_E740_CE47_C920,
    0x2843_FD20_67AD_EA10,
    0x14AF_F010_BDD8_7508,
    0x0AD9_7808_D06C_B404,
    0x05E2_3C04_6836_5A02,
    0x8C71_1E02_341B_2D01,
    0x46B6_0F01_1A83_988E,
    0x90DA_B52A_387A_E76F,
    0x486D_D415_1C3D_FDB9,
    0x24B8_6A84_0E90_F0D2,
    0x125C_3542_0748_7869,
    0x092E_9421_8D24_3CBA,
    0x8A17_4A9E_C812_1E5D,
    0x4585_254F_6409_0FA0,
    0xACCC_9CA9_328A_8950,
    0x9D4D_F05D_5F66_1451,
    0xC0A8_78A0_A133_0AA6,
    0x6054_3C50_DE97_0553,
    0x302A_1E28_6FC5_8CA7,
    0x1815_0F14_B9EC_46DD,
    0x0C84_890A_D276_23E0,
    0x0642_CA05_693B_9F70,
    0x0321_658C_BA93_C138,
    0x8627_5DF0_9CE8_AAA8,
    0x439D_A078_4E74_5554,
    0xAFC0_503C_273A_A42A,
    0xD960_281E_9D1D_5215,
    0xE230_140F_C080_2984,
    0x7118_0A89_6040_9A42,
    0xB60C_05CA_3020_4D21,
    0x5B06_8C65_1810_A89E,
    0x456C_3488_7A38_05B9,
    0xAC36_1A44_3D1C_8CD2,
    0x561B_0D22_900E_4669,
    0x2B83_8811_4807_23BA,
    0x9BCF_4486_248D_9F5D,
    0xC3E9_2243_12C8_C1A0,
    0xEFFA_11AF_0964_EE50,
    0xF97D_86D9_8A32_7728,
    0xE4FA_2054_A80B_329C,
    0x727D_102A_548B_194E,
    0x39B0_0815_2ACB_8227,
    0x9258_0484_15EB_419D,
    0x492C_0242_84FB_AEC0,
    0xAA16_0121_42F3_5760,
    0x550B_8E9E_21F7_A530,
    0xA48B_474F_9EF5_DC18,
    0x70A6_A56E_2440_598E,
    0x3853_DC37_1220_A247,
    0x1CA7_6E95_0910_51AD,
    0x0EDD_37C4_8A08_A6D8,
    0x07E0_9562_4504_536C,
    0x8D70_C431_AC02_A736,
    0xC838_6296_5601_DD1B,
    0x641C_314B_2B8E_E083,
];

/// The iteration constants C₁ … C₁₂ of RFC 6986 §6.5.
static CONSTANTS: [Words; 12] = [
    from_hex(concat!(
        "B1085BDA1ECADAE9EBCB2F81C0657C1F2F6A76432E45D016714EB88D7585C4FC",
        "4B7CE09192676901A2422A08A460D31505767436CC744D23DD806559F2A64507",
    )),
    from_hex(concat!(
        "6FA3B58AA99D2F1A4FE39D460F70B5D7F3FEEA720A232B9861D55E0F16B50131",
        "9AB5176B12D699585CB561C2DB0AA7CA55DDA21BD7CBCD56E679047021B19BB7",
    )),
    from_hex(concat!(
        "F574DCAC2BCE2FC70A39FC286A3D843506F15E5F529C1F8BF2EA7514B1297B7B",
        "D3E20FE490359EB1C1C93A376062DB09C2B6F443867ADB31991E96F50ABA0AB2",
    )),
    from_hex(concat!(
        "EF1FDFB3E81566D2F948E1A05D71E4DD488E857E335C3C7D9D721CAD685E353F",
        "A9D72C82ED03D675D8B71333935203BE3453EAA193E837F1220CBEBC84E3D12E",
    )),
    from_hex(concat!(
        "4BEA6BACAD4747999A3F410C6CA923637F151C1F1686104A359E35D7800FFFBD",
        "BFCD1747253AF5A3DFFF00B723271A167A56A27EA9EA63F5601758FD7C6CFE57",
    )),
    from_hex(concat!(
        "AE4FAEAE1D3AD3D96FA4C33B7A3039C02D66C4F95142A46C187F9AB49AF08EC6",
        "CFFAA6B71C9AB7B40AF21F66C2BEC6B6BF71C57236904F35FA68407A46647D6E",
    )),
    from_hex(concat!(
        "F4C70E16EEAAC5EC51AC86FEBF240954399EC6C7E6BF87C9D3473E33197A93C9",
        "0992ABC52D822C3706476983284A05043517454CA23C4AF38886564D3A14D493",
    )),
    from_hex(concat!(
        "9B1F5B424D93C9A703E7AA020C6E41414EB7F8719C36DE1E89B4443B4DDBC49A",
        "F4892BCB929B069069D18D2BD1A5C42F36ACC2355951A8D9A47F0DD4BF02E71E",
    )),
    from_hex(concat!(
        "378F5A541631229B944C9AD8EC165FDE3A7D3A1B258942243CD955B7E00D0984",
        "800A440BDBB2CEB17B2B8A9AA6079C540E38DC92CB1F2A607261445183235ADB",
    )),
    from_hex(concat!(
        "ABBEDEA680056F52382AE548B2E4F3F38941E71CFF8A78DB1FFFE18A1B336103",
        "9FE76702AF69334B7A1E6C303B7652F43698FAD1153BB6C374B4C7FB98459CED",
    )),
    from_hex(concat!(
        "7BCD9ED0EFC889FB3002C6CD635AFE94D8FA6BBBEBAB07612001802114846679",
        "8A1D71EFEA48B9CAEFBACD1D7D476E98DEA2594AC06FD85D6BCAA4CD81F32D1B",
    )),
    from_hex(concat!(
        "378EE767F11631BAD21380B00449B17ACDA43C32BCDF1D77F82012D430219F9B",
        "5D80EF9D1891CC86E71DA4AA88E12852FAF417D5D9B21B9948BC924AF11BD720",
    )),
];
