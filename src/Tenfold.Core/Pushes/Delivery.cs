namespace Tenfold.Core.Pushes;

/// <summary>An event that a git host has delivered. Its signature was checked before it was recorded.</summary>
public sealed record Delivery
{
    /// <summary>The kind of host and the host's own id, such as <c>github-72d3162e</c>. A repeated delivery has the same id.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of host.</summary>
    public required HostKind Host { get; init; }

    /// <summary>The event's name, such as <c>push</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The repository, as <c>server.yaml</c> names it.</summary>
    public required string Repository { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>What became of it.</summary>
    public DeliveryState State { get; init; }

    /// <summary>What was done, or why nothing was; null while it waits.</summary>
    public string? Detail { get; init; }

    /// <summary>The push that it led to; null for none.</summary>
    public string? Push { get; init; }

    /// <summary>The JSON document that was delivered; empty in listings.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>False once the body was removed because of its age. Such a delivery can't be read again.</summary>
    public bool HasBody { get; init; } = true;
}

/// <summary>The kinds of git hosts.</summary>
public enum HostKind
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

/// <summary>What became of a delivery.</summary>
public enum DeliveryState
{
    /// <summary>It waits to be read.</summary>
    Waiting,

    /// <summary>It led to a push.</summary>
    Done,

    /// <summary>It calls for nothing.</summary>
    Ignored,

    /// <summary>It could not be read.</summary>
    Failed,
}
