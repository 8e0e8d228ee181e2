//! The words in names of secrets, in lower case and in the singular.

/// Words that make a password of the whole name, wherever they are in it.
pub(super) const PASSWORDS: &str = "\
    password passwd passwort passwrd pwd pswd psw passphrase passcode pincode senha contrasena contraseña \
    kennwort wachtwoord parola heslo haslo hasło lösenord salasana kodeord adgangskode passe пароль 密码 密碼 \
    パスワード 비밀번호";

/// The same for other secrets.
pub(super) const SECRETS: &str = "\
    secret token jwt apikey otp totp hotp cvv cvc csrf xsrf credential cred authorization authorisation \
    bearer mnemonic";

/// Words that are enough inside of a longer word: `newpassword`. The first four are passwords.
pub(super) const INSIDE: &str = "\
    password passwd passwort passphrase credential sessid";

/// Endings of words that are enough: `appsecret`, `xtoken`.
pub(super) const ENDINGS: &str = "\
    token secret secretkey accesskey privatekey authkey jwt";

/// Words that count only as the last word of a name: `dbPass`, `x-session`.
pub(super) const LAST: &str = "\
    pw pass pin sig signature cookie session sid ssn pan iban ccv cvn psk passkey ccnum";

/// Last words that make a secret only together with one of these before them: `api_key`, `otpCode`, `sessionid`.
pub(super) const PAIRS: &[(&str, &str)] = &[
    (
        "key",
        "\
        api access private secret auth signing encryption subscription master account session functions function \
        host shared storage license licence webhook client app application service server consumer deploy ssh rsa \
        pgp gpg hmac wallet recovery symmetric cipher decryption admin integration ingest sas",
    ),
    (
        "code",
        "\
        verification verify security recovery backup auth authorization authorisation access confirmation confirm \
        reset login signin sms otp totp mfa 2fa tfa pin factor activation device pass unlock card time email magic \
        authentication",
    ),
    ("id", "session sess secret"),
    ("number", "card pan cc"),
    ("num", "card cc"),
    ("card", "credit debit"),
    ("answer", "security secret"),
    ("phrase", "seed recovery pass backup"),
    ("verifier", "code"),
    ("response", "saml captcha recaptcha"),
    ("assertion", "saml client"),
    ("security", "social"),
];

/// Pairs that mean something else as one word.
pub(super) const NO_PAIRS: &str = "timecode";

/// First words that make the rest a fact about a secret: `has_password`, `max_tokens`.
pub(super) const ABOUT_FIRST: &str = "\
    has is was can should needs need requires require allow allows show hide max min total num public";

/// Last words that do the same: `token_type`, `passwordChangedAt`.
pub(super) const ABOUT_LAST: &str = "\
    type count policy length len min max strength at on by expire expiry expiration expired in ttl required \
    enabled disabled valid invalid verified set url uri endpoint link name status state format algorithm alg \
    method label message error rule version limit usage used remaining rotation field question symbol address \
    decimal scope issuer audience lifetime age date time updated created last mask present exist hint budget \
    provider kind title description placeholder attempt retrie pattern regex domain path size rate price cost \
    supported number id manager store strategy mode level score day consent history";

/// Words before `token` that make it a position in a list.
pub(super) const CURSORS: &str = "\
    page next prev previous continuation pagination cursor sync resume skip start";

/// Keys beside a secret in an object that is named like one: `credentials: { type: …, value: … }`.
pub(super) const BESIDE: &str = "\
    type kind name username user login email scheme scope algorithm alg brand domain path realm issuer \
    provider status state label title description message currency holder country format encoding method \
    expire expiry created updated at in by on month year last url uri role rule version site host port \
    required locale";

/// Whether a list has a word.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}
