// SPDX-License-Identifier: EUPL-1.2
/*
 * The passwords that are tried first. Only those of twelve characters and more stand here: shorter ones are refused anyway.
 * Case does not count, and neither do digits or signs put at the end.
 */
#include "service/access_private.h"

static const char *const COMMON[] = {
    "passwordpassword", "password1234", "password12345", "password123456", "passw0rd1234", "mypassword12", "newpassword1",
    "123456789012", "1234567890123", "12345678901234", "123456789012345", "1234567890123456", "0123456789012",
    "012345678910", "987654321098", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "qazwsxedcrfv",
    "qwertyuiopas", "qwertyuiopasdf", "qwertyuiopasdfghjkl", "qwertyuiop12", "qwertyuiop123", "qwerty123456",
    "qwerty1234567", "qwertzuiopas", "azertyuiopqs", "azertyuiop12", "asdfghjklqwe", "asdfghjkl123", "zxcvbnm12345",
    "abcdefghijkl", "abcdefghijklm", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz", "abc123456789", "abcd12345678",
    "a1b2c3d4e5f6", "aa1234567890", "iloveyou1234", "iloveyouforever", "iloveyousomuch", "letmeinletmein", "letmeinplease",
    "adminadminadmin", "administrator", "administrator1", "administrateur", "administrador", "changemechangeme",
    "changeme1234", "changeit1234", "welcome12345", "welcome123456", "welcomewelcome", "trustno1trustno1",
    "correcthorsebatterystaple", "correct horse battery staple", "correct-horse-battery-staple", "thisismypassword",
    "thisisapassword", "ilovemyfamily", "jesuslovesme", "manchesterunited", "liverpoolfc1", "footballfootball",
    "sunshine1234", "princess1234", "dragon123456", "monkey123456", "superman1234", "starwars1234", "computer1234",
    "internet1234", "summer202020", "secretsecret", "supersecret1", "topsecret123", "testtesttest", "test12345678",
    "testpassword", "demodemodemo", "useruseruser", "rootrootroot", "default12345", "security1234", "cybersecurity",
    "cybersecurity1", "varde varde varde", "nis2directive", "motdepasse12", "motdepasse123", "passwort1234", "passwort12345",
    "kennwort1234", "wachtwoord12", "wachtwoord123", "contrasena12", "contrasena123", "password2024", "password2025",
    "password2026",
};

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c; }

static bool is_same(struct span password, struct span common) {
    if (password.len != common.len) return false;
    for (size_t i = 0; i < common.len; i++)
        if (lower(password.at[i]) != common.at[i]) return false;
    return true;
}

// The word before a tail of digits and signs.
static struct span without_tail(struct span text) {
    while (text.len > 0) {
        uint8_t c = lower(text.at[text.len - 1]);
        if ((c >= 'a' && c <= 'z') || c >= 0x80) break;
        text.len--;
    }
    return text;
}

bool access_password_is_common(struct span password) {
    struct span word = without_tail(password);
    for (size_t i = 0; i < sizeof COMMON / sizeof COMMON[0]; i++) {
        struct span common = span_of(COMMON[i]), stem = without_tail(common);
        if (is_same(password, common)) return true;
        if (stem.len >= 6 && is_same(word, stem)) return true;
    }
    return false;
}
