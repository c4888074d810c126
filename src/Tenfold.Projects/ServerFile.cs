using Tenfold.Core.Queueing;

namespace Tenfold.Projects;

/// <summary>The content of a <c>server.yaml</c>: the repositories whose pushes a server trains.</summary>
public sealed record ServerFile
{
    /// <summary>The name of the file, in <c>$TENFOLD_HOME</c>.</summary>
    public const string FileName = "server.yaml";

    /// <summary>The mail server; null for none, and then no e-mail is sent.</summary>
    public MailSettings? Mail { get; init; }

    /// <summary>What all runs of the home may take together; null for no limits.</summary>
    public RunLimits? Limits { get; init; }

    /// <summary>How long the bodies of deliveries are kept; default: 30 days.</summary>
    public TimeSpan KeepDeliveries { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The repositories by their names, such as <c>acme/vision</c>.</summary>
    public IReadOnlyDictionary<string, ServedRepository> Repositories { get; init; } = new OrderedDictionary<string, ServedRepository>();
}

/// <summary>The mail server over which a server sends e-mail.</summary>
public sealed record MailSettings
{
    /// <summary>Its name or address.</summary>
    public required string Server { get; init; }

    /// <summary>Its port; default: 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>The address of the sender.</summary>
    public required string From { get; init; }

    /// <summary>The user; null to send without a password.</summary>
    public string? User { get; init; }

    /// <summary>The variable with the user's password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>The address that is told of machines of pools; null for none.</summary>
    public string? To { get; init; }
}

/// <summary>A repository whose pushes a server trains.</summary>
public sealed record ServedRepository
{
    /// <summary>Which git host it is on.</summary>
    public RepositoryHost Host { get; init; }

    /// <summary>The URL or the path from which git fetches; null for the host's own.</summary>
    public string? Url { get; init; }

    /// <summary>The base URL of the host's REST API; null for the public host's.</summary>
    public string? Api { get; init; }

    /// <summary>The variable with the secret that signs the host's deliveries.</summary>
    public required string Secret { get; init; }

    /// <summary>
    /// The variable with the token that fetches, and that posts statuses and comments; null for none, and then nothing is posted.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>
    /// The variable with the private key by which git fetches over ssh; null for none.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>False to train every push; true to train the newest of those to one branch that wait. Default: true.</summary>
    public bool Coalesces { get; init; } = true;

    /// <summary>True to accept deliveries that are signed with SHA-1 only. Default: false.</summary>
    public bool AcceptsSha1 { get; init; }
}

/// <summary>The kinds of git hosts that <c>server.yaml</c> names.</summary>
public enum RepositoryHost
{
    /// <summary>GitHub, also GitHub Enterprise.</summary>
    GitHub,

    /// <summary>GitLab.</summary>
    GitLab,

    /// <summary>Gitea.</summary>
    Gitea,

    /// <summary>Forgejo.</summary>
    Forgejo,
}
