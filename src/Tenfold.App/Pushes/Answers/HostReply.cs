namespace Tenfold.App.Pushes.Answers;

/// <summary>What became of something that was to be posted.</summary>
/// <param name="Kind">Whether it is there.</param>
/// <param name="Detail">The id that the host gave it; or why it is not there.</param>
internal sealed record HostReply(ReplyKind Kind, string? Detail = null)
{
    /// <summary>How long the host wants to be left alone; null when it says nothing.</summary>
    public TimeSpan? Wait { get; init; }
}

/// <summary>Whether something that was to be posted is there.</summary>
internal enum ReplyKind
{
    /// <summary>It is there.</summary>
    Posted,

    /// <summary>Another try may succeed.</summary>
    Later,

    /// <summary>The host refuses it, and would again.</summary>
    Refused,

    /// <summary>What was to be updated no longer exists.</summary>
    Gone,
}
