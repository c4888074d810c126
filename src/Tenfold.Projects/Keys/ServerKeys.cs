using Tenfold.Projects.Shapes;

namespace Tenfold.Projects.Keys;

/// <summary>The keys of <c>server.yaml</c>.</summary>
internal static class ServerKeys
{
    public static readonly Field<object> Host = new("host",
        Scalars.Choice(
            new("github", RepositoryHost.GitHub), new("gitlab", RepositoryHost.GitLab), new("gitea", RepositoryHost.Gitea),
            new("forgejo", RepositoryHost.Forgejo)),
        "Which git host the repository is on.", "github")
    { DefaultWords = "`github`" };

    public static readonly Field<string> Url = new("url", Scalars.Text("a URL or a path", UrlFault),
        "Where git fetches the repository. It has no password: the token is given to git in another way.",
        "https://git.example.org/acme/vision.git");

    public static readonly Field<string> Api = new("api", Scalars.Text("an https URL", ApiFault),
        "The base of the host's REST API.", "https://git.example.org/api/v1");

    public static readonly Field<string> Secret = new("secret", References.Secret,
        "The variable with the secret that signs deliveries.", "HOOK_SECRET")
    { Required = true };

    public static readonly Field<string> Token = new("token", References.Secret,
        "The variable with the token that fetches the repository, and posts statuses and comments.", "GITHUB_TOKEN");

    public static readonly Field<string> Key = new("key", References.Secret,
        "The variable with the private key by which git fetches the repository over ssh, as it is or in base64.", "DEPLOY_KEY");

    public static readonly Field<object> Coalesce = new("coalesce", Scalars.Flag,
        "Of several pushes to one branch that wait, train only the newest.", "false")
    { DefaultWords = "`true`" };

    public static readonly Field<object> Sha1 = new("sha1", Scalars.Flag,
        "Accept deliveries of an old host that signs with SHA-1 only.", "true")
    { DefaultWords = "`false`" };

    public static readonly Field<IReadOnlyDictionary<string, ServedRepository>> Repositories = new("repositories",
        new MapShape<ServedRepository>("a mapping of repositories, each with its secret",
            new NameRule("a repository", NameFault, "^[^/\\s]+(/[^/\\s]+)+$", Variables: false),
            new ObjectShape<ServedRepository>("{ secret: NAME }", [Host, Url, Api, Secret, Token, Key, Coalesce, Sha1], Read)
            { Check = CheckUrls }),
        "The repositories by their full names at their hosts.", "{ acme/vision: { secret: HOOK_SECRET, token: GITHUB_TOKEN } }")
    { DefaultWords = "none: no pushes are accepted" };

    public static readonly Field<object> KeepDeliveries = new("keep_deliveries", Units.Duration,
        "How long the bodies of deliveries are kept, so that `tenfold hooks redeliver` can read them again.", "90d")
    { DefaultWords = "`30d`" };

    public static readonly Field<string> MailServer = new("server",
        Scalars.Text("the name of a machine", name => Uri.CheckHostName(name) == UriHostNameType.Unknown ? "it is no name" : null),
        "The mail server's name.", "smtp.example.org")
    { Required = true };

    public static readonly Field<object> MailPort = new("port", Scalars.Whole(1, 65_535),
        "Its port. Mails go over TLS: from the first byte on port 465, and with STARTTLS on others. Only this machine may lack TLS.", "465")
    { DefaultWords = "`587`" };

    public static readonly Field<string> MailFrom = new("from",
        Scalars.Text("an e-mail address", MailAddresses.Fault, MailAddresses.Pattern), "The address of the sender.", "tenfold@example.org")
    { Required = true };

    public static readonly Field<string> MailUser = new("user", Scalars.Text("a user's name"), "The user at the mail server.", "tenfold");

    public static readonly Field<string> MailPassword = new("password", References.Secret,
        "The variable with the user's password.", "SMTP_PASSWORD");

    public static readonly Field<string> MailTo = new("to",
        Scalars.Text("an e-mail address", MailAddresses.Fault, MailAddresses.Pattern),
        "Who is told of machines of pools that start, stop or are stuck.", "ops@example.org")
    { DefaultWords = "nobody" };

