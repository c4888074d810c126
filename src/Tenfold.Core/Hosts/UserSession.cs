namespace Tenfold.Core.Hosts;

/// <summary>
/// The user for whom a host works, and the machine on which it works. The command line takes both from its process; a server has its own
/// session for each user, and so no part below the host reads the process.
/// </summary>
public sealed record UserSession
{
    /// <summary>The variables by which programs are found and with which the agent starts. Runs get some of them. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The user's name, by which a cluster knows the user's jobs.</summary>
    public required string User { get; init; }

    /// <summary>The machine's name. Records keep it, to tell folders of different machines apart.</summary>
    public required string Machine { get; init; }

    /// <summary>The user and the machine, as records name who did something: <c>ann@laptop</c>.</summary>
    public string Place => $"{User}@{Machine}";

    /// <summary>
    /// The key with which jobs on machines with fresh disks recognise environments that other jobs of the user have stored; see
    /// <see cref="Environments.EnvironmentKey"/>. Default: none, and each job builds its environment.
    /// </summary>
    public Lazy<string?> EnvironmentKey { get; init; } = new((string?)null);

    /// <summary>The addresses to which the user's credentials may be sent. Default: none.</summary>
    public CredentialAddresses Addresses { get; init; } = CredentialAddresses.None;

    /// <summary>The user's home folder; empty when there is none.</summary>
    public string HomeFolder { get; init; } = "";

    /// <summary>The folder in which the user works now; null when there is none.</summary>
    public string? WorkingFolder { get; init; }
}
