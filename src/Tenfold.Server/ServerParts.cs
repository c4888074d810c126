using Tenfold.App;
using Tenfold.App.Pushes.Answers;
using Tenfold.Projects;

namespace Tenfold.Server;

/// <summary>What a server works with.</summary>
/// <param name="Services">The services of its home.</param>
/// <param name="Repositories">The repositories that it serves, by name.</param>
public sealed record ServerParts(Services Services, IReadOnlyDictionary<string, ServedRepository> Repositories)
{
    /// <summary>Sends e-mail; null when no mail server is set up.</summary>
    public IMailSender? Mail { get; init; }

    /// <summary>The address that is told of machines of pools; null for none.</summary>
    public string? MailTo { get; init; }

    /// <summary>How long the bodies of deliveries are kept.</summary>
    public TimeSpan KeepDeliveries { get; init; } = new ServerFile().KeepDeliveries;
}
