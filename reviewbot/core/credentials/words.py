"""The words that tell what a name or a value is."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: The last words of names whose values people choose.
CHOSEN = _set("password passwd passphrase passcode passwort pass pwd pw psw pswd psk userpass dbpass")
#: … whose values programs draw.
GENERATED = _set(
    """secret secrets token tokens apikey apikeys credential credentials creds cred accesskey secretkey privatekey
    jwt bearer apitoken authtoken accesstoken clientsecret appsecret authkey passkey webhooksecret"""
)
#: … whose values are credentials now and then.
HINT = _set("key auth authorization authentication signature verifier cookie session dsn hmac")
#: What makes a key a credential: "api key", "consumer key".
KEYS = _set(
    """api access secret private encryption encrypt signing sign auth consumer account app application master service
    shared subscription admin license client server storage customer user crypto cipher aes hmac jwt cookie
    session deploy integration sas write read root webhook"""
)
#: Names that end so tell of a credential and do not hold it.
ABOUT = _set(
    """name names file files filename path paths dir url uri urls endpoint host type types kind length len size count
    limit field fields label title text message msg error errors hint prompt placeholder description desc help
    info policy pattern regex regexp format prefix suffix header headers column index idx expiry expires expire
    expiration ttl age timeout lifetime duration date time at timestamp env var variable arn algorithm alg method
    class version enabled required valid validator validation strength rules rule min max reset confirmation
    attempts mode scheme state status event action route page form view button link icon style element selector
    xpath id ids uuid number position offset cost rounds public pub fingerprint digest hash hashed hashing
    checksum sum sha provider manager store storage service server client factory builder generator handler helper
    filter encoder source lookup map list set ref reference word words board up down left right frame value usage
    scope scopes issuer audience realm hashes template cache kid bits"""
)
#: Which of several values it is: nothing of what it is.
STAGES = _set("base prod production dev development staging stage live local default current old new")
#: Keys that are no secret, by the word before.
PUBLIC = _set("public pub publishable foreign primary sort partition cache object hash row map")
#: Tokens that go round with every request and open nothing.
PASSING = _set(
    """next continuation page pagination starting resume scroll sync change lock request sequence forward backward
    idempotency"""
)
#: Words that placeholders, samples and names of things are made of.
DUMMY = _set(
    """a an the my your our some this that is of for to in on or and with from by here there enter insert put add
    replace change changeme changeit me it fixme todo tbd fill use used using set get new old any no not none null
    nil undefined empty blank unset unknown missing invalid valid wrong bad good correct incorrect true false yes
    off test tests testing tester dummy fake mock stub sample example examples demo foo bar baz qux quux foobar
    bla blah lorem ipsum placeholder redacted removed hidden masked censored omitted xxx xxxx abc abcd def xyz
    asdf qwerty password passwd pass passphrase passwort pwd pw secret secrets token tokens key keys api apikey
    access auth authorization credential credentials cred creds login user username usr email name id ids
    identifier admin root guest owner client server service host localhost app application application's private
    public default value val var variable env environment config conf string str text type int integer bool
    boolean number num object obj array list map dict data file path url uri link field param parameter arg input
    output header body form cookie session bearer basic digest oauth jwt hmac sha rsa aes hash salt nonce
    signature sign signing encryption encrypted encrypt decrypt database db mysql postgres postgresql redis mongo
    sa vault store manager provider reset confirm confirmation current again repeat hello world something anything
    whatever one two first second github gitlab google aws azure slack stripe required optional must be should can
    super very strong long short random generated create always never ask prompt show hide toggle min max length
    minimum maximum"""
)
#: Endings of files in which a value that is a literal has quotes.
CODE = _set(
    """py pyi js jsx ts tsx mjs cjs go java kt kts scala rb php c h cc cpp hpp cs rs swift m mm vue svelte groovy lua
    pl pm r dart ex exs erl clj hs ml sql pug ps1 vb fs"""
)
#: Endings of files in which every line is a name and a value.
SETTINGS = _set("env example sample dist ini cfg conf cnf properties yml yaml")