    public static readonly Field<MailSettings> Mail = new("mail",
        new ObjectShape<MailSettings>(
            "{ server: …, from: … }", [MailServer, MailPort, MailFrom, MailUser, MailPassword, MailTo], values => new MailSettings
            {
                Server = values.Get(MailServer) ?? "",
                Port = values.Get(MailPort, 587),
                From = values.Get(MailFrom) ?? "",
                User = values.Get(MailUser),
                Password = values.Get(MailPassword),
                To = values.Get(MailTo),
            })
        {
            Check = (values, mail) =>
            {
                if (mail.User is null != mail.Password is null)
                    values.Faults.Add(values.MarkOf(MailServer), "'user' and 'password' belong together");
            },
        },
        "The mail server over which e-mail is sent.",
        "{ server: smtp.example.org, from: tenfold@example.org, user: tenfold, password: SMTP_PASSWORD }");

    private static readonly Field[] RootFields = [Repositories, LimitKeys.OfHome, KeepDeliveries, Mail];

    public static readonly ObjectShape<ServerFile> Root = new("a mapping with repositories", RootFields, values => new ServerFile
    {
        Limits = values.Get(LimitKeys.OfHome),
        Mail = values.Get(Mail),
        KeepDeliveries = values.Maybe<TimeSpan>(KeepDeliveries) ?? new ServerFile().KeepDeliveries,
        Repositories = values.Get(Repositories) ?? new OrderedDictionary<string, ServedRepository>(),
    });

    private static ServedRepository Read(FieldValues values) => new()
    {
        Host = values.Get(Host, RepositoryHost.GitHub),
        Url = values.Get(Url),
        Api = values.Get(Api)?.TrimEnd('/'),
        Secret = values.Get(Secret) ?? "",
        Token = values.Get(Token),
        Key = values.Get(Key),
        Coalesces = values.Get(Coalesce, true),
        AcceptsSha1 = values.Get(Sha1, false),
    };

    private static void CheckUrls(FieldValues values, ServedRepository repository)
    {
        if (repository.Token is not null)
        {
            foreach (var (field, url) in new[] { (Url, repository.Url), (Api, repository.Api) })
                if (IsPlain(url)) values.Faults.Add(values.MarkOf(field), "the token would travel unencrypted: write https://");
        }

        if (repository is { Key: not null, Url: { } fetched } && !IsSsh(fetched))
            values.Faults.Add(values.MarkOf(Url), "git uses a key over ssh only: write git@host:owner/name.git");
        if (repository.Host is RepositoryHost.Gitea or RepositoryHost.Forgejo)
        {
            if (repository.Url is null)
                values.Faults.Add(values.MarkOf(Host), $"a repository on {repository.Host} needs 'url', since there is no public host");
            if (repository.Api is null && repository.Token is not null)
                values.Faults.Add(values.MarkOf(Host), $"a repository on {repository.Host} needs 'api', since there is no public host");
        }
        else if (repository is { Token: not null, Api: null, Url: { } url } && !IsPublic(repository.Host, url))
        {
            values.Faults.Add(
                values.MarkOf(Url),
                $"the token of this host must not go to the public {repository.Host}: add 'api', the base of its REST API");
        }
    }

    // As git does: a colon before the first slash makes it git's short form of an ssh URL.
    private static bool IsSsh(string url) => url.Contains("://", StringComparison.Ordinal)
        ? url.StartsWith("ssh://", StringComparison.Ordinal) : url.Split('/')[0].Contains(':', StringComparison.Ordinal);

    private static bool IsPlain(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback;

    // A path, and git's short form user@host:path, name no host that is known to be the public one.
    private static bool IsPublic(RepositoryHost host, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host == (host == RepositoryHost.GitHub ? "github.com" : "gitlab.com");

    private static string? NameFault(string name) =>
        name.Split('/') is { Length: >= 2 } parts && parts.All(part => part.Length > 0 && part is not ("." or ".."))
        && !name.Any(char.IsWhiteSpace)
            ? null : "write owner/name, as the host shows it";

    private static string? UrlFault(string text)
    {
        if (text.StartsWith('-') || text.Any(char.IsControl)) return "it is no URL";
        if (text.Contains("::", StringComparison.Ordinal)) return "git would run a program for it";
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Contains(':')
            ? "a password does not belong in this file: name a variable under 'token'" : null;
    }

    private static string? ApiFault(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
            ? null : "write https://…, since the token is sent there";
}
