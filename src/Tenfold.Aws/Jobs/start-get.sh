# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # the lines before set some of these variables, and the lines after use the others
# The start of a job's script on a machine of AWS: how it gets objects from the store with the job's own role. The lines of
# bootstrap-fetch.sh and start-run.sh follow. They need a POSIX shell, the programs that every Linux has, and python3 or curl.
#
# The job's environment has:
#   TENFOLD_STORE           the store's URL, s3://BUCKET/PREFIX
#   TENFOLD_OBJECTS         the http or https URL below which S3 gives the store's objects
#   TENFOLD_AGENT_KEY       the key of the agent's archive
#   TENFOLD_AGENT_SHA256    the archive's SHA-256
#   TENFOLD_LIST_KEY        the key of the list of attempts
#   TENFOLD_LIST_SHA256     the SHA-256 of that list
#   AWS_REGION              the region for which requests are signed
# A redirect is never followed: credentials go only to the server that the job names.
tenfold_advice="give the machine's subnet a way to S3 (a public address, a NAT gateway or an endpoint for S3), then 'tenfold retry' the run"

tenfold_python='
import datetime, errno, hashlib, hmac, http.client, json, os, shutil, sys, urllib.parse
env = os.environ.get

def fetch(url, headers, method="GET"):
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    link = kind(parts.hostname, parts.port, timeout=60)
    link.request(method, parts.path + ("?" + parts.query if parts.query else ""), headers=headers)
    return link.getresponse()

def text(url, headers, method="GET"):
    answer = fetch(url, headers, method)
    if answer.status != 200:
        raise OSError(url + " gives no credentials (HTTP " + str(answer.status) + ")")
    return answer.read().decode()

def credentials():
    if env("AWS_ACCESS_KEY_ID") and env("AWS_SECRET_ACCESS_KEY"):
        return env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"), env("AWS_SESSION_TOKEN")
    url, headers = env("AWS_CONTAINER_CREDENTIALS_FULL_URI"), {}
    if env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        url = "http://169.254.170.2" + env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    elif url:
        token = env("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
            token = open(env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")).read().strip()
        headers = {"Authorization": token} if token else {}
    else:
        base = env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/") + "/latest/"
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
        headers = {"X-aws-ec2-metadata-token": text(base + "api/token", headers, "PUT")}
        url = base + "meta-data/iam/security-credentials/"
        url += text(url, headers).split()[0]
    found = json.loads(text(url, headers))
    return found["AccessKeyId"], found["SecretAccessKey"], found.get("Token")

def signed(url):
    key, secret, token = credentials()
    parts, now = urllib.parse.urlsplit(url), datetime.datetime.now(datetime.timezone.utc)
    stamp, scope = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d/") + env("AWS_REGION") + "/s3/aws4_request"
    headers = {"host": parts.netloc, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": stamp}
    if token:
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    lines = "".join(name + ":" + headers[name] + "\n" for name in sorted(headers))
    request = "\n".join(["GET", parts.path, "", lines, names, "UNSIGNED-PAYLOAD"])
    plain = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    mac = ("AWS4" + secret).encode()
    for part in scope.split("/") + [plain]:
        mac = hmac.new(mac, part.encode(), hashlib.sha256).digest()
    headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (key, scope, names, mac.hex())
    return headers

try:
    answer = fetch(sys.argv[1], signed(sys.argv[1]))
    print("HTTP", answer.status)
    if answer.status == 200:
        with open(sys.argv[2], "wb") as file:
            shutil.copyfileobj(answer, file)
except (OSError, http.client.HTTPException, ValueError, KeyError) as e:
    print(e, file=sys.stderr)
    sys.exit(23 if getattr(e, "errno", 0) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES) else 1)
'

# A value of the flat JSON in which containers get credentials.
tenfold_field() { printf '%s' "$tenfold_credentials" | sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p"; }

# The credentials go to the standard input of curl and not to its arguments, which ps shows.
tenfold_curl() {
    tenfold_key=${AWS_ACCESS_KEY_ID:-} tenfold_secret=${AWS_SECRET_ACCESS_KEY:-} tenfold_token=${AWS_SESSION_TOKEN:-}
    if [ -z "$tenfold_key" ]; then
        tenfold_credentials=$(curl -fsS "http://169.254.170.2${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-/}" | tr -d '\n') || return 1
        tenfold_key=$(tenfold_field AccessKeyId) tenfold_secret=$(tenfold_field SecretAccessKey) tenfold_token=$(tenfold_field Token)
    fi
    {
        printf 'url = "%s"\nuser = "%s:%s"\naws-sigv4 = "aws:amz:%s:s3"\n' "$1" "$tenfold_key" "$tenfold_secret" "$AWS_REGION"
        printf 'header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"\n'
        if [ -n "$tenfold_token" ]; then printf 'header = "x-amz-security-token: %s"\n' "$tenfold_token"; fi
    } | curl -sS --max-redirs 0 -w 'HTTP %{http_code}' -K - -o "$2"
}

# Gets an object by its key into a file. It returns 1 when another try may succeed, and exits when none will.
tenfold_object() {
    if command -v python3 >/dev/null 2>&1; then
        tenfold_output=$(python3 -c "$tenfold_python" "$TENFOLD_OBJECTS/$1" "$2")
    elif command -v curl >/dev/null 2>&1; then
        tenfold_output=$(tenfold_curl "$TENFOLD_OBJECTS/$1" "$2")
    else
        tenfold_fail "the image has neither python3 nor curl, so the agent can't be fetched: \
set the target's 'image' to one that has, such as public.ecr.aws/docker/library/python:3.12-slim" "$tenfold_permanent"
    fi
    case $?/$tenfold_output in
        "0/HTTP 200") return 0 ;;
        23/*)
            tenfold_fail "$1 can't be written below $tenfold_home: free space there, or give the machines a larger disk"
            ;;
        *"HTTP 404")
            tenfold_fail "the store $tenfold_store no longer has $1 (HTTP 404): 'tenfold retry' the run" "$tenfold_permanent"
            ;;
        *"HTTP 30"*)
            tenfold_fail "the store $tenfold_store is in another region than $AWS_REGION (HTTP redirect): set the target's 'region'" \
                "$tenfold_permanent"
            ;;
        *"HTTP 400" | *"HTTP 401" | *"HTTP 403")
            tenfold_fail "the store $tenfold_store refuses to give $1 (${tenfold_output##*HTTP }, \
where 403 is a denied permission): allow s3:GetObject and s3:ListBucket to the job's role" "$tenfold_permanent"
            ;;
    esac
    return 1
}

tenfold_get() { tenfold_object "$TENFOLD_AGENT_KEY" "$1"; }
