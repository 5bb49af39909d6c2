//! OpenSSL's traditional encrypted PEM: `Proc-Type: 4,ENCRYPTED` and `DEK-Info: CIPHER,IV` (the
//! headers of RFC 1421), the key derived by one round of MD5 (EVP_BytesToKey) with the first eight
//! octets of the IV as salt. Old EasyRSA directories have it. Read, never written.

use md5::{Digest, Md5};
use zeroize::{Zeroize, Zeroizing};

use super::KeyError;
use super::cipher::Cipher;
use super::file::ENCRYPT_ANEW;
use crate::primitives::hex;
use crate::primitives::pem::Block;
use crate::primitives::secret::Secret;

/// Decrypts the contents of `block`.
pub(super) fn decrypt(block: &Block, passphrase: &Secret) -> Result<Secret, KeyError> {
    let info = block.header("DEK-Info");
    let info = info.ok_or_else(|| KeyError::malformed("encrypted PEM block without DEK-Info"))?;
    let (name, iv) = info.split_once(',').unwrap_or((info, ""));
    let cipher = match name.trim() {
        "AES-128-CBC" => Cipher::Aes128,
        "AES-192-CBC" => Cipher::Aes192,
        "AES-256-CBC" => Cipher::Aes256,
        "DES-EDE3-CBC" => Cipher::TripleDes,
        "DES-CBC" => Cipher::Des,
        "RC2-CBC" => Cipher::Rc2(16),
        other => {
            let what = format!("encryption by {other:?}");
            return Err(KeyError::unsupported(what, ENCRYPT_ANEW));
        }
    };
    let iv = hex::decode(iv.trim()).filter(|iv| iv.len() == cipher.iv_length());
    let iv = iv.ok_or_else(|| {
        KeyError::malformed("DEK-Info whose initialization vector does not fit its cipher")
    })?;
    let key = bytes_to_key(passphrase.expose(), &iv, cipher.key_length());
    cipher.decrypt(&key, &iv, &block.der)
}

fn bytes_to_key(passphrase: &[u8], iv: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let salt = iv.get(..8).unwrap_or(iv);
    let mut key = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut block = Zeroizing::new(Vec::new());
    while key.len() < length {
        let mut hash = Md5::new()
            .chain_update(&*block)
            .chain_update(passphrase)
            .chain_update(salt)
            .finalize();
        block = Zeroizing::new(hash.to_vec());
        hash.as_mut_slice().zeroize();
        key.extend_from_slice(&block);
    }
    key.truncate(length);
    key
}
